"""YAML probe files, with lines: built from the parser's events.

Not from its node graph: libyaml's composer overflows the C stack on deep nesting (the interpreter dies without a
word), and aliases can unfold to more than any memory holds. Here both are counted while reading.
"""

from __future__ import annotations

from typing import Any

from pytest_refusal.escaping import printable
from pytest_refusal.probes.document import DEEPEST, LONGEST_NUMBER, Document, Spot, Unreadable, twice
from pytest_refusal.probes.fields import Step
from pytest_refusal.probes.problems import Foreign, Problem, quoted, shown

MOST_UNFOLDED = 500_000
"""Values that aliases and merge keys may add (a text counts one more per 1,000 characters): 10,000 probes may take
50 each from an anchor; a file of a few lines that unfolds to a billion may not."""

_TAGS = "tag:yaml.org,2002:"
_Read = tuple[object, Spot, int]


def read_yaml(text: str) -> Document:
    """Read a YAML file; plain values only, no tag makes an object.

    Raises:
        Unreadable: It is not YAML, holds several documents, is nested too deep, or its aliases explode.
    """
    import yaml

    loader: Any = None
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        return _Reader(yaml, loader).document()
    except yaml.reader.ReaderError:
        match = yaml.reader.Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, match.start()) + 1 if match else 1
        character = printable(match[0]) if match else "?"
        message = f"not valid YAML: the character '{character}' has to be written as an escape in double quotes"
        raise Unreadable(line, message) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = ", ".join(part for part in (error.context, error.problem) if part)
        # what is missing at the end is missed a line after it
        last = text.rstrip().count("\n") + 1
        at = mark.line + 1 if mark else 1
        if "maximum nesting depth" in said:
            # PyYAML 6.0.4 looks so far ahead that it meets a limit of its own before ours
            raise Unreadable(at, f"nested deeper than {DEEPEST} levels") from None
        column = f" (column {mark.column + 1})" if mark and at <= last else ""
        raise Unreadable(min(at, last), f"not valid YAML: {printable(said, 200)}{column}") from None
    finally:
        if loader is not None:
            loader.dispose()


