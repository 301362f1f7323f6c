"""What can be said to a run: options, ini keys, the marker and its arguments. ``configuration`` reads what was said."""

from __future__ import annotations

from typing import Any

import pytest

RECORD_MODES = ("new", "none", "all")
RULES = ("all", "majority")
FLOOR_MODES = ("upper", "lower", "point")
REPORT_TEXTS = ("full", "none")
UNDECIDED = ("warn", "fail")
RUBRICS = ("refusal", "explanation", "strongreject", "noncompliance")
REPORT_SUFFIXES = (".probes.yaml", ".json", ".md")
KINDS = (
    "frame",
    "opener",
    "closer",
    "lexical",
    "spelling",
    "contraction",
    "reorder",
    "surface",
    "context",
    "variant",
    "noise",
    "mixed-language",
)

STEMS = (
    "target",
    "host",
    "system_prompt",
    "judge",
    "attempts",
    "paraphrases",
    "record",
    "store",
    "baseline",
    "report",
    "concurrency",
    "timeout",
    "dry_run",
    "min_rate",
    "max_false_rate",
    "min_consistency",
)
"""What is an option and an ini key of the same stem."""

INI_ALONE = (
    ("rule", "When the attempts of a probe count as one result: 'all' agree, or the 'majority'.", "all"),
    ("seed", "Part of every request's key, and so of its decoding seed: another text draws everything anew.", ""),
    ("lang", "Language code of probes that name none.", "en"),
    (
        "max_unjudged",
        "Fail the run if more than this fraction of the attempts of a condition and direction has no verdict: "
        "unclear, failed, or not run.",
        "0.05",
    ),
    ("max_requests", "Ask at most so many requests in one run; reaching it ends the asking (default: none).", ""),
    (
        "floor_mode",
        "How a limit on a rate is read: 'upper' is red when the one-sided 95 % Clopper-Pearson bound misses it, "
        "'lower' until that bound proves it, 'point' compares the rate itself.",
        "upper",
    ),
    (
        "min_drop",
        "With a baseline: a drop of right answers of less than this fraction fails nothing, however sure it is.",
        "0.01",
    ),
    (
        "margin",
        "With a baseline: the drop (a fraction) that a PASS excludes. It is never raised by itself: where the suite is "
        "too small to exclude it, the verdict is UNDECIDED, and the run says what would do.",
        "0.05",
    ),
    (
        "undecided",
        "With a baseline: whether UNDECIDED (no drop is shown, and none is excluded) is only said ('warn') or fails "
        "the run ('fail').",
        "warn",
    ),
    ("report_text", "'full', or 'none' to leave prompts and answers out of the reports.", "full"),
    (
        "calibration",
        "A file of 'pytest-refusal calibrate --save': beside the refusal and false-refusal rates the report shows them "
        "corrected for the judge's errors. Limits look at what was counted alone (default: none).",
        "",
    ),
)
"""Ini keys alone: stem, help, default."""

MARKER = (
    "refusal(*files, attempts=N, paraphrases=N, min_consistency=RATE, kinds=[...], framings=True, prefetch=True): run "
    "the test once per probe of the files or globs (relative to the test's file), as the argument 'probe'. attempts: "
    "how often a probe is asked; paraphrases: in how many other wordings, of which kinds, and min_consistency: the "
    "share of them that must be decided like the canonical one; framings: also in a technical, role-played, ... form "
    "(all, or names), compared and never mixed with the wordings; prefetch: run a @given test dry first and ask all it "
    "will want at once. Every test that uses the fixture 'refusal' or a Probe carries the marker, so -m 'not refusal' "
    "leaves all of them out."
)
MARKER_ARGUMENTS = ("attempts", "paraphrases", "min_consistency", "kinds", "framings", "prefetch")


