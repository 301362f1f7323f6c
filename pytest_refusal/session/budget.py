"""What the processes of a run share: the count of ``refusal_max_requests``, and the places at a server."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from pytest_refusal.errors import LimitReached
from pytest_refusal.store.locks import LockFile


class Budget:
    """Counts requests; past the limit nothing is asked any more.

    Args:
        limit: At most so many, or None for no limit.
        shared: A file that the processes of the run share, or None if there is only this one. Its size is the count.
    """

    def __init__(self, limit: int | None, shared: Path | None) -> None:
        self.limit = limit
        self.shared = shared
        self.count = 0
        self._guard = threading.Lock()

    def spend(self) -> None:
        """Count one request.

        Raises:
            LimitReached: The limit was reached before.
        """
        if self.limit is None:
            return
        with self._guard:
            if self.count < self.limit:
                self.count = self._next()
                if self.count <= self.limit:
                    return
        raise LimitReached(f"not asked: refusal_max_requests = {self.limit} is reached in this run")

    def _next(self) -> int:
        if self.shared is None:
            return self.count + 1
        # an append puts the file position behind its own byte, so each process reads a number of its own
        self.shared.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.shared, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, b".")
            return os.lseek(handle, 0, os.SEEK_CUR)
        finally:
            os.close(handle)


class SharedPlaces:
    """Places that the processes of a run take from one number: each is an OS lock, so a process that dies gives back.

    Args:
        locks: A file of the run.
        first: The lock of the first place.
        count: How many places there are.
    """

    def __init__(self, locks: LockFile, first: int, count: int) -> None:
        self._locks = locks
        self._places = range(first, first + count)

    def take(self) -> int | None:
        """Take a free place, or None at once."""
        return next((place for place in self._places if self._locks.acquire(place, wait=False)), None)

    def give(self, token: int) -> None:
        """Give it back."""
        self._locks.release(token)


def shared_places(file: Path, count: int) -> Callable[[int], SharedPlaces]:
    """Return what makes the places of the n-th server: locks of one file, a range for each server."""
    locks = LockFile(file)
    return lambda server: SharedPlaces(locks, server * count, count)
