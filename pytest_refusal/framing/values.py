"""The values of a framing: a row that says how a prompt is dressed up, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_refusal.records import Probe

ANY = "*"
"""The language of rows that are for every prompt."""

HAND_WRITTEN = "hand-written"
"""The framing of the team's own forms, the probe's ``framings``."""

PLACE = "{prompt}"
"""Where a template holds the prompt."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One row of a table: one way to dress up a request. Made by ``load_frames`` or ``frames_from``.

    Either ``template`` or ``prefill`` says what it does.

    Attributes:
        name: Unique in its language, such as ``role.teacher``.
        lang: Language code of the prompts it is for, or ``*``.
        template: A text that holds ``{prompt}`` once; there the last user turn stands, as it is.
        prefill: The start of the reply that is put into the assistant's mouth; the prompt stays as it is.
        spoken: Language code of the frame's own words, where that is its point; such a row is for prompts in any other.
        unless: A regular expression, case-insensitive, that is not to be found in the prompt.
    """

    name: str
    lang: str
    template: str = ""
    prefill: str = ""
    spoken: str = ""
    unless: str = ""

    @property
    def framing(self) -> str:
        """What rows of one sort are counted as: the name up to the dot, such as ``role``."""
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Framed:
    """A probe in another frame.

    Attributes:
        name: Of the form, unique for a probe: ``role.teacher``; ``hand-written-1`` for the first text of the probe's
            ``framings``.
        framing: What it is counted as: ``role``; ``hand-written``.
        probe: The same probe, with the same id, but another last user turn or a prefill. It has no ``variants`` and no
            ``framings``, for those are forms of the plain prompt.
    """

    name: str
    framing: str
    probe: Probe


@dataclass(frozen=True, slots=True)
class Unframed:
    """A form that was wanted and cannot be had for a probe.

    Attributes:
        name: Of the form, or of the framing where no form of it can be had.
        reason: Why, in words for the reader, escaped.
    """

    name: str
    reason: str
