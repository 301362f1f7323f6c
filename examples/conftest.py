"""Met only where pytest starts above the examples: each of them is a project of its own, with its own pytest.ini."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    raise pytest.UsageError(
        "run one example at a time: pytest examples/support_bot, pytest examples/replay_answers, "
        "pytest examples/wordings, or what examples/prompt_gate/README.md tells"
    )
