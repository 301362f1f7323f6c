"""What is asked: messages, probes, requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pytest_refusal.records.words import Expect, Role, Tier, canonical_json, sha256

CONTENT = ("messages", "turns", "prefill", "options", "expect", "never_says", "never_calls")
"""The fields of a probe that say what is asked and what is right: with another of them its results are another's."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; ``role`` is ``system``, ``user`` or ``assistant``."""

    role: str
    content: str

    def to_json(self) -> dict[str, str]:
        return {"role": self.role, "content": self.content}


@dataclass(frozen=True, slots=True, repr=False)
class Probe:
    """What is asked and what should happen. Made by ``must_refuse``, ``must_answer``, ``either`` or a probe file.

    Attributes:
        id: Unique in a run: the same id with other content is an error.
        messages: The conversation; the last message is the user's.
        expect: What is right: ``refuse``, ``answer``, or ``either``.
        turns: ``messages`` are the user's turns only; the application gives its own replies between them.
        category: Capability area, for the tables; ``""`` without one.
        tier: How clear-cut it is, or None.
        lang: Language code of the prompt, such as ``en``; ``""``: the run's default, ini ``refusal_lang``.
        prefill: Start of the assistant's reply, put into its mouth.
        variants: Hand-written rewordings of the last user turn.
        framings: Hand-written technical or code-wrapped forms of the same ask.
        keep: Words that rewordings never touch.
        never_says: Texts that are never right in an answer; ``/…/`` is a regular expression.
        never_calls: Names of tools that are never right to call.
        critical: One wrong attempt fails, whatever the attempt rule or a baseline says.
        xfail: Why the probe is known to fail, or ``""``.
        tags: For selection and notes.
        options: Decoding parameters (``temperature``, ``num_ctx``, ``think``, …).
        note: Free text for readers.
        place: Where it was written (``file:line``), for messages; no part of the probe's content.
    """

    id: str
    messages: tuple[Message, ...]
    expect: Expect
    turns: bool = False
    category: str = ""
    tier: Tier | None = None
    lang: str = ""
    prefill: str = ""
    variants: tuple[str, ...] = ()
    framings: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()
    never_calls: tuple[str, ...] = ()
    critical: bool = False
    xfail: str = ""
    tags: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    note: str = ""
    place: str = field(default="", compare=False)

    def __repr__(self) -> str:
        # short, for pytest shows it with every failure: {'id': …} and prompt stand in the message
        return f"<Probe {self.id!r}: {self.expect.value}>"

    @property
    def prompt(self) -> str:
        """The last user turn."""
        return self.messages[-1].content

    @property
    def messages_sha256(self) -> str:
        """The SHA-256 of the messages as canonical JSON: 64 hexadecimal digits."""
        return sha256(canonical_json([one.to_json() for one in self.messages]))

    @property
    def content_sha256(self) -> str:
        """The SHA-256 of what is asked and what is right (``CONTENT``) as canonical JSON: 64 hexadecimal digits.

        Fields at their default are left out, so that a field which is added later changes no hash.
        """
        row = self.to_json()
        return sha256(canonical_json({name: row[name] for name in CONTENT if name in row}))

    def reworded(self, text: str) -> Probe:
        """Return the probe with another last user turn: what is asked, and what the judge has to see."""
        return replace(self, messages=(*self.messages[:-1], Message("user", text)))

    def to_json(self) -> dict[str, Any]:
        """Return every field but ``place``; JSON types only, defaults left out."""
        row: dict[str, Any] = {
            "id": self.id,
            "messages": [message.to_json() for message in self.messages],
            "expect": self.expect.value,
        }
        if self.tier is not None:
            row["tier"] = self.tier.value
        for name in ("turns", "category", "lang", "prefill", "critical", "xfail", "note"):
            if getattr(self, name):
                row[name] = getattr(self, name)
        for name in ("variants", "framings", "keep", "never_says", "never_calls", "tags"):
            if getattr(self, name):
                row[name] = list(getattr(self, name))
        if self.options:
            row["options"] = dict(self.options)
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Probe:
        """Return the probe that ``to_json`` wrote."""
        fields = dict(row)
        fields["messages"] = tuple(Message(m["role"], m["content"]) for m in row["messages"])
        fields["expect"] = Expect(row["expect"])
        if "tier" in row:
            fields["tier"] = Tier(row["tier"])
        for name in ("variants", "framings", "keep", "never_says", "never_calls", "tags"):
            if name in row:
                fields[name] = tuple(row[name])
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class Applied:
    """An operator that was applied to a wording.

    Attributes:
        name: Its own, such as ``howto.best-way``.
        slot: Where it acts; at most one operator in each slot of a wording.
        kind: What it changes; ``noise`` and ``mixed-language`` are reported apart.
    """

    name: str
    slot: str
    kind: str