class _Reader:
    """Turns events into values and spots; ``size`` of a value is how many values it unfolds to."""

    def __init__(self, yaml: Any, loader: Any) -> None:
        self.yaml = yaml
        self.next = loader.get_event
        self.loader = loader
        self.anchors: dict[str, _Read | None] = {}
        self.unfolded = 0
        self.problems: list[Problem] = []

    def document(self) -> Document:
        self.next()
        event = self.next()
        if isinstance(event, self.yaml.StreamEndEvent):
            return Document(None, Spot(1))
        content, spot, _ = self.read(self.next(), (), 0)
        self.next()
        event = self.next()
        if not isinstance(event, self.yaml.StreamEndEvent):
            line = event.start_mark.line + 1
            raise Unreadable(line, "expected one YAML document in the file, got a second one ('---')")
        return Document(content, spot, self.problems)

    def read(self, event: Any, path: tuple[Step, ...], depth: int) -> _Read:
        line = event.start_mark.line + 1
        if isinstance(event, self.yaml.AliasEvent):
            return self.alias(event.anchor, line)
        anchor = event.anchor
        if anchor:
            self.anchors[anchor] = None
        if isinstance(event, self.yaml.ScalarEvent):
            found = self.scalar(event, line)
        else:
            if depth >= DEEPEST:
                raise Unreadable(line, f"nested deeper than {DEEPEST} levels")
            is_list = isinstance(event, self.yaml.SequenceStartEvent)
            found = self.items(line, path, depth) if is_list else self.mapping(line, path, depth)
            if event.tag not in (None, "!", f"{_TAGS}{'seq' if is_list else 'map'}"):
                found = self.foreign(event.tag, line)
        if anchor:
            self.anchors[anchor] = found
        return found

    def alias(self, name: str, line: int) -> _Read:
        if name not in self.anchors:
            raise Unreadable(line, f"the alias {quoted('*' + name)} has no anchor above it")
        found = self.anchors[name]
        if found is None:
            raise Unreadable(line, f"the alias {quoted('*' + name)} stands inside its own anchor")
        content, spot, size = found
        self.unfolded += size
        if self.unfolded > MOST_UNFOLDED:
            raise Unreadable(line, f"aliases unfold to more than {MOST_UNFOLDED:,} values")
        return content, Spot(line, spot.children, spot.source), size

    def items(self, line: int, path: tuple[Step, ...], depth: int) -> _Read:
        content: list[object] = []
        spots: dict[Step, Spot] = {}
        total = 1
        while not isinstance(event := self.next(), self.yaml.SequenceEndEvent):
            inner, spots[len(content)], size = self.read(event, (*path, len(content)), depth + 1)
            content.append(inner)
            total += size
        return content, Spot(line, spots), total

    def mapping(self, line: int, path: tuple[Step, ...], depth: int) -> _Read:
        content: dict[str, object] = {}
        spots: dict[Step, Spot] = {}
        merged: list[tuple[object, Spot]] = []
        total = 1
        while not isinstance(event := self.next(), self.yaml.MappingEndEvent):
            at = event.start_mark.line + 1
            merges = self.is_merge(event)
            key, key_spot, _ = (None, None, 0) if merges else self.read(event, path, depth + 1)
            named = isinstance(key, str)
            inner, spot, size = self.read(self.next(), (*path, key) if isinstance(key, str) else path, depth + 1)
            total += size
            if merges:
                merged.append((inner, Spot(at, spot.children)))
            elif isinstance(key, str):
                if key in content:
                    self.problems.append(twice((*path, key), spots[key].line))
                content[key] = inner
                spots[key] = Spot(at, spot.children, spot.source)
            if not merges and not named:
                source = key_spot.source if key_spot else ""
                self.problems.append(
                    Problem(
                        (*path, source or "?"),
                        f"expected a text as key, got {shown(key, source)}{' (put it in quotes)' if source else ''}",
                    )
                )
                spots.setdefault(source or "?", Spot(at))
        for inner, spot in merged:
            self.merge(inner, spot, content, spots, path)
        return content, Spot(line, spots), total

    def is_merge(self, event: Any) -> bool:
        return (
            isinstance(event, self.yaml.ScalarEvent)
            and event.value == "<<"
            and event.tag in (None, f"{_TAGS}merge")
            and (event.implicit[0] or event.tag is not None)
        )

    def merge(
        self, inner: object, spot: Spot, content: dict[str, object], spots: dict[Step, Spot], path: tuple[Step, ...]
    ) -> None:
        """Add the keys of ``<<: *anchor`` that the mapping itself has not."""
        for one in inner if isinstance(inner, list) else [inner]:
            if not isinstance(one, dict):
                spots["<<"] = spot
                self.problems.append(
                    Problem((*path, "<<"), f"expected a mapping (or a list of them) to merge, got {shown(one)}")
                )
                continue
            for key, value in one.items():
                if key not in content:
                    content[key] = value
                    spots[key] = Spot(spot.line)

    def scalar(self, event: Any, line: int) -> _Read:
        text: str = event.value
        tag = event.tag
        size = 1 + len(text) // 1000
        if tag is None or tag == "!":
            if tag == "!" or not event.implicit[0]:
                return text, Spot(line), size
            tag = self.loader.resolve(self.yaml.ScalarNode, text, event.implicit)
        kind = tag.removeprefix(_TAGS)
        if kind in ("str", "value", "merge"):
            return text, Spot(line), size
        if kind == "timestamp":
            return Foreign(f"the date or time {printable(text, 40)}"), Spot(line, source=text), size
        if kind not in ("int", "float", "bool", "null"):
            return self.foreign(tag, line)
        if len(text) > LONGEST_NUMBER:
            return Foreign(f"a number of {len(text)} digits"), Spot(line, source=text), size
        node = self.yaml.ScalarNode(tag, text)
        try:
            content: object = getattr(self.loader, f"construct_yaml_{kind}")(node)
        except (ValueError, KeyError, IndexError):
            return Foreign(f"{quoted(text)}, which is no {kind}"), Spot(line), size
        written = "" if str(content) == text and not isinstance(content, bool) else text
        return content, Spot(line, source=written), size

    def foreign(self, tag: str, line: int) -> _Read:
        short = tag.replace(_TAGS, "!!")
        return Foreign(f"a value with the tag {quoted(short)}"), Spot(line), 1
