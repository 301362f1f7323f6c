"""One event loop for all asynchronous targets of this process, on a thread of its own."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Awaitable
from concurrent.futures import TimeoutError as FutureTimeout
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import asyncio

CLOSING_S = 5.0

T = TypeVar("T")


class TookTooLong(Exception):
    """An awaitable was cancelled because its time was up; one that raises ``TimeoutError`` itself is another thing."""


class BackgroundLoop:
    """Runs awaitables from any thread; its thread starts with the first one and ends with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._process = 0

    def run(self, awaitable: Awaitable[T], timeout_s: float | None = None) -> T:
        """Wait for ``awaitable`` with the caller's context variables; its exception is raised here, whatever its class.

        Args:
            awaitable: Not yet started.
            timeout_s: After so many seconds it is cancelled; None: never.

        Raises:
            TookTooLong: It was cancelled after ``timeout_s``.
        """
        import asyncio

        future = asyncio.run_coroutine_threadsafe(_outcome(awaitable), self._running())
        try:
            result, error = future.result(timeout_s)
        except FutureTimeout:
            future.cancel()
            raise TookTooLong from None
        except BaseException:  # Ctrl-C in the waiting thread
            future.cancel()
            raise
        if error is not None:
            raise error
        return result  # type: ignore[return-value]  # one of the two is there

    def close(self) -> None:
        """Cancel what still runs, close the loop and end the thread; a coroutine that blocks it is left behind."""
        import asyncio

        with self._lock:
            loop, thread, self._loop = self._loop, self._thread, None
            if loop is None or thread is None or self._process != os.getpid():
                return
        try:
            asyncio.run_coroutine_threadsafe(_end(), loop).result(CLOSING_S)
        except FutureTimeout:
            return
        loop.call_soon_threadsafe(loop.stop)
        thread.join(CLOSING_S)
        if not thread.is_alive():
            loop.close()

    def _running(self) -> asyncio.AbstractEventLoop:
        import asyncio

        with self._lock:
            # a forked child has the loop's memory and not its thread
            if self._loop is None or self._process != os.getpid():
                self._loop = asyncio.new_event_loop()
                self._process = os.getpid()
                self._thread = threading.Thread(target=self._loop.run_forever, name="pytest-refusal-loop", daemon=True)
                self._thread.start()
                atexit.register(self.close)
            return self._loop


async def _outcome(awaitable: Awaitable[T]) -> tuple[T | None, BaseException | None]:
    # KeyboardInterrupt and SystemExit as exceptions of a task would end the loop's thread; as a value they travel
    try:
        return await awaitable, None
    except BaseException as error:
        import asyncio

        if isinstance(error, asyncio.CancelledError):
            raise
        return None, error


async def _end() -> None:
    import asyncio

    loop = asyncio.get_running_loop()
    tasks: list[asyncio.Task[Any]] = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await loop.shutdown_asyncgens()
    await loop.shutdown_default_executor()


BACKGROUND = BackgroundLoop()
"""The process's own: a client that an application keeps (and its connections) belongs to one loop."""
