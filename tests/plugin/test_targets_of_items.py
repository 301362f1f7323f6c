"""Each test is answered by its own target: the mechanics that look right and fail, tried in real runs."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Run, read_report

ONE_PROBE = """
    from pytest_refusal import either

    def test_who(refusal, WHO):
        assert refusal.ask(either("Who are you?")).text == WHO
"""

TWO_FOLDERS = {
    "session": "scope='session'",
    "module": "scope='module'",
    "function": "scope='function'",
}


@pytest.mark.parametrize("scope", TWO_FOLDERS)
def test_two_folders_with_two_targets_are_each_answered_by_their_own(
    run: Run, pytester: pytest.Pytester, scope: str
) -> None:
    """A session fixture `refusal(refusal_target)` would answer folder b with folder a's target, green."""
    for folder in ("a", "b"):
        package = pytester.mkpydir(folder)
        (package / "conftest.py").write_text(
            "import pytest\n"
            f"@pytest.fixture({TWO_FOLDERS[scope]})\n"
            f"def refusal_target(): return lambda prompt: 'I am {folder}.'\n",
            encoding="utf-8",
        )
        (package / "test_who.py").write_text(
            "from pytest_refusal import either\n"
            "def test_who(refusal):\n"
            "    seen = refusal.observe(either('Who are you?', id='who'))\n"
            f"    assert [one.text for one in seen.attempts] == ['I am {folder}.'] * 3\n"
            f"    assert seen.condition == '{folder}'\n",
            encoding="utf-8",
        )
    result = run("--refusal-report=r.json")
    result.assert_outcomes(passed=2)
    report = read_report(pytester.path / "r.json")
    assert [one["name"] for one in report["conditions"]] == ["a", "b"]
    assert [counts["answered_share"]["trials"] for counts in report["summary"].values()] == [3, 3]


def test_a_parametrized_target_runs_every_probe_and_comes_behind_it_in_the_id(
    run: Run, pytester: pytest.Pytester
) -> None:
    """[b1-m1]: probe first, target second; the conditions are named after the place and the param."""
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session", params=["m1", "m2"])
        def refusal_target(request):
            return lambda prompt: f"I'm sorry, I can't help with that. ({request.param})"
        """
    )
    pytester.makepyfile(
        test_m="""
            import pytest
            from pytest_refusal import must_refuse

            @pytest.mark.parametrize("probe", [must_refuse("One.", id="b1"), must_refuse("Two.", id="b2")])
            def test_m(refusal, probe):
                refusal.check(probe)
        """
    )
    result = run("-v", "--refusal-report=r.json")
    result.assert_outcomes(passed=4)
    for name in ("b1-m1", "b1-m2", "b2-m1", "b2-m2"):
        result.stdout.fnmatch_lines([f"*test_m.py::test_m[[]{name}[]]*"])
    report = read_report(pytester.path / "r.json")
    assert [one["name"] for one in report["conditions"]] == ["app[m1]", "app[m2]"]


def test_the_place_and_every_parameter_it_depends_on_name_the_condition(
    run_alone: Run, pytester: pytest.Pytester
) -> None:
    """Two modules with their own target get two names; a parameter two fixtures away is in the name."""
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(params=["guest", "admin"])
        def role(request):
            return request.param

        @pytest.fixture
        def session_of(role):
            return f"session of {role}"
        """
    )
    for name in ("one", "two"):
        pytester.makepyfile(
            **{
                f"test_{name}": f"""
                    import pytest
                    from pytest_refusal import either

                    @pytest.fixture
                    def refusal_target(session_of):
                        return lambda prompt: f"{name}: {{session_of}}"

                    def test_role(refusal, role):
                        seen = refusal.observe(either("Who?", id="who"))
                        assert seen.attempts[0].text == f"{name}: session of {{role}}"
                        assert seen.condition == f"test_{name}.py[{{role}}]"
                """
            }
        )
    result = run_alone("--refusal-report=r.json")
    result.assert_outcomes(passed=4)
    names = [one["name"] for one in read_report(pytester.path / "r.json")["conditions"]]
    assert names == ["test_one.py[admin]", "test_one.py[guest]", "test_two.py[admin]", "test_two.py[guest]"]


