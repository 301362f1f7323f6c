"""The store itself: claim a request, look whether its answer is there, put it if it had to be asked."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from pytest_refusal.errors import AskingEnded, ResponseNotStored, StoreError
from pytest_refusal.protocols import Redactor
from pytest_refusal.records import Request, Response, sha256
from pytest_refusal.store import Record
from pytest_refusal.store.files import AnswersFile
from pytest_refusal.store.folder import CLAIMS, RESPONSES, file_name, make_folder, trouble
from pytest_refusal.store.lines import Line, encode
from pytest_refusal.store.locks import OFFSETS, LockFile


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored answer.

    Attributes:
        response: As it was put.
        run: The id of the run that asked.
        verdict: What was put with it, or None.
        mine: It was asked in this run.
    """

    response: Response
    run: str
    verdict: dict[str, Any] | None
    mine: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What stood with a stored answer, and what is at hand now: the model's digest and the server's version.

    Attributes:
        identity: Of whom was asked.
    """

    identity: str
    old_model: str
    old_version: str
    new_model: str
    new_version: str

    def sentence(self, what: str) -> str:
        """Say that what is stored (``answers``, ``verdicts``) is not used, and why."""
        return (
            f"stored {what} of model {self.old_model[:12]} (server {self.old_version or 'unknown'}) are not used: now "
            f"it is {self.new_model[:12]} (server {self.new_version or 'unknown'}), which is asked again"
        )


class _Opened:
    """What one process has open: a forked child shares neither locks nor indexes with its parent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mutex = threading.Lock()
        self._files: dict[str, AnswersFile] = {}
        self._locks: LockFile | None = None

    def file(self, name: str) -> AnswersFile:
        with self._mutex:
            if name not in self._files:
                self._files[name] = AnswersFile(self._folder / RESPONSES / name)
            return self._files[name]

    def locks(self) -> LockFile:
        with self._mutex:
            if self._locks is None:
                try:
                    make_folder(self._folder)
                except OSError as error:
                    doing = "write to" if self._folder.is_dir() else "make"
                    raise trouble(doing, self._folder, error) from error
                try:
                    self._locks = LockFile(self._folder / CLAIMS)
                except OSError as error:
                    raise trouble("write to", self._folder, error) from error
            return self._locks

    def close(self) -> None:
        with self._mutex:
            if self._locks is not None:
                self._locks.close()
                self._locks = None


class Store:
    """Answers in a folder, one line each, safe under several processes, threads and ``kill -9``.

    One ``Store`` per folder and process. A thread may *wait* for a claim only while it holds none; ``try_claim`` never
    waits, so a thread may gather several with it.

    Args:
        folder: Absolute; made when the first answer is claimed, never in mode ``none``.
        mode: Where responses come from.
        run: This run's id, the same in all of its processes.
        warn: Is told of each damaged line, once; may be called from any thread.
    """

    def __init__(self, folder: Path, mode: Record, run: str, warn: Callable[[str], None]) -> None:
        self.folder = folder
        self.mode = mode
        self.run = run
        self._warn = warn
        self._by_process: dict[int, _Opened] = {}
        self._outdated: dict[str, Change] = {}
        self._changes: dict[Change, None] = {}
        self._writing = threading.Lock()
        self._ended = False

    def changes_of(self, identity: str) -> list[Change]:
        """Return what changed between what is stored of a target or judge and what is at hand, each once."""
        return [change for change in self._changes if change.identity == identity]

    @property
    def outdated(self) -> dict[Change, int]:
        """How many requests have a stored answer of another model digest or server version only, by what changed."""
        return dict(Counter(self._outdated.values()))

    def has(self, request: Request) -> bool:
        """Return whether there is a line for this request; what stands in it is not looked at.

        Raises:
            StoreError: The file is there and cannot be read.
        """
        file = self._opened().file(file_name(request.identity))
        try:
            file.refresh(quiet=self.mode is Record.NONE)
        except OSError as error:
            raise trouble("read", file.path, error) from error
        return bool(file.places(request.key))

    def claim(self, request: Request, redact: Redactor) -> Slot:
        """Wait until nobody else is asking this request, and hold it: ``with store.claim(request, redact) as slot:``.

        Args:
            request: As it is asked; its key is made of this.
            redact: What the request's texts go through before they are written.

        Raises:
            StoreError: The folder cannot be made, written or locked (not in mode ``none``, which takes no locks).
        """
        slot = self._slot(request, redact, wait=True)
        assert slot is not None
        return slot

    def try_claim(self, request: Request, redact: Redactor) -> Slot | None:
        """Claim a request if nobody else holds it, else return None at once; errors as with ``claim``."""
        return self._slot(request, redact, wait=False)

    def missing(self, request: Request) -> ResponseNotStored:
        """Return the error to raise in mode ``none`` when the answer is not there."""
        role = "" if request.role == "round" else f", asked as {request.role.value!r}"
        there = "" if self.folder.is_dir() else " (there is no such folder)"
        return ResponseNotStored(
            f"no stored answer for probe {request.probe!r}, attempt {request.attempt}{role}, of target "
            f"{request.identity[:100]!r} in {self.folder}{there}. Record it with: pytest --refusal-record=new"
        )

    def append(self, name: str, line: bytes) -> None:
        """Append a line, its end included, to a file of the folder that holds no answers.

        Raises:
            StoreError: It cannot be written.
            AskingEnded: The run is over.
        """
        opened = self._opened()
        self._append(AnswersFile(self.folder / name), line, opened.locks())

    def end(self) -> None:
        """Write nothing more: a run that ends leaves no half of a line. What is stored can still be read."""
        with self._writing:
            self._ended = True

    def close(self) -> None:
        """Give every claim of this process back; a later claim opens the store again."""
        opened = self._by_process.pop(os.getpid(), None)
        if opened is not None:
            opened.close()

    def _opened(self) -> _Opened:
        # setdefault is one step: threads that arrive together get the same one
        return self._by_process.get(os.getpid()) or self._by_process.setdefault(os.getpid(), _Opened(self.folder))

    def _slot(self, request: Request, redact: Redactor, wait: bool) -> Slot | None:
        opened, key = self._opened(), request.key
        name = file_name(request.identity)
        if self.mode is Record.NONE:
            return Slot(self, request, key, opened.file(name), redact, None)
        locks = opened.locks()
        try:
            taken = locks.acquire(_claim_offset(key), wait=wait)
        except OSError as error:
            raise trouble("lock", self.folder / CLAIMS, error) from error
        return Slot(self, request, key, opened.file(name), redact, locks) if taken else None

    def _find(self, file: AnswersFile, request: Request, model: str, version: str) -> Stored | None:
        other: Line | None = None
        key = request.key
        try:
            file.refresh(quiet=self.mode is Record.NONE)
            for place in file.places(key):
                line = file.read(place, key)
                if line is None or (self.mode is Record.ALL and line.run != self.run):
                    continue
                answer = line.response
                if (model and answer.model != model) or (version and answer.server_version != version):
                    other = other or line
                    continue
                return Stored(answer, line.run, line.verdict, line.run == self.run)
        except OSError as error:
            raise trouble("read", file.path, error) from error
        if other is not None:
            was = other.response
            change = Change(request.identity, was.model, was.server_version, model, version)
            self._outdated[key] = change
            self._changes.setdefault(change)
        return None

    def _append(self, file: AnswersFile, line: bytes, locks: LockFile) -> None:
        with self._writing:
            if self._ended:
                raise AskingEnded("not stored: the run is over")
            self._write(file, line, locks)

    def _write(self, file: AnswersFile, line: bytes, locks: LockFile) -> None:
        try:
            with locks.held(_append_offset(file.path.name)):
                try:
                    file.append(line)
                except FileNotFoundError:
                    # somebody removed the folder during the run
                    make_folder(self.folder)
                    file.append(line)
                # nobody else writes now: what is no line here never will be one
                file.refresh(quiet=True)
        except OSError as error:
            raise trouble("write to", file.path, error) from error

    def _report(self, file: AnswersFile) -> None:
        way_out = "the answer will be asked again"
        if self.mode is Record.NONE:
            way_out = "record it again with: pytest --refusal-record=new"
        for number, why in file.take_damage():
            if number:
                self._warn(f"{file.path}:{number} is damaged and was left out ({why}); {way_out}")
            else:
                self._warn(f"{file.path}: {why} more lines are damaged and were left out; {way_out}")


