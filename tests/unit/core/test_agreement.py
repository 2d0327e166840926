"""What a record says must agree with what the record it belongs to says."""

from __future__ import annotations

import pytest

from shared_code.core.agreement import disagreement
from shared_code.core.mapping import FieldType
from shared_code.core.records import Value
from tests.unit.core.makers import TO_SALES, Couplings, make_field, make_mapping

PRICE = make_mapping(
    make_field("price_list", FieldType.LOOKUP, TO_SALES, lookup=("LIST", "OLD LIST"), by_reference=True),
    make_field("currency", FieldType.LOOKUP, TO_SALES, lookup=("CURRENCY",), same_in="price_list"),
    direction=TO_SALES,
)


def links(currency: Value, mapping: str = "LIST") -> Couplings:
    """The price list RETAIL, coupled through this mapping, holds this currency."""
    return Couplings([(mapping, "RETAIL", "row-1")], values={(mapping, "RETAIL", "currency"): currency})


@pytest.mark.parametrize("mapping", ["LIST", "OLD LIST"])
@pytest.mark.parametrize(("own", "held", "agrees"), [
    ("EUR", "EUR", True), ("EUR", "GBP", False), (None, None, True), (None, "GBP", False),
    ("EUR", None, False),
])  # fmt: skip
def test_the_two_agree_when_they_hold_the_same(mapping: str, own: Value, held: Value, agrees: bool) -> None:
    values = {"price_list": "RETAIL", "currency": own}
    assert (disagreement(PRICE, values, links(held, mapping)) == "") is agrees


def test_a_disagreement_names_the_field_and_the_record_it_belongs_to() -> None:
    values = {"price_list": "RETAIL", "currency": "EUR"}
    assert disagreement(PRICE, values, links("GBP")) == (
        "Its currency is not that of its price list “RETAIL”: Sales has no place for it there."
    )


@pytest.mark.parametrize("owner", [None, "WHOLESALE"])
def test_what_belongs_to_nothing_that_is_coupled_disagrees_with_nothing(owner: Value) -> None:
    assert disagreement(PRICE, {"price_list": owner, "currency": "EUR"}, links("GBP")) == ""
