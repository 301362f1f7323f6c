"""A probe → the same probe in other frames. Nothing is drawn: the same probe and table give the same forms."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pytest_refusal.errors import UsageProblem
from pytest_refusal.escaping import printable
from pytest_refusal.framing.tables import joined, shipped
from pytest_refusal.framing.values import ANY, HAND_WRITTEN, PLACE, Frame, Framed, Unframed
from pytest_refusal.records import Message, Probe

Wanted = bool | str | Sequence[str]
"""Whether, or which: names of framings (``role``) or of single forms (``role.teacher``)."""


def framings_for(
    probe: Probe, wanted: Wanted, lang: str = "en", *, frames: Iterable[Frame] = (), prefill: bool = True
) -> list[Framed]:
    """Return the framed forms of a probe: the team's own first, then those of the tables, in their order.

    The prompt stands verbatim in every form that is built; a form of framing ``prefill`` leaves it alone and begins the
    assistant's reply.

    Args:
        probe: Its ``framings`` are the team's own forms, ``hand-written-1``, ``hand-written-2``, …
        wanted: False: none. True: all. Else the names of framings or single forms; ``hand-written`` names the team's.
        lang: The language of probes that name none (ini ``refusal_lang``).
        frames: More rows, from ``load_frames`` or ``frames_from``.
        prefill: Whether the target can be given the start of a reply; else no such form is made.

    Returns:
        Forms with distinct names and distinct content, none of which is the plain probe; ``unframed_for`` says what
        is missing.

    Raises:
        UsageProblem: A name does not exist, or a row of ``frames`` has a name that is taken.
    """
    return [one for one in _forms(probe, wanted, lang, frames, prefill) if isinstance(one, Framed)]


def unframed_for(
    probe: Probe, wanted: Wanted, lang: str = "en", *, frames: Iterable[Frame] = (), prefill: bool = True
) -> list[Unframed]:
    """Return what was wanted and is not among ``framings_for``, with the reasons; the arguments are the same.

    A probe without texts of its own lacks none, unless ``hand-written`` is named.
    """
    return [one for one in _forms(probe, wanted, lang, frames, prefill) if isinstance(one, Unframed)]


def framing_names(frames: Iterable[Frame] = ()) -> list[str]:
    """Return the names of framings that can be wanted: the team's own first, then those of the tables in their order.

    Args:
        frames: More rows than the shipped ones.
    """
    return list(dict.fromkeys([HAND_WRITTEN, *(frame.framing for frame in joined(shipped(), frames))]))


def _forms(
    probe: Probe, wanted: Wanted, lang: str, frames: Iterable[Frame], prefill: bool
) -> Iterator[Framed | Unframed]:
    table = joined(shipped(), frames)
    names = _names(wanted, table)
    if not names:
        return
    seen = {(probe.prompt, probe.prefill): ""}
    for one in (
        *_hand_written(probe, names, wanted is True),
        *_built(probe, names, probe.lang or lang, table, prefill),
    ):
        if isinstance(one, Framed):
            content = (one.probe.prompt, one.probe.prefill)
            if content in seen:
                like = seen[content]
                yield Unframed(one.name, f"it is the same as {like}" if like else "it is the plain prompt itself")
                continue
            seen[content] = one.name
        yield one


def _names(wanted: Wanted, table: Sequence[Frame]) -> set[str]:
    """Return what was named, checked; everything for True."""
    framings = list(dict.fromkeys([HAND_WRITTEN, *(frame.framing for frame in table)]))
    if isinstance(wanted, bool):
        return set(framings) if wanted else set()
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    known = [*framings, *dict.fromkeys(frame.name for frame in table)]
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(str(name), known, 1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise UsageProblem(
                f"framings: expected True, False or names of {', '.join(framings)} (or of single forms, such as "
                f"{table[0].name!r}), got {printable(repr(name), 60)}{hint}"
            )
    return set(names)


def _hand_written(probe: Probe, names: set[str], everything: bool) -> Iterator[Framed | Unframed]:
    if HAND_WRITTEN not in names:
        return
    if not probe.framings and not everything:
        yield Unframed(HAND_WRITTEN, "the probe has no framings of its own")
    for number, text in enumerate(probe.framings, 1):
        yield Framed(f"{HAND_WRITTEN}-{number}", HAND_WRITTEN, _asking(probe, text))


def _built(
    probe: Probe, names: set[str], lang: str, table: Sequence[Frame], prefill: bool
) -> Iterator[Framed | Unframed]:
    language = lang.partition("-")[0].lower()
    spoken = [frame for frame in table if frame.lang in (lang, language, ANY)]
    rows = [frame for frame in spoken if names & {frame.framing, frame.name}]
    for name in dict.fromkeys(frame.framing for frame in table if names & {frame.framing, frame.name}):
        if not any(frame.framing == name for frame in rows):
            yield Unframed(name, f"no row for prompts in {printable(lang, 20)!r}")
    for frame in rows:
        if frame.spoken.partition("-")[0] == language:
            # no form that is missing: a frame in the prompt's own language is another framing
            continue
        if reason := _why_not(frame, probe, prefill):
            yield Unframed(frame.name, reason)
        elif frame.prefill:
            yield Framed(frame.name, frame.framing, replace(probe, prefill=frame.prefill, variants=(), framings=()))
        else:
            before, _, after = frame.template.partition(PLACE)
            yield Framed(frame.name, frame.framing, _asking(probe, f"{before}{probe.prompt}{after}"))


def _why_not(frame: Frame, probe: Probe, prefill: bool) -> str:
    if frame.prefill and probe.prefill:
        return "the probe has a prefill of its own"
    if frame.prefill and not prefill:
        return "the target cannot be given the start of a reply"
    if frame.unless and re.search(frame.unless, probe.prompt, re.IGNORECASE):
        return "its row is not for such a prompt (unless)"
    return ""


def _asking(probe: Probe, text: str) -> Probe:
    return replace(probe, messages=(*probe.messages[:-1], Message("user", text)), variants=(), framings=())
