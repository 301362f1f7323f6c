"""TOML probe files, with lines: ``tomllib`` reads them, a scanner finds where things stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_refusal.escaping import printable
from pytest_refusal.probes.document import DEEPEST, Document, Spot, Unreadable
from pytest_refusal.probes.fields import Step

_TOKEN = re.compile(
    r'''(?P<skip>[ \t]+|\#[^\n]*)|(?P<end>\n)|(?P<text>"""(?:\\.|[^\\])*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')'''
    r"""|"(?:\\.|[^"\\\n])*"|'[^'\n]*')|(?P<mark>[\[\]{}=,.])|(?P<bare>[^\s\[\]{}=,.\#"']+)""",
    re.DOTALL,
)
_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_LONG_NUMBER = re.compile(r"[0-9_]{4300,}")
_Token = tuple[str, str, int]


def read_toml(text: str) -> Document:
    """Read a TOML file.

    Raises:
        Unreadable: It is not TOML (a key that stands twice is not), or nested too deep.
    """
    import tomllib

    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        match = _PLACE.search(said)
        line = int(match[1]) if match and match[1] else text.count("\n") + 1
        column = f" (column {match[2]})" if match and match[2] else ""
        said = said[: match.start()] if match else said
        raise Unreadable(line, f"not valid TOML: {printable(said, 200)}{column}") from None
    except ValueError:
        match = _LONG_NUMBER.search(text)
        line = text.count("\n", 0, match.start()) + 1 if match else 1
        raise Unreadable(line, "a number has more digits than Python reads") from None
    except RecursionError:
        raise Unreadable(1, f"nested deeper than {DEEPEST} levels") from None
    return Document(content, _Scanner(text).top())


def _tokens(text: str) -> Iterator[_Token]:
    """Yield (kind, token, line); kinds are the groups of the pattern."""
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind != "skip":
            yield kind, match[0], line
        if kind == "end":
            line += 1
        elif kind == "text":
            line += match[0].count("\n")
    while True:
        yield "eof", "", line


class _Scanner:
    """Walks a text that ``tomllib`` accepted."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.kind, self.token, self.line = next(self.tokens)
        self.arrays: set[int] = set()  # ids of the spots that are arrays of tables

    def step(self) -> None:
        self.kind, self.token, self.line = next(self.tokens)

    def top(self) -> Spot:
        top = table = Spot(1)
        while self.kind != "eof":
            if self.kind == "end":
                self.step()
            elif self.token == "[":
                table = self.header(top)
            else:
                self.pair(table, 0)
        return top

    def header(self, top: Spot) -> Spot:
        line = self.line
        self.step()
        is_array = self.token == "["
        if is_array:
            self.step()
        keys = self.keys()
        for _ in range(2 if is_array else 1):
            self.step()
        if not is_array:
            return self.walk(top, keys, line)
        array = self.walk(top, keys, line, into=False)
        self.arrays.add(id(array))
        return array.add(len(array.children or ()), Spot(line))

    def walk(self, spot: Spot, keys: list[str], line: int, into: bool = True) -> Spot:
        """Return the spot of a dotted key; an array of tables on the way (or at the end) means its last table."""
        for key in keys:
            if id(spot) in self.arrays:
                spot = self.last(spot)
            known = (spot.children or {}).get(key)
            spot = known or spot.add(key, Spot(line))
        return self.last(spot) if into and id(spot) in self.arrays else spot

    def last(self, array: Spot) -> Spot:
        children = array.children or {}
        return children[len(children) - 1]

    def keys(self) -> list[str]:
        import tomllib

        names: list[str] = []
        while self.kind in ("text", "bare") or self.token == ".":
            if self.kind == "bare":
                names.append(self.token)
            elif self.kind == "text":
                names.append(next(iter(tomllib.loads(f"{self.token} = 0"))))
            self.step()
        return names

    def pair(self, table: Spot, depth: int) -> None:
        line = self.line
        spot = self.walk(table, self.keys(), line)
        self.step()  # the equals sign
        self.value(spot, depth)

    def value(self, spot: Spot, depth: int) -> None:
        """Read a value whose spot is known; after it stands what follows it."""
        if depth > DEEPEST:
            raise Unreadable(self.line, f"nested deeper than {DEEPEST} levels")
        if self.token not in ("[", "{"):
            while self.kind in ("text", "bare") or self.token == ".":
                self.step()
            return
        closing, index = {"[": "]", "{": "}"}[self.token], 0
        self.step()
        while self.token != closing:
            if self.kind == "end" or self.token == ",":
                self.step()
            elif closing == "]":
                step: Step = index
                self.value(spot.add(step, Spot(self.line)), depth + 1)
                index += 1
            else:
                self.pair(spot, depth + 1)
        self.step()
