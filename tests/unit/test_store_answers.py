"""The store: what counts as the answer of a request in each mode, and what is said when it cannot work."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_refusal.errors import ResponseNotStored, StoreError
from pytest_refusal.records import Message, Request, Response, Role
from pytest_refusal.store import Record
from pytest_refusal.store.answers import Change, Store, Stored
from tests.store_worker import request

NEW, NONE, ALL = Record.NEW, Record.NONE, Record.ALL
OLD_SERVER = ("digest a", "0.5")
SERVER = ("digest b", "0.6")


def open_store(tmp_path: Path, mode: Record = NEW, run: str = "this run") -> Store:
    """A store that fails the test when it warns."""
    return Store(tmp_path / "store", mode, run, pytest.fail)


def put(store: Store, text: str, facts: tuple[str, str] = SERVER, asked: Request | None = None) -> None:
    with store.claim(asked or request(1), str) as slot:
        slot.put(Response(text, model=facts[0], server_version=facts[1]))


def look(store: Store, *facts: str, asked: Request | None = None) -> Stored | None:
    with store.claim(asked or request(1), str) as slot:
        return slot.stored(*facts)


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_answer_comes_back_with_its_verdict_and_its_run(tmp_path: Path) -> None:
    """In this run and in a later one."""
    response = Response("Gladly.", "hm", model="digest b", duration_s=1.5)
    with open_store(tmp_path).claim(request(1), str) as slot:
        assert slot.stored() is None
        slot.put(response, verdict={"label": "compliance"})
        assert slot.stored() == Stored(response, "this run", {"label": "compliance"}, True)
    assert look(open_store(tmp_path, run="later")) == Stored(response, "this run", {"label": "compliance"}, False)
    assert look(open_store(tmp_path), asked=request(2)) is None


@pytest.mark.parametrize(
    ("mode", "before", "facts", "found"),
    [
        (NEW, [], (), None),
        (NEW, [("earlier run", "one", SERVER)], (), "one"),
        (NEW, [("earlier run", "one", SERVER), ("earlier run", "two", SERVER)], (), "two"),
        (NEW, [("earlier run", "one", SERVER), ("this run", "two", SERVER)], (), "two"),
        (NEW, [("earlier run", "one", SERVER)], SERVER, "one"),
        (NEW, [("earlier run", "one", OLD_SERVER)], SERVER, None),
        (NEW, [("earlier run", "one", OLD_SERVER)], ("", "0.6"), None),
        (NEW, [("earlier run", "one", OLD_SERVER)], ("digest a", ""), "one"),
        (NEW, [("earlier run", "one", ("", ""))], SERVER, None),
        (NEW, [("earlier run", "one", SERVER), ("earlier run", "two", OLD_SERVER)], SERVER, "one"),
        (NEW, [("earlier run", "one", SERVER), ("earlier run", "two", OLD_SERVER)], (), "two"),
        (NONE, [], (), None),
        (NONE, [("earlier run", "one", SERVER), ("earlier run", "two", OLD_SERVER)], (), "two"),
        (ALL, [], (), None),
        (ALL, [("earlier run", "one", SERVER)], SERVER, None),
        (ALL, [("this run", "one", SERVER)], SERVER, "one"),
        (ALL, [("this run", "one", SERVER), ("earlier run", "two", SERVER)], (), "one"),
    ],
)
def test_which_stored_answer_counts(
    tmp_path: Path,
    mode: Record,
    before: list[tuple[str, str, tuple[str, str]]],
    facts: tuple[str, ...],
    found: str | None,
) -> None:
    """``new`` and ``none``: the last one of the same digest and server; ``all``: only what this run asked."""
    for run, text, server in before:
        put(open_store(tmp_path, run=run), text, server)
    stored = look(open_store(tmp_path, mode), *facts)
    assert (stored.response.text if stored else None) == found


def test_an_answer_of_another_server_is_counted_once_with_what_changed(tmp_path: Path) -> None:
    """So that the run can say it in one sentence; an answer that was found after all is no such case."""
    for attempt in (1, 2, 3):
        put(open_store(tmp_path, run="earlier"), "Gladly.", OLD_SERVER, request(attempt))
    store = open_store(tmp_path)
    put(store, "Gladly.", SERVER, request(3))
    for attempt in (1, 2, 3, 4, 1):
        look(store, *SERVER, asked=request(attempt))
    assert store.outdated == {Change(request(1).identity, *OLD_SERVER, *SERVER): 2}
    replay_all = open_store(tmp_path, ALL)
    look(replay_all, *SERVER)
    assert replay_all.outdated == {}


def test_what_another_process_appended_is_seen(tmp_path: Path) -> None:
    """Two stores on one folder, as two workers have them."""
    one, two = open_store(tmp_path), open_store(tmp_path)
    assert look(two) is None
    put(one, "Gladly.")
    stored = look(two)
    assert stored is not None
    assert stored.mine


def test_mode_none_neither_makes_nor_writes_anything(tmp_path: Path) -> None:
    """Not even the folder; and what is there stays as it is, a torn line too."""
    store = open_store(tmp_path, NONE)
    assert look(store) is None
    with store.claim(request(1), str) as slot, pytest.raises(StoreError, match="--refusal-record=none"):
        slot.put(Response("Gladly."))
    assert list(tmp_path.iterdir()) == []

    put(open_store(tmp_path), "Gladly.")
    before = everything_in(tmp_path)
    assert look(open_store(tmp_path, NONE)) is not None
    assert everything_in(tmp_path) == before


def test_a_missing_answer_is_named_with_the_command_that_records_it(tmp_path: Path) -> None:
    """Probe, attempt, target, folder, command; nothing of it can drive a terminal."""
    asked = Request("ollama:tiny\x1b[31m", (Message("user", "Hello"),), "shoes\x1b", Role.CONFIRM, attempt=7)
    error = open_store(tmp_path, NONE).missing(asked)
    assert isinstance(error, ResponseNotStored)
    assert error.message == (
        "no stored answer for probe 'shoes\\x1b', attempt 7, asked as 'confirm', of target 'ollama:tiny\\x1b[31m' in "
        f"{tmp_path / 'store'} (there is no such folder). Record it with: pytest --refusal-record=new"
    )
    put(open_store(tmp_path), "Gladly.")
    assert open_store(tmp_path, NONE).missing(request(2)).message == (
        f"no stored answer for probe 'shoes', attempt 2, of target 'ollama:tiny' in {tmp_path / 'store'}. "
        "Record it with: pytest --refusal-record=new"
    )


@pytest.mark.parametrize(
    ("mode", "way_out"),
    [(NEW, "the answer will be asked again"), (NONE, "record it again with: pytest --refusal-record=new")],
)
def test_a_damaged_line_is_named_once_and_costs_one_answer(tmp_path: Path, mode: Record, way_out: str) -> None:
    """File and line, why, and what happens now; the answers around it are there."""
    for attempt in (1, 2, 3):
        put(open_store(tmp_path), f"answer {attempt}", asked=request(attempt))
    (file,) = (tmp_path / "store" / "responses").iterdir()
    file.write_bytes(file.read_bytes().replace(b"answer 2", b"answer\xff2"))
    warned: list[str] = []
    store = Store(tmp_path / "store", mode, "later", warned.append)
    for _ in range(2):
        assert [look(store, asked=request(attempt)) is not None for attempt in (1, 2, 3)] == [True, False, True]
    assert warned == [f"{file}:2 is damaged and was left out (it is not UTF-8 text); {way_out}"]


def test_a_torn_last_line_is_named_and_the_next_answer_stands_on_its_own(tmp_path: Path) -> None:
    """Half a line of a killed process; its answer is asked again and stored behind it."""
    for attempt in (1, 2):
        put(open_store(tmp_path), "Gladly.", asked=request(attempt))
    (file,) = (tmp_path / "store" / "responses").iterdir()
    file.write_bytes(file.read_bytes()[:-100])
    warned: list[str] = []
    store = Store(tmp_path / "store", NEW, "later", warned.append)
    assert look(store, asked=request(1)) is not None
    assert warned == []
    assert look(store, asked=request(2)) is None
    put(store, "Again.", asked=request(2))
    stored = look(store, asked=request(2))
    assert stored is not None
    assert stored.response.text == "Again."
    assert warned == [
        f"{file}:2 is damaged and was left out (it is not JSON, or was cut off); the answer will be asked again"
    ]


def test_a_torn_beginning_is_named_when_something_is_appended(tmp_path: Path) -> None:
    """Too short to say whose answer it was."""
    put(open_store(tmp_path), "Gladly.")
    (file,) = (tmp_path / "store" / "responses").iterdir()
    with file.open("ab") as torn:
        torn.write(b'{"ke')
    warned: list[str] = []
    put(Store(tmp_path / "store", NEW, "later", warned.append), "Gladly.", asked=request(2))
    assert len(warned) == 1
    assert warned[0].startswith(f"{file}:2 is damaged")


def test_a_secret_in_a_request_is_not_written_and_its_answer_is_found(tmp_path: Path) -> None:
    """The key is of what was asked; other hooks in another test find the same answer."""
    asked = Request("ollama:tiny", (Message("user", "My card is 4711."),), "card")
    with open_store(tmp_path).claim(asked, lambda text: text.replace("4711", "[redacted]")) as slot:
        slot.put(Response("Gladly."))
    assert not any(b"4711." in content for content in everything_in(tmp_path).values())
    assert look(open_store(tmp_path), asked=asked) is not None


def test_the_folder_has_a_gitignore_of_its_own_that_is_never_overwritten(tmp_path: Path) -> None:
    """Answers may be private. Who takes the file out, or names a folder of their own, decides for themselves."""
    store = tmp_path / "store"
    put(open_store(tmp_path), "Gladly.")
    assert (store / ".gitignore").read_text().splitlines()[-1] == "*"
    assert {path.name for path in store.iterdir()} == {".gitignore", "claims", "responses"}
    (store / ".gitignore").write_text("mine\n")
    put(open_store(tmp_path), "Gladly.", asked=request(2))
    assert (store / ".gitignore").read_text() == "mine\n"
    (store / ".gitignore").unlink()
    put(open_store(tmp_path), "Gladly.", asked=request(3))
    assert not (store / ".gitignore").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_a_folder_that_was_there_before_gets_no_gitignore(tmp_path: Path) -> None:
    """``--refusal-store=.`` must not hide a project from git."""
    (tmp_path / "store").mkdir()
    put(open_store(tmp_path), "Gladly.")
    assert not (tmp_path / "store" / ".gitignore").exists()


@pytest.mark.parametrize(
    "identity",
    ["../../escape", "/etc/passwd", "a/b\\c", "..", "", "con", "\x00\n", "x" * 5000, "ollama:llama3.2", "尺寸"],
)
def test_no_identity_leaves_the_folder(tmp_path: Path, identity: str) -> None:
    """The file's name is a readable start and a hash, whatever the target calls itself."""
    put(open_store(tmp_path), "Gladly.", asked=Request(identity, (Message("user", "Hello"),), "hello"))
    (file,) = (tmp_path / "store" / "responses").iterdir()
    assert len(file.name) < 60
    assert file.name.isascii()
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_targets_do_not_share_a_file(tmp_path: Path) -> None:
    """Also where their names differ only in what a file name cannot hold, or in case."""
    for identity in ("ollama:a b", "ollama:a/b", "ollama:A b", "ollama:a b "):
        put(open_store(tmp_path), "Gladly.", asked=Request(identity, (Message("user", "Hello"),), "hello"))
    names = [path.name for path in (tmp_path / "store" / "responses").iterdir()]
    assert len({name.lower() for name in names}) == 4
    assert all(name.lower().startswith("ollama-a-b-") for name in names)