class Slot:
    """A claimed request: look with ``stored``, ask, ``put``; the claim ends with the ``with`` block or ``release``."""

    def __init__(
        self, store: Store, request: Request, key: str, file: AnswersFile, redact: Redactor, locks: LockFile | None
    ) -> None:
        self.key = key
        self._store = store
        self._request = request
        self._file = file
        self._redact = redact
        self._locks = locks

    def stored(self, model: str = "", server_version: str = "") -> Stored | None:
        """Return the stored answer, with what other processes appended up to now, or None.

        Args:
            model: The digest at hand; an answer of another one does not count. ``""``: any.
            server_version: The same for the server's version.

        Returns:
            The last answer that counts; in mode ``all`` only one that this run asked for.

        Raises:
            StoreError: The file is there and cannot be read.
        """
        try:
            return self._store._find(self._file, self._request, model, server_version)
        finally:
            self._store._report(self._file)

    def put(self, response: Response, *, verdict: Mapping[str, Any] | None = None) -> None:
        """Store the answer: when this returns, every process sees it and ``kill -9`` does not take it away.

        Args:
            response: Already redacted.
            verdict: Given back by ``stored``: where redaction changed the response, a replay could not judge the text
                that was judged first. JSON types only.

        Raises:
            StoreError: It could not be written (disk full, no rights, mode ``none``); other answers are whole.
            AskingEnded: The run is over.
        """
        if self._locks is None:
            raise StoreError(
                f"nothing is written to {self._store.folder}: "
                + ("--refusal-record=none" if self._store.mode is Record.NONE else "the claim was given back before")
            )
        try:
            line = encode(self._request, response, self._store.run, verdict, self._redact)
        except ValueError as error:
            raise StoreError(
                f"the answer of probe {self._request.probe!r} cannot be stored as JSON: {error}"
            ) from error
        self._store._append(self._file, line, self._locks)
        self._store._report(self._file)

    def release(self) -> None:
        """Give the claim back; once is enough, and twice does no harm."""
        locks, self._locks = self._locks, None
        if locks is not None:
            locks.release(_claim_offset(self.key))

    def __enter__(self) -> Slot:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _claim_offset(key: str) -> int:
    """Return the claim's byte, in the lower half; two keys that share one only wait for each other."""
    return int(key[:8], 16) % (OFFSETS // 2)


def _append_offset(name: str) -> int:
    """Return the byte of a file's appends, in the upper half, so that a claim is never waited for while writing."""
    return OFFSETS // 2 + int(sha256(name)[:8], 16) % (OFFSETS // 2)
