"""The store's folder: made whole or not at all, and what to say when the disk does not play along."""

from __future__ import annotations

import errno
import os
import re
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from pytest_refusal.errors import StoreError
from pytest_refusal.records import sha256

RESPONSES = "responses"
CLAIMS = "claims"

_GITIGNORE = "# Stored answers may hold private text, so git leaves this folder out (written by pytest-refusal).\n*\n"
_FULL = {errno.ENOSPC, errno.EFBIG} | ({errno.EDQUOT} if hasattr(errno, "EDQUOT") else set())
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


@lru_cache(maxsize=256)
def file_name(identity: str) -> str:
    """Return the file's name for a target: a readable start and a hash, so that no other identity shares it.

    Redaction has no part in it: hooks and environment differ between tests and machines, and the answers have to be
    found again. Identities are model names and hashes.
    """
    slug = re.sub(r"[^A-Za-z0-9_-]+", "-", identity[:200])[:40].strip("-") or "target"
    return f"{slug}-{sha256(identity)[:8]}.jsonl"


def make_folder(folder: Path) -> None:
    """Make the folder if it is not there, with a ``.gitignore``; a folder that is there gets none.

    Raises:
        OSError: It cannot be made.
    """
    if folder.exists():
        # asked in this order, for another process may make the folder between two questions
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "it is a file, not a folder")
    else:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Made aside and renamed: a folder without its .gitignore must not be left by a killed process, for the next
        # one could not tell it from a folder whose owner took the file out.
        draft = folder.with_name(f"{folder.name}.{os.urandom(8).hex()}")
        draft.mkdir()
        try:
            (draft / ".gitignore").write_text(_GITIGNORE, encoding="utf-8", newline="\n")
            draft.rename(folder)
        except OSError:
            with suppress(OSError):
                (draft / ".gitignore").unlink(missing_ok=True)
                draft.rmdir()
            # another process was faster
            if not folder.is_dir():
                raise
    (folder / RESPONSES).mkdir(exist_ok=True)


def trouble(doing: str, path: Path, error: OSError) -> StoreError:
    """Return the error to raise: what could not be done, where, why, and what helps.

    Args:
        doing: A verb: ``read``, ``write to``, ``lock``, ``make``.
    """
    reason = error.strerror or str(error)
    if error.errno in _FULL:
        return StoreError(
            f"cannot {doing} {path}: disk full ({reason}). This answer is not stored, the others are whole; free room, "
            "or name a folder elsewhere with --refusal-store=DIR"
        )
    way_out = "name another folder with --refusal-store=DIR"
    if error.errno in _FORBIDDEN and doing != "read":
        way_out += ", or only replay with --refusal-record=none"
    elif doing == "lock":
        way_out = "the file system cannot lock files; name a folder on a local disk with --refusal-store=DIR"
    return StoreError(f"cannot {doing} {path}: {reason}; {way_out}")