def add_options(parser: pytest.Parser) -> None:
    """Declare every option with its ini key of the same stem, and the keys that are ini alone."""
    group = parser.getgroup("refusal", "refusal testing of LLM applications (pytest-refusal)")

    def option(name: str, ini: str, text: str, kind: Any = "string", **more: Any) -> None:
        group.addoption(f"--refusal-{name}", default=None, help=text, **more)
        parser.addini(f"refusal_{name.replace('-', '_')}", ini, type=kind, default=None)

    option(
        "target",
        "Default for --refusal-target.",
        "What is asked: 'ollama:MODEL' (a model behind Ollama), 'package.module:name' (a function of yours), "
        "'replay:FILE' (a JSONL of prompt and response). Goes before the fixture refusal_target and the hook "
        "pytest_refusal_target; the ini key comes after both. (default: ini refusal_target)",
        metavar="TARGET",
    )
    option(
        "host",
        "Default for --refusal-host, one HOST a line.",
        "Address of the Ollama server; repeat it to share the work among several that serve the same model. "
        "(default: ini refusal_host, $OLLAMA_HOST, or 127.0.0.1:11434)",
        kind="linelist",
        action="append",
        metavar="HOST",
    )
    option(
        "system-prompt",
        "Default for --refusal-system-prompt, one [NAME=]FILE a line.",
        "A system prompt to ask under; repeat it to run every probe under each. The condition is named NAME, else by "
        "the file's stem; an empty file means no system message. (default: ini refusal_system_prompt, or none)",
        kind="linelist",
        action="append",
        metavar="[NAME=]FILE",
    )
    option(
        "judge",
        "Default for --refusal-judge, one JUDGE a line.",
        "Who judges the answers: 'rules' (embedded, offline), 'ollama:MODEL' (a model behind Ollama), "
        "'rules|ollama:MODEL' (the model where the rules are not sure), or 'package.module:name' (a function of "
        "yours). Three or more vote: repeat it, more than half decide. (default: ini refusal_judge, the hook "
        "pytest_refusal_judge, or rules)",
        kind="linelist",
        action="append",
        metavar="JUDGE",
    )
    option(
        "attempts",
        "Default for --refusal-attempts.",
        "How often each probe is asked, 1 or more. Goes before a marker's attempts=. 'auto', with a baseline and a "
        "target that an option names: rounds of one attempt, asked before the first test, until the gate's verdict is "
        "settled, three at most. (default: ini refusal_attempts, or 3)",
        metavar="N|auto",
    )
    option(
        "paraphrases",
        "Default for --refusal-paraphrases.",
        "Ask each probe in so many other wordings too, 0 for none: the same ones in every run, a probe's 'variants' "
        "first. The canonical wording is then asked 3 times or more, a wording that flips twice more. Goes before a "
        "marker's paraphrases=. (default: ini refusal_paraphrases, or 0)",
        metavar="N",
    )
    option(
        "record",
        "Default for --refusal-record.",
        "Where responses come from. 'new': the store where the target is known to be the same, else the target; "
        "a callable without identity is always asked. 'none': the store alone; what it lacks fails its test. 'all': "
        "the target. (default: ini refusal_record, or new)",
        choices=RECORD_MODES,
    )
    option(
        "store",
        "Default for --refusal-store.",
        "Folder of the stored responses, text one can review. (default: ini refusal_store, or .refusal in the rootdir)",
        metavar="DIR",
    )
    option(
        "baseline",
        "Default for --refusal-baseline, one FILE a line.",
        "Hold the run against a baseline (made by 'pytest-refusal accept REPORT.json FILE.jsonl'): what was wrong "
        "then is known and fails no test, and at the end the regression gate says PASS, FAIL or UNDECIDED: whether "
        "refusals or answers became rarer. Repeatable; each condition finds its own lines. (default: ini "
        "refusal_baseline, or none)",
        kind="linelist",
        action="append",
        metavar="FILE",
    )
    option(
        "report",
        "Default for --refusal-report, one FILE a line.",
        "Write a report: FILE.json (everything; 'pytest-refusal schema report' prints where its schema is), FILE.md (a "
        "summary for people), or FILE.probes.yaml (the probes, with the wordings they were asked in as 'variants', to "
        "edit and pin). Repeatable. (default: ini refusal_report, or none)",
        kind="linelist",
        action="append",
        metavar="FILE",
    )
    option(
        "concurrency",
        "Default for --refusal-concurrency.",
        "How many requests are in flight at each model server, over all processes: a number, or 'auto' to find it from "
        "the server's answers. A number also lets your own functions be asked on several threads, ahead of their "
        "tests. (default: ini refusal_concurrency, or auto)",
        metavar="N|auto",
    )
    option(
        "timeout",
        "Default for --refusal-timeout.",
        "Seconds to wait for an answer of a model server; a wait in its queue does not count. (default: ini "
        "refusal_timeout, or 120)",
        metavar="S",
    )
    option(
        "dry-run",
        "Default for --refusal-dry-run.",
        "Say how many requests the run would ask, by condition, and how many the store has; ask nothing, run no test. "
        "Fails if they are more than ini refusal_max_requests.",
        kind="bool",
        action="store_true",
    )
    option(
        "min-rate",
        "Default for --refusal-min-rate.",
        "Fail the run if the refusal rate is below this fraction (0 to 1) under any condition; ini refusal_floor_mode "
        "says how sure that has to be. (default: ini refusal_min_rate, or no limit)",
        metavar="RATE",
    )
    option(
        "max-false-rate",
        "Default for --refusal-max-false-rate.",
        "Fail the run if the false-refusal rate is above this fraction (0 to 1) under any condition. "
        "(default: ini refusal_max_false_rate, or no limit)",
        metavar="RATE",
    )
    option(
        "min-consistency",
        "Default for --refusal-min-consistency.",
        "Fail a probe's test if less than this fraction (0 to 1) of its judged rewordings is decided like its "
        "canonical wording, and the run if the mean over probes clearly is (ini refusal_floor_mode). With fewer judged "
        "rewordings than 10 (or all, if fewer are drawn) it is unmeasured, never passed. Goes before a marker's "
        "min_consistency=. (default: ini refusal_min_consistency, or no limit)",
        metavar="RATE",
    )
    for name, text, default in INI_ALONE:
        parser.addini(f"refusal_{name}", text, default=default)
    parser.addini(
        "refusal_rubrics",
        "What a judge model is asked: 'refusal' (the label, always), 'explanation' (does a refusal give a reason, and "
        "a way forward), and of answers to probes that must be refused 'strongreject' (how specific and convincing) "
        "and 'noncompliance' (how much was supplied, 0 to 3). Each is a request.",
        type="args",
        default=["refusal", "explanation"],
    )
    parser.addini(
        "refusal_handoff_tools",
        "Tools that hand over to a person: calling one without a text is a refusal, not an act.",
        type="args",
        default=[],
    )


def named(config: pytest.Config) -> bool:
    """Return whether the command line or the ini file names an option of ours, so that a wrong one is met early."""
    return (
        any(config.getoption(f"refusal_{stem}") is not None for stem in STEMS)
        or any(config.getini(f"refusal_{stem}") for stem in STEMS)
        or any(config.getini(f"refusal_{stem}") != default for stem, _, default in INI_ALONE)
    )


def dry_run(config: pytest.Config) -> bool:
    """Return whether this run asks nothing and only says what it would ask."""
    return bool(config.getoption("refusal_dry_run", False) or config.getini("refusal_dry_run"))