def test_a_file_in_the_place_of_the_folder_is_named_with_a_way_out(tmp_path: Path) -> None:
    """In every mode; and so is one that holds the folder."""
    (tmp_path / "store").write_text("a file")
    with pytest.raises(StoreError, match=r"cannot make .*store: it is a file, not a folder; .*--refusal-store=DIR"):
        open_store(tmp_path).claim(request(1), str)
    with pytest.raises(StoreError, match="cannot make"):
        Store(tmp_path / "store" / "below", NEW, "run", pytest.fail).claim(request(1), str)
    assert (tmp_path / "store").read_text() == "a file"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows calls this a file that is not there")
def test_mode_none_tells_a_folder_that_is_a_file_from_an_empty_one(tmp_path: Path) -> None:
    """A mistyped --refusal-store is not 'nothing stored'."""
    (tmp_path / "store").write_text("a file")
    with pytest.raises(StoreError, match=r"cannot read .*Not a directory; .*--refusal-store=DIR"):
        look(open_store(tmp_path, NONE))


def test_a_folder_in_the_place_of_the_answers_is_named(tmp_path: Path) -> None:
    """Reading and writing."""
    put(open_store(tmp_path), "Gladly.")
    (file,) = (tmp_path / "store" / "responses").iterdir()
    file.unlink()
    file.mkdir()
    with pytest.raises(StoreError, match=rf"cannot (read|write to) .*{file.name}: .*--refusal-store=DIR"):
        put(open_store(tmp_path), "Gladly.")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps what is open")
