"""What is wrong between the list of scenarios and the tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tools.conformance.markers import Mark
from tools.conformance.scenarios import CLAIMS, Scenario


def faults(scenarios: Sequence[Scenario], marks: Sequence[Mark]) -> list[str]:
    """Claims without a test that could fail, and tests that name what is not claimed."""
    return [*_claims_without_test(scenarios, marks), *_wrong_marks(scenarios, marks)]


def _claims_without_test(scenarios: Sequence[Scenario], marks: Sequence[Mark]) -> Iterator[str]:
    tested = {each.scenario for each in marks if not each.silent}
    for each in scenarios:
        if each.verdict in CLAIMS and each.name not in tested:
            yield f"{each.name} is “{each.verdict}” and no test that runs names it"


def _wrong_marks(scenarios: Sequence[Scenario], marks: Sequence[Mark]) -> Iterator[str]:
    verdicts = {each.name: each.verdict for each in scenarios}
    for mark in marks:
        verdict = verdicts.get(mark.scenario)
        if verdict is None:
            yield f"{mark.file}:{mark.line}: there is no scenario {mark.scenario}"
        elif verdict not in CLAIMS:
            yield f"{mark.file}:{mark.line}: {mark.scenario} is “{verdict}” in the list and has a test"
