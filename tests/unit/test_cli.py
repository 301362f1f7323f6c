"""``cli``: what the console program prints, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_refusal import __version__
from pytest_refusal.cli import main
from pytest_refusal.schemas import NAMES, schema_path


@pytest.mark.parametrize(("arguments", "name"), [(["schema"], "probes"), *((["schema", name], name) for name in NAMES)])
def test_schema_prints_the_path_of_a_schema(
    arguments: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, a file that is there; of probe files if none is named."""
    assert main(arguments) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    (line,) = printed.out.splitlines()
    assert line == str(schema_path(name))
    assert json.loads(Path(line).read_text(encoding="utf-8"))["$schema"].startswith("https://json-schema.org/")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["schema", "probe"], "argument name: invalid choice: 'probe'"),
        (["schema", "probes", "report"], "unrecognized arguments: report"),
        (["schemas"], "argument COMMAND: invalid choice: 'schemas'"),
        (["--quick"], "the following arguments are required: COMMAND"),
        ([], "the following arguments are required: COMMAND"),
    ],
)
def test_wrong_arguments_end_with_2_and_say_what_is_wrong(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """On standard error, with the usage; nothing on standard output that a script could take for a path."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("usage: pytest-refusal")
    assert said in printed.err


def test_a_wrong_name_says_the_right_ones(capsys: pytest.CaptureFixture[str]) -> None:
    """Both of them."""
    with pytest.raises(SystemExit):
        main(["schema", "probe"])
    error = capsys.readouterr().err
    assert all(name in error.splitlines()[-1] for name in NAMES)


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    """And ends the program well."""
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"pytest-refusal {__version__}\n"


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """And where the tests run."""
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert "the tests run by 'pytest'" in text
    assert "schema" in text


def test_the_module_runs_as_a_program() -> None:
    """``python -m pytest_refusal.cli`` where the script is not on the path; the exit status reaches the shell."""
    command = [sys.executable, "-m", "pytest_refusal.cli", "schema"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ), timeout=120)
    assert done.stdout.strip() == str(schema_path("probes"))
    failed = subprocess.run([*command, "nothing"], capture_output=True, text=True, check=False, timeout=120)
    assert failed.returncode == 2
