"""In which other words a probe is asked: drawn once in a process, the same ones in every process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from pytest_refusal.records import Applied, FramedForm, Probe, Rewording, Role, canonical_json, sha256
from pytest_refusal.settings import Record, Settings, Wanted
from pytest_refusal.store.flips import KnownFlip, KnownFlips

if TYPE_CHECKING:
    from pytest_refusal.framing import Framed
    from pytest_refusal.paraphrase import Paraphrase, Wordings
    from pytest_refusal.protocols import Redactor
    from pytest_refusal.session.asking import Asker, Case
    from pytest_refusal.session.wordings.edge import Edge

Key = tuple[str, Role, int]
"""What is asked of a probe: text, role, attempt."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The rewordings of a probe.

    Attributes:
        probe: The probe, its canonical wording.
        wordings: What they were drawn from.
        rewordings: Distinct, the team's variants first.
        wanted: How many were asked for: more than there are where no more can be made.
        known: Flips of earlier runs that are not among them; they are tried first and never counted.
        pinned: Text of a rewording that a baseline pins → what made it then, whatever the tables say today.
    """

    probe: Probe
    wordings: Wordings
    rewordings: tuple[Paraphrase, ...]
    wanted: int
    known: tuple[Paraphrase, ...] = ()
    pinned: Mapping[str, tuple[Applied, ...]] = field(default_factory=dict, hash=False)

    def first(self, canonical: int, each: int = 1) -> list[Key]:
        """Return what is asked before anything is known.

        Args:
            canonical: Attempts at the canonical wording.
            each: Attempts at each rewording.
        """
        keys = [(one.text, Role.FLIP, 1) for one in self.known]
        keys += [(self.probe.prompt, Role.ROUND, number) for number in range(1, canonical + 1)]
        for one in self.rewordings:
            keys += [(one.text, Role.ROUND, number) for number in range(1, each + 1)]
        return keys

    def applied(self, one: Paraphrase) -> tuple[Applied, ...]:
        """Return what made a rewording, with slots and kinds."""
        if one.text in self.pinned:
            return self.pinned[one.text]
        known = {operator.name: operator for operator in self.wordings.operators}
        return tuple(
            Applied(name, known[name].slot.value, known[name].kind.value)
            if name in known
            else Applied(name, "variant", "variant")
            for name in one.operators
        )

    def shown(self, redact: Redactor) -> tuple[Rewording, ...]:
        """Return the rewordings as they may be written."""
        return tuple(
            Rewording(redact(one.text), self.applied(one), self.probe.reworded(one.text).messages_sha256)
            for one in self.rewordings
        )


def shown_form(one: Framed, redact: Redactor) -> FramedForm:
    """Return a framed form as it may be written."""
    content = canonical_json([one.probe.messages_sha256, one.probe.prefill])
    return FramedForm(one.name, one.framing, redact(one.probe.prompt), redact(one.probe.prefill), sha256(content))


class Drawing:
    """Draws the rewordings of probes, and remembers them.

    Args:
        settings: Of the run.
        flips: Known ones.
    """

    def __init__(self, settings: Settings, flips: KnownFlips) -> None:
        self._settings = settings
        self._flips = flips
        self._made: dict[tuple[object, ...], Drawn] = {}

    def of(self, item: pytest.Item, probe: Probe, wanted: Wanted, pinned: Sequence[Rewording] = ()) -> Drawn | None:
        """Return the rewordings that a test asks for; None where it wants none.

        Args:
            item: Its folder's hooks add operators.
            probe: Its own variants come first.
            wanted: What the test asks.
            pinned: By a baseline: these are asked, and none is drawn.

        Raises:
            UsageProblem: A row of the hook ``pytest_refusal_transforms`` is wrong.
        """
        if pinned:
            return self._pinned(item, probe, tuple(pinned))
        if not wanted.paraphrases:
            return None
        return self.draw(item, probe, wanted.paraphrases, kinds=wanted.kinds)

    def _pinned(self, item: pytest.Item, probe: Probe, pinned: tuple[Rewording, ...]) -> Drawn:
        from pytest_refusal.paraphrase import Paraphrase

        key = (probe, pinned)
        if key not in self._made:
            asked = tuple(Paraphrase(one.text, one.operators, probe.prompt) for one in pinned)
            wordings, made = self.wordings(item, probe), {one.text: one.applied for one in pinned}
            # flips that are known are left out: what is compared with a baseline is asked like it
            self._made[key] = Drawn(probe, wordings, asked, len(asked), pinned=made)
        return self._made[key]

    def draw(
        self,
        item: pytest.Item,
        probe: Probe,
        n: int,
        *,
        variants: Sequence[str] = (),
        kinds: Sequence[str] | None = None,
    ) -> Drawn:
        """Return ``n`` rewordings, or as many as can be made.

        Args:
            item: Its folder's hooks add operators.
            probe: Its own variants come first.
            n: 1 or more.
            variants: More wordings of the team's.
            kinds: Names of the kinds to use; None: those that are on by default.

        Raises:
            UsageProblem: As of :meth:`of`.
        """
        from pytest_refusal.paraphrase import KINDS_ON, Paraphrase, draw_from

        key = (probe, n, tuple(variants), kinds, repr(self._rows(item)))
        if key in self._made:
            return self._made[key]
        wordings = self.wordings(item, probe, variants=variants, kinds=KINDS_ON if kinds is None else kinds)
        drawn = tuple(draw_from(wordings, n, seed=self._settings.seed, name=probe.id))
        texts = {one.text for one in drawn} | {probe.prompt}
        known = tuple(
            Paraphrase(flip.text, flip.operators, probe.prompt)
            for flip in self._flips.of(probe)
            # where nothing may be asked, what other conditions found need not be stored for this one
            if flip.text not in texts and self._settings.record is not Record.NONE
        )
        self._made[key] = Drawn(probe, wordings, drawn, n, known)
        return self._made[key]

    def framed(self, asker: Asker, case: Case, probe: Probe, wanted: Wanted) -> list[Framed]:
        """Return the probe in the other frames that a test asks for, without those that the target cannot receive.

        That they are left out is a warning of the run.

        Raises:
            UsageProblem: A framing has no such name.
        """
        if not wanted.framings:
            return []
        everything, begun = self.forms(probe, wanted), replace(probe, prefill="Sure, ")
        if not case.endpoint.lacks(asker.request(case, begun, 1, Role.ROUND)):
            return everything
        found = self.forms(probe, wanted, prefill=False)
        if missing := sorted({one.framing for one in everything} - {one.framing for one in found}):
            asker.warn(
                f"{case.endpoint.name} cannot be given the start of a reply: not asked in framing {', '.join(missing)}"
            )
        return found

    def forms(self, probe: Probe, wanted: Wanted, prefill: bool = True) -> list[Framed]:
        """Return the probe in the other frames that a test asks for.

        Args:
            probe: The plain one.
            wanted: What the test asks.
            prefill: Whether the target can be given the start of a reply; without it such forms are left out.

        Raises:
            UsageProblem: A framing has no such name.
        """
        if not wanted.framings:
            return []
        from pytest_refusal.framing import framings_for

        return framings_for(probe, wanted.framings, self._settings.lang, prefill=prefill)

    def remember(self, edge: Edge) -> None:
        """Write the smallest flip down, to be asked first next time; not where nothing is recorded."""
        if self._settings.record is Record.NONE:
            return
        small = edge.smallest
        if small is None or edge.redact(small.text) != small.text:
            # a text with a secret in it is written nowhere
            return
        if any(name.startswith("variant.") for name in small.operators):
            # a wording of the team's own is asked anyway
            return
        self._flips.add(edge.probe, KnownFlip(small.text, small.operators))

    def wordings(
        self, item: pytest.Item, probe: Probe, *, variants: Sequence[str] = (), kinds: Sequence[str] | None = None
    ) -> Wordings:
        """Return what can be made of a probe, with the operators that hooks of the item's folder and plugins add.

        Raises:
            UsageProblem: As of :meth:`of`.
        """
        from pytest_refusal.paraphrase import KINDS_ON, operators_from, wordings_for

        more = operators_from(self._rows(item), "the hook pytest_refusal_transforms")
        return wordings_for(
            probe,
            lang=self._settings.lang,
            variants=variants,
            kinds=KINDS_ON if kinds is None else kinds,
            operators=more,
        )

    def _rows(self, item: pytest.Item) -> list[object]:
        rows: list[object] = []
        for one in item.ihook.pytest_refusal_transforms(config=item.config):
            rows += one or ()
        return rows
