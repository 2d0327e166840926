"""The measurement: when it says that all is well, and that its questions are many and bounded."""

from __future__ import annotations

from datetime import date

import pytest

from local.availability.asking import Answered, Plan, queries
from local.availability.figures import HEADINGS, Phase, faults, notes, page


def phase(*took_ms: float, status: int = 200, readings: int = 0) -> Phase:
    return Phase("warm cache", [Answered(each / 1000, status) for each in took_ms], readings)


def test_a_percentile_is_the_nearest_rank() -> None:
    found = phase(*range(1, 101))
    assert [found.percentile_ms(each) for each in (50, 95, 100)] == pytest.approx([50, 95, 100])


def test_what_is_as_promised_has_no_fault() -> None:
    assert faults(phase(1, 2, 49.9), phase(500)) == []


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        (phase(1, 60), "60.0 ms"),
        (phase(1, readings=2), "asked 2 times"),
        (phase(1, status=503), "1 not answered"),
    ],
)
def test_what_is_not_as_promised_is_named(bad: Phase, word: str) -> None:
    assert word in "; ".join(faults(bad))


def test_what_was_not_answered_during_a_synchronisation_is_a_fault() -> None:
    assert faults(phase(1), phase(1, status=0))


def test_questions_differ_and_are_the_same_for_a_seed() -> None:
    plan = Plan(rate=50, seconds=4, items=3, seed=7)
    asked = list(queries(plan, ["1", "2", "3"]))
    assert len(asked) == 200
    assert {item for item, _ in asked} == {"1", "2", "3"}
    assert len({str(each) for each in asked}) > 100
    assert asked == list(queries(plan, ["1", "2", "3"]))


@pytest.mark.parametrize(
    "wrong", [{"rate": 0}, {"rate": 501}, {"seconds": 601}, {"items": 0}, {"items": 101}]
)
def test_a_load_is_bounded(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="up to"):
        Plan(**wrong)


def test_the_page_has_each_phase_and_what_a_reader_must_know() -> None:
    text = page([phase(1, 2)], notes(Plan(), 0.15), date(2026, 11, 27))
    assert "| warm cache | 2 | 1.0 | 2.0 |" in text
    assert "50 questions a second" in text
    assert "Measured on 27 November 2026." in text
    assert len(HEADINGS) == len(phase(1).row())
