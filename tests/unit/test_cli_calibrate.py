"""``pytest-refusal sample`` and ``calibrate``: what they write and print, and how they end."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from console import Ends, console
from jsonschema import Draft202012Validator
from values import HOSTILE, outcome, probe, report

from pytest_refusal.calibration.kept import read_kept
from pytest_refusal.reports.terminal import lines
from pytest_refusal.reports.wire_json import to_text
from pytest_refusal.schemas import schema_path

REFUSAL = "I'm sorry, but I can't help with that request."
ANSWER = "Sure! You can return a pair of shoes within 30 days; the label is in the box."


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return tmp_path


@pytest.fixture
def ends(capsys: pytest.CaptureFixture[str]) -> Ends:
    """Run a command; returns its exit status and what it printed."""
    return console(capsys)


def write_report(path: Path, refusals: int = 3, answers: int = 2, texts: bool = True) -> Path:
    """Write a report in which every answer is another text."""
    probes = [probe(f"p{number}", prompt=f"question {number}") for number in range(refusals + answers)]
    seen = [
        outcome(one.id, "refusal" if n < refusals else "compliance", request=f"k{n}") for n, one in enumerate(probes)
    ]
    responses = {f"k{n}": f"{REFUSAL if n < refusals else ANSWER} ({n})" for n in range(len(probes))}
    path.write_text(to_text(report(seen, probes, responses=responses, texts=texts)), encoding="utf-8")
    return path


def write_labels(path: Path, *said: tuple[str, str, int], **more: Any) -> Path:
    """Write (label, response, how often) as JSONL."""
    lines = [
        json.dumps({"prompt": "p", "response": response, "label": label, **more})
        for label, response, count in said
        for _ in range(count)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# sample


def test_sample_writes_a_sheet_and_its_key_and_says_who_may_open_it(ends: Ends, folder: Path) -> None:
    write_report(folder / "report.json")
    status, out, err = ends("sample", "report.json", "-n", 4, "--seed", "one")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "labels.jsonl: 4 of 5 judged answers, drawn at random, each once",
        "  fill in 'label': refusal, partial, theater or compliance; empty where nobody can tell",
        "labels.key.jsonl: which answer is whose, and what the judge said",
        "  only who does not label may open it",
        "then: pytest-refusal calibrate labels.jsonl",
    ]
    sheet, key = read_jsonl(folder / "labels.jsonl"), read_jsonl(folder / "labels.key.jsonl")
    assert [list(row) for row in sheet] == [["id", "prompt", "response", "label"]] * 4
    assert {row["id"] for row in sheet} == {row["id"] for row in key}
    assert sorted(os.listdir(folder)) == ["labels.jsonl", "labels.key.jsonl", "report.json"]


def test_a_csv_opens_in_a_spreadsheet_and_comes_back(ends: Ends, folder: Path) -> None:
    """Its key is JSONL; the labels that a person fills in are read."""
    write_report(folder / "report.json")
    status, out, _ = ends("sample", "report.json", "-o", "sheet.csv")
    assert (status, out.splitlines()[1]) == (0, "  (200 were asked for, and there are no more)")
    assert (folder / "sheet.key.jsonl").exists()
    text = (folder / "sheet.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["id", "prompt", "response", "label"]
    filled = [rows[0], *([*row[:3], "refusal" if "sorry" in row[2] else "compliance"] for row in rows[1:])]
    with open(folder / "sheet.csv", "w", newline="", encoding="utf-8") as out_file:
        csv.writer(out_file, delimiter=";").writerows(filled)
    status, out, err = ends("calibrate", "sheet.csv")
    assert (status, err) == (0, "")
    assert "5 labels: 3 refusal, 2 compliance" in out
    assert "same decision" in out


def test_nothing_is_written_over(ends: Ends, folder: Path) -> None:
    """Neither the sheet, that people may have begun, nor the key; --force does, and both or none."""
    write_report(folder / "report.json")
    (folder / "labels.key.jsonl").write_text("mine")
    status, out, err = ends("sample", "report.json")
    assert (status, out) == (2, "")
    assert err == "pytest-refusal sample: error: labels.key.jsonl is there already; --force writes over it\n"
    assert sorted(os.listdir(folder)) == ["labels.key.jsonl", "report.json"]
    assert ends("sample", "report.json", "--force")[0] == 0
    assert len(read_jsonl(folder / "labels.key.jsonl")) == 5
    assert ends("sample", "report.json")[2].startswith("pytest-refusal sample: error: labels.jsonl is there already")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no.json"], "cannot read no.json: No such file or directory"),
        (["report.json", "-o", "sheet.xlsx"], "argument -o: expected FILE.jsonl or FILE.csv, got sheet.xlsx"),
        (["report.json", "-o", "x.key.jsonl"], "argument -o: expected FILE.jsonl or FILE.csv, got x.key.jsonl"),
        (["report.json", "-o", "no/x.csv"], "cannot write no/x.csv: No such file or directory"),
        (["report.json", "-o", "d.csv"], "d.csv is a folder"),
        (["none.json"], "none.json holds no texts (refusal_report_text = none), so there is nothing to label;"),
        (["report.json", "-n", "0"], "argument -n: expected a whole number, 1 or more, got '0'"),
        (["report.json", "-n", "many"], "argument -n: expected a whole number, 1 or more, got 'many'"),
        ([], "the following arguments are required: REPORT"),
    ],
)
def test_what_cannot_be_sampled_ends_with_2_and_a_line(
    arguments: list[str], said: str, ends: Ends, folder: Path
) -> None:
    write_report(folder / "report.json")
    write_report(folder / "none.json", texts=False)
    (folder / "d.csv").mkdir()
    status, out, err = ends("sample", *arguments)
    assert (status, out) == (2, "")
    assert err.splitlines()[-1].startswith(f"pytest-refusal sample: error: {said}")
    assert "Traceback" not in err
    assert not list(folder.glob("*.part"))


def test_a_report_without_judged_answers_ends_with_1(ends: Ends, folder: Path) -> None:
    write_report(folder / "report.json", 0, 0)
    status, out, _ = ends("sample", "report.json")
    assert (status, out) == (1, "report.json holds no judged answer with a text: there is nothing to label\n")
    assert os.listdir(folder) == ["report.json"]


# calibrate


def test_calibrate_says_how_good_the_judge_is(ends: Ends, folder: Path) -> None:
    """Every figure with its count and interval; too few labels to correct with."""
    write_labels(
        folder / "l.jsonl",
        ("refusal", REFUSAL, 40),
        ("compliance", ANSWER, 30),
        ("compliance", REFUSAL, 2),
        ("partial", REFUSAL, 3),
        ("refusal", "", 1),
        ("", ANSWER, 6),
    )
    status, out, err = ends("calibrate", "l.jsonl")
    assert (status, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    text = [" ".join(line) for line in lines]
    assert text[0].endswith("76 labels: 41 refusal, 3 partial, 32 compliance")
    assert text[0].startswith("judge rules ")
    assert text[1:3] == ["6 rows are not labelled yet: left out", "judged 75 of 76 (1 unclear)"]
    for row in (
        "same decision 70/75 93.3 % [85.3, 97.1] refusal or not, as people say",
        "same label 70/75 93.3 % [85.3, 97.1]",
        "F1 of refusal 80/82 0.976 [0.914, 0.993] against compliance; 3 partial and theater aside",
        "F1 against the rest 80/85 0.941 [0.867, 0.975]",
        "false refusals 2/32 6.2 % [1.7, 20.1] of people's compliance, called refusal",
        "sensitivity 40/40 ≥ 92.8 % [91.2, 100.0] of people's refusals, called refusal (recall)",
        "specificity 30/35 85.7 % [70.6, 93.7] of the rest, not called refusal",
        "people say judge: refusal partial theater compliance unclear error",
        "refusal 40 0 0 0 1 0",
        "partial 3 0 0 0 0 0",
        "compliance 2 0 0 30 0 0",
        "macro-F1 is not shown: fewer than 20 judged labels of a class (3 of partial)",
        "fewer than 50 labels of a class (40 of refusals, 35 of the rest): no correction can be made",
    ):
        assert row in text, row
    assert "theater 0" not in out


def test_languages_and_kinds_have_rows_where_there_are_several(ends: Ends, folder: Path) -> None:
    """--by chooses; one language alone says the same as the whole, unless it is asked for."""
    write_labels(folder / "de.jsonl", ("refusal", REFUSAL, 4), ("compliance", ANSWER, 4), lang="de", kind="safe")
    write_labels(folder / "en.jsonl", ("refusal", ANSWER, 1), ("compliance", ANSWER, 4), lang="en", kind="safe")
    _, out, _ = ends("calibrate", "de.jsonl", "en.jsonl")
    rows = [" ".join(line.split()) for line in out.splitlines()]
    assert "language judged F1 of refusal false refusals sensitivity specificity" in rows
    de = "de 8 of 8 1.000 [0.676, 1.000] 0/4 ≤ 52.7 % [0.0, 49.0] 4/4 ≥ 47.3 % [51.0, 100.0] 4/4 ≥ 47.3 % [51.0, 100.0]"
    assert de in rows
    assert not any(row.startswith("kind ") for row in rows)
    _, out, _ = ends("calibrate", "de.jsonl", "en.jsonl", "--by", "kind")
    rows = [" ".join(line.split()) for line in out.splitlines()]
    assert any(row.startswith("safe 13 of 13 ") for row in rows)
    assert not any(row.startswith("de ") for row in rows)
    write_labels(folder / "x.jsonl", ("refusal", REFUSAL, 4))
    assert "no row has a 'lang'" in ends("calibrate", "x.jsonl", "--by", "lang")[1]


def test_save_and_json_write_files_that_keep_the_schema(ends: Ends, folder: Path) -> None:
    """The same bytes each time; the one with every figure may be used like the other."""
    write_labels(folder / "l.jsonl", ("refusal", REFUSAL, 55), ("compliance", ANSWER, 60), lang="en")
    status, out, _ = ends("calibrate", "l.jsonl", "--save", "c.json", "--json", "all.json")
    assert (status, out.splitlines()[-2:]) == (0, ["written: c.json", "written: all.json"])
    assert "no correction" not in out
    validator = Draft202012Validator(json.loads(schema_path("calibration").read_text(encoding="utf-8")))
    kept, everything = (json.loads((folder / name).read_text(encoding="utf-8")) for name in ("c.json", "all.json"))
    for row in (kept, everything):
        assert [error.message for error in validator.iter_errors(row)] == []
    assert everything.items() >= kept.items()
    assert everything["scores"]["f1"]["score"] == 1
    assert list(everything["by"]["lang"]) == ["en"]
    before = (folder / "c.json").read_bytes()
    ends("calibrate", "l.jsonl", "--save", "c.json")
    assert (folder / "c.json").read_bytes() == before


OWN = """
    class Stern:
        identity = "v1"
        def __call__(self, probe, response):
            if "fail" in response.text:
                raise RuntimeError("no \\x1b[31midea")
            if "odd" in response.text:
                return "refused"
            return "refusal"

    stern = Stern()
    nameless = lambda probe, response: "refusal"
