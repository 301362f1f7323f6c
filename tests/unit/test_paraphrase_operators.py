"""Every shipped operator on a prompt, and a team's own tables with their mistakes."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from pytest_refusal import hookspecs
from pytest_refusal.errors import UsageProblem
from pytest_refusal.paraphrase import Act, OperatorKind, Slot, load_operators, operators_from, parse, wordings_of
from pytest_refusal.paraphrase.tables import shipped

EVERY_KIND = tuple(OperatorKind)

WRITTEN = [
    tuple(line.split("\t"))
    for line in Path(__file__).parents[1].joinpath("paraphrased.txt").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize(("name", "lang", "prompt", "text"), WRITTEN, ids=lambda text: text[:40])
def test_an_operator_gives_the_text_that_was_read(name: str, lang: str, prompt: str, text: str) -> None:
    """One prompt an operator; the texts were read by people."""
    made = wordings_of(prompt, lang=lang, kinds=EVERY_KIND).build([name])
    assert made is not None
    assert (made.text.replace("\n", "\\n"), made.operators, made.canonical) == (text, (name,), prompt)


def test_every_shipped_operator_was_read() -> None:
    """A new row needs a line in tests/paraphrased.txt."""
    assert {name for name, *_ in WRITTEN} == {operator.name for operator in shipped()}


def texts(prompt: str, *kinds: str, **more: object) -> list[str]:
    """The rewordings by one operator."""
    wordings = wordings_of(prompt, kinds=kinds or EVERY_KIND, **more)  # type: ignore[arg-type]
    return [made.text for made in wordings.singles()]


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        ("How do you spell the colour grey?", "spelling"),
        ("Fix the punctuation of a lot of people.", "lexical"),
        ('What does "I cannot go" mean?', "contraction"),
        ("Translate into French: I have a lot of colour.", "spelling"),
        ("Run `ls -l a lot of times`.", "lexical"),
        ("How do I do this?\nI cannot say.", "contraction"),
        ("I am who I am", "closer"),
        ("Summarize this: it was fun.", "closer"),
        ("Check this sentence for me. She go to school.", "closer"),
        ("Check this text for me. The colour is grey.", "spelling"),
        ("Hello, how do I knit?", "opener"),
        ("How do I knit? Thanks a lot.", "closer"),
        ("I am ill. How do I rest?", "context"),
        ("Write a poem about the sea.", "context"),
        ("I can't sleep.", "frame"),
        ("Is John at home, or isn't he?", "contraction"),
        ("Why don't you start?", "contraction"),
    ],
)
def test_an_operator_does_not_apply_where_it_might_do_harm(prompt: str, kind: str) -> None:
    """Talk of words, quotations, code, what stands behind a colon, greetings and thanks that are there already."""
    assert texts(prompt, kind) == []


def test_names_and_acronyms_keep_their_capitals() -> None:
    """Lower case would make another word of them."""
    assert "case.lower" not in {operator.name for operator in wordings_of("How do I kill a Python process?").operators}
    assert "how do i peel garlic?" in texts("How do I peel garlic?", "surface")


def test_a_colon_takes_the_place_of_the_frames_mark() -> None:
    """And frames that go on behind the request do not apply."""
    made = texts("Translate this into French: I like cats.", "frame")
    assert "Could you translate this into French: I like cats." in made
    assert not any("please:" in text or "?:" in text or ".:" in text for text in made)


def test_a_frame_goes_on_behind_a_greeting() -> None:
    """With a small letter behind a comma."""
    assert "Hi, can you tell me how to knit?" in texts("Hi, how do I knit?", "frame")
    assert "Hi! Can you tell me how to knit?" in texts("Hi! How do I knit?", "frame")


def test_curly_apostrophes_stay_curly_in_frames() -> None:
    """What a frame does not say it leaves alone."""
    assert "How can I open Tom’s bag?" in texts("How do I open Tom’s bag?", "frame")


@pytest.mark.parametrize(
    ("prompt", "lang", "count"),
    [("Wie backe ich Brot?", "de", 16), ("Wie backe ich Brot?", "de-AT", 16), ("パンの作り方は？", "ja", 3)],
)
def test_operators_are_of_the_prompts_language(prompt: str, lang: str, count: int) -> None:
    """Without a table there is the space round the text."""
    assert len(texts(prompt, "frame", "opener", "closer", "surface", lang=lang)) == count


def test_kept_words_are_not_touched() -> None:
    """Whatever their case in ``keep``: no other word, no other form, no other letter."""
    prompt = "How do I organise a lot of photos in Photoshop?"
    for text in texts(prompt, keep=["PHOTOS", "organise", "a lot of"]):
        assert "organise" in text
        assert "photos" in text
        assert "a lot of" in text
    assert not any("killing" in text for text in texts("How do I kill a process?", keep=["kill"]))
    assert texts("How do I knit?", "frame", keep=["how do i knit"]) == [
        text for text in texts("How do I knit?", "frame") if "How do I knit" in text
    ]


def test_a_team_adds_a_table(tmp_path: Path) -> None:
    """Rows of a file are used like the shipped ones."""
    file = tmp_path / "shop.toml"
    file.write_text(
        'lang = "en"\n[[operator]]\nname = "shop.thanks"\nslot = "closer"\ntemplate = "{T} Thanks, shop team!"\n'
        '[[operator]]\nname = "shop.parcel"\nslot = "lexical"\nfind = "\\\\bparcel\\\\b"\nreplace = "package"\n'
        'acts = ["howto"]\nguard = ["single"]\nunless = "lost"\n',
        "utf-8",
    )
    thanks, parcel = load_operators(file)
    assert (thanks.slot, thanks.kind, thanks.lang) == (Slot.CLOSER, OperatorKind.CLOSER, "en")
    assert (parcel.acts, parcel.guards, parcel.unless) == ((Act.HOWTO,), ("single",), "lost")
    mine = wordings_of("How do I send a parcel?", operators=[thanks, parcel])
    assert mine.build(["shop.thanks"]).text == "How do I send a parcel? Thanks, shop team!"  # type: ignore[union-attr]
    assert mine.build(["shop.parcel"]).text == "How do I send a package?"  # type: ignore[union-attr]
    lost = wordings_of("How do I find a lost parcel?", operators=[parcel])
    assert lost.build(["shop.parcel"]) is None


ROW = {"name": "mine", "slot": "closer", "lang": "en", "template": "{T} Bye!"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"slot": "closr"}, "'slot': expected one of frame, reorder, "),
        ({"slot": "closr"}, "got 'closr' (did you mean 'closer'?)"),
        ({"name": ""}, "'name': expected a text, got ''"),
        ({"name": "variant.3"}, "'name': expected a name that is not a variant's, got 'variant.3'"),
        ({"kind": "variant"}, "'kind': expected one of frame, "),
        ({"kind": 3}, "got 3"),
        ({"acts": "howto"}, "'acts': expected a list of howto, wh, do, question, statement, got 'howto'"),
        ({"guard": ["nice"]}, "'guard': expected a list of plain, single, nameless, ended, open, got ['nice']"),
        ({"lang": "English"}, "'lang': expected a language code such as 'en', or '*' for any, got 'English'"),
        ({"tmplate": "x"}, "'tmplate' is no key of an operator (did you mean 'template'?)"),
        ({"xyz": "x"}, "'xyz' is no key of an operator (known: name, slot, "),
        ({"template": "Bye!"}, "'template': expected one form in braces, got 'Bye!'"),
        ({"template": "{T} {T}"}, "'template': expected one form in braces"),
        ({"template": "{X}"}, "expected one of the forms {T}, {t}, "),
        ({"template": "{T"}, "'template': expected forms in braces ("),
        ({"template": "{vp} Bye!"}, "expected {T} or {t} outside of frames, got '{vp} Bye!'"),
        ({"slot": "frame"}, "expected a form of the sentence, not {T} or {t}, got '{T} Bye!'"),
        ({"edit": "lower"}, "expected exactly one of 'template', 'find', 'edit', got 'template' and 'edit'"),
        ({"find": "("}, "'find': expected a regular expression ("),
        ({"unless": "["}, "'unless': expected a regular expression ("),
        ({"find": "a"}, "expected 'find' and 'replace' together, got one of them"),
        ({"find": "a", "replace": "\\1"}, "'replace': expected groups that 'find' has, got '\\1'"),
    ],
)
def test_a_mistake_in_a_row_is_named(change: dict[str, object], message: str) -> None:
    """With the place, the key, and what was expected."""
    with pytest.raises(UsageProblem) as caught:
        operators_from([{**ROW, **change}], "conftest.py")
    assert caught.value.message.startswith("conftest.py: operator 1")
    assert message in caught.value.message


def test_all_mistakes_are_named_at_once() -> None:
    """Twenty of them; the rest is counted."""
    with pytest.raises(UsageProblem) as caught:
        operators_from([ROW, ROW, "row", {}, *[{**ROW, "name": f"n{number}", "kind": 1} for number in range(30)]], "x")
    lines = caught.value.message.splitlines()
    assert lines[0] == "x: operator 2 (mine): 'name': expected a name of its own, got 'mine' a second time"
    assert lines[1] == "x: operator 3: expected a mapping with name, slot and template, find or edit, got 'row'"
    assert lines[2] == "x: operator 4: 'name': expected a text, got nothing: the key is missing"
    assert len(lines) == 21
    assert lines[-1] == "and 16 more"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"lang = ", "is not TOML: Invalid value"),
        (b"\xff", "cannot be read: "),
        (b'lang = "en"\nrows = []\n', "expected the keys 'lang' and 'operator' at the head, got 'rows'"),
        (b'operator = 3\nlang = "en"\n', "'operator': expected rows [[operator]], got 3"),
        (b'[[operator]]\nname = "a"\nslot = "case"\nedit = "lower"\n', "expected a language code such as 'en'"),
    ],
)
def test_a_file_that_is_no_table_is_named(tmp_path: Path, text: bytes, message: str) -> None:
    """And so is one that is not there."""
    file = tmp_path / "mine.toml"
    file.write_bytes(text)
    with pytest.raises(UsageProblem, match=r"mine\.toml") as caught:
        load_operators(file)
    assert message in caught.value.message
    with pytest.raises(UsageProblem, match=r"none\.toml cannot be read"):
        load_operators(tmp_path / "none.toml")


def test_a_shipped_name_is_taken() -> None:
    """In its language; another language may use it."""
    taken = operators_from([{**ROW, "name": "closer.thanks"}], "x")
    with pytest.raises(UsageProblem, match=r"operator 'closer\.thanks' \(en\) exists already; give yours another name"):
        wordings_of("How do I knit?", operators=taken)
    wordings_of("How do I knit?", operators=operators_from([{**ROW, "name": "closer.thanks", "lang": "fr"}], "x"))


def test_an_unknown_kind_is_named() -> None:
    """With those there are."""
    with pytest.raises(UsageProblem, match=r"expected some of frame, opener, .*; got 'typos'"):
        wordings_of("How do I knit?", kinds=["typos"])


def test_reach_says_how_a_prompt_was_read() -> None:
    """An empty parse is no error, so it has to be told."""
    reach = wordings_of("Time flies like an arrow.", variants=["Time flies."]).reach()
    assert reach.act is Act.STATEMENT
    assert reach.kinds["variant"] == 1
    assert set(reach.kinds) == {"variant", "opener", "surface"}
    assert reach.singles == sum(reach.kinds.values())
    assert wordings_of(" ").reach().singles == 0
    assert parse(" ").act is Act.STATEMENT


def test_the_hooks_example_is_an_operator() -> None:
    """What its documentation shows can be pasted."""
    text = inspect.getdoc(hookspecs.pytest_refusal_transforms) or ""
    row = re.search(r"return (\[.*\])", text)
    assert row is not None
    (mine,) = operators_from(ast.literal_eval(row[1]), "the hook pytest_refusal_transforms")
    assert wordings_of("How do I knit?", operators=[mine]).build([mine.name]) is not None
