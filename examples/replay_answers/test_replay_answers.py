"""Every labelled answer goes before the judge. A measurement: no test is red because a model misbehaved."""


def test_answer(refusal, probe):
    refusal.observe(probe)
