"""``imports``: a thing by its name, and a text for every way to miss it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_refusal.errors import UsageProblem
from pytest_refusal.imports import find, is_name

FORMS = "'one:form' or 'another'"

MODULES = {
    "found_shop.py": "class Shop:\n    class Desk:\n        def answer(self, prompt): ...\ndesk = Shop.Desk()\n",
    "found_shop_syntax.py": "def answer(prompt):\n    return (\n",
    "found_shop_raises.py": "KEY = {}['SHOP_KEY']\n",
    "found_shop_hostile.py": "raise RuntimeError('red \\x1b[31m' + 'x' * 500)\n",
    "found_shop_exits.py": "raise SystemExit\n",
    "found_shop_interrupts.py": "raise KeyboardInterrupt\n",
    "found_shop_skips.py": "import pytest\npytest.skip('no key', allow_module_level=True)\n",
    "found_shop_needs.py": "import found_shop_that_is_not_there\n",
    "found_shop_lazy.py": "def __getattr__(name):\n    raise RuntimeError(f'cannot load {name}')\n",
    "found_package/__init__.py": "",
    "found_package/inner.py": "def answer(prompt): return prompt\n",
    "found_package/broken.py": "from . import missing_part\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with modules; what it adds to the interpreter is taken away again."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name, text in MODULES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("found_")]:
        del sys.modules[name]


def problem(text: str, *folders: Path) -> str:
    """Return the text of the mistake that a name is."""
    with pytest.raises(UsageProblem) as caught:
        find(text, f"target {text!r}", folders, FORMS)
    return caught.value.message


@pytest.mark.parametrize("text", ["app:chat", "my.app:chat", "my.app:shop.desk.answer", "_a:_b", "größe:preis"])
def test_a_module_and_a_name_are_a_name(text: str) -> None:
    """Both may have dots."""
    assert is_name(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", ":", "app", "app.chat", "app:", ":chat", "app:chat:more", "app chat:x", "my-app:chat", "a..b:c", ".a:b"),
        *("a:b.", "1a:b", "a:1b", "a/b:c", "a:b()", "ollama:llama3.2", "app:chat\n", "\x1b:b"),
    ],
)
def test_anything_else_is_no_name(text: str) -> None:
    """A path, a call, a model."""
    assert not is_name(text)


@pytest.mark.parametrize(
    "text", ["found_shop:desk", "found_shop:Shop.Desk.answer", "found_package.inner:answer", "found_package:inner"]
)
def test_a_name_is_found_in_a_folder(folder: Path, text: str) -> None:
    """Attributes of classes and submodules too, once they are imported."""
    find("found_package.inner:answer", "x", [folder], FORMS)
    module, _, attribute = text.partition(":")
    found = find(text, "x", [folder], FORMS)
    expected: object = sys.modules[module]
    for part in attribute.split("."):
        expected = getattr(expected, part)
    assert found is expected


def test_an_installed_module_is_found_without_a_folder() -> None:
    """The search path as it is."""
    assert find("json:dumps", "x", [], FORMS) is __import__("json").dumps


def test_the_first_folder_goes_first_and_each_is_there_once(folder: Path) -> None:
    """The current folder before the root; a second name adds nothing."""
    (folder / "sub").mkdir()
    (folder / "sub" / "found_shop.py").write_text("desk = 'the nearer one'\n", encoding="utf-8")
    assert find("found_shop:desk", "x", [folder / "sub", folder], FORMS) == "the nearer one"
    assert sys.path[:2] == [str(folder / "sub"), str(folder)]
    find("found_package.inner:answer", "x", [folder / "sub", folder], FORMS)
    assert [sys.path.count(str(one)) for one in (folder / "sub", folder)] == [1, 1]


def test_a_module_that_is_not_there_says_where_it_was_looked_for(folder: Path) -> None:
    """The folders, and what else the option takes."""
    assert problem("found_nothing:chat", folder) == (
        "target 'found_nothing:chat': there is no module 'found_nothing'. It was looked for in "
        f"{folder} and among the installed packages. Other forms: {FORMS}."
    )
    assert "there is no module 'found_package.nothing'" in problem("found_package.nothing:chat", folder)
    assert "there is no module 'found_nothing'" in problem("found_nothing.inner:chat", folder)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("found_shop:dask", "target 'found_shop:dask': found_shop has no 'dask'. Did you mean desk?"),
        ("found_shop:quite_another", "target 'found_shop:quite_another': found_shop has no 'quite_another'."),
        (
            "found_shop:desk.answers",
            "target 'found_shop:desk.answers': found_shop.desk has no 'answers'. Did you mean answer?",
        ),
    ],
)
def test_a_name_that_is_not_in_it_says_what_is_close(folder: Path, text: str, answer: str) -> None:
    """And how far it was found."""
    assert problem(text, folder) == answer


@pytest.mark.parametrize(
    ("module", "line", "reason"),
    [
        ("found_shop_syntax", 2, "SyntaxError: '(' was never closed (found_shop_syntax.py, line 2)"),
        ("found_shop_raises", 1, "KeyError: 'SHOP_KEY'"),
        ("found_shop_exits", 1, "SystemExit: it ended the program"),
        ("found_shop_skips", 2, "Skipped: no key"),
        ("found_shop_needs", 1, "ModuleNotFoundError: No module named 'found_shop_that_is_not_there'"),
    ],
)
def test_a_module_that_fails_says_where_and_why(folder: Path, module: str, line: int, reason: str) -> None:
    """Its own line, not ours; a module that ends the program or skips itself is no pass."""
    seen = problem(f"{module}:chat", folder)
    assert seen.startswith(f"target '{module}:chat': importing {module} failed at ")
    assert seen.endswith(reason)
    # pytest.skip has its last line in pytest
    assert f"{folder / module}.py:{line}: " in seen or module == "found_shop_skips"


def test_a_missing_part_of_a_package_is_the_packages_failure(folder: Path) -> None:
    """The module is there: the message must not say that it is not."""
    seen = problem("found_package.broken:chat", folder)
    assert seen.startswith("target 'found_package.broken:chat': importing found_package.broken failed at ")
    assert f"{folder / 'found_package' / 'broken'}.py:1: ImportError: cannot import name 'missing_part'" in seen


def test_a_module_that_fails_only_when_it_is_asked_is_a_mistake_too(folder: Path) -> None:
    """Lazy modules raise on the first look."""
    seen = problem("found_shop_lazy:chat", folder)
    assert "found_shop_lazy.py:2: RuntimeError: cannot load chat" in seen


def test_what_a_failing_module_says_is_made_fit_to_be_shown(folder: Path) -> None:
    """An exception may hold anything, at any length."""
    seen = problem("found_shop_hostile:chat", folder)
    assert "\x1b" not in seen
    assert "RuntimeError: red \\x1b[31mxxx" in seen
    assert seen.endswith("x… (+209)")


def test_ctrl_c_while_a_module_is_imported_stays_what_it_is(folder: Path) -> None:
    """The user wants to stop, and that is no mistake of the module."""
    with pytest.raises(KeyboardInterrupt):
        find("found_shop_interrupts:chat", "x", [folder], FORMS)


def test_the_cause_stays_at_hand(folder: Path) -> None:
    """For those who ask for a full traceback."""
    with pytest.raises(UsageProblem) as caught:
        find("found_shop_raises:chat", "x", [folder], FORMS)
    assert isinstance(caught.value.__cause__, KeyError)
