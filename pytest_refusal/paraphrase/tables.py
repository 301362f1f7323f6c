"""Operator tables: rows of TOML or of a hook → operators, every mistake with its row, its key and what was expected."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from string import Formatter

from pytest_refusal.errors import UsageProblem
from pytest_refusal.escaping import printable
from pytest_refusal.paraphrase.edits import EDITS
from pytest_refusal.paraphrase.values import ANY, FORMS, GUARDS, Act, Operator, OperatorKind, Slot

MOST_SHOWN = 20
"""Mistakes of one table that are printed; the rest is counted."""

_KEYS = ("name", "slot", "kind", "lang", "acts", "template", "find", "replace", "edit", "guard", "unless")
_MEANS = ("template", "find", "edit")
_KIND_OF_SLOT = {
    **{slot: OperatorKind(slot.value) for slot in Slot if slot.value in set(OperatorKind)},
    **dict.fromkeys((Slot.QUOTES, Slot.SPACE, Slot.PUNCT, Slot.CASE), OperatorKind.SURFACE),
}
_LANG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*|\*")


def load_operators(path: str | Path) -> tuple[Operator, ...]:
    """Read a team's operator table.

    The file is TOML: ``lang = "en"`` at its head, then rows ``[[operator]]`` with the keys of the shipped tables:
    ``name``, ``slot``, one of ``template``, ``find`` (with ``replace``) and ``edit``, and if wanted ``kind``, ``acts``,
    ``guard``, ``unless`` and a ``lang`` of its own.

    Args:
        path: The file.

    Returns:
        The operators in the file's order; an empty tuple for a file without rows.

    Raises:
        UsageProblem: The file cannot be read or is no TOML, or rows are wrong; all of them are named at once.
    """
    import tomllib

    place = printable(str(path))
    try:
        table = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(f"operator table {place} cannot be read: {printable(str(error))}") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageProblem(f"operator table {place} is not TOML: {printable(str(error))}") from None
    rows = table.pop("operator", [])
    lang = table.pop("lang", "")
    if table:
        raise UsageProblem(
            f"{place}: expected the keys 'lang' and 'operator' at the head, got {', '.join(map(_shown, sorted(table)))}"
        )
    if not isinstance(rows, list):
        raise UsageProblem(f"{place}: 'operator': expected rows [[operator]], got {_shown(rows)}")
    return operators_from(rows, place, lang=lang)


def operators_from(rows: Sequence[object], place: str, lang: object = "") -> tuple[Operator, ...]:
    """Return operators of rows, such as those of the hook ``pytest_refusal_transforms``.

    Args:
        rows: Mappings with the keys of a table's rows.
        place: Where they were written; every message begins with it.
        lang: The language of rows that have none of their own.

    Raises:
        UsageProblem: Rows are wrong, or a name comes twice; all mistakes at once, each with row, key and what was
            expected.
    """
    wrong: list[str] = []
    found: list[Operator] = []
    for number, row in enumerate(rows, 1):
        reader = _Row(row, f"{place}: operator {number}", wrong)
        operator = reader.read(lang)
        if operator is None:
            continue
        if any(operator.name == other.name for other in found):
            wrong.append(
                f"{reader.where}: 'name': expected a name of its own, got {_shown(operator.name)} a second time"
            )
        found.append(operator)
    if wrong:
        more = len(wrong) - MOST_SHOWN
        raise UsageProblem("\n".join([*wrong[:MOST_SHOWN], *([f"and {more} more"] if more > 0 else [])]))
    return tuple(found)


@cache
def shipped() -> tuple[Operator, ...]:
    """Return the operators in the package, those for any script last; read once."""
    folder = resources.files(__package__).joinpath("tables")
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".toml")),
        key=lambda file: (file.name == "any.toml", file.name),
    )
    import tomllib

    found: list[Operator] = []
    for file in files:
        table = tomllib.loads(file.read_text("utf-8"))
        found += operators_from(table["operator"], file.name, lang=table["lang"])
    return joined((), found)


def joined(base: Sequence[Operator], more: Iterable[Operator]) -> tuple[Operator, ...]:
    """Return both tables as one.

    Raises:
        UsageProblem: A name stands in both for one language.
    """
    table = list(base)
    known = {(operator.lang, operator.name) for operator in table}
    for operator in more:
        if (operator.lang, operator.name) in known:
            raise UsageProblem(
                f"operator {_shown(operator.name)} ({operator.lang}) exists already; give yours another name"
            )
        known.add((operator.lang, operator.name))
        table.append(operator)
    return tuple(table)


@dataclass(slots=True)
class _Row:
    """One row while it is read; what is wrong with it goes to the list that all rows share."""

    row: object
    where: str
    wrong: list[str]
    keys: Mapping[str, object] = field(default_factory=dict)

    def read(self, lang: object) -> Operator | None:
        before = len(self.wrong)
        if not isinstance(self.row, Mapping):
            self._say("", "a mapping with name, slot and template, find or edit", self.row)
            return None
        self.keys = self.row
        name = self._text("name", "a text", needed=True)
        if name:
            self.where += f" ({printable(name, 60)})"
        if re.fullmatch(r"variant\.\d+", name):
            self._say("name", "a name that is not a variant's", name)
        for key in self.keys:
            if key not in _KEYS:
                close = difflib.get_close_matches(str(key), _KEYS, 1)
                hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(_KEYS)}"
                self.wrong.append(f"{self.where}: {_shown(key)} is no key of an operator ({hint})")
        slot = self._word("slot", list(Slot), needed=True)
        kind = self._word("kind", [kind for kind in OperatorKind if kind is not OperatorKind.VARIANT])
        acts = self._words("acts", list(Act))
        guards = self._words("guard", list(GUARDS))
        spoken = self._lang(lang)
        self._means()
        template, find = self._template(slot), self._pattern("find")
        replace = self._text("replace", "a text", empty=True)
        if find and not self._replaceable(find, replace):
            self._say("replace", "groups that 'find' has", replace)
        if ("find" in self.keys) != ("replace" in self.keys):
            self.wrong.append(f"{self.where}: expected 'find' and 'replace' together, got one of them")
        edit = self._word("edit", list(EDITS))
        unless = self._pattern("unless")
        if len(self.wrong) > before:
            return None
        return Operator(
            name=name,
            slot=Slot(slot),
            kind=OperatorKind(kind) if kind else _KIND_OF_SLOT[Slot(slot)],
            lang=spoken,
            acts=tuple(map(Act, acts)),
            template=template,
            find=find,
            replace=replace,
            edit=edit,
            guards=tuple(guards),
            unless=unless,
        )

    def _say(self, key: str, expected: str, got: object) -> None:
        at = f"{self.where}: {key!r}" if key else self.where
        self.wrong.append(f"{at}: expected {expected}, got {_shown(got)}")

    def _text(self, key: str, expected: str, needed: bool = False, empty: bool = False) -> str:
        if key not in self.keys:
            if needed:
                self.wrong.append(f"{self.where}: {key!r}: expected {expected}, got nothing: the key is missing")
            return ""
        got = self.keys[key]
        if not isinstance(got, str) or not (got.strip() or empty):
            self._say(key, expected, got)
            return ""
        return got

    def _word(self, key: str, known: Sequence[str], needed: bool = False) -> str:
        got = self._text(key, f"one of {', '.join(known)}", needed)
        if got and got not in known:
            close = difflib.get_close_matches(got, known, 1)
            self._say(key, f"one of {', '.join(known)}", got)
            if close:
                self.wrong[-1] += f" (did you mean {str(close[0])!r}?)"
            return ""
        return got

    def _words(self, key: str, known: Sequence[str]) -> list[str]:
        got = self.keys.get(key, [])
        if not isinstance(got, list | tuple) or not all(isinstance(word, str) and word in known for word in got):
            self._say(key, f"a list of {', '.join(known)}", got)
            return []
        return list(got)

    def _lang(self, of_table: object) -> str:
        got = self.keys.get("lang", of_table)
        if not isinstance(got, str) or not _LANG.fullmatch(got):
            self._say("lang", f"a language code such as 'en', or {ANY!r} for any", got if got != "" else None)
            return ""
        return got

    def _means(self) -> None:
        given = [key for key in _MEANS if key in self.keys]
        if len(given) != 1:
            came = " and ".join(map(repr, given)) or "none of them"
            self.wrong.append(f"{self.where}: expected exactly one of {', '.join(map(repr, _MEANS))}, got {came}")

    def _template(self, slot: str) -> str:
        got = self._text("template", "a text with forms in braces")
        if not got:
            return ""
        try:
            fields = [
                name for _, name, spec, conversion in Formatter().parse(got) if name is not None or spec or conversion
            ]
        except ValueError as error:
            self._say("template", f"forms in braces ({error})", got)
            return ""
        for name in fields:
            if name not in FORMS:
                self._say("template", f"one of the forms {{{'}, {'.join(FORMS)}}}", f"{{{name}}}")
        if len(fields) != 1:
            self._say("template", "one form in braces", got)
        elif (fields[0] in ("T", "t")) == (slot == Slot.FRAME):
            wanted = "a form of the sentence, not {T} or {t}" if slot == Slot.FRAME else "{T} or {t} outside of frames"
            self._say("template", wanted, got)
        return got

    def _pattern(self, key: str) -> str:
        got = self._text(key, "a regular expression")
        try:
            re.compile(got)
        except re.error as error:
            self._say(key, f"a regular expression ({error})", got)
            return ""
        return got

    @staticmethod
    def _replaceable(find: str, replace: str) -> bool:
        wanted = [int(number) for number in re.findall(r"\\(\d+)", replace)]
        return max(wanted, default=0) <= re.compile(find).groups and not re.search(r"\\(?!\d)", replace)


def _shown(got: object) -> str:
    if got is None:
        return "nothing"
    return f"'{printable(got, 60)}'" if isinstance(got, str) else printable(repr(got), 60)