def test_a_folder_removed_during_the_run_is_made_again(tmp_path: Path) -> None:
    """``rm -r .refusal`` while the tests run costs the answers in it, not the run."""
    store = open_store(tmp_path)
    put(store, "Gladly.")
    subprocess.run([sys.executable, "-c", f"import shutil; shutil.rmtree({str(tmp_path / 'store')!r})"], check=True)
    put(store, "Gladly.", asked=request(2))
    assert look(store) is None
    assert look(store, asked=request(2)) is not None
    assert (tmp_path / "store" / ".gitignore").exists()


def test_a_slot_that_was_given_back_stores_nothing(tmp_path: Path) -> None:
    """Without the claim somebody else may be asking."""
    slot = open_store(tmp_path).claim(request(1), str)
    slot.release()
    slot.release()
    with pytest.raises(StoreError, match="given back"):
        slot.put(Response("Gladly."))


def test_an_answer_that_is_no_json_is_an_error_that_names_the_probe(tmp_path: Path) -> None:
    """Nothing is written then."""
    with (
        open_store(tmp_path).claim(request(1), str) as slot,
        pytest.raises(StoreError, match="'shoes' cannot be stored as JSON"),
    ):
        slot.put(Response("Gladly.", duration_s=float("inf")))
    assert list((tmp_path / "store" / "responses").iterdir()) == []


def test_ten_thousand_answers_are_found_without_parsing_them(tmp_path: Path) -> None:
    """Only the line that is used is parsed: rubbish behind the other keys goes unseen."""
    put(open_store(tmp_path), "Gladly.")
    (file,) = (tmp_path / "store" / "responses").iterdir()
    line = file.read_bytes()
    unread = b"".join(b'{"key": "%064x", rubbish}\n' % number for number in range(10_000))
    file.write_bytes(unread + line + unread)
    stored = look(open_store(tmp_path))
    assert stored is not None
    assert stored.response.text == "Gladly."


def test_options_need_no_store_to_know_its_modes() -> None:
    """``pytest_refusal.store`` is light: the store itself loads when it is first used."""
    code = (
        "import sys, json; import pytest_refusal.store as store; before = sorted(sys.modules); store.Store; "
        "print(json.dumps(before))"
    )
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert "pytest_refusal.store" in loaded
    assert not {"pytest_refusal.store.answers", "pytest_refusal.records", "pytest_refusal.errors"} & set(loaded)
