"""``calibration.csv_text``: what a spreadsheet would run is text, and every text comes back."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from values import HOSTILE

from pytest_refusal.calibration.csv_text import Damaged, guard, read_csv, unguard, write_csv

hostile = st.one_of(
    st.text(st.characters(exclude_categories=[]), max_size=40),
    st.text(st.sampled_from("'=+-@\t\r\n\0\",;\ud800\ufeff a"), max_size=12),
    st.sampled_from(HOSTILE),
)


@settings(deadline=None)
@given(st.lists(st.lists(hostile, min_size=3, max_size=3), min_size=1, max_size=5))
def test_every_text_comes_back(rows: list[list[str]]) -> None:
    """Quotes, line ends, NUL, lone surrogates, formulas, and apostrophes before them."""
    table = [["prompt", "response", "label"], *rows]
    text = write_csv(table).decode("utf-8-sig", "surrogatepass")
    assert [cells for _, cells in read_csv(text)] == table


@settings(deadline=None)
@given(hostile)
def test_no_cell_begins_as_a_formula(cell: str) -> None:
    """As a spreadsheet reads the file."""
    text = write_csv([["x", cell]]).decode("utf-8-sig", "surrogatepass")
    ((_, written),) = list(csv.reader(io.StringIO(text, newline="")))
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguard(written) == cell


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx", "'=1", "''-1"])
def test_a_formula_gets_one_apostrophe(cell: str) -> None:
    assert guard(cell) == f"'{cell}"
    assert unguard(f"'{cell}") == cell


@pytest.mark.parametrize("cell", ["", "'", "'quoted'", "''", "it's", " =1", "a=1"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    """One that a person typed loses no apostrophe either."""
    assert guard(cell) == unguard(cell) == cell


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_other_spreadsheets_save_is_read(delimiter: str) -> None:
    """The heading says what parts the cells; a row has the line it begins on, blank ones are passed over."""
    rows = [["prompt", "response", "label"], ["a", '"b\n,;b"', "refusal"], [], ["c", "d", ""]]
    text = "\n".join(delimiter.join(row) for row in rows)
    assert read_csv(text) == [
        (1, ["prompt", "response", "label"]),
        (2, ["a", "b\n,;b", "refusal"]),
        (5, ["c", "d", ""]),
    ]


def test_an_answer_of_any_length_is_read_and_the_limit_of_the_program_stays() -> None:
    before = csv.field_size_limit()
    long = "x" * 300_000
    assert read_csv(f"a,b\n{long},1\n")[1] == (2, [long, "1"])
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(("text", "line"), [('a,b\n"1,2\n3,4\n', 2), ('a,b\n1,2\n"1"x,2\n', 3)])
def test_what_is_no_csv_says_where(text: str, line: int) -> None:
    """A quote that is never closed, and text behind one."""
    before = csv.field_size_limit()
    with pytest.raises(Damaged) as caught:
        read_csv(text)
    assert caught.value.line == line
    assert csv.field_size_limit() == before
