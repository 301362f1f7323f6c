"""The JSON Schemas that are shipped: of probe files, the report, calibration files and baselines."""

from __future__ import annotations

from pathlib import Path

NAMES = ("probes", "report", "calibration", "baseline")


def schema_path(name: str) -> Path:
    """Return where a shipped schema lies, absolute.

    Args:
        name: One of ``NAMES``.

    Raises:
        ValueError: There is no such schema.
    """
    if name not in NAMES:
        raise ValueError(f"no schema is called {name!r}; there are: {', '.join(NAMES)}")
    return Path(__file__).resolve().parent / f"{name}.schema.json"
