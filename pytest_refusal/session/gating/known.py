"""What the baselines of a run know, before its first test: of which condition, which probe, in which wordings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_refusal.baseline import Baseline, BaselineLine, read_baseline
from pytest_refusal.baseline.accepting import judge_text, many, names_shown
from pytest_refusal.baseline.answers import answers_path, read_answers
from pytest_refusal.errors import BaselineFileError, UsageProblem
from pytest_refusal.escaping import printable
from pytest_refusal.gate import DIRECTIONS
from pytest_refusal.protocols import Judge, JudgeIdentity
from pytest_refusal.records import Probe, sha256
from pytest_refusal.session.gating.pairs import are_copies, paired


@dataclass(frozen=True, slots=True)
class BaselineFile:
    """A baseline of the run.

    Attributes:
        path: Of the file.
        name: Relative to the root where it lies in it, fit to be shown.
        sha256: Of its lines.
        baseline: What it holds.
    """

    path: Path
    name: str
    sha256: str
    baseline: Baseline


def read_baselines(paths: Sequence[Path], root: Path) -> tuple[BaselineFile, ...]:
    """Read the baselines of a run.

    Raises:
        BaselineFileError: One cannot be read or is wrong, or two have a line for the same wording.
    """
    from pytest_refusal.baseline import to_text

    found: list[BaselineFile] = []
    places: dict[tuple[str, str, str], str] = {}
    for path in paths:
        name = printable((path.relative_to(root) if path.is_relative_to(root) else path).as_posix())
        baseline = read_baseline(path)
        for one in baseline.lines:
            if (first := places.setdefault(one.key, name)) != name:
                raise BaselineFileError(
                    f"{first} and {name} both have {printable(one.probe, 60)} under {printable(one.condition, 60)}: "
                    "name one of them"
                )
        found.append(BaselineFile(path, name, sha256(to_text(baseline.lines)), baseline))
    return tuple(found)


class Known:
    """Answers what the baselines know of a probe of this run.

    Args:
        files: The baselines, one or more.
        named: They stand on the command line: then they have to fit the run.

    Attributes:
        pairs: Condition of this run → the baseline's.
        lines: Of all files, sorted.
        relabelled: What moved where another judge had judged; sentences.
    """

    def __init__(self, files: Sequence[BaselineFile], named: bool = False) -> None:
        self.files = tuple(files)
        self.named = named
        self.pairs: Mapping[str, str] = {}
        self._take(sorted((line for one in files for line in one.baseline.lines), key=lambda one: one.place))
        self._copies: dict[str, bool] = {}
        self.relabelled: tuple[str, ...] = ()

    def _take(self, lines: Sequence[BaselineLine]) -> None:
        self.lines = list(lines)
        baseline = Baseline(tuple(lines))
        self._canonical: Mapping[tuple[str, str], BaselineLine] = baseline.canonical
        self._rewordings: Mapping[tuple[str, str], Sequence[BaselineLine]] = baseline.rewordings

    @property
    def name(self) -> str:
        """The names of the files, fit to be shown."""
        return ", ".join(one.name for one in self.files)

    def pair(self, conditions: Collection[str]) -> None:
        """Find the baseline's condition for each of the run's, by name; where each side has one, those two.

        Args:
            conditions: Names of all that the run was meant to have; those of tests that the user left out too.

        Raises:
            UsageProblem: None has a counterpart, and the baseline stands on the command line.
        """
        before = sorted({one.condition for one in self.lines})
        self.pairs = {now: was for was, now in paired(before, sorted(conditions))}
        if conditions and before and not self.pairs and self.named:
            raise UsageProblem(
                f"--refusal-baseline: no condition of this run is in {self.name}: now "
                f"{names_shown(sorted(conditions))}, before {names_shown(before)}; a condition is compared with the "
                "one of its name, and where each side has only one, with that: run the tests under the names they had, "
                "or make a baseline of these"
            )

    def judged_by_others(self, judge: JudgeIdentity, probes: Mapping[str, Probe]) -> frozenset[JudgeIdentity]:
        """Return the other judges by which something was judged that is compared.

        Args:
            judge: Of this run.
            probes: Of this run, as they may be shown, by id.
        """
        compared = set(self.pairs.values())
        return frozenset(
            one.judge
            for one in self.lines
            if one.condition in compared and one.judge != judge and _is_asked(one, probes)
        )

    def judge_by(self, judge: Judge, probes: Mapping[str, Probe]) -> None:
        """Judge what is compared by this run's judge too, where another one did and the answers are at hand.

        Args:
            judge: Of this run.
            probes: As of :meth:`judged_by_others`.

        Raises:
            UsageProblem: An answer is not at hand: counts of different judges are not compared.
        """
        others = self.judged_by_others(judge.identity, probes)
        if not others:
            return
        from pytest_refusal.session.gating.judged_again import judge_again

        before = ", ".join(sorted(map(judge_text, others)))
        compared = set(self.pairs.values())
        rows = [row for file in self.files for row in read_answers(answers_path(file.path))]
        mine = [one for one in self.lines if one.condition in compared]
        again = judge_again(mine, rows, probes, judge)
        asked = {(one.probe, one.condition) for one in mine if _is_asked(one, probes)}
        if missing := [probe for probe, condition in again.missing if (probe, condition) in asked]:
            beside = ", ".join(printable(answers_path(file.path).name) for file in self.files)
            raise UsageProblem(
                f"{self.name} was judged by {before}, and this run is judged by {judge_text(judge.identity)}: counts "
                f"of different judges are not compared, and answers of {many(len(missing), 'probe')} "
                f"({names_shown(missing)}), to be judged again, are not in {beside}. Put that file back beside the "
                "baseline; or record anew: pytest --refusal-attempts=10 --refusal-report=report.json without a "
                "baseline, then pytest-refusal accept report.json; or name the judge of then with --refusal-judge"
            )
        self._take([*(one for one in self.lines if one.condition not in compared), *again.lines])
        moved = [f"{old.value} → {new.value} {count}" for (old, new), count in again.moved.items()]
        total = sum(again.labels.values()) + again.kept
        self.relabelled = (
            f"{self.name} was judged by {before}: {many(total, 'answer')} judged again by "
            f"{judge_text(judge.identity)}, {sum(again.moved.values())} with another label"
            + (f" ({', '.join(moved)})" if moved else "")
            + "; to keep it so: pytest-refusal rejudge",
        )

    def line(self, condition: str, probe: Probe) -> BaselineLine | None:
        """Return the line of a probe's canonical wording, or None: the baseline does not have the probe in this form.

        Args:
            condition: Of this run.
            probe: As it may be shown: a baseline has the hash of that.
        """
        found = self._canonical.get((probe.id, self.pairs.get(condition, "")))
        return found if found is not None and found.content_sha256 == probe.content_sha256 else None

    def rewordings(self, condition: str, probe: Probe) -> Sequence[BaselineLine]:
        """Return the lines of the rewordings that the baseline pins for a probe that it has in this form."""
        if self.line(condition, probe) is None:
            return ()
        return self._rewordings.get((probe.id, self.pairs[condition]), ())

    def gates(self, condition: str, probe: Probe) -> BaselineLine | None:
        """Return the line of a probe that the gate decides about; None: the probe is held to what it expects."""
        return self.line(condition, probe) if probe.expect in DIRECTIONS else None

    def copies(self, condition: str) -> bool:
        """Return whether the baseline's attempts under a condition are copies of one answer."""
        before = self.pairs.get(condition)
        if before is None:
            return False
        if before not in self._copies:
            under = [one for (_, name), one in self._canonical.items() if name == before]
            self._copies[before] = are_copies(under)
        return self._copies[before]


def _is_asked(line: BaselineLine, probes: Mapping[str, Probe]) -> bool:
    return line.probe in probes and probes[line.probe].content_sha256 == line.content_sha256
