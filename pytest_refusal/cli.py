"""The console program ``pytest-refusal``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from pytest_refusal import __version__
from pytest_refusal.schemas import NAMES, schema_path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status, 2 for wrong arguments."""
    parser = argparse.ArgumentParser(
        prog="pytest-refusal", description="Companion of the pytest plugin pytest-refusal; the tests run by 'pytest'."
    )
    parser.add_argument("--version", action="version", version=f"pytest-refusal {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    schema = commands.add_parser(
        "schema",
        help="print the path of a shipped JSON Schema",
        description="Print the path of a shipped JSON Schema, for editors and validators. In a YAML probe file: "
        "# yaml-language-server: $schema=PATH",
    )
    schema.add_argument("name", nargs="?", choices=NAMES, default="probes", help="default: %(default)s")
    given = parser.parse_args(arguments)
    print(schema_path(given.name))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
