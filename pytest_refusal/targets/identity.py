"""What a callable says of itself, as a text that changes when it changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytest_refusal.errors import UsageProblem
from pytest_refusal.records import canonical_json, sha256

_ALLOWED = "a text, a number, a Path (which counts by its content), or a list or dict of these"


def stated_identity(stated: object) -> str:
    """Return the identity that a callable's parts make: ``app:`` and 64 hexadecimal digits.

    A ``Path`` counts by its text (UTF-8, line ends as LF; by its bytes if it is no UTF-8), never by its name or folder.
    The order of a dict's keys does not count, that of a list does.

    Args:
        stated: Text, number, bool, ``Path``, or nested lists, tuples and dicts of these; None inside them is allowed.

    Raises:
        UsageProblem: Something else, an empty identity, or a file that cannot be read.
    """
    if isinstance(stated, str | list | tuple | Mapping) and not stated:
        raise UsageProblem(
            "target(identity=…) is empty: it would say that nothing can change. Name what makes the answers (prompt "
            "files, model, settings), or leave identity out; the answers are then asked anew in every run"
        )
    return f"app:{sha256(canonical_json(_tagged(stated)))}"


def _tagged(part: object) -> list[Any]:
    """Return a part with its kind, so that a text never equals a file, nor ``1`` the text ``"1"``."""
    match part:
        case str():
            return ["text", str(part)]
        case None | bool() | int() | float():
            return [type(part).__name__, repr(part)]
        case Path():
            return ["file", _hash_of(part)]
        case list() | tuple():
            return ["list", [_tagged(one) for one in part]]
        case dict() | Mapping():
            if not all(isinstance(key, str) for key in part):
                raise UsageProblem(f"target(identity=…): the keys of a dict are texts, not {list(part)!r}")
            return ["dict", [[key, _tagged(part[key])] for key in sorted(part)]]
    raise UsageProblem(
        f"target(identity=…) cannot be {type(part).__module__}.{type(part).__qualname__}: say {_ALLOWED}"
    )


def _hash_of(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        what = "is a folder; name its files" if file.is_dir() else f"cannot be read ({error.strerror})"
        raise UsageProblem(f"target(identity=…): {file.absolute()} {what}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        import hashlib

        return f"bytes {hashlib.sha256(content).hexdigest()}"
    return sha256(text.replace("\r\n", "\n").replace("\r", "\n"))
