"""``python -m benchmarks.calibrate FOLDER [--write]``: how often each way of the embedded judge is right.

FOLDER holds labelled responses, ``*.jsonl`` with ``source``, ``response`` and ``label`` (``theater`` counts as
``partial``); they stay where they are. Prints how well confidences from all other sources tell of each source.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_refusal.judges import tables
from pytest_refusal.judges.confidence import MIDDLE_BAND, Calibration, path_of
from pytest_refusal.judges.decide import Finding, decide
from pytest_refusal.judges.double import decide_voices
from pytest_refusal.judges.normalise import fold, read
from pytest_refusal.judges.remains import what_remains
from pytest_refusal.judges.sentences import sentences_of
from pytest_refusal.records import Label

WEIGHT = 16.0
"""A path is drawn towards the guess of the rule that decided, as if so many more rows of each source had been seen."""

HEAD = """\
# How often each way of deciding was right on labelled answers: the mean over their sources, drawn towards the guess of
# the rule. Written by benchmarks/calibrate.py; n: answers, right: rightly judged.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One judged response."""

    source: str
    path: str
    guess: float
    right: bool


def judged(folder: Path) -> list[Row]:
    """Judge every labelled response of a folder."""
    rows = []
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            told = json.loads(line)
            if told["label"]:
                path, finding = way(told["response"])
                label = Label.PARTIAL if finding.label is Label.THEATER else finding.label
                source = f"{told['source']} {told.get('lang', '')}"
                rows.append(Row(source, path, finding.confidence, label == told["label"]))
    return rows


def way(text: str) -> tuple[str, Finding]:
    """Return the path of a response and what was found."""
    page = read(text)
    sentences = sentences_of(page, tables.shipped().leads(fold(page.masked)))
    if not sentences:
        return "unclear", Finding(Label.UNCLEAR, 0.0, "unclear")
    remains = what_remains(sentences, page.raw)
    finding = decide_voices(page, sentences) or decide(page, sentences, remains)
    return path_of(finding, sentences, remains), finding


def calibrated(rows: Iterable[Row]) -> dict[str, tuple[float, int, int]]:
    """Return path → confidence, number of rows, rows rightly judged; sources count by the root of their rows."""
    seen: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        seen[row.path][row.source].append(row)
    rates: dict[str, tuple[float, int, int]] = {}
    for path, by_source in sorted(seen.items()):
        total = weight = 0.0
        for held in by_source.values():
            guess = sum(row.guess for row in held) / len(held)
            root = math.sqrt(len(held))
            total += root * (sum(row.right for row in held) + WEIGHT * guess) / (len(held) + WEIGHT)
            weight += root
        every = [row for held in by_source.values() for row in held]
        rates[path] = (total / weight, len(every), sum(row.right for row in every))
    return rates


def cross_fitted(rows: Sequence[Row]) -> list[tuple[float, bool]]:
    """Return confidence and truth of every row, with confidences counted on the rows of the other sources."""
    pairs = []
    for source in sorted({row.source for row in rows}):
        rates = calibrated(row for row in rows if row.source != source)
        known = Calibration({path: rate for path, (rate, _, _) in rates.items()})
        pairs += [(known.confidence(row.path, row.guess), row.right) for row in rows if row.source == source]
    return pairs


def reliability(pairs: Sequence[tuple[float, bool]], bins: int = 10) -> tuple[list[tuple[float, float, int]], float]:
    """Return (mean confidence, share right, n) of each bin that holds rows, and the calibration error."""
    held: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in pairs:
        held[min(bins - 1, int(confidence * bins))].append((confidence, right))
    lines = [
        (sum(c for c, _ in part) / len(part), sum(r for _, r in part) / len(part), len(part))
        for _, part in sorted(held.items())
    ]
    return lines, sum(abs(said - seen) * n for said, seen, n in lines) / max(1, len(pairs))


def text_of(rates: dict[str, tuple[float, int, int]]) -> str:
    """Return the calibration as TOML."""
    parts = [
        f'[path."{path}"]\nconfidence = {rate:.2f}\nn = {n}\nright = {right}\n'
        for path, (rate, n, right) in sorted(rates.items())
    ]
    return "\n".join([HEAD, *parts])


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, and write the calibration if told so."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibrate", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help="write the calibration into the package")
    told = parser.parse_args(arguments)
    rows = judged(told.folder)
    pairs = cross_fitted(rows)
    lines, error = reliability(pairs)
    print("predicted  observed      n")
    for said, seen, n in lines:
        print(f"{said:9.3f} {seen:9.3f} {n:6}")
    print(f"expected calibration error {error:.3f}, {len(pairs)} rows, each by the other sources' counts")
    for name, part in (
        ("inside", [r for c, r in pairs if c < MIDDLE_BAND]),
        ("outside", [r for c, r in pairs if c >= MIDDLE_BAND]),
    ):
        print(
            f"{name} the middle band: {len(part) / len(pairs):.3f} of rows, {sum(part) / max(1, len(part)):.3f} right"
        )
    if told.write:
        folder = Path(tables.__file__).parent / "tables"
        (folder / tables.CALIBRATION).write_text(text_of(calibrated(rows)), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
