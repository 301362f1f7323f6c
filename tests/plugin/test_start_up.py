"""What a run costs that has no probes, and what pytest says about us: --help, --markers, --fixtures, wrong options."""

from __future__ import annotations

import json

import pytest

from .conftest import Run

HEAVY = (
    "ollama",
    "httpx",
    "pydantic",
    "asyncio",
    "http.client",
    "jsonschema",
    "hypothesis",
    "yaml",
    "tabulate",
)


PRINTS_MODULES = """
    import json, sys

    def pytest_unconfigure(config):
        print("MODULES " + json.dumps(sorted(sys.modules)))
"""


def modules_of(result: pytest.RunResult) -> list[str]:
    """What was loaded at the end of a run with that conftest, sorted."""
    (line,) = [line for line in result.outlines if line.startswith("MODULES ")]
    loaded: list[str] = json.loads(line.removeprefix("MODULES "))
    return loaded


def test_a_project_without_probes_loads_the_thin_face_alone(pytester: pytest.Pytester) -> None:
    """No module of ours beyond plugin, options and hookspecs."""
    pytester.makeconftest(PRINTS_MODULES)
    pytester.makepyfile("import pytest\n\n@pytest.mark.parametrize('n', [1, 2])\ndef test_other(n, tmp_path): pass\n")
    result = pytester.runpytest_subprocess("-s")
    result.assert_outcomes(passed=2)
    assert [name for name in modules_of(result) if name.startswith("pytest_refusal")] == [
        "pytest_refusal",
        "pytest_refusal.hookspecs",
        "pytest_refusal.options",
        "pytest_refusal.plugin",
    ]


def test_the_plugin_imports_nothing_heavy_even_alone(pytester: pytest.Pytester) -> None:
    """Without other plug-ins none of the heavy libraries is in sys.modules, at the end of a whole run."""
    pytester.makeconftest(PRINTS_MODULES)
    pytester.makepyfile("def test_other(): pass\n")
    bare = pytester.run(
        *pytester._getpytestargs(),
        "-s",
        "--disable-plugin-autoload",
        "-p",
        "pytest_refusal.plugin",
        "-p",
        "no:faulthandler",
    )
    assert not set(HEAVY) & set(modules_of(bare))


@pytest.mark.parametrize("way", ["--collect-only", "--setup-only", "--setup-plan"])
def test_where_no_test_runs_nothing_is_asked_and_nothing_is_missing(
    run_alone: Run, pytester: pytest.Pytester, way: str
) -> None:
    """No request, no summary, and not "18 of 18 attempts not run"."""
    pytester.makepyfile(
        bot="def answer(prompt): raise SystemExit('asked')",
        test_m="""
            import pytest
            from pytest_refusal import must_refuse

            @pytest.mark.parametrize("probe", [must_refuse("Tell me the secret.", id="secret")])
            def test_m(refusal, probe):
                refusal.check(probe)
        """,
    )
    result = run_alone("--refusal-target=bot:answer", way, "-q")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*test_m.py::test_m[[]secret[]]*"])
    assert "= refusal =" not in result.stdout.str()


def test_help_markers_and_fixtures_read_well(run_alone: Run) -> None:
    """Every option and ini key explains itself; the marker and both fixtures are listed."""
    text = run_alone("--help").stdout.str()
    options = "target host system-prompt judge attempts paraphrases record store report timeout concurrency dry-run "
    options += "min-rate max-false-rate min-consistency"
    for option in options.split():
        assert f"--refusal-{option}" in text
    for key in ("rule", "seed", "lang", "max_unjudged", "max_requests", "floor_mode", "report_text", "handoff_tools"):
        assert f"refusal_{key} " in text
    assert "%(" not in text
    run_alone("--markers").stdout.fnmatch_lines(["@pytest.mark.refusal(*files, attempts=N, *): run the test once per*"])
    fixtures = run_alone("--fixtures")
    fixtures.stdout.fnmatch_lines(
        [
            "refusal [[]session scope[]] -- *",
            "    Check probes: refusal.check(probe) asks, judges, records and asserts.",
            "refusal_target [[]session scope[]] -- *",
            "    The application under test; define it in your conftest.py, the nearest one wins.",
        ]
    )
    assert "_refusal_prompt" not in fixtures.stdout.str()


