"""Report → a probe file: every probe with the wordings that it was asked in as ``variants``, to be edited and pinned.

Variants come first and count towards the number of paraphrases, so a file with all of them draws nothing any more: the
same texts are asked whatever Hypothesis or the tables of operators become.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pytest_refusal.escaping import printable
from pytest_refusal.records import Probe, Rewording
from pytest_refusal.summary import Report

_FOREIGN = re.compile(r"[^\n\x20-\x7e]")

HEADER = """\
# Written by pytest-refusal {version}: the probes of a run, with the other wordings each was asked in as 'variants'.
# Read them, take out what asks for something else, add your own: what stays is asked in every run, in any version.
"""


def to_text(report: Report) -> str:
    """Return the probes of a run as YAML, by id; texts are redacted, as in every report."""
    import yaml

    rows = [_row(probe, _rewordings(report, name)) for name, probe in report.probes.items()]

    class Dumper(yaml.SafeDumper):
        pass

    def scalar(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        # in double quotes what ends a line or hides from a reader can be written out
        style = None if printable(text) == text else '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, scalar)
    body = yaml.dump({"probes": rows}, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return HEADER.format(version=report.plugin_version) + _FOREIGN.sub(_shown, body)


def _shown(found: re.Match[str]) -> str:
    """Return a character of the text as it is written: PyYAML leaves some as they are that a reader does not see."""
    # such a one stands in double quotes alone, and above U+FFFF it is written out already
    return found[0] if printable(found[0]) == found[0] else f"\\u{ord(found[0]):04x}"


def _rewordings(report: Report, name: str) -> list[Rewording]:
    return [one for one in report.wordings.get(name, {}).values() if isinstance(one, Rewording)]


def _row(probe: Probe, rewordings: Iterable[Rewording]) -> dict[str, Any]:
    row = probe.to_json()
    messages = row.pop("messages")
    row.pop("turns", None)
    if probe.turns:
        asked: dict[str, Any] = {"turns": [one["content"] for one in messages]}
    elif len(messages) == 1:
        asked = {"prompt": messages[0]["content"]}
    else:
        asked = {"messages": messages}
    return {"id": row.pop("id"), **asked, **row, **_variants(probe, rewordings)}


def _variants(probe: Probe, rewordings: Iterable[Rewording]) -> dict[str, list[str]]:
    texts = dict.fromkeys([*probe.variants, *(one.text for one in rewordings)])
    return {"variants": list(texts)} if texts else {}
