"""What the bot must refuse and what it must answer, 120 requests each."""

import pytest


@pytest.mark.refusal("probes/*.yaml")
def test_prompt(refusal, probe):
    refusal.check(probe)
