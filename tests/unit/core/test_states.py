"""States: Business Central's value as state and status reason of a Dataverse row."""

from __future__ import annotations

import pytest

from shared_code.core.mapping import FieldType
from shared_code.core.records import Side
from shared_code.core.transform import get, put
from tests.unit.core.makers import TO_SALES, Couplings, make_field

STATE = make_field(
    "f", FieldType.STATE, TO_SALES, sales=("statecode", "statuscode"),
    states=(("Open", 0, 4), ("Paid", 2, 100001), ("Partial", 2, 100002)),
)  # fmt: skip
LINKS = Couplings()


@pytest.mark.parametrize(
    ("state", "status", "value"),
    [(0, 4, "Open"), (2, 100001, "Paid"), (2, 100002, "Partial"), (3, 100003, None), (None, None, None)],
)
def test_a_row_is_in_the_value_of_its_state_and_reason(
    state: int | None, status: int | None, value: str | None
) -> None:
    assert get(STATE, Side.SALES, {"statecode": state, "statuscode": status}, LINKS) == value


def test_a_reason_that_an_organisation_added_stands_for_its_state() -> None:
    assert get(STATE, Side.SALES, {"statecode": 2, "statuscode": 690970000}, LINKS) == "Paid"


@pytest.mark.parametrize(("held", "value"), [("Paid", "Paid"), ("Draft", None), ("", None), (None, None)])
def test_a_value_without_a_state_is_blank(held: str | None, value: str | None) -> None:
    assert get(STATE, Side.BC, {"bc_f": held}, LINKS) == value


def test_state_and_reason_are_put_together_and_a_blank_puts_nothing() -> None:
    assert put(STATE, Side.SALES, "Partial", LINKS) == {"statecode": 2, "statuscode": 100002}
    assert put(STATE, Side.SALES, None, LINKS) == {}
