"""What GitHub's runner makes of a line (actions/runner, ActionCommand.cs), for the tests of what is printed."""

from __future__ import annotations

import re
from dataclasses import dataclass

KNOWN = ("error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "set-env", "stop-commands")

# .NET compares texts by culture, which passes over these
PASSED_OVER = re.compile("[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]")  # fmt: skip


@dataclass(frozen=True)
class Command:
    """A workflow command: its name, its properties, and what it says."""

    name: str
    properties: dict[str, str]
    text: str


def command(line: str) -> Command | None:
    """Return the command that the runner sees in a line, or None."""
    line = PASSED_OVER.sub("", line)
    return _at_the_beginning(line.lstrip()) or _anywhere(line)


def commands(output: str) -> list[Command]:
    """Return every command in an output; what ends a line for any reader ends one here."""
    return [found for line in output.splitlines() if (found := command(line)) is not None]


def _at_the_beginning(line: str) -> Command | None:
    if not line.startswith("::") or "::" not in line[2:]:
        return None
    head, _, text = line[2:].partition("::")
    return _known(head, text, ",", (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")))


def _anywhere(line: str) -> Command | None:
    start = line.find("##[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    return _known(line[start + 3 : end], line[end + 1 :], ";", (("%3B", ";"), ("%5D", "]"), ("%25", "%")))


def _known(head: str, text: str, between: str, escapes: tuple[tuple[str, str], ...]) -> Command | None:
    name, _, rest = head.partition(" ")
    if name.casefold() not in KNOWN:
        return None
    pairs = [part.split("=", 1) for part in rest.strip().split(between) if part]
    properties = {pair[0]: _unescaped(pair[1], escapes) for pair in pairs if len(pair) == 2}
    return Command(name, properties, _unescaped(text, tuple(one for one in escapes if one[1] not in ":,")))


def _unescaped(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for escaped, character in escapes:
        text = text.replace(escaped, character)
    return text
