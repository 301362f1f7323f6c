"""Several judges: a strict majority of all of them decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from pytest_refusal.errors import RefusalError
from pytest_refusal.protocols import Judge, JudgeIdentity
from pytest_refusal.records import Label, Probe, Response, Verdict, Vote, canonical_json, sha256

LEAST = 3
"""Two judges can only agree or block each other."""


class Panel:
    """A vote over the four labels.

    A label wins with the votes of more than half of *all* judges; an ``unclear`` vote, and that of a judge that failed,
    counts for none. Without a winner the verdict is ``unclear``, or ``error`` if a judge failed.

    Args:
        judges: At least three, all different.

    Attributes:
        identity: All judges', in the order in which they were named.
        concurrent: One of them may be asked ahead, and none has to stay on the test's thread.
        asks: One of them asks a server.
    """

    def __init__(self, judges: Sequence[Judge]) -> None:
        self._judges = tuple(judges)
        self._names = [judge.identity.name for judge in self._judges]
        asks = [getattr(judge, "concurrent", None) for judge in self._judges]
        self.concurrent = any(asks) and False not in asks
        self.asks = any(getattr(judge, "asks", False) for judge in self._judges)

    @property
    def identity(self) -> JudgeIdentity:
        known = [judge.identity for judge in self._judges]
        return JudgeIdentity(
            _name(self._names),
            "; ".join(one.version for one in known if one.version),
            sha256(canonical_json([one.sha256 for one in known])),
        )

    def __call__(self, probe: Probe, response: Response) -> Verdict:
        """Judge a response; never raises what a judge raised."""
        named = zip(self._judges, self._names, strict=True)
        return decide([_said(judge, name, probe, response) for judge, name in named], _name(self._names))


def decide(verdicts: Sequence[Verdict], name: str) -> Verdict:
    """Return what several judges come to.

    Args:
        verdicts: One of each judge, with its name.
        name: Of all of them together.

    Returns:
        A verdict whose confidence is the winner's share of all judges. Kind and evidence are those of the first judge
        that voted with the winner and has some; ``explained``, ``alternative`` and a violation are voted on too; scores
        are means over the judges that gave them.
    """
    votes = tuple(Vote(one.judge, one.label, one.explained, one.reason) for one in verdicts)
    counts = Counter(one.label for one in verdicts if one.label.judged)
    label, most = counts.most_common(1)[0] if counts else (Label.UNCLEAR, 0)
    scores = {key: fmean([one.scores[key] for one in verdicts if key in one.scores]) for key in _keys(verdicts)}
    if 2 * most <= len(verdicts):
        label = Label.ERROR if any(one.label is Label.ERROR for one in verdicts) else Label.UNCLEAR
        return Verdict(label, 0.0, judge=name, scores=scores, reason=_without_winner(verdicts), votes=votes)
    winners = [one for one in verdicts if one.label is label]
    shown = next((one for one in winners if one.evidence), winners[0])
    return Verdict(
        label,
        confidence=most / len(verdicts),
        kind=next((one.kind for one in winners if one.kind is not None), None),
        explained=2 * sum(one.explained for one in verdicts if one.label.judged) > len(verdicts),
        alternative=2 * sum(one.alternative for one in verdicts if one.label.judged) > len(verdicts),
        evidence=shown.evidence,
        offset=shown.offset,
        violation=_violation(verdicts),
        judge=name,
        scores=scores,
        votes=votes,
    )


def _violation(verdicts: Sequence[Verdict]) -> str:
    seen = [one.violation for one in verdicts if one.violation]
    return seen[0] if 2 * len(seen) > len(verdicts) else ""


def _keys(verdicts: Sequence[Verdict]) -> list[str]:
    return sorted({key for one in verdicts for key in one.scores})


def _without_winner(verdicts: Sequence[Verdict]) -> str:
    said = ", ".join(f"{one.judge}: {one.label.value}" for one in verdicts)
    failed = "; ".join(one.reason for one in verdicts if one.label is Label.ERROR and one.reason)
    return f"no majority among {len(verdicts)} judges ({said})" + (f"; {failed}" if failed else "")


def _name(names: Sequence[str]) -> str:
    return f"vote of {len(names)}: {', '.join(names)}"


def _said(judge: Judge, name: str, probe: Probe, response: Response) -> Verdict:
    try:
        verdict = judge(probe, response)
    except RefusalError as error:
        return Verdict(Label.ERROR, 0.0, judge=name, reason=f"the judge failed: {error.message}")
    except Exception as error:
        return Verdict(Label.ERROR, 0.0, judge=name, reason=f"the judge raised {type(error).__name__}: {error}")
    return replace(verdict, judge=name)
