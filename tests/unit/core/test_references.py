"""References: how Business Central's records name each other, as one key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.mapping import FieldType
from shared_code.core.records import ZERO_ID, Side, Value
from shared_code.core.references import last_part, reference_key
from shared_code.core.transform import get, put
from tests.unit.core.makers import TO_SALES, Couplings, make_field

UNIT = make_field(
    "unit", FieldType.LOOKUP, lookup=("ITEM UOM",), by_reference=True, target="uoms", bc_within="number"
)
LINKS = Couplings(coupled=[("ITEM UOM", "1000|PCS", "piece-of-1000")])


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        (["pcs"], "PCS"),
        ([" 1000 ", "pcs"], "1000|PCS"),
        (["straße"], "STRAßE"),
        (["1000", ""], None),
        ([None, "PCS"], None),
        ([], None),
    ],
)
def test_codes_are_compared_in_capitals_and_a_blank_part_makes_no_reference(
    parts: list[Value], key: str | None
) -> None:
    assert reference_key(parts) == key


def test_a_unit_is_looked_up_within_its_item() -> None:
    neutral = get(UNIT, Side.BC, {"bc_unit": "pcs", "number": "1000"}, LINKS)
    assert put(UNIT, Side.SALES, neutral, LINKS) == {"sales_unit": "piece-of-1000"}
    other = get(UNIT, Side.BC, {"bc_unit": "PCS", "number": "1001"}, LINKS)
    assert not isinstance(put(UNIT, Side.SALES, other, LINKS), dict)


def test_towards_business_central_only_the_unit_itself_is_written() -> None:
    neutral = get(UNIT, Side.SALES, {"sales_unit": "piece-of-1000"}, LINKS)
    assert put(UNIT, Side.BC, neutral, LINKS) == {"bc_unit": "PCS"}


@given(st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=3))
def test_a_key_of_a_key_is_the_key(parts: list[str]) -> None:
    key = reference_key(parts)
    if key is not None:
        assert reference_key([key]) == key
        assert last_part(f"{key}|PCS") == "PCS"


def test_one_way_is_enough_for_a_field_within_another() -> None:
    each = make_field("u", FieldType.LOOKUP, TO_SALES, lookup=("X",), by_reference=True, bc_within="n")
    assert get(each, Side.BC, {"bc_u": "A", "n": "B"}, LINKS) == "B|A"


def test_a_lookup_without_a_field_leads_to_the_same_record_for_all() -> None:
    local = make_field(
        "currency", FieldType.LOOKUP, TO_SALES, bc=None, constant=ZERO_ID, lookup=("CURRENCY",),
        blank_is_record=True, target="transactioncurrencies",
    )  # fmt: skip
    links = Couplings(coupled=[("CURRENCY", ZERO_ID, "pound")])
    assert get(local, Side.BC, {"number": "1000"}, links) == ZERO_ID
    assert put(local, Side.SALES, ZERO_ID, links) == {"sales_currency": "pound"}


def test_a_blank_code_can_mean_a_record_of_its_own() -> None:
    """A blank currency code means the local currency, whose record has the zero id."""
    each = make_field(
        "currency",
        FieldType.LOOKUP,
        lookup=("CURRENCY",),
        by_reference=True,
        blank_is_record=True,
        target="cur",
    )
    links = Couplings(coupled=[("CURRENCY", ZERO_ID, "pound"), ("CURRENCY", "EUR", "euro")])
    for code, row in (("", "pound"), ("eur", "euro")):
        neutral = get(each, Side.BC, {"bc_currency": code}, links)
        assert put(each, Side.SALES, neutral, links) == {"sales_currency": row}
        assert get(each, Side.SALES, {"sales_currency": row}, links) == neutral
        assert put(each, Side.BC, neutral, links) == {"bc_currency": code.upper()}
