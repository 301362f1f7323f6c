"""CSV for spreadsheets: hostile text in a cell is never a formula, and comes back as it was."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

# What a spreadsheet takes for the beginning of a formula; apostrophes before it count, so that one more is undone.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")

_LONGEST_CELL = 2**31 - 1


class Damaged(Exception):
    """The text is no CSV from ``line`` on."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def guard(cell: str) -> str:
    """Return the cell with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    """Return what ``guard`` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV bytes: UTF-8 with a mark that spreadsheets know it by, every cell guarded and quoted."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([guard(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "surrogatepass")


def read_csv(text: str) -> list[tuple[int, list[str]]]:
    """Return (line that it begins on, its cells without their guards) of each row; blank lines are passed over.

    The first line says what parts the cells: a comma, or the semicolon or tab that some spreadsheets save.

    Raises:
        Damaged: A quote is not closed, or text follows one.
    """
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    rows, line = [], 1
    # one cell may hold an answer of any length, and the limit is the whole program's
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        for row in reader:
            if row:
                rows.append((line, [unguard(cell) for cell in row]))
            line = reader.line_num + 1
    except csv.Error as error:
        raise Damaged(line, str(error)) from None
    finally:
        csv.field_size_limit(before)
    return rows