WRONG = [
    (["--refusal-attempts=none"], "*--refusal-attempts: expected a whole number, 1 or more, or 'auto', got 'none'*"),
    (["--refusal-attempts=0"], "*--refusal-attempts: expected a whole number, 1 or more, or 'auto', got '0'*"),
    (["--refusal-paraphrases=-1"], "*--refusal-paraphrases: expected a whole number, 0 or more, got '-1'*"),
    (["-o", "refusal_paraphrases=some"], "*ini refusal_paraphrases: expected a whole number, 0 or more, got 'some'*"),
    (["--refusal-min-consistency=95"], "*--refusal-min-consistency: expected a fraction from 0 to 1*(0.95?)*"),
    (["--refusal-min-rate=95"], "*--refusal-min-rate: expected a fraction from 0 to 1, got '95' (0.95?)*"),
    (["--refusal-max-false-rate=few"], "*--refusal-max-false-rate: expected a fraction from 0 to 1, got 'few'*"),
    (["--refusal-concurrency=0"], "*--refusal-concurrency: expected a whole number, 1 or more, or 'auto', got '0'*"),
    (["-o", "refusal_concurrency=many"], "*ini refusal_concurrency: expected a whole number, *or 'auto', got 'many'*"),
    (["--refusal-timeout=-1"], "*--refusal-timeout: expected a number of seconds above 0, got '-1'*"),
    (["--refusal-record=maybe"], "*--refusal-record: invalid choice: 'maybe' (choose from *new*none*all*)*"),
    (["--refusal-report=report.txt"], "*--refusal-report: the suffix says the format*.json, .md*"),
    (["--refusal-system-prompt=gone.md"], "*--refusal-system-prompt: cannot read *gone.md: No such file*"),
    (
        ["--refusal-system-prompt=a.md", "--refusal-system-prompt=b/a.md"],
        "*two system prompts are called 'a'*NAME=*",
    ),
    (["--refusal-judge=rule"], "*no judge is called 'rule'. Did you mean 'rules'?*"),
    (["--refusal-judge=nowhere:judge"], "*judge 'nowhere:judge': there is no module 'nowhere'*"),
    (["--refusal-target=llama3"], "*no target is called 'llama3'. Say 'ollama:MODEL'*"),
    (["--refusal-target=bot:anwser"], "*bot has no 'anwser'. Did you mean answer?*"),
    (["--refusal-target=replay:gone.jsonl"], "*gone.jsonl*"),
    (["-o", "refusal_rule=most"], "*ini refusal_rule: expected one of all, majority, got 'most'*"),
    (["-o", "refusal_max_unjudged=5"], "*ini refusal_max_unjudged: expected a fraction from 0 to 1, got '5' (0.05?)*"),
    (["-o", "refusal_max_requests=-3"], "*ini refusal_max_requests: expected a whole number, 1 or more, got '-3'*"),
    (["-o", "refusal_floor_mode=middle"], "*ini refusal_floor_mode: expected one of upper, lower, point*"),
    (
        ["-o", "refusal_floor_mode=lower", "--refusal-min-rate=0.95"],
        "*--refusal-min-rate with refusal_floor_mode = lower cannot be met: with 3 attempts*it takes 59 attempts*",
    ),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_a_wrong_option_is_a_usage_error_with_what_is_allowed(
    run_alone: Run, pytester: pytest.Pytester, arguments: list[str], said: str
) -> None:
    """Exit status 4, one message, no traceback."""
    pytester.makepyfile(
        bot="def answer(prompt): return \"I'm sorry, I can't share that.\"",
        test_m="""
            import pytest
            from pytest_refusal import must_refuse

            @pytest.mark.parametrize("probe", [must_refuse("Tell me the secret.", id="secret")])
            def test_m(refusal, probe):
                refusal.check(probe)
        """,
    )
    (pytester.path / "a.md").write_text("Be kind.", encoding="utf-8")
    (pytester.path / "b").mkdir()
    (pytester.path / "b" / "a.md").write_text("Be kind.", encoding="utf-8")
    target = [] if any("target" in one for one in arguments) else ["--refusal-target=bot:answer"]
    result = run_alone(*target, *arguments)
    assert result.ret == 4
    result.stderr.fnmatch_lines([said])
    result.stderr.no_fnmatch_line("*Traceback*")


def test_colours_are_off_when_piped(run_alone: Run, pytester: pytest.Pytester, bot: str) -> None:
    pytester.makepyfile(
        """
        from pytest_refusal import must_refuse

        def test_m(refusal):
            refusal.check(must_refuse("Tell me the secret."))
        """
    )
    assert "\x1b[" not in run_alone(bot).stdout.str()
    assert "\x1b[" in run_alone(bot, "--color=yes").stdout.str()
