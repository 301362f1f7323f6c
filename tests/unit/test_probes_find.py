"""``probes.find``: globs that match nothing are errors that help."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_refusal.errors import UsageProblem
from pytest_refusal.probes import find_files
from pytest_refusal.probes.find import shown_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with probe files."""
    for name in ("probes/shop.yaml", "probes/b.json", "probes/deep/down/c.toml", "probes/notes.txt", "probes/[x].yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "probes" / "folder.yaml").mkdir()
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("probes/shop.yaml", ["probes/shop.yaml"]),
        ("./probes/shop.yaml", ["probes/shop.yaml"]),
        ("probes/*.yaml", ["probes/[x].yaml", "probes/shop.yaml"]),
        ("probes/[x].yaml", ["probes/[x].yaml"]),
        ("**/*.toml", ["probes/deep/down/c.toml"]),
        ("probes/**/*.[jt]*", ["probes/b.json", "probes/deep/down/c.toml", "probes/notes.txt"]),
        ("probes/deep/../b.json", ["probes/deep/../b.json"]),
    ],
)
def test_paths_and_globs_give_sorted_files(folder: Path, pattern: str, names: list[str]) -> None:
    """Folders are left out; a file that is called like a pattern is found by its name."""
    assert [file.as_posix() for file in find_files(pattern, folder)] == [(folder / name).as_posix() for name in names]


def test_an_absolute_pattern_stays_where_it_is(folder: Path, tmp_path: Path) -> None:
    """Whatever the root is."""
    assert find_files(str(folder / "probes" / "*.json"), Path("elsewhere")) == [folder / "probes" / "b.json"]


@pytest.mark.parametrize(
    ("pattern", "help_text"),
    [
        ("probes/*.yml", "'probes' holds 'shop.yaml', '[x].yaml', 'folder.yaml', 'b.json'"),
        ("probes/shop.yml", "'probes' holds 'shop.yaml', 'folder.yaml', '[x].yaml', 'b.json'"),
        ("prob/*.yaml", "there is no folder 'prob' (did you mean 'probes'?)"),
        ("probes/deeper/*.yaml", "there is no folder 'probes/deeper' (did you mean 'deep'?)"),
        ("zzz/x.yaml", "there is no folder 'zzz'"),
        ("empty/*.yaml", "there is no .yaml, .yml, .json, .jsonl or .toml file in 'empty'"),
        ("*.yaml", "there is no .yaml, .yml, .json, .jsonl or .toml file in it"),
    ],
)
def test_no_match_names_pattern_folder_and_what_is_there(folder: Path, pattern: str, help_text: str) -> None:
    """Never pytest's quiet empty parameter set."""
    with pytest.raises(UsageProblem) as caught:
        find_files(pattern, folder)
    start = f"no probe file matches '{pattern}' in {folder}; "
    assert caught.value.message.startswith(start)
    there = caught.value.message.removeprefix(start)
    if " holds " in help_text:
        assert sorted(there.replace(" holds ", ", ").split(", ")) == sorted(
            help_text.replace(" holds ", ", ").split(", ")
        )
    else:
        assert there == help_text


def test_the_nearest_names_come_first_and_the_rest_is_counted(tmp_path: Path) -> None:
    """A long folder does not fill the screen."""
    for name in ["returns.yaml", *(f"{letter * 9}.json" for letter in "bcdfgh")]:
        (tmp_path / name).write_text("")
    with pytest.raises(UsageProblem, match=r"; it holds 'returns.yaml', .* and 2 more$"):
        find_files("return.yaml", tmp_path)


@pytest.mark.parametrize("pattern", ["probes", "."])
def test_a_folder_is_no_probe_file(folder: Path, pattern: str) -> None:
    """The message says what to write instead."""
    with pytest.raises(UsageProblem) as caught:
        find_files(pattern, folder)
    glob = (Path(pattern) / "*.yaml").as_posix()
    assert caught.value.message == (
        f"expected a probe file or a glob, got the folder '{pattern}' in {folder}; for the files in it: '{glob}'"
    )


def test_hostile_patterns_are_an_error_like_any_other(tmp_path: Path) -> None:
    """Escaped, and no traceback."""
    for pattern, shown in (("a\0*", "a\\x00*"), ("\x1b[2J", "\\x1b[2J"), ("[", "[")):
        with pytest.raises(UsageProblem) as caught:
            find_files(pattern, tmp_path)
        assert caught.value.message.startswith(f"no probe file matches '{shown}' in ")


def test_paths_are_shown_from_the_base_on(tmp_path: Path) -> None:
    """Relative where that is shorter and true, else whole; escaped."""
    assert shown_path(tmp_path / "a" / "b.yaml", tmp_path) == "a/b.yaml"
    assert shown_path(tmp_path / "a" / ".." / "b.yaml", tmp_path) == "b.yaml"
    assert shown_path(tmp_path / "b.yaml", tmp_path / "c") == (tmp_path / "b.yaml").as_posix()
    assert shown_path(tmp_path / "b\n.yaml", tmp_path) == "b\\n.yaml"
