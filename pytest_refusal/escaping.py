"""Texts and numbers fit to be shown: model output never raw, what is not quite all or nothing never rounded to it."""

from __future__ import annotations

import json
import re
import unicodedata

_LINE_ENDS = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PLAIN = re.compile(r"[\x20-\x7e]*")

# JSON lets these through, but they end a line somewhere, move a cursor, or hide text from a reviewer.
_UNREADABLE = re.compile(
    "[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)

# What GitHub's runner takes for a command (actions/runner, ActionCommand.cs): '::name' where a line begins, after
# spaces, and '##[name' anywhere in it. It compares by culture, which passes over the characters of _IGNORED.
_IGNORED = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef"
_COMMAND = re.compile(rf"(?P<colon>\A[\s{_IGNORED}]*):(?=[{_IGNORED}]*:)|(?P<bracket>#[{_IGNORED}]*#[{_IGNORED}]*)\[")


def printable(text: str, limit: int | None = None) -> str:
    """Return ``text`` on one line, with everything that could move a cursor or hide a letter written out.

    Control and format characters (ANSI sequences, line ends, bidirectional marks, zero-width ones, lone surrogates,
    private use) become escapes such as ``\\x1b`` or ``\\u202e``. Wherever it is printed, it is no workflow command of
    GitHub Actions: of ``##[error]`` the bracket is written out, of ``::error::`` at the beginning the first colon.

    Args:
        text: Anything.
        limit: At most so many characters of ``text`` are shown; the rest is counted (``… (+120)``). None: all.
    """
    cut = 0
    if limit is not None and len(text) > limit:
        cut = len(text) - limit
        text = text[:limit]
    if not _PLAIN.fullmatch(text):
        text = "".join(map(_character, text))
    text = _COMMAND.sub(_no_command, text)
    return f"{text}… (+{cut})" if cut else text


def _no_command(found: re.Match[str]) -> str:
    return f"{found['bracket']}\\x5b" if found["bracket"] else f"{found['colon']}\\x3a"


def _character(character: str) -> str:
    if character in _LINE_ENDS:
        return _LINE_ENDS[character]
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        number = ord(character)
        return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"
    return character


def readable_json(text: str) -> str:
    """Return JSON text with every character escaped that a reader would not see or a line would end at."""
    return _UNREADABLE.sub(lambda found: json.dumps(found[0])[1:-1], text)


def figure(fraction: float) -> str:
    """Return a fraction in percent without its sign, ``0.944`` as ``94.4``, with as many digits as it takes not to lie.

    Only 0 and 1 are shown as 0.0 and 100.0.
    """
    shown = ""
    for digits in range(1, 8):
        shown = f"{fraction * 100:.{digits}f}"
        if float(shown) not in (0.0, 100.0) or fraction in (0.0, 1.0):
            break
    return shown


def percent(fraction: float) -> str:
    """Return a fraction as ``94.4 %``."""
    return f"{figure(fraction)} %"
