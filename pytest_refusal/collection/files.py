"""Probe files in a run: as argument of the marker, and collected by themselves without Python."""

from __future__ import annotations

import types
from collections.abc import Iterable
from pathlib import Path

import pytest

from pytest_refusal.configuration import marked
from pytest_refusal.errors import UsageProblem
from pytest_refusal.probes import find_files, load, read_probes
from pytest_refusal.records import Probe
from pytest_refusal.settings import Settings


class UsageCollectError(pytest.UsageError, pytest.Collector.CollectError):  # type: ignore[misc]  # final for types
    """A user's mistake met while collecting: pytest shows the message alone, without a traceback."""


def parameters(probes: Iterable[Probe]) -> list[object]:
    """Return the probes as parameter sets with their ids."""
    return [pytest.param(probe, id=probe.id) for probe in probes]


def parametrize(metafunc: pytest.Metafunc, settings: Settings, claims: dict[str, frozenset[Path]]) -> None:
    """Give a test the probes of its marker's files as the argument ``probe``, and note which files it claims.

    Raises:
        UsageCollectError: A file is wrong, or the test has no such argument.
    """
    marks = list(metafunc.definition.iter_markers("refusal"))
    where = metafunc.definition.nodeid
    marked(marks, where)
    patterns = [pattern for mark in reversed(marks) for pattern in mark.args]
    if not patterns:
        return
    for pattern in patterns:
        if not isinstance(pattern, str | Path):
            raise UsageCollectError(f"{where}: @pytest.mark.refusal takes files or globs, got {pattern!r}")
    if "probe" not in metafunc.fixturenames:
        raise UsageCollectError(
            f"{where}: @pytest.mark.refusal({str(patterns[0])!r}) gives each probe as the argument 'probe', and the "
            "test has none: def test_…(refusal, probe)"
        )
    folder = metafunc.definition.path.parent
    try:
        probes = load(map(str, patterns), folder, shown_from=settings.root)
        claims[where] = frozenset(file.resolve() for pattern in patterns for file in find_files(str(pattern), folder))
    except UsageProblem as problem:
        raise UsageCollectError(f"{where}: {problem.message}") from None
    metafunc.parametrize("probe", parameters(probes))


class ProbeModule(pytest.Module):
    """A probe file as a test module: it holds one generated ``test_probe(refusal, probe)``."""

    settings: Settings
    generated = True

    def _getobj(self) -> types.ModuleType:
        try:
            probes = read_probes(self.path, shown_from=self.settings.root)
        except UsageProblem as problem:
            raise UsageCollectError(problem.message) from None
        module = types.ModuleType(self.path.stem.replace(".", "_"))
        module.__file__ = str(self.path)
        module.__doc__ = f"The probes of {self.path.name}."

        # made anew for each file, for marks are kept on the function
        def test_probe(refusal, probe):  # type: ignore[no-untyped-def]
            __tracebackhide__ = True
            refusal.check(probe)

        module.test_probe = pytest.mark.parametrize("probe", parameters(probes))(test_probe)  # type: ignore[attr-defined]
        return module

    def _importtestmodule(self) -> types.ModuleType:
        return self._getobj()


def collect_file(file: Path, parent: pytest.Collector, settings: Settings) -> ProbeModule:
    """Return the collector of a probe file."""
    module: ProbeModule = ProbeModule.from_parent(parent, path=file)
    module.settings = settings
    return module


def drop_claimed(config: pytest.Config, items: list[pytest.Item], claims: dict[str, frozenset[Path]]) -> None:
    """Take out the tests of a probe file that a marker's tests ask already, so that nothing runs twice.

    Only tests that are left claim a file: with ``pytest a.probes.yaml test_m.py::other`` nobody else asks its probes.
    """
    claimed: set[Path] = set()
    for item in items:
        claimed |= claims.get(item.nodeid.partition("[")[0], frozenset())
    if not claimed:
        return
    dropped = [
        item
        for item in items
        if isinstance(module := item.getparent(pytest.Module), ProbeModule) and module.path.resolve() in claimed
    ]
    if dropped:
        gone = set(dropped)
        items[:] = [item for item in items if item not in gone]
        config.hook.pytest_deselected(items=dropped)
