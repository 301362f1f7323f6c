"""A real Ollama server of our own with the tiny shop model, on a free port, for the whole session."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

MODEL_FOLDER = Path(__file__).resolve().parents[3] / "shared" / "models" / "tinyshop"
READY_S = 60.0


@pytest.fixture(scope="session")
def ollama_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield ``HOST:PORT`` of a server that has the model ``tinyshop``; one per worker under pytest-xdist.

    Skipped where the binary (``$REFUSAL_OLLAMA``, else ``ollama`` on the PATH) or the model's folder is missing; with
    ``REFUSAL_REQUIRE_OLLAMA=1`` that is a failure.
    """
    binary = os.environ.get("REFUSAL_OLLAMA") or shutil.which("ollama")
    if binary is None or not Path(binary).exists():
        _missing("no Ollama: put 'ollama' on the PATH or name it in $REFUSAL_OLLAMA")
    if not (MODEL_FOLDER / "tinyshop.gguf").exists():
        _missing(f"no model: {MODEL_FOLDER} does not hold the tiny shop model")
    folder = tmp_path_factory.mktemp("ollama")
    host = f"127.0.0.1:{_free_port()}"
    environment = {
        **os.environ,
        "OLLAMA_HOST": host,
        "OLLAMA_MODELS": str(folder / "models"),
        "OLLAMA_NUM_PARALLEL": "4",
        "HOME": str(folder),
    }
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen([binary, "serve"], env=environment, stdout=log, stderr=log)
        try:
            _wait_for(server, host, folder / "server.log")
            subprocess.run(
                [binary, "create", "tinyshop", "-f", "Modelfile"],
                cwd=MODEL_FOLDER,
                env=environment,
                check=True,
                capture_output=True,
                timeout=READY_S,
            )
            yield host
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@pytest.fixture(scope="session")
def shop(ollama_server: str) -> Any:
    """Return the tiny shop model as a target."""
    from pytest_refusal.targets.ollama import OllamaTarget

    return OllamaTarget("tinyshop", host=ollama_server, timeout_s=60)


def _missing(reason: str) -> NoReturn:
    if os.environ.get("REFUSAL_REQUIRE_OLLAMA") == "1":
        pytest.fail(f"{reason} (REFUSAL_REQUIRE_OLLAMA=1)")
    pytest.skip(reason)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(server: subprocess.Popen[bytes], host: str, log: Path) -> None:
    """Return when the server listens; polls, because nothing tells."""
    deadline = time.monotonic() + READY_S
    name, _, port = host.rpartition(":")
    while True:
        try:
            socket.create_connection((name, int(port)), timeout=1).close()
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                last = "\n".join(log.read_text(errors="replace").splitlines()[-10:])
                pytest.fail(f"the Ollama server did not start: {last}")
            time.sleep(0.05)
