"""Pairing: whether two records may be coupled, by what is on file and what they are now."""

from __future__ import annotations

import pytest

from shared_code.core.coupling import Coupling, CouplingState, Intent
from shared_code.core.pairing import Difference, Verdict, differences, verdict, verdict_of_records
from shared_code.core.policies import Rules
from shared_code.core.records import Side
from tests.unit.core.makers import TO_SALES, known, make_field, make_mapping

MINE, OTHER = Coupling("b1", "s1"), Coupling("b1", "s9")
ENDED = Coupling("b1", "s9", state=CouplingState.ENDED)


@pytest.mark.parametrize(
    ("on_file", "moves", "wanted"),
    [
        ([None, None], False, Verdict.COUPLED),
        ([ENDED, None], False, Verdict.COUPLED),
        ([MINE, MINE], False, Verdict.IN_PLACE),
        ([MINE, MINE], True, Verdict.IN_PLACE),
        ([OTHER, None], False, Verdict.ALREADY_COUPLED),
        ([None, Coupling("b9", "s1")], False, Verdict.ALREADY_COUPLED),
        ([OTHER, None], True, Verdict.COUPLED),
        ([None, Intent("s1", 1.0, "batch")], False, Verdict.BEING_CREATED),
        ([OTHER, Intent("s1", 1.0, "batch")], True, Verdict.BEING_CREATED),
    ],
)
def test_what_is_on_file_decides_first(on_file: list[object], moves: bool, wanted: Verdict) -> None:
    assert verdict("b1", "s1", on_file, moves=moves) is wanted  # type: ignore[arg-type]


def test_both_must_be_there_inside_the_filter_and_of_this_company() -> None:
    bc, sales = known(Side.BC), known(Side.SALES)
    assert verdict_of_records(bc, sales) is Verdict.COUPLED
    assert verdict_of_records(None, sales) is Verdict.NOT_FOUND
    assert verdict_of_records(bc, None) is Verdict.NOT_FOUND
    assert verdict_of_records(known(Side.BC, inside=False), sales) is Verdict.OUTSIDE_FILTER
    assert verdict_of_records(bc, known(Side.SALES, foreign=True)) is Verdict.OTHER_COMPANY


def test_what_differs_is_told_with_where_it_goes() -> None:
    mapping = make_mapping(
        make_field("name"), make_field("phone"), make_field("number", direction=TO_SALES), make_field("same")
    )
    bc = known(Side.BC, name="a", phone=None, number="1", same="x")
    sales = known(Side.SALES, name="b", phone="2", number=None, same="x")
    assert differences(mapping, bc, sales, Rules()) == [
        Difference("name", {"name": "a"}, {"name": "b"}, None),
        Difference("phone", {"phone": None}, {"phone": "2"}, Side.BC),
        Difference("number", {"number": "1"}, {"number": None}, Side.SALES),
    ]
    favoured = differences(mapping, bc, sales, Rules(favour=Side.BC))
    assert [each.goes_to for each in favoured] == [Side.SALES] * 3
