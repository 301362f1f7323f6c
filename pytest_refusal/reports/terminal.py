"""Report → lines for the terminal. Of model text only what the gate shows of probes that moved; all of it escaped."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_refusal.escaping import printable
from pytest_refusal.reports import boundary, framing, gate, wording
from pytest_refusal.reports.layout import Line, load_tables, table
from pytest_refusal.summary import ConditionSummary, Framings, Group, Rate, Report

__all__ = ["Line", "lines", "load_tables", "table"]

FULL_BLOCKS = 2
"""Up to so many conditions are shown with all their measures; more become rows of one table."""

SPLITS_SHOWN = 10


def lines(report: Report) -> Iterator[Line]:
    """Yield the section ``refusal`` of pytest's summary; first the gate's verdict, which the reader came for."""
    if report.gate is not None:
        yield from gate.report_lines(report)
        yield Line("")
    yield Line(wording.heading(report))
    for sentence in (*wording.servers(report), *wording.judge_errors(report), *wording.agreement(report)):
        yield Line(sentence)
    if len(report.summary) <= FULL_BLOCKS:
        for name, counts in report.summary.items():
            yield Line("")
            yield from _block(report, name, counts)
    else:
        yield Line("")
        yield from table(wording.condition_rows(report))
        yield from _table_notes(report)
        for name, counts in report.summary.items():
            if counts.framings is not None:
                yield Line("")
                yield Line(f"{printable(name)}, in other frames")
                yield from _framings(counts.framings)
    if any(len(counts.by_category) > 1 for counts in report.summary.values()):
        yield Line("")
        many = len(report.summary) > FULL_BLOCKS
        yield from table(_category_columns(report) if many else _category_rows(report))
    if any(_has_scores(counts) for counts in report.summary.values()):
        yield Line("")
        yield from table(_score_rows(report))
    yield from _split_votes(report)
    for condition, count in report.deselected.items():
        yield Line(f"{printable(condition)}: {count} probes left out by selection", "note")
    for warning in report.warnings:
        yield Line(f"warning: {printable(warning)}", "note")
    # what the gate found is said above
    for broken in report.broken if report.gate is None else report.limits_broken:
        yield Line(f"{wording.standing(broken)}: {printable(broken.message)}", "bad")


def _block(report: Report, name: str, counts: ConditionSummary) -> Iterator[Line]:
    measured = report.conditions.get(name)
    about = wording.server(measured) if measured is not None else ""
    yield Line(f"condition {printable(name)}{f' ({about})' if about else ''}")
    group = counts.overall
    rows = [
        ["", "", "", "95 %, these probes", "95 %, prompts like these"],
        *_rate_row("refusal rate", group.refusal_rate),
        *_rate_row("  theater", group.theater_rate),
        *_rate_row("  partial", group.partial_rate),
        *_rate_row("false-refusal rate", group.false_refusal_rate),
        *_rate_row("  partial", group.answer_partial_rate),
        *_rate_row("  theater", group.answer_theater_rate),
    ]
    if len(rows) > 1:
        yield from table(rows)
    yield Line(f"judged {wording.judged(group)}", "bad" if group.unjudged.total else "")
    for sentence in wording.details(group):
        yield Line(sentence)
    if counts.boundary is not None:
        for sentence in boundary.sentences(counts.boundary):
            yield Line(sentence)
    if counts.framings is not None:
        yield Line("")
        yield from _framings(counts.framings)


def _framings(framings: Framings) -> Iterator[Line]:
    yield from table([list(framing.HEADINGS), *framing.rows(framings)])
    for sentence in framing.sentences(framings):
        yield Line(sentence)


def _has_scores(counts: ConditionSummary) -> bool:
    """Whether a model gave scores, and there are categories to compare."""
    return len(counts.by_category) > 1 and any(name != wording.ESTIMATE for name in counts.overall.scores)


def _score_rows(report: Report) -> list[list[str]]:
    several = len(report.summary) > 1
    rows: list[list[str]] = []
    for name, counts in report.summary.items():
        if _has_scores(counts):
            heading, *body = wording.score_rows(counts)
            rows = rows or [[*(["condition"] if several else []), *heading]]
            rows += [[*([name] if several else []), *row] for row in body]
    return rows


def _split_votes(report: Report) -> Iterator[Line]:
    rows = wording.split_rows(report)
    if not rows:
        return
    yield Line("")
    yield from table(rows[: SPLITS_SHOWN + 1])
    if (more := len(rows) - 1 - SPLITS_SHOWN) > 0:
        yield Line(f"and {more} more split votes: --refusal-report=FILE.md or FILE.json has all")


def _rate_row(title: str, rate: Rate) -> Iterator[list[str]]:
    if rate.rate is None or (title.startswith(" ") and not rate.hits):
        return
    population = "" if rate.population is None else wording.interval(*rate.population)
    yield [
        title,
        f"{rate.hits}/{rate.trials}",
        wording.point(rate),
        wording.interval(rate.low, rate.high),
        population,
    ]


def _table_notes(report: Report) -> Iterator[Line]:
    notes = sorted({text for one in report.conditions.values() if (text := wording.server(one))})
    for text in notes:
        yield Line(text)
    for name, counts in report.summary.items():
        group = counts.overall
        sides = []
        if group.refuse.by_rule.probes:
            sides.append(f"must be refused: {wording.by_rule(group.refuse)}")
        if group.answer.by_rule.probes:
            sides.append(f"must be answered: {wording.by_rule(group.answer)}")
        yield Line(f"{printable(name)}, by the attempt rule: {'; '.join(sides) or 'nothing is expected of its probes'}")
        bounds = _bounds(group)
        for sentence in bounds:
            yield Line(f"{printable(name)}: {sentence}")


def _bounds(group: Group) -> Iterator[str]:
    for sentence in wording.details(group):
        if sentence.startswith(("0 of", "corrected")) or "not measured" in sentence:
            yield sentence
    yield from wording.scores(group, estimates=False)


def _category_rows(report: Report) -> list[list[str]]:
    several = len(report.summary) > 1
    rows = [[*(["condition"] if several else []), *wording.CATEGORY_HEADINGS]]
    for name, counts in report.summary.items():
        rows += [[*([name] if several else []), *row] for row in wording.category_rows(counts)]
    return rows


def _category_columns(report: Report) -> list[list[str]]:
    """Return categories as rows and conditions as columns, counts alone: so that eight conditions fit on a screen."""
    conditions = list(report.summary)
    start = conditions[0].rfind("/") + 1
    if len({name[:start] for name in conditions}) > 1:
        start = 0
    rows = [["category", "of which", *(name[start:] for name in conditions)]]
    categories = sorted({category for counts in report.summary.values() for category in counts.by_category})
    for category in categories:
        groups = [counts.by_category.get(category) for counts in report.summary.values()]
        for title, of in _SIDES:
            rates = [None if group is None else of(group) for group in groups]
            if any(rate is not None and rate.trials for rate in rates):
                cells = ["" if rate is None or not rate.trials else f"{rate.hits}/{rate.trials}" for rate in rates]
                rows.append([category, title, *cells])
    return rows


def _refusals(group: Group) -> Rate:
    return group.refusal_rate


def _false_refusals(group: Group) -> Rate:
    return group.false_refusal_rate


_SIDES = (("refused", _refusals), ("falsely refused", _false_refusals))
