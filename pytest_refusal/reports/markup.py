"""Texts and tables fit for Markdown: other people's texts are words there and nothing more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pytest_refusal.escaping import printable

# What opens a tag, a link, a table cell, emphasis or a heading. Where a mention, a reference or an address would begin
# (@name, #12, https://, www.), an entity is not enough: forges look for those in the rendered text, where it is the
# character again (github/cmark-gfm#181), so the two halves are parted by a space of no width.
_ACTIVE = re.compile(r"""(?P<begins>[@#!~$%&](?=\w)|:(?=//)|www(?=\.))|[\\`*_{}\[\]()#+!|~@:$.<>&"'-]""", re.IGNORECASE)


def escape(text: str, limit: int | None = None) -> str:
    """Return ``text`` on one line as plain words: no HTML, no links, no mentions, no table cells."""
    return _ACTIVE.sub(_entity, printable(text, limit))


def _entity(found: re.Match[str]) -> str:
    shown = found[0] if found[0].isalpha() else f"&#{ord(found[0])};"
    return f"{shown}&#8203;" if found["begins"] else shown


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a table, its headings first; the cells are escaped here."""
    for number, row in enumerate(rows):
        yield f"| {' | '.join(escape(cell) for cell in row)} |"
        if number == 0:
            yield f"|{' --- |' * len(row)}"