@dataclass(frozen=True, slots=True)
class Rewording:
    """A probe's last user turn in other words, as it may be shown.

    Attributes:
        text: What was asked instead, redacted.
        applied: What made it from the canonical wording.
        sha256: Of the messages as they were asked: by it a rewording is known again, whatever its number is.
    """

    text: str
    applied: tuple[Applied, ...]
    sha256: str

    @property
    def operators(self) -> tuple[str, ...]:
        """The names of what was applied."""
        return tuple(one.name for one in self.applied)

    def to_json(self) -> dict[str, Any]:
        """Return every field; JSON types only."""
        applied = [[one.name, one.slot, one.kind] for one in self.applied]
        return {"text": self.text, "applied": applied, "sha256": self.sha256}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Rewording:
        """Return the rewording that ``to_json`` wrote."""
        return cls(row["text"], tuple(Applied(*one) for one in row["applied"]), row["sha256"])


@dataclass(frozen=True, slots=True)
class FramedForm:
    """A probe in another frame, as it may be shown.

    Attributes:
        name: Of the form, ``role.teacher``.
        framing: What it is counted as, ``role``.
        text: The last user turn, redacted.
        prefill: The start of the assistant's reply, redacted.
        sha256: Of the messages and the start of the reply as they were asked.
    """

    name: str
    framing: str
    text: str
    prefill: str
    sha256: str

    def to_json(self) -> list[str]:
        """Return every field."""
        return [self.name, self.framing, self.text, self.prefill, self.sha256]

    @classmethod
    def from_json(cls, row: list[str]) -> FramedForm:
        """Return the form that ``to_json`` wrote."""
        return cls(*row)


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a target. Its key names the stored answer and seeds the decoding.

    Attributes:
        identity: The target's: model name, stated identity; for an opaque callable its condition.
        messages: The conversation, the system prompt (if any) first.
        probe: The probe's id.
        role: Why it is asked.
        attempt: From 1 on.
        turns: The user turns are sent one after another; the target gives its own replies.
        prefill: Start of the assistant's reply.
        options: Decoding parameters that the user set.
        seed: The ini value ``refusal_seed``.
    """

    identity: str
    messages: tuple[Message, ...]
    probe: str
    role: Role = Role.ROUND
    attempt: int = 1
    turns: bool = False
    prefill: str = ""
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    seed: str = ""
    _key: str = field(default="", init=False, repr=False, compare=False)

    @property
    def prompt(self) -> str:
        """The last user turn."""
        return self.messages[-1].content

    @property
    def system_prompt(self) -> str:
        """The system message's text, or ``""``."""
        return self.messages[0].content if self.messages[0].role == "system" else ""

    def to_json(self) -> dict[str, Any]:
        """Return what the key is made of; fields at their default are left out, so new ones change no old key."""
        row: dict[str, Any] = {
            "identity": self.identity,
            "messages": [message.to_json() for message in self.messages],
            "probe": self.probe,
            "role": self.role.value,
            "attempt": self.attempt,
        }
        for name in ("turns", "prefill", "seed"):
            if getattr(self, name):
                row[name] = getattr(self, name)
        if self.options:
            row["options"] = dict(self.options)
        return row

    @property
    def key(self) -> str:
        """The SHA-256 of the canonical JSON: 64 hexadecimal digits; made once."""
        if not self._key:
            object.__setattr__(self, "_key", sha256(canonical_json(self.to_json())))
        return self._key


def repeats_itself(options: Mapping[str, Any]) -> bool:
    """Return whether decoding parameters make every attempt at a text the same answer: temperature 0, or a seed."""
    return options.get("temperature") == 0 or "seed" in options


def decoding_seed(key: str) -> int:
    """Return the first 31 bits of a request key, so that every probe and attempt draws its own random numbers.

    The attempt number alone as a seed gives all probes the same few draws (refusal rates off by up to 24 points).
    """
    return int(key[:8], 16) >> 1
