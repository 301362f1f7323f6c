"""A baseline before and after → what changed, for the reviewer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from pytest_refusal.baseline.lines import BaselineLine


class Kind(StrEnum):
    """What happened to a line."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    RESTATED = "restated"


@dataclass(frozen=True, slots=True)
class Change:
    """A line that is not what it was.

    Attributes:
        kind: ``changed``: the probe itself is another one (what is asked, what is right, its category, whether it is
            critical); ``moved``: it is the same and its counts are others; ``restated``: its counts are the same and
            something else is not, such as the model or the judge.
        before, now: The line; None where there is none. Both are of one probe under one condition.
    """

    kind: Kind
    before: BaselineLine | None
    now: BaselineLine | None

    @property
    def line(self) -> BaselineLine:
        """The line as it is now, or was if it is gone."""
        line = self.now or self.before
        assert line is not None
        return line

    @property
    def edits(self) -> list[str]:
        """What of the probe is another, in words."""
        if self.before is None or self.now is None:
            return []
        pairs = {
            "messages": (self.before.messages_sha256, self.now.messages_sha256),
            "expect": (self.before.expect, self.now.expect),
            "category": (self.before.category, self.now.category),
            "critical": (self.before.critical, self.now.critical),
        }
        found = [name for name, (before, now) in pairs.items() if before != now]
        if self.before.content_sha256 != self.now.content_sha256 and not {"messages", "expect"} & set(found):
            found.append("options, turns, prefill, never_says or never_calls")
        return found


def changes(before: Iterable[BaselineLine], now: Iterable[BaselineLine]) -> list[Change]:
    """Return what differs, sorted as the lines are; nothing for lines that are the same but for the date.

    Canonical wordings are paired by probe and condition, rewordings by the hash of their messages.
    """
    old, new = ({_pairing(one): one for one in lines} for lines in (before, now))
    found = [
        Change(kind, old.get(key), new.get(key))
        for key in old.keys() | new.keys()
        if (kind := _kind(old.get(key), new.get(key))) is not None
    ]
    return sorted(found, key=lambda one: one.line.place)


def _pairing(line: BaselineLine) -> tuple[str, str, str]:
    return (line.probe, line.condition, "" if line.rewording is None else line.messages_sha256)


def _kind(before: BaselineLine | None, now: BaselineLine | None) -> Kind | None:
    if before is None or now is None:
        return Kind.ADDED if before is None else Kind.REMOVED
    change = Change(Kind.CHANGED, before, now)
    if now.rewording is None and change.edits:
        return Kind.CHANGED
    if (before.labels, before.violations) != (now.labels, now.violations):
        return Kind.MOVED
    return None if replace(now, date=before.date) == before else Kind.RESTATED
