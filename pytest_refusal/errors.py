"""What can go wrong, as a tree; every message says what happened, where, and what helps.

RefusalError
├── UsageProblem            a user's mistake; pytest shows it as a UsageError
│   ├── ProbeFileError      probe files: file, line, key, what was expected and what came
│   ├── BaselineFileError   baselines: the same
│   ├── NotAccepted         a report that no baseline can be made of, with every reason
│   ├── NotMerged           reports that are not the shards of one run, with every reason
│   └── CannotReceive       the target cannot be sent what the probe or an option asks for
├── TargetError             the target gave no answer; the attempt's label is ``error``
│   ├── Unreachable         nothing answers at the address, or the connection broke
│   ├── ModelNotFound       the server is there, the model is not
│   ├── TargetTimeout       no answer within --refusal-timeout
│   ├── Overloaded          429 or 503, still after the retries
│   ├── PromptCut           the server cut the prompt to fit its context: another prompt would be measured
│   ├── BadAnswer           what came is no answer: not JSON, an "error", not ``done``, or another status
│   ├── AnswerNotHeld       a replay file holds no answer for the prompt
│   └── ApplicationError    the callable under test raised
├── StoreError              the store cannot be read or written
│   └── ResponseNotStored   record mode ``none``, and the answer was never recorded
├── JudgeError              the judge failed; the attempt's label is ``error``
├── LimitReached            ``refusal_max_requests`` was reached; the asking ended
└── AskingEnded             the run is over: what was to be asked ahead is not
"""

from __future__ import annotations

from collections.abc import Sequence


class RefusalError(Exception):
    """The root: everything that this plugin raises on purpose."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageProblem(RefusalError):
    """A user's mistake; pytest shows it as a ``UsageError``, without a traceback."""


class ProbeFileError(UsageProblem):
    """One or more problems of a probe file, all of them at once."""


class BaselineFileError(UsageProblem):
    """One or more problems of a baseline file, all of them at once."""


class NotAccepted(UsageProblem):
    """A report that no baseline can be made of.

    Attributes:
        reasons: All of them, each with the way out.
    """

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


class NotMerged(UsageProblem):
    """Reports that are not the shards of one run.

    Attributes:
        reasons: All of them.
    """

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


class CannotReceive(UsageProblem):
    """The target cannot be sent what the probe or an option asks for; nothing is left out silently."""


class TargetError(RefusalError):
    """The target gave no answer.

    Attributes:
        retries: How often the request was sent again before giving up.
    """

    retries: int = 0


class Unreachable(TargetError):
    """Nothing answers at the address, or the connection broke."""


class ModelNotFound(TargetError):
    """The server is there, the model is not."""


class TargetTimeout(TargetError):
    """No answer within ``--refusal-timeout`` seconds."""


class Overloaded(TargetError):
    """The server said 429 or 503, still after the retries."""


class PromptCut(TargetError):
    """The server cut the prompt to fit its context: another prompt than the team's would be measured."""


class BadAnswer(TargetError):
    """What came is no answer: not JSON, an "error" in a 200, no ``done: true``, or another status."""


class AnswerNotHeld(TargetError):
    """A replay file holds no answer for the prompt."""


class ApplicationError(TargetError):
    """The callable under test raised, or returned what is no answer."""


class StoreError(RefusalError):
    """The store cannot be read or written."""


class ResponseNotStored(StoreError):
    """Replay was asked for a response that was never recorded."""


class JudgeError(RefusalError):
    """The judge failed; never counted as a refusal or an answer."""


class LimitReached(RefusalError):
    """``refusal_max_requests`` was reached; nothing more is asked in this run."""


class AskingEnded(RefusalError):
    """The run is over; what was to be asked ahead of its test is not. No test ever sees it."""
