"""Probes: made in Python by ``must_refuse``, ``must_answer``, ``either``, or read from files."""

from __future__ import annotations

from pytest_refusal.probes.files import differing, load, read_probes
from pytest_refusal.probes.find import find_files
from pytest_refusal.probes.make import either, must_answer, must_refuse

__all__ = ["differing", "either", "find_files", "load", "must_answer", "must_refuse", "read_probes"]