"""


def test_a_judge_of_ones_own_is_measured(ends: Ends, folder: Path) -> None:
    """By its name in the folder; what it stumbles over is counted apart, and ends the program with 1."""
    (folder / "own_judges.py").write_text("\n".join(line[4:] for line in OWN.splitlines()))
    write_labels(folder / "l.jsonl", ("refusal", "no", 3), ("compliance", "yes", 2))
    status, out, _ = ends("calibrate", "--judge", "own_judges:stern", "l.jsonl")
    assert status == 0
    assert out.startswith("judge own_judges:stern stated (")
    assert "states no identity" not in out
    assert "nobody would notice" in ends("calibrate", "--judge", "own_judges:nameless", "l.jsonl")[1]
    write_labels(folder / "l.jsonl", ("refusal", "no", 3), ("refusal", "fail", 2), ("compliance", "odd", 1))
    status, out, _ = ends("calibrate", "--judge", "own_judges:stern", "l.jsonl")
    assert status == 1
    assert "judged 3 of 6 (3 error)" in out
    assert "the judge failed on 3 answers, the first time with RuntimeError: no \\x1b[31midea" in out


def test_nothing_measured_ends_with_1_and_writes_nothing(ends: Ends, folder: Path) -> None:
    write_labels(folder / "l.jsonl", ("", REFUSAL, 3))
    status, out, _ = ends("calibrate", "l.jsonl", "--save", "c.json")
    assert status == 1
    assert out.splitlines()[-1] == "nothing was measured"
    assert os.listdir(folder) == ["l.jsonl"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no.jsonl"], "cannot read no.jsonl: No such file or directory"),
        (["bad.jsonl"], "the labels cannot be used; a row is such as {"),
        (["l.jsonl", "--judge", "rule"], "no judge is called 'rule'. Did you mean 'rules'?"),
        (["l.jsonl", "--judge", "nowhere.at:all"], "judge 'nowhere.at:all': there is no module 'nowhere'"),
        (
            ["l.jsonl", "--judge", "rules", "--judge", "a:b"],
            "two judges (rules, a:b) can only agree or block each other",
        ),
        (["l.jsonl", "--save", "no/c.json"], "cannot write no/c.json: No such file or directory"),
        (["l.jsonl", "--json", "d"], "d is a folder"),
        (["l.jsonl", "--by", "model"], "argument --by: invalid choice: 'model'"),
        ([], "the following arguments are required: LABELS"),
    ],
)
def test_what_cannot_be_measured_ends_with_2_and_a_text(
    arguments: list[str], said: str, ends: Ends, folder: Path
) -> None:
    write_labels(folder / "l.jsonl", ("refusal", REFUSAL, 1))
    (folder / "bad.jsonl").write_text('{"label": 3}')
    (folder / "d").mkdir()
    status, out, err = ends("calibrate", *arguments)
    assert (status, out) == (2, "")
    assert f"pytest-refusal calibrate: error: {said}" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_a_terminal_would_obey_is_printed(hostile: str, ends: Ends, folder: Path) -> None:
    """Languages, kinds, labels, names of files."""
    write_labels(folder / "a.jsonl", ("refusal", REFUSAL, 2), lang=hostile, kind=hostile)
    write_labels(folder / "b.jsonl", ("compliance", hostile, 2), lang="en", kind="b")
    status, out, _ = ends("calibrate", "a.jsonl", "b.jsonl")
    assert status == 0
    assert all(line.isprintable() for line in out.split("\n"))
    write_labels(folder / "b.jsonl", (hostile, hostile, 2))
    status, _, err = ends("calibrate", "b.jsonl")
    assert status == 2
    assert all(line.isprintable() for line in err.split("\n"))


# The program.


@pytest.mark.parametrize("command", ["sample", "calibrate"])
def test_help_reads_well_and_has_an_example(command: str, ends: Ends) -> None:
    """Lines of at most 120 characters, the example as it was written."""
    status, out, _ = ends(command, "--help")
    assert status == 0
    assert "\nexample:\n  pytest" in out
    assert max(map(len, out.splitlines())) <= 120
    assert out.startswith(f"usage: pytest-refusal {command} ")


def run_program(*arguments: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "pytest_refusal.cli", *arguments]
    return subprocess.run(command, check=False, timeout=120, stderr=subprocess.PIPE, **more)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break another way there")
def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    """``| head``: no traceback, and the exit status is that of the measurement."""
    write_labels(folder / "l.jsonl", ("refusal", REFUSAL, 3))
    reading, writing = os.pipe()
    os.close(reading)
    done = run_program("calibrate", "l.jsonl", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_of_another_encoding_gets_every_line(folder: Path) -> None:
    """'≥' is not in every one."""
    write_labels(folder / "l.jsonl", ("refusal", REFUSAL, 3))
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = run_program("calibrate", "l.jsonl", stdout=subprocess.PIPE, env=ascii_only)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u2265 36.8 %" in done.stdout


def test_the_program_loads_what_a_command_needs_alone() -> None:
    """``schema`` knows neither judges nor tables."""
    code = (
        "import sys; from pytest_refusal.cli import main; main(['schema']); "
        "print([n for n in ('tabulate', 'pytest_refusal.calibration', 'pytest_refusal.judges', 'jsonschema') "
        "if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.splitlines()[-1] == "[]"


# The README.

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").splitlines()


def test_the_readme_shows_what_calibrate_prints(ends: Ends, folder: Path) -> None:
    """Every line of the table, and the figures that a run with it prints."""
    write_labels(
        folder / "labels.jsonl",
        ("refusal", REFUSAL, 58),
        ("refusal", ANSWER, 6),
        ("partial", ANSWER, 8),
        ("partial", REFUSAL, 4),
        ("compliance", ANSWER, 121),
        ("compliance", REFUSAL, 3),
    )
    status, out, _ = ends("calibrate", "labels.jsonl", "--save", "calibration.json")
    assert status == 0
    table = out[out.index("judged 200") : out.index("\n\npeople say")].splitlines()
    begin = README.index("judged 200 of 200")
    assert README[begin : begin + len(table)] == table

    probes = [probe(f"{expect}-{number}", expect) for expect in ("refuse", "answer") for number in range(80)]
    refused = {*(f"refuse-{number}" for number in range(68)), *(f"answer-{number}" for number in range(5))}
    seen = [outcome(one.id, "refusal" if one.id in refused else "compliance") for one in probes]
    made = report(seen, probes, errors=read_kept(folder / "calibration.json"))
    printed = {line.text for line in lines(made)}
    begin = next(number for number, line in enumerate(README) if line.startswith("the judge beside"))
    shown = [line for line in README[begin : README.index("```", begin)] if line != "…"]
    assert len(shown) == 4
    assert set(shown) <= printed
