"""The list of scenarios with our verdict on each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

PATH = "tests/conformance/scenarios.tsv"
HEAD = ["scenario", "verdict", "area", "note"]
_NAME = re.compile(r"\d{6}\.\w+")


class Verdict(StrEnum):
    """``same`` and ``better`` need a test; ``not yet`` names the feature that is to come."""

    SAME = "same"
    BETTER = "better"
    NOT_APPLICABLE = "not applicable"
    NOT_YET = "not yet"


CLAIMS = (Verdict.SAME, Verdict.BETTER)


@dataclass(frozen=True)
class Scenario:
    """One scenario: codeunit number and procedure, our verdict, the area, and why or how in a sentence."""

    name: str
    verdict: Verdict
    area: str
    note: str


def read(root: Path) -> list[Scenario]:
    """The scenarios in the order of the list.  Raises ValueError that names the line that is wrong."""
    lines = (root / PATH).read_text(encoding="utf-8").splitlines()
    rows = [(n, line.split("\t")) for n, line in enumerate(lines, 1) if line and not line.startswith("#")]
    if not rows or rows[0][1] != HEAD:
        raise ValueError(f"{PATH}: the first line must be the head {', '.join(HEAD)}")
    scenarios = [_scenario(number, row) for number, row in rows[1:]]
    twice = [name for name, count in Counter(each.name for each in scenarios).items() if count > 1]
    if twice:
        raise ValueError(f"{PATH}: listed twice: {', '.join(twice)}")
    return scenarios


def _scenario(number: int, row: list[str]) -> Scenario:
    where = f"{PATH}:{number}"
    if len(row) != len(HEAD) or not all(each.strip() for each in row):
        raise ValueError(f"{where}: a line has {len(HEAD)} columns and none of them is blank")
    name, verdict, area, note = row
    if not _NAME.fullmatch(name):
        raise ValueError(f"{where}: “{name}” is not a codeunit number, a dot and a procedure")
    if verdict not in list(Verdict):
        raise ValueError(f"{where}: “{verdict}” is none of {', '.join(Verdict)}")
    return Scenario(name, Verdict(verdict), area, note)


def totals(scenarios: Iterable[Scenario]) -> dict[Verdict, int]:
    """How many there are of each verdict."""
    counted = Counter(each.verdict for each in scenarios)
    return {verdict: counted[verdict] for verdict in Verdict}


def summary(scenarios: Iterable[Scenario]) -> str:
    """The totals in one line."""
    return "conformance: " + ", ".join(f"{count} {verdict}" for verdict, count in totals(scenarios).items())
