"""A file of answers: where the lines of each key are, and appends that leave every other line whole."""

from __future__ import annotations

import errno
import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pytest_refusal.store.lines import Damaged, Line, decode, key_of

# a file full of rubbish is a few warnings, not a million
_NAMED_AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line is: bytes from the start, bytes long, and its number for people."""

    offset: int
    length: int
    number: int


class AnswersFile:
    """One file of ``responses/``. Reading takes no lock: a line counts when its line end is there.

    Threads may share it. What it finds damaged waits in ``take_damage``, each line once.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._named: set[int] = set()
        self._damage: list[tuple[int, str]] = []
        self._forget()

    def _forget(self) -> None:
        self._inode = -1
        self._end = 0
        self._number = 0
        self._places: dict[str, list[Place]] = {}
        self._tail: Place | None = None
        self._tail_key = ""

    def refresh(self, *, quiet: bool = False) -> None:
        """Index what was appended since the last call; the content of the lines is not looked at.

        Args:
            quiet: Nobody is writing now, so a last line without its end is no line that is just coming.

        Raises:
            OSError: It is there and cannot be read.
        """
        with self._lock:
            try:
                now = os.stat(self.path)
            except FileNotFoundError:
                self._forget()
                return
            if now.st_ino != self._inode or now.st_size < self._end:
                self._forget()
                self._inode = now.st_ino
            if now.st_size == self._end:
                self._tail = None
                return
            self._read_on(quiet)

    def _read_on(self, quiet: bool) -> None:
        self._tail = None
        with open(self.path, "rb") as file:
            file.seek(self._end)
            for line in file:
                place = Place(self._end, len(line), self._number + 1)
                whole = line.endswith(b"\n")
                try:
                    key = key_of(line) if line.strip() else ""
                    if not whole and quiet:
                        decode(line, key)
                except Damaged as damaged:
                    key = ""
                    if whole or quiet:
                        self._name(place, str(damaged))
                if not whole:
                    self._tail, self._tail_key = place, key or _begins(line)
                    return
                self._end += len(line)
                self._number += 1
                if key:
                    self._places.setdefault(key, []).append(place)

    def places(self, key: str) -> list[Place]:
        """Return where the lines of a key are, the last one first."""
        with self._lock:
            found = list(reversed(self._places.get(key, ())))
            # the caller holds the claim of this key, so nobody is writing it now: it is as whole as it will be
            return [self._tail, *found] if self._tail and self._tail_key == key else found

    def read(self, place: Place, key: str) -> Line | None:
        """Return what the line holds, or None if it is damaged (it is then left out for good).

        Raises:
            OSError: The file cannot be read.
        """
        with open(self.path, "rb") as file:
            file.seek(place.offset)
            line = file.read(place.length)
        try:
            return decode(line, key)
        except Damaged as damaged:
            with self._lock:
                self._name(place, str(damaged))
                if place in self._places.get(key, ()):
                    self._places[key].remove(place)
            return None

    def append(self, line: bytes) -> None:
        """Write a line at the end, on a line of its own even if a killed process left half a one there.

        The caller holds the file's lock between processes. It is handed to the system and not forced to the disk: it
        survives ``kill -9``; a power cut may cost the last answers, which are then asked again.

        Raises:
            OSError: It could not be written whole; the file is as it was.
        """
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOINHERIT", 0) | getattr(os, "O_BINARY", 0)
        file = os.open(self.path, flags, 0o666)
        try:
            size = os.lseek(file, 0, os.SEEK_END)
            if size:
                os.lseek(file, size - 1, os.SEEK_SET)
                if os.read(file, 1) != b"\n":
                    line = b"\n" + line
            try:
                _write(file, line)
            except BaseException:
                with suppress(OSError):
                    os.ftruncate(file, size)
                raise
        finally:
            os.close(file)

    def take_damage(self) -> list[tuple[int, str]]:
        """Return (line number, why) of damaged lines not returned before; number 0: so many more were found."""
        with self._lock:
            damage, self._damage = self._damage, []
        if len(damage) <= _NAMED_AT_ONCE + 1:
            return damage
        return [*damage[:_NAMED_AT_ONCE], (0, str(len(damage) - _NAMED_AT_ONCE))]

    def _name(self, place: Place, why: str) -> None:
        if place.number not in self._named:
            self._named.add(place.number)
            self._damage.append((place.number, why))


def _begins(line: bytes) -> str:
    """Return the key that an unfinished line begins with, or ``""``."""
    with suppress(Damaged):
        return key_of(line[:200] + b"}")
    return ""


def _write(file: int, line: bytes) -> None:
    rest = memoryview(line)
    while rest:
        written = os.write(file, rest)
        if not written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rest = rest[written:]
