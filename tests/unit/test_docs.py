"""What the pages for readers name is there: YAML that parses, options, ini keys, commands and their options, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from pytest_refusal import cli, options

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted((ROOT / "docs").glob("**/*.md"))
PAGES = [ROOT / "README.md", *DOCS, *sorted((ROOT / "examples").glob("**/*.md"))]
INI_FILES = sorted((ROOT / "examples").glob("*/pytest.ini"))
INI = {f"refusal_{stem}" for stem in (*options.STEMS, *(one[0] for one in options.INI_ALONE))}
INI |= {"refusal_rubrics", "refusal_handoff_tools"}


def called(path: Path) -> str:
    return str(path.relative_to(ROOT))


def blocks(language: str) -> Iterator[tuple[str, str]]:
    for page in DOCS:
        for number, text in enumerate(
            re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL), 1
        ):
            yield f"{called(page)} {number}", text


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in blocks("yaml")])
def test_every_block_of_yaml_parses_and_its_jobs_have_steps(text: str) -> None:
    """Whole files, or the steps of a job."""
    found = yaml.safe_load(text)
    for job in [{"steps": found}] if isinstance(found, list) else found.get("jobs", found).values():
        steps = job.get("steps") or [{"run": line} for line in job["script"]]
        assert all(isinstance(one.get("run", one.get("uses")), str) for one in steps)


def test_the_pages_have_blocks_of_yaml() -> None:
    """The pattern above finds them."""
    assert len(list(blocks("yaml"))) >= 5


@pytest.mark.parametrize("page", [*PAGES, *INI_FILES], ids=called)
def test_options_and_ini_keys_that_a_page_names_are_there(page: Path) -> None:
    """A way that does not exist is worse than none."""
    text = page.read_text(encoding="utf-8")
    known = {f"--refusal-{stem.replace('_', '-')}" for stem in options.STEMS}
    assert set(re.findall(r"--refusal-[a-z]+(?:-[a-z]+)*", text)) <= known
    # not what has it in its name, such as the hook pytest_refusal_target
    assert set(re.findall(r"(?<![\w.])refusal_[a-z]+(?:_[a-z]+)*", text)) <= INI


def test_commands_that_a_page_names_are_there_with_their_options(capsys: pytest.CaptureFixture[str]) -> None:
    """Of every line that types 'pytest-refusal COMMAND', in code or in prose."""
    said: dict[str, set[str]] = {}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for command, rest in re.findall(r"(?:[`$ ] ?|^)pytest-refusal ([a-z]+)([^`\n]*)", text, re.MULTILINE):
            said.setdefault(command, set()).update(re.findall(r"(?<!\S)--[a-z]+(?:-[a-z]+)*", rest))
    assert {"accept", "compare", "merge", "calibrate", "sample", "schema"} <= said.keys()
    for command in said:
        with pytest.raises(SystemExit) as ended:
            cli.main([command, "--help"])
        assert ended.value.code == 0, f"there is no command {command!r}"
        shown = capsys.readouterr().out
        assert all(option in shown for option in said[command]), f"{command}: {said[command]}"


@pytest.mark.parametrize("page", PAGES, ids=called)
def test_links_lead_somewhere(page: Path) -> None:
    """To files beside the page, and to headings of the page itself."""
    text = page.read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    headings = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    for link in re.findall(r"\]\(([^)]+)\)", text):
        if not link.startswith("http"):
            file, _, heading = link.partition("#")
            assert (page.parent / file).exists(), link
            assert file or heading in headings, link
