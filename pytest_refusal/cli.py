"""The console program ``pytest-refusal``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TextIO

from pytest_refusal import __version__
from pytest_refusal.commands import accept, calibrate, compare, merge, rejudge, sample, show
from pytest_refusal.errors import UsageProblem
from pytest_refusal.schemas import NAMES, schema_path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0, 1 (it ran, and something is wrong), 2 for what cannot be used."""
    parser = argparse.ArgumentParser(
        prog="pytest-refusal", description="Companion of the pytest plugin pytest-refusal; the tests run by 'pytest'."
    )
    parser.add_argument("--version", action="version", version=f"pytest-refusal {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_schema(commands)
    accept.add(commands)
    compare.add(commands)
    merge.add(commands)
    rejudge.add(commands)
    show.add(commands)
    sample.add(commands)
    calibrate.add(commands)
    given = parser.parse_args(arguments)
    try:
        status, text = given.run(given)
    except UsageProblem as problem:
        _print(sys.stderr, f"pytest-refusal {given.command}: error: {problem.message}\n")
        return 2
    _print(sys.stdout, text)
    return int(status)


def _add_schema(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    schema = commands.add_parser(
        "schema",
        help="print the path of a shipped JSON Schema",
        description="Print the path of a shipped JSON Schema, for editors and validators. In a YAML probe file: "
        "# yaml-language-server: $schema=PATH",
    )
    schema.add_argument("name", nargs="?", choices=NAMES, default="probes", help="default: %(default)s")
    schema.set_defaults(run=lambda given: (0, f"{schema_path(given.name)}\n"))


def _print(stream: TextIO, text: str) -> None:
    """Write a text whole; what the stream's encoding lacks is written out, and a reader that went away is no error."""
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        # the interpreter flushes once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    raise SystemExit(main())
