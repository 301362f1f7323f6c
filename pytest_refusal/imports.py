"""A thing of the team's by its name, ``package.module:name``; every way to miss it is a mistake with a text."""

from __future__ import annotations

import difflib
import importlib
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from pytest_refusal.errors import UsageProblem
from pytest_refusal.escaping import printable

SHOWN = 300


def is_name(text: str) -> bool:
    """Return whether a text has the form ``package.module:name`` (the name may have dots)."""
    module, colon, attribute = text.partition(":")
    return bool(colon) and all(part.isidentifier() for part in [*module.split("."), *attribute.split(".")])


def find(text: str, called: str, folders: Sequence[Path], forms: str) -> object:
    """Return what ``package.module:name`` names.

    Args:
        text: The name, for which ``is_name`` holds.
        called: How a message begins, such as ``target 'app:chat'``.
        folders: Put on the module search path where they are missing, the first one first.
        forms: Other forms that the option takes, for a message about a module that is not there.

    Raises:
        UsageProblem: The module is not there or fails while it is imported, or the name is not in it.
    """
    module, _, attribute = text.partition(":")
    found: object = _import(module, called, folders, forms)
    shown = module
    for part in attribute.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            close = difflib.get_close_matches(part, [name for name in dir(found) if not name.startswith("__")])
            hint = f" Did you mean {' or '.join(close)}?" if close else ""
            raise UsageProblem(f"{called}: {shown} has no {part!r}.{hint}") from None
        except Exception as error:
            # a lazy module imports at the first look
            raise _broken(module, called, error) from error
        shown = f"{shown}.{part}"
    return found


def _import(module: str, called: str, folders: Sequence[Path], forms: str) -> object:
    sys.path[:0] = [str(folder) for folder in folders if str(folder) not in sys.path]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and (module == error.name or module.startswith(f"{error.name}.")):
            raise UsageProblem(
                f"{called}: there is no module {error.name!r}. It was looked for in "
                f"{', '.join(map(str, folders))} and among the installed packages. Other forms: {forms}."
            ) from None
        raise _broken(module, called, error) from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # SystemExit, and pytest.skip: a judge or target that did not load must not skip a test
        raise _broken(module, called, error) from error


def _broken(module: str, called: str, error: BaseException) -> UsageProblem:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<frozen")]
    if isinstance(error, SyntaxError):
        place = f"{error.filename}:{error.lineno}"
    else:
        place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else module
    reason = printable(str(error) or "it ended the program", SHOWN)
    return UsageProblem(f"{called}: importing {module} failed at {place}: {type(error).__name__}: {reason}")
