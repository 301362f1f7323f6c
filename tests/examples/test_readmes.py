"""The examples' READMEs are true: what they show is typed, and what they paste comes out, figures that move aside."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from .conftest import EXAMPLES, Copied, Ran

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DRAWN = re.compile(r"E? +(smallest|words|operators|flip|pin it|p=Paraphrase)\b.*")
"""Lines with a rewording: which ones are drawn depends on the version of Hypothesis, so their first word counts."""

LAST_LINE = re.compile(r"=* ?((?:\d+ \w+, )*\d+ \w+) in \d+\.\d+s ?=*")


@dataclass(frozen=True)
class Session:
    """A block with commands: ``edits`` are the blocks (language, text) before it, such as a diff of the prompt."""

    example: str
    text: str
    edits: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.example}: {self.text.splitlines()[0].removeprefix('$ ')}"


def sessions(language: str) -> list[Session]:
    """Return the blocks of a language in all READMEs, each with the other blocks that stand before it."""
    found = []
    for readme in sorted(EXAMPLES.glob("*/README.md")):
        edits: list[tuple[str, str]] = []
        for kind, text in FENCE.findall(readme.read_text(encoding="utf-8")):
            if kind not in ("console", "sh"):
                edits.append((kind, text))
                continue
            if kind == language:
                found.append(Session(readme.parent.name, text, edits))
            edits = []
    return found


def apply(edits: list[tuple[str, str]], root: Path, example: Path) -> None:
    """Do to a copy what the blocks before a session show."""
    for kind, text in edits:
        if kind == "diff":
            edited, changes = example / "prompts" / "system.md", text.splitlines()
            if changes[0].startswith("--- "):
                edited = example / changes.pop(0).removeprefix("--- ")
            lines = edited.read_text(encoding="utf-8").splitlines()
            for line in changes:
                if line.startswith("-"):
                    lines.remove(line[1:])
                elif line.startswith("+"):
                    lines.append(line[1:])
            edited.write_text("\n".join(lines) + "\n", encoding="utf-8")
        elif kind == "jsonl":
            (root / "mine.jsonl").write_text(text, encoding="utf-8")
        else:
            first = text.splitlines()[0]
            assert first.startswith("# "), f"a {kind} block names its file in its first line, not {first!r}"
            (example / first.removeprefix("# ")).write_text(text, encoding="utf-8")


def typed(command: str, copied: Copied, example: str) -> Ran:
    """Run a command of a README: in the checkout if it names the examples, else in the example's folder."""
    program, *arguments = shlex.split(command)
    at = "." if "examples/" in command else f"examples/{example}"
    if program == "pytest-refusal":
        return copied.pytest_refusal(*arguments, at=at)
    assert program == "pytest", f"pytest and pytest-refusal are run here, and not {command!r}"
    return copied.pytest(*arguments, at=at)


def words(line: str) -> list[str]:
    """Return what has to come out again: the words of a line, for its figures may move with the judge."""
    if drawn := DRAWN.fullmatch(line):
        line = drawn[1]
    return re.findall(r"[^\W\d]{2,}", re.sub(r"\([0-9a-f]{8}\)", "", line))


@pytest.mark.parametrize("session", sessions("console"), ids=str)
def test_a_readme_shows_what_comes_out(copied: Copied, session: Session) -> None:
    """Every pasted line comes out in this order, and the last line has the same counts."""
    apply(session.edits, copied.root, copied.root / "examples" / session.example)
    for part in re.split(r"^\$ ", session.text, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        ran = typed(command, copied, session.example)
        output = [words(line) for line in ran.output.splitlines()]
        at = 0
        for line in shown:
            if last := LAST_LINE.fullmatch(line.strip()):
                counts = {word: int(count) for count, word in (one.split() for one in last[1].split(", "))}
                assert ran.counts == counts, ran.output
            elif wanted := words(line):
                assert wanted in output[at:], f"README shows {line!r}, which does not come out:\n{ran.output}"
                at = output.index(wanted, at) + 1


@pytest.mark.parametrize("session", sessions("sh"), ids=str)
def test_a_command_that_needs_a_server_is_understood(copied: Copied, session: Session) -> None:
    """Its options are known and its tests are found; nobody is asked."""
    for command in session.text.splitlines():
        ran = typed(f"{command} --collect-only -q", copied, session.example)
        assert ran.status == 0, ran.errors
        assert "tests collected" in ran.output


def test_the_readmes_have_something_to_type() -> None:
    """The pattern above finds the blocks: each example has a session, and none is left without commands."""
    shown = sessions("console")
    assert {one.example for one in shown} == {"support_bot", "replay_answers", "wordings", "prompt_gate"}
    assert all(one.text.startswith("$ pytest") for one in shown)
    assert len(sessions("sh")) == 1


def test_the_files_that_a_readme_names_are_there() -> None:
    """Names in backquotes that look like files of the example, and links."""
    for readme in EXAMPLES.glob("**/README.md"):
        prose = FENCE.sub("", readme.read_text(encoding="utf-8"))
        names = set(re.findall(r"`([\w./*]+\.(?:py|yaml|md|ini|jsonl))`", prose))
        names |= {link for link in re.findall(r"\]\(([^)]+)\)", prose) if not link.startswith("http")}
        for name in names - {"report.md"}:
            assert list(readme.parent.glob(name)) or list(readme.parent.glob(f"*/{name}")), f"{readme}: {name}"
