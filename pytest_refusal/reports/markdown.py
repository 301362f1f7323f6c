"""Report → Markdown for people: rates, limits, and what was wrong, with hostile text made harmless."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_refusal.escaping import printable
from pytest_refusal.records import Outcome, is_right
from pytest_refusal.reports import boundary, framing, gate_markdown, wording
from pytest_refusal.reports.markup import escape, table
from pytest_refusal.summary import Framings, Report

__all__ = ["escape", "to_text"]

WRONG_SHOWN = 50
TEXT_SHOWN = 200


def to_text(report: Report) -> str:
    """Return the report as a Markdown page."""
    return "\n".join(_page(report)) + "\n"


def _page(report: Report) -> Iterator[str]:
    yield from gate_markdown.opening(report)
    yield escape(wording.heading(report))
    yield ""
    for sentence in (*wording.servers(report), *wording.judge_errors(report), *wording.agreement(report)):
        yield f"- {escape(sentence)}"
    yield from gate_markdown.standing(report)
    if not report.repeatable:
        yield "- **not repeatable**: a target draws anew in every run"
    for warning in report.warnings:
        yield f"- warning: {escape(warning)}"
    yield ""
    yield from table(wording.condition_rows(report))
    for name, counts in report.summary.items():
        yield ""
        yield f"## {escape(name)}"
        yield ""
        if (measured := report.conditions.get(name)) is not None and (about := wording.server(measured)):
            yield f"- {escape(about)}"
        group = counts.overall
        for sentence in (*wording.details(group), *wording.scores(group, estimates=True), *wording.explained(group)):
            yield f"- {escape(sentence)}"
        if counts.boundary is not None:
            for sentence in boundary.sentences(counts.boundary, probes=False):
                yield f"- {escape(sentence)}"
        if len(counts.by_category) > 1:
            yield ""
            yield from table([wording.CATEGORY_HEADINGS, *wording.category_rows(counts)])
        if len(counts.by_category) > 1 and (rows := wording.score_rows(counts)):
            yield ""
            yield from table(rows)
        if counts.boundary is not None and (rows := boundary.flip_rows(counts.boundary, texts=report.texts)):
            yield ""
            yield f"### Rewordings that flip: {len(rows) - 1} of {len(counts.boundary.pooled.probes)} probes"
            yield ""
            yield from table(rows)
        if counts.framings is not None:
            yield from _framings(counts.framings)
        yield from _wrong(report, name)
    if rows := wording.split_rows(report):
        yield ""
        yield "## Split votes"
        yield ""
        yield from table(rows)


def _framings(framings: Framings) -> Iterator[str]:
    yield ""
    yield "### In other frames"
    yield ""
    yield from table([framing.HEADINGS, *framing.rows(framings)])
    yield ""
    for sentence in framing.sentences(framings):
        yield f"- {escape(sentence)}"


def _wrong(report: Report, condition: str) -> Iterator[str]:
    """Yield the probes with a wrong attempt: labels, and the first wrong answer where texts are wanted."""
    attempts: dict[str, list[Outcome]] = {}
    for outcome in report.outcomes:
        if outcome.condition == condition and outcome.wording == 0:
            attempts.setdefault(outcome.probe, []).append(outcome)
    rows = []
    for name, outcomes in attempts.items():
        probe = report.probes[name]
        wrong = [o for o in outcomes if o.verdict.label.judged and not is_right(probe.expect, o.verdict)]
        if not wrong:
            continue
        row = [name, probe.expect.value, " ".join(one.verdict.label.value for one in outcomes)]
        if report.texts:
            row += [
                printable(probe.prompt, TEXT_SHOWN),
                printable(report.responses.get(wrong[0].request, ""), TEXT_SHOWN),
            ]
        rows.append(row)
    if not rows:
        return
    yield ""
    yield f"### Wrong answers: {len(rows)} of {len(attempts)} probes"
    yield ""
    headings = ["probe", "expected", "attempts"] + (["prompt", "first wrong answer"] if report.texts else [])
    yield from table([headings, *rows[:WRONG_SHOWN]])
    if len(rows) > WRONG_SHOWN:
        yield f"and {len(rows) - WRONG_SHOWN} more"
