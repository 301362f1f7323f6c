"""The pytest face: hooks without state, fixtures. Everything else loads when a test of ours is met."""

from __future__ import annotations

import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_refusal import options

if TYPE_CHECKING:
    from pytest_refusal.engine import Engine
    from pytest_refusal.session.runner import Runner

ENGINE: pytest.StashKey[Engine] = pytest.StashKey()

_PROBE_FILES = (".probes.yaml", ".probes.yml", ".probes.json", ".probes.jsonl", ".probes.toml")


@pytest.fixture(scope="session")
def refusal(pytestconfig: pytest.Config) -> Runner:
    """Check probes: refusal.check(probe) asks, judges, records and asserts.

    Also .acheck (async), .observe (to assert in your own words), .boundary (other wordings), .hunt (rare flips),
    .decide, .ask, .judge. What is asked is the running test's target: --refusal-target, or the nearest refusal_target
    fixture, the hook pytest_refusal_target, or ini refusal_target. Name refusal as an argument of the test: reached
    another way it knows no target.
    """
    # session-scoped, because Hypothesis rejects narrower fixtures in @given tests; it requests no other fixture, for
    # its one value would answer every folder with the first folder's target
    return _engine(pytestconfig).runner


@pytest.fixture(scope="session")
def refusal_target() -> object:
    """The application under test; define it in your conftest.py, the nearest one wins.

    Return a function (str -> str; a parameter named messages gets the list; sync or async, iterators too), or
    target(...) from pytest_refusal to state an identity, refusal exceptions, or a fresh conversation per request.
    """
    return None


@pytest.fixture(scope="session")
def _refusal_prompt(request: pytest.FixtureRequest) -> int:
    """The place of the item's system prompt among --refusal-system-prompt; a parameter where there are several."""
    return int(getattr(request, "param", 0))


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    from pytest_refusal import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", options.MARKER)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Reports(config), "refusal-reports")
    if options.dry_run(config):
        # looked through in one process: pytest-xdist, which is configured after us, has nothing to run
        config.option.dist = "no"
    if options.named(config):
        _engine(config)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> Generator[None, None, None]:
    marked = metafunc.definition.get_closest_marker("refusal") is not None
    if not marked and "refusal" not in metafunc.fixturenames:
        yield
        return
    from pytest_refusal.collection import closure, files

    engine = _engine(metafunc.config)
    if marked:
        files.parametrize(metafunc, engine.settings, engine.claims)
    if "refusal" in metafunc.fixturenames:
        yield from closure.generate(metafunc, engine.settings)
    else:
        yield


def pytest_make_parametrize_id(config: pytest.Config, val: object) -> str | None:
    records = sys.modules.get("pytest_refusal.records")
    return val.id if records is not None and isinstance(val, records.Probe) else None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if not file_path.name.endswith(_PROBE_FILES):
        return None
    from pytest_refusal.collection import files

    return files.collect_file(file_path, parent, _engine(parent.config).settings)


def pytest_itemcollected(item: pytest.Item) -> None:
    if "pytest_refusal.records" in sys.modules:
        from pytest_refusal.collection import planning

        planning.mark(item)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if ENGINE in config.stash:
        from pytest_refusal.collection import files

        files.drop_claimed(config, items, config.stash[ENGINE].claims)


def pytest_deselected(items: list[pytest.Item]) -> None:
    if items and ENGINE in items[0].config.stash:
        items[0].config.stash[ENGINE].deselected += items


def pytest_collection_finish(session: pytest.Session) -> None:
    if ENGINE in session.config.stash:
        session.config.stash[ENGINE].collected(session.items)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    if ENGINE in node.config.stash:
        node.config.stash[ENGINE].run = node.workerinput["testrunuid"]


class Reports:
    """Hands test reports to the engine, wherever reports arrive: the one hook that is not told a config."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # "???" is how pytest-xdist reports an item whose worker died
        if str(report.when) == "???" or hasattr(report, "refusal_plan") or hasattr(report, "refusal_outcomes"):
            _engine(self.config).receive(report)
            # pytest keeps every report to the end
            for name in ("refusal_plan", "refusal_outcomes"):
                report.__dict__.pop(name, None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    try:
        # with -x the loop raises: what follows a bare yield would not run
        return (yield)
    finally:
        if ENGINE in session.config.stash:
            session.config.stash[ENGINE].finish(session)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if ENGINE in config.stash:
        config.stash[ENGINE].print_summary(terminalreporter)


def _engine(config: pytest.Config) -> Engine:
    if ENGINE not in config.stash:
        from pytest_refusal.configuration import read_settings
        from pytest_refusal.engine import Engine

        config.stash[ENGINE] = Engine(config, read_settings(config))
    return config.stash[ENGINE]
