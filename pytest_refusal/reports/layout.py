"""Lines with a tone, and tables made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_refusal.escaping import printable


@dataclass(frozen=True, slots=True)
class Line:
    """A line to print; ``tone`` is ``good``, ``bad``, ``note`` or ``""``."""

    text: str
    tone: str = ""


def load_tables() -> None:
    """Import what makes tables of rows, while there is nothing else to do."""
    import tabulate  # noqa: F401


def table(rows: list[list[str]]) -> Iterator[Line]:
    """Yield a table, its headings first; the cells are escaped here."""
    from tabulate import tabulate

    rows = [[printable(cell) for cell in row] for row in rows]
    # 'preserve_whitespace' keeps the indent of what belongs to the row above
    text = tabulate(rows[1:], headers=rows[0], tablefmt="simple", disable_numparse=True, preserve_whitespace=True)
    for line in text.splitlines():
        yield Line(line.rstrip())
