"""Reconcile: what follows a creation, because the service takes it only then."""

from __future__ import annotations

from shared_code.core.base import Base
from shared_code.core.mapping import FieldType
from shared_code.core.policies import Rules
from shared_code.core.reconcile import OUTSIDE_FILTER, Create, Known, Leave, Merge, reconcile
from shared_code.core.records import Absent, Side, Value
from tests.unit.core.makers import TO_SALES, known, make_field, make_mapping

NAME = make_field("name")
ACTIVE = make_field(
    "state", FieldType.CONSTANT, TO_SALES, bc=None, constant=0, after_create=True, only_on_create=True
)
PRIMARY = make_field("primary", FieldType.LOOKUP, lookup=("CONTACT",), target="contacts", after_create=True)
PRODUCT = make_mapping(NAME, ACTIVE, PRIMARY)

ITEM = known(Side.BC, name="Bicycle", state=0, primary="c1")
CREATED = Base({"name": "Bicycle"}, {"name": "Bicycle"})


def draft(*, inside: bool = False, **values: Value) -> Known:
    return known(Side.SALES, inside=inside, **{"name": "Bicycle", "state": 2, **values})


def test_it_is_no_part_of_the_creation() -> None:
    assert reconcile(PRODUCT, None, ITEM, Absent(), Rules()) == Create(Side.SALES, {"name": "Bicycle"})


def test_it_is_written_once_the_creation_is_confirmed_though_the_row_is_outside_the_filter_until_then() -> (
    None
):
    decision = reconcile(PRODUCT, CREATED, ITEM, draft(), Rules())
    assert decision == Merge(to_sales={"state": 0, "primary": "c1"})


def test_what_is_written_once_is_the_persons_own_from_then_on() -> None:
    done = Base(
        {"name": "Bicycle", "state": 0, "primary": "c1"}, {"name": "Bicycle", "state": 0, "primary": "c1"}
    )
    row = draft(inside=True, primary="c1")
    assert reconcile(PRODUCT, done, ITEM, row, Rules()) == Merge()
    assert reconcile(PRODUCT, done, ITEM, draft(primary="c1"), Rules()) == Leave(OUTSIDE_FILTER)


def test_a_pair_that_was_matched_was_not_created_so_nothing_follows() -> None:
    row = draft(inside=True, primary="c1")
    assert reconcile(PRODUCT, None, ITEM, row, Rules()) == Merge()


def test_what_is_not_once_is_merged_like_any_other_field_afterwards() -> None:
    done = Base(
        {"name": "Bicycle", "state": 0, "primary": "c1"}, {"name": "Bicycle", "state": 0, "primary": "c1"}
    )
    row = draft(inside=True, primary="c2")
    assert reconcile(PRODUCT, done, ITEM, row, Rules()) == Merge(to_bc={"primary": "c2"})


LATE_IN_BC = make_field("contact", after_create_in_bc=True)
CUSTOMER = make_mapping(NAME, LATE_IN_BC)


def test_what_only_business_central_takes_late_is_part_of_a_creation_in_sales() -> None:
    values: dict[str, Value] = {"name": "Adatum", "contact": "Ann"}
    of_bc = reconcile(CUSTOMER, None, known(Side.BC, values), Absent(), Rules())
    assert of_bc == Create(Side.SALES, values)
    of_sales = reconcile(CUSTOMER, None, Absent(), known(Side.SALES, values), Rules())
    assert of_sales == Create(Side.BC, {"name": "Adatum"})


def test_it_is_written_to_business_central_once_the_creation_is_confirmed() -> None:
    sent = {"name": "Adatum"}
    made = known(Side.BC, name="Adatum", contact=None)
    decision = reconcile(
        CUSTOMER, Base(sent, sent), made, known(Side.SALES, name="Adatum", contact="Ann"), Rules()
    )
    assert decision == Merge(to_bc={"contact": "Ann"})
