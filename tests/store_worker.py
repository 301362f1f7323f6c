"""A process that uses a store, for the tests that kill it: ``python store_worker.py MODE FOLDER …``.

It imports the store alone, says on standard output what it has done, and is told on standard input to go on.
"""

from __future__ import annotations

import os
import random
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from pytest_refusal.errors import StoreError
from pytest_refusal.records import Message, Request, Response
from pytest_refusal.store import Record
from pytest_refusal.store.answers import Store


def request(attempt: int, identity: str = "ollama:tiny") -> Request:
    """Return the request that tests and workers mean by a number."""
    return Request(identity, (Message("user", "How do I return a pair of shoes?"),), "shoes", attempt=attempt)


def response(asked: Request, size: int = 40) -> Response:
    """Return an answer whose text can be checked: the request's key again and again, ``output_tokens`` long."""
    return Response((asked.key * (size // 64 + 1))[:size], model="digest", output_tokens=size)


def say(text: str) -> None:
    """Write one line, whole, before anything else happens."""
    os.write(1, f"{text}\n".encode())


def as_it_is(text: str) -> str:
    return text


def record_for_ever(store: Store, seed: str) -> None:
    """Store answers of all sizes in three files; says ``IDENTITY ATTEMPT`` after each."""
    draw = random.Random(seed)
    while True:
        asked = request(draw.randrange(1_000_000), f"bot {draw.randrange(3)}")
        size = draw.randrange(draw.choice((400, 400, 30_000, 2_000_000)))
        with store.claim(asked, as_it_is) as slot:
            if slot.stored() is None:
                slot.put(response(asked, size))
                say(f"{asked.identity} {asked.attempt}")


def record_each(store: Store, first: str, last: str) -> None:
    """Ask every attempt of a range that is not stored; says ``asked N``, and ``wrong N`` for another's answer."""
    for attempt in range(int(first), int(last)):
        asked = request(attempt)
        with store.claim(asked, as_it_is) as slot:
            stored = slot.stored()
            if stored is None:
                say(f"asked {attempt}")
                slot.put(response(asked))
            elif stored.response != response(asked):
                say(f"wrong {attempt}")
    say("done")


def hold(store: Store, attempt: str) -> None:
    """Claim an attempt and keep it until told."""
    say("waiting")
    with store.claim(request(int(attempt)), as_it_is) as slot:
        say("held")
        sys.stdin.readline()
        slot.put(response(request(int(attempt))))
    say("released")


def fork(store: Store, attempt: str) -> None:
    """Claim an attempt and fork; the child tries to claim it too, lives on, and tries again when told."""
    with store.claim(request(int(attempt)), as_it_is):
        if not os.fork():
            mine = store.try_claim(request(int(attempt)), as_it_is)
            other = store.try_claim(request(int(attempt) + 1), as_it_is)
            if other is not None:
                other.release()
            say(f"child {mine is not None} {other is not None}")
            sys.stdin.readline()
            with store.claim(request(int(attempt)), as_it_is):
                say("child held")
            os._exit(0)
        threading.Event().wait()


def cross(store: Store, mine: str, other: str) -> None:
    """Hold one attempt while another thread waits for a second one; let go of the first when told."""

    def wait() -> None:
        say("waiting")
        with store.claim(request(int(other)), as_it_is):
            say("got")

    waiter = threading.Thread(target=wait)
    with store.claim(request(int(mine)), as_it_is):
        say("held")
        sys.stdin.readline()
        waiter.start()
        # long enough for the kernel to be asked; nothing depends on it
        waiter.join(0.3)
        say(f"alive {waiter.is_alive()}")
        sys.stdin.readline()
    waiter.join()


def fill(store: Store, limit: str) -> None:
    """Store answers until it fails, ``limit`` bytes a file (0: the disk itself is small); then a last small one."""
    import resource

    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    if int(limit):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), hard))
    attempt = 0
    try:
        while True:
            attempt += 1
            with store.claim(request(attempt), as_it_is) as slot:
                slot.put(response(request(attempt), 3000))
            say(f"stored {attempt}")
    except StoreError as error:
        say(f"error {error}")
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    if int(limit):
        with store.claim(request(attempt), as_it_is) as slot:
            slot.put(response(request(attempt)))
        say(f"stored {attempt}")


def denied(store: Store) -> None:
    """Claim without the rights to write there."""
    if os.geteuid() == 0:
        os.seteuid(65534)
    try:
        store.claim(request(1), as_it_is)
    except StoreError as error:
        say(str(error))


MODES: dict[str, Callable[..., None]] = {
    "record": record_for_ever,
    "each": record_each,
    "hold": hold,
    "fork": fork,
    "cross": cross,
    "fill": fill,
    "denied": denied,
}

if __name__ == "__main__":
    mode, folder, run, *rest = sys.argv[1:]
    MODES[mode](Store(Path(folder), Record.NEW, run, lambda text: say(f"warning {text}")), *rest)
