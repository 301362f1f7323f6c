"""Locks between processes and threads: the bytes of one file. They vanish with the process, however it ends."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import errno
    import fcntl

OFFSETS = 2**31
"""Locks of one file: offsets from 0 to below this. Windows' C library seeks with 32 bits before it locks."""

# only where the system cannot queue us: always on Windows; on POSIX after a false alarm, see _lock
_POLL_S = 0.01


@dataclass(slots=True)
class _Gate:
    """The threads of this process at one offset: who wants in, and who is in."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    wanted: int = 0
    holder: int | None = None


class LockFile:
    """A file of which every byte is an exclusive lock, between the processes and the threads of a machine.

    POSIX locks belong to the process and go when *any* descriptor of the file is closed in it. So: one ``LockFile``
    per file and process, open as long as it is used, with a gate per offset between its threads. A killed process
    (``kill -9``) loses its locks at once; a forked child holds none and has to make a ``LockFile`` of its own.

    Args:
        path: Made if it is not there; nothing is ever written into it.

    Raises:
        OSError: It cannot be opened for writing.
    """

    def __init__(self, path: Path) -> None:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOINHERIT", 0)
        self._file = os.open(path, flags, 0o666)
        self._mutex = threading.Lock()
        self._gates: dict[int, _Gate] = {}

    def acquire(self, offset: int, *, wait: bool = True) -> bool:
        """Take the lock of a byte.

        A thread that waits must hold no lock for which another holder may be waiting: take one at a time.

        Args:
            offset: From 0 to below ``OFFSETS``.
            wait: Until it is free; else return at once.

        Returns:
            Whether it was taken; always True with ``wait``.

        Raises:
            OSError: The file system cannot lock.
            RuntimeError: This thread holds it already, and would wait for itself.
        """
        with self._mutex:
            gate = self._gates.setdefault(offset, _Gate())
            if wait and gate.holder == threading.get_ident():
                raise RuntimeError("this thread holds this claim already and would wait for itself")
            gate.wanted += 1
        taken = inside = False
        try:
            inside = gate.lock.acquire(blocking=wait)
            taken = inside and _lock(self._file, self._mutex, offset, wait)
            if taken:
                gate.holder = threading.get_ident()
        finally:
            if not taken:
                self._leave(offset, gate, inside)
        return taken

    def release(self, offset: int) -> None:
        """Give the lock of a byte back; any thread of the process may."""
        gate = self._gates[offset]
        gate.holder = None
        try:
            if self._file >= 0:
                _unlock(self._file, self._mutex, offset)
        finally:
            self._leave(offset, gate, True)

    @contextmanager
    def held(self, offset: int) -> Iterator[None]:
        """Hold the lock of a byte for the length of a ``with`` block."""
        self.acquire(offset)
        try:
            yield
        finally:
            self.release(offset)

    def close(self) -> None:
        """Give everything back. The object is of no use after that; releasing what it held does no harm."""
        file, self._file = self._file, -1
        os.close(file)

    def _leave(self, offset: int, gate: _Gate, inside: bool) -> None:
        if inside:
            gate.lock.release()
        with self._mutex:
            gate.wanted -= 1
            if not gate.wanted:
                del self._gates[offset]


if sys.platform == "win32":

    def _lock(file: int, mutex: threading.Lock, offset: int, wait: bool) -> bool:
        # msvcrt locks at the file's position, which the threads share; its own waiting gives up after ten seconds
        while True:
            with mutex:
                os.lseek(file, offset, os.SEEK_SET)
                try:
                    msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
                except PermissionError:
                    pass
                else:
                    return True
            if not wait:
                return False
            time.sleep(_POLL_S)

    def _unlock(file: int, mutex: threading.Lock, offset: int) -> None:
        with mutex:
            os.lseek(file, offset, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:

    def _lock(file: int, mutex: threading.Lock, offset: int, wait: bool) -> bool:
        while True:
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB), 1, offset)
            except OSError as error:
                if not wait and error.errno in (errno.EAGAIN, errno.EACCES):
                    return False
                # The kernel takes a process for one waiter: two processes with two threads each look like a circle
                # to it although every thread holds one lock at most.
                if error.errno != errno.EDEADLK:
                    raise
                time.sleep(_POLL_S)
            else:
                return True

    def _unlock(file: int, mutex: threading.Lock, offset: int) -> None:
        fcntl.lockf(file, fcntl.LOCK_UN, 1, offset)