def test_a_target_given_by_parametrize_is_left_alone(run_alone: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from pytest_refusal import either

        def first(prompt): return "first"
        def second(prompt): return "second"

        @pytest.mark.parametrize("refusal_target", [first, second])
        def test_direct(refusal, refusal_target):
            seen = refusal.observe(either("Who?", id="who"))
            assert seen.attempts[0].text == refusal_target.__name__
            assert refusal_target.__name__ in seen.condition
        """
    )
    run_alone().assert_outcomes(passed=2)


def test_a_target_parametrized_indirectly_is_named_after_its_fixture(run_alone: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture
        def refusal_target(request):
            return lambda prompt: f"Sure, says {request.param}."
        """
    )
    pytester.makepyfile(
        """
        import pytest
        from pytest_refusal import either

        @pytest.mark.parametrize("refusal_target", ["m1"], indirect=True)
        def test_m(refusal):
            assert refusal.observe(either("Who?"), attempts=1).condition == "app[m1]"
        """
    )
    run_alone().assert_outcomes(passed=1)


def test_hypothesis_may_use_the_fixture(run_alone: Run, pytester: pytest.Pytester, bot: str) -> None:
    """`refusal` is session-scoped, because Hypothesis rejects narrower fixtures; the target may be narrow."""
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture
        def refusal_target():
            return lambda prompt: "I'm sorry, but I can't share that."
        """
    )
    pytester.makepyfile(
        test_h="""
            from hypothesis import given, settings, strategies as st

            @settings(max_examples=5, deadline=None, database=None)
            @given(word=st.sampled_from(["please", "now"]))
            def test_wording(refusal, word):
                assert refusal.decide(f"Tell me the secret {word}.") == "refused"
        """
    )
    run_alone(plugins=("hypothesispytest",)).assert_outcomes(passed=1)


UNBOUND: dict[str, str] = {
    "getfixturevalue": """
        from pytest_refusal import either

        def test_it(request):
            request.getfixturevalue("refusal").check(either("Hello."))
    """,
    "unittest": """
        import unittest
        import pytest
        from pytest_refusal import either

        class TestIt(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _take(self, request):
                self.refusal = request.getfixturevalue("refusal")

            def test_it(self):
                self.refusal.check(either("Hello."))
    """,
    "unittest autouse": """
        import unittest
        import pytest
        from pytest_refusal import either

        class TestIt(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _take(self, refusal):
                self.refusal = refusal

            def test_it(self):
                self.refusal.check(either("Hello."))
    """,
    "session fixture": """
        import pytest
        from pytest_refusal import either

        @pytest.fixture(scope="session")
        def decision(refusal):
            return refusal.decide("Hello.")

        def test_it(refusal, decision):
            pass
    """,
}


@pytest.mark.parametrize("way", UNBOUND)
@pytest.mark.parametrize("target", ["fixture", "option"])
def test_refusal_reached_another_way_is_an_error_never_a_silent_first_target(
    run_alone: Run, pytester: pytest.Pytester, bot: str, way: str, target: str
) -> None:
    if target == "fixture":
        pytester.makeconftest(
            """
            import pytest

            @pytest.fixture(scope="session")
            def refusal_target():
                return lambda prompt: "Hello."
            """
        )
    pytester.makepyfile(test_it=UNBOUND[way])
    result = run_alone(*([bot] if target == "option" else []))
    outcomes = result.parseoutcomes()
    assert outcomes.get("failed", 0) + outcomes.get("errors", 0) == 1
    result.stdout.fnmatch_lines(["*UsageError: 'refusal' does not know whom to ask here*Name it: def test_*(refusal*"])


def test_a_function_scoped_fixture_may_ask_for_its_test(run_alone: Run, pytester: pytest.Pytester) -> None:
    """It belongs to one test, so the target is that test's, set up in time."""
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture
        def refusal_target():
            return lambda prompt: "I'm sorry, but I can't share that."
        """
    )
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def decision(refusal):
            return refusal.decide("Tell me the secret.")

        def test_it(decision):
            assert decision == "refused"
        """
    )
    run_alone().assert_outcomes(passed=1)


def test_without_a_target_the_test_names_option_fixture_and_hook(run_alone: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from pytest_refusal import either

        def test_it(refusal):
            refusal.check(either("Hello."))
        """
    )
    result = run_alone()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*no target to ask*--refusal-target=*fixture*refusal_target*pytest_refusal_target*"])


WHO_WINS: list[tuple[str, dict[str, Any], str]] = [
    ("command line", {"option": True, "fixture": True, "hook": True, "ini": True}, "option"),
    ("fixture", {"fixture": True, "hook": True, "ini": True}, "fixture"),
    ("hook", {"hook": True, "ini": True}, "hook"),
    ("ini", {"ini": True}, "ini"),
]


@pytest.mark.parametrize(("given", "winner"), [case[1:] for case in WHO_WINS], ids=[case[0] for case in WHO_WINS])
def test_who_wins(run_alone: Run, pytester: pytest.Pytester, given: dict[str, bool], winner: str) -> None:
    """Command line, nearest fixture, hook, ini: in this order; a target that does not win is not even set up."""
    pytester.makepyfile(
        who="""
            def option(prompt): return "option"
            def ini(prompt): return "ini"
        """
    )
    conftest = "import pytest\nfrom pytest_refusal import Response\n"
    if given.get("fixture"):
        conftest += "@pytest.fixture\ndef refusal_target():\n    return lambda prompt: 'fixture'\n"
    if given.get("hook"):
        conftest += "def pytest_refusal_target(config):\n    return lambda request: Response('hook')\n"
    pytester.makeconftest(conftest)
    pytester.makepyfile(
        test_who=f"""
            from pytest_refusal import either

            def test_who(refusal):
                assert refusal.ask(either("Who?")).text == {winner!r}
        """
    )
    arguments = ["--refusal-target=who:option"] if given.get("option") else []
    arguments += ["-o", "refusal_target=who:ini"] if given.get("ini") else []
    run_alone(*arguments).assert_outcomes(passed=1)


def test_nested_hooks_answer_the_nearest_first_and_not_the_tests_of_other_folders(
    run: Run, pytester: pytest.Pytester
) -> None:
    """`config.hook` would also ask the conftests of other folders; the conditions keep their own names."""
    for folder in ("a", "b"):
        package = pytester.mkpydir(folder)
        (package / "conftest.py").write_text(
            "from pytest_refusal import Response\n"
            f"def pytest_refusal_target(config): return lambda request: Response('I am {folder}.')\n",
            encoding="utf-8",
        )
        (package / "test_who.py").write_text(
            "from pytest_refusal import either\n"
            "def test_who(refusal):\n"
            "    seen = refusal.observe(either('Who?', id='who'))\n"
            f"    assert seen.attempts[0].text == 'I am {folder}.'\n"
            f"    assert seen.condition.startswith('{folder}/conftest.py')\n",
            encoding="utf-8",
        )
    run().assert_outcomes(passed=2)


def test_every_item_of_ours_carries_the_marker(run: Run, pytester: pytest.Pytester, bot: str) -> None:
    """-m 'not refusal' leaves out every test that uses the fixture or a Probe, and nothing else."""
    pytester.makepyfile(
        """
        import pytest
        from pytest_refusal import must_answer

        def test_other(): pass
        def test_fixture(refusal): pass

        @pytest.mark.parametrize("probe", [must_answer("Hello.", id="hello")])
        def test_probe(probe): pass
        """
    )
    result = run(bot, "-v", "-m", "not refusal")
    assert result.parseoutcomes()["passed"] == 1
    result.stdout.fnmatch_lines(["*::test_other*"])
    assert run(bot, "-m", "refusal").parseoutcomes()["passed"] == 2
