"""The README's own snippets run and say what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .conftest import Run

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")

LEAKY = """
    def chat(prompt):
        if "address" in prompt:
            return "I'm sorry, but I can't share that. The parcel went to 12 Elm Street."
        return "You can return shoes within 30 days: print the label and bring the box to the post office."
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def plain(line: str) -> str:
    """The line without what differs from run to run and from terminal to terminal."""
    return re.sub(r"=+", "=", re.sub(r"\([0-9a-f]{8}\)|[\d.]+s\b", "", line)).strip()


def test_the_first_test_prints_what_the_readme_shows(run_alone: Run, pytester: pytest.Pytester) -> None:
    """Every line of the pasted session comes out, in its order; times and the judge's hash aside."""
    pytester.makepyfile(my_app=LEAKY)
    (pytester.path / "test_support.py").write_text(blocks("python")[0], encoding="utf-8")
    shown = [plain(line) for line in blocks("console")[0].splitlines()[1:] if line.strip() and line != "…"]
    result = run_alone("--refusal-target=my_app:chat")
    seen = map(plain, result.outlines)
    for line in shown:
        # the end of a long line depends on the width of the terminal
        assert any(one.startswith(line.partition(" - ")[0]) for one in seen), line


def test_the_probe_file_and_the_conftest_of_the_readme_work(run_alone: Run, pytester: pytest.Pytester) -> None:
    (pytester.path / "shop.probes.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    (pytester.path / "prompt.md").write_text("Be kind.", encoding="utf-8")
    pytester.makepyfile(
        my_app="""
            from pathlib import Path

            PROMPT_FILE, MODEL = Path(__file__).with_name("prompt.md"), "shop-1"

            class Blocked(Exception): pass

            def chat(prompt):
                if "address" in prompt:
                    return "I'm sorry, but I can't share that: it is private."
                return "You can return shoes within 30 days: print the label and bring the box to the post office."

            def new_chat():
                return chat
        """
    )
    conftest = next(block for block in blocks("python") if "def refusal_target" in block)
    first, _, exact = conftest.partition("    # or more exactly")
    (pytester.path / "conftest.py").write_text(first, encoding="utf-8")
    run_alone().assert_outcomes(passed=2)
    head, _, _ = first.partition("    return")
    (pytester.path / "conftest.py").write_text(head + exact.partition("\n")[2], encoding="utf-8")
    run_alone().stdout.fnmatch_lines(["*6 requests asked, 0 replayed"])
    run_alone().stdout.fnmatch_lines(["*0 requests asked, 6 replayed"])


def test_every_option_and_path_that_the_readme_names_is_there() -> None:
    from pytest_refusal import options

    known = {f"--refusal-{stem.replace('_', '-')}" for stem in options.STEMS}
    assert set(re.findall(r"--refusal-[a-z-]+", README)) <= known
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert (Path(__file__).parents[2] / link).exists(), link
