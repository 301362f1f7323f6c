"""What a target and a judge have to be, as protocols, and the values about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from pytest_refusal.records import Probe, Request, Response, Verdict, sha256


@dataclass(frozen=True, slots=True)
class Condition:
    """What a probe is asked of: target, system prompt, decoding options of the target.

    Attributes:
        name: ``<target>/<prompt stem>``, or ``<target>`` alone without a system prompt.
        target: The target's name.
        identity: What stands in request keys; None for an opaque callable, whose answers are never replayed.
        system_prompt: Its text; ``""`` means no system message.
        options: Decoding parameters of the target itself.
    """

    name: str
    target: str
    identity: str | None = None
    system_prompt: str = ""
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def identity_sha256(self) -> str | None:
        """Of the identity, 64 hexadecimal digits; None for an opaque callable."""
        return None if self.identity is None else sha256(self.identity)

    @property
    def system_prompt_sha256(self) -> str | None:
        """Of the system prompt, 64 hexadecimal digits; None without one."""
        return sha256(self.system_prompt) if self.system_prompt else None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the server behind a target: the model's digest and the server's version, ``""`` if unknown."""

    model: str = ""
    server_version: str = ""


class Target(Protocol):
    """The application under test as a function. What the hook ``pytest_refusal_target`` returns."""

    def __call__(self, request: Request, /) -> Response: ...


class Ahead(StrEnum):
    """Whether a target may be asked before its test runs.

    A server answers the same whatever test is running. A function of the team's may depend on the running test's
    fixtures, mocks and log capture, so it takes the team's word, and a test without fixtures of its own.
    """

    ALWAYS = "always"
    STATED = "stated"
    IF_TOLD = "if told"
    NEVER = "never"


class Endpoint(Protocol):
    """A target made ready to be asked by the runner.

    Attributes:
        name: What conditions are named after.
        identity: What stands in request keys, or None if the target is an opaque callable.
        options: Decoding parameters of the target itself; a probe's options go over them.
        on_test_thread: It has to be asked on the thread of its test.
        stored: Its answers belong into the store.
        ahead: Whether it may be asked before its test runs; ``STATED``: the team says so; ``IF_TOLD``: with an
            explicit ``--refusal-concurrency``.
        limit: How many requests it gets at once now.
        flying: How many it is working on.
    """

    name: str
    identity: str | None
    options: Mapping[str, Any]
    on_test_thread: bool
    stored: bool
    ahead: Ahead

    @property
    def limit(self) -> int: ...

    @property
    def flying(self) -> int: ...

    def use(self, concurrency: Any, /) -> None:
        """Ask within what the run may ask at once, a ``targets.slots.Concurrency``."""
        ...

    def facts(self) -> Facts:
        """Ask the server what answers; raises a ``TargetError``."""
        ...

    def lacks(self, request: Request) -> str:
        """Say what of the request the target cannot receive, and the way out; ``""`` if it can receive all."""
        ...

    def holds(self, request: Request) -> int | None:
        """Return how many answers it holds for this conversation, or None if it draws as many as are asked."""
        ...

    def ask(self, request: Request) -> Response:
        """Answer; raises a ``TargetError``."""
        ...


@dataclass(frozen=True, slots=True)
class JudgeIdentity:
    """Who judged: results of different judges are not compared."""

    name: str
    version: str
    sha256: str

    def to_json(self) -> dict[str, str]:
        return {"name": self.name, "version": self.version, "sha256": self.sha256}


class Judge(Protocol):
    """A function (probe, response) → verdict that says who it is."""

    @property
    def identity(self) -> JudgeIdentity: ...

    def __call__(self, probe: Probe, response: Response, /) -> Verdict: ...


Redactor = Callable[[str], str]
"""Takes secrets and customers' data out of a text before it is written anywhere."""
