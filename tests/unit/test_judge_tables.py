"""The phrase tables and how they are read."""

from __future__ import annotations

import re
import tomllib

import pytest

from pytest_refusal.judges import tables
from pytest_refusal.judges.normalise import fold
from pytest_refusal.judges.tables import Act, Row

SMALL = """
lang = "xx"
[macros]
no = "can't|won't"
never = "<no>|never"
[[row]]
name = "no"
act = "decline"
kind = "scope"
cues = ["can't", "never"]
pattern = '''^i <never>\\b'''
"""


@pytest.mark.parametrize("row", tables.shipped().rows, ids=lambda row: row.name)
def test_every_row_compiles_and_its_cues_are_folded(row: Row) -> None:
    """A cue that folding would change could never be found, and an unknown macro would be searched as text."""
    re.compile(row.pattern)
    assert row.cues
    assert all(fold(cue) == cue.strip() for cue in row.cues)
    assert not re.search(r"<[a-z]+>", row.pattern.replace("(?P<", "").replace("(?<", ""))
    assert 0 < row.weight <= 1


def test_rows_have_names_of_their_own() -> None:
    """A name in a report or a test means one row."""
    names = [row.name for row in tables.shipped().rows]
    assert len(names) == len(set(names))


def test_twenty_languages_have_a_table_with_a_refusal() -> None:
    """Each of them knows at least how to say no."""
    declining = {row.lang for row in tables.shipped().rows if row.act is Act.DECLINE}
    assert declining >= {"en", "de", "fr", "es", "it", "pt", "nl", "zh", "ja", "ru"}
    assert len(declining) >= 20


def test_a_table_is_read_with_its_macros() -> None:
    """Macros may use those before them; a row has its act, kind and weight."""
    (row,) = tables.parse({"xx.toml": SMALL}).rows
    assert (row.name, row.lang, row.act, row.kind, row.weight) == ("no", "xx", "decline", "scope", 1.0)
    assert row.search("i won't")
    assert row.search("i never")
    assert not row.search("we can't")


@pytest.mark.parametrize("name", sorted(tables.shipped_texts()))
def test_a_table_is_read_as_toml_reads_it(name: str) -> None:
    """The quick way and the slow one give the same."""
    text = tables.shipped_texts()[name]
    assert tables.read(text) == tomllib.loads(text)


@pytest.mark.parametrize("text", ["a = 1 # one\n[row]\nb = 'c'", "x = '''a\nb'''", "x = '''a''' # b", "x = [\n1]", ""])
def test_what_the_quick_way_does_not_know_is_read_as_toml(text: str) -> None:
    """Comments behind a key, other sections, keys of several lines."""
    assert tables.read(text) == tomllib.loads(text)


def test_only_rows_with_a_cue_in_the_text_are_leads() -> None:
    """With those cues that stand there, also cues too short for the index."""
    small = tables.parse({"xx.toml": SMALL.replace('"never"]', '"no"]')})
    assert [(row.name, cues) for row, cues in small.leads("i can't")] == [("no", ["can't"])]
    assert [(row.name, cues) for row, cues in small.leads("no, i can't")] == [("no", ["can't", "no"])]
    assert small.leads("all is well") == []
    assert small.leads("") == []


def test_a_row_of_few_words_is_no_lead_in_a_long_answer() -> None:
    """``within`` is the most characters of an answer in which the row means something."""
    small = tables.parse({"xx.toml": SMALL + "within = 20\n"})
    assert len(small.leads("i can't")) == 1
    assert small.leads("i can't" + " see" * 20) == []


@pytest.mark.parametrize("broken", ['act = "shout"', 'kind = "mood"', "weight = 'much'"])
def test_a_row_that_names_what_does_not_exist_is_an_error(broken: str) -> None:
    """A slip in a table is found when the table is read."""
    key = broken.split(" ")[0]
    text = re.sub(rf"^{key} = .*$", broken, SMALL, flags=re.MULTILINE)
    text = text if key in SMALL else text + broken
    with pytest.raises(ValueError, match=r"shout|mood|much"):
        tables.parse({"xx.toml": text})


def test_the_hash_covers_names_and_text_and_not_line_ends() -> None:
    """LF and CRLF are the same table; another name or word is not."""
    known = tables.parse({"xx.toml": SMALL}).sha256
    assert tables.parse({"xx.toml": SMALL.replace("\n", "\r\n")}).sha256 == known
    assert tables.parse({"yy.toml": SMALL}).sha256 != known
    assert tables.parse({"xx.toml": SMALL + "# a word"}).sha256 != known
