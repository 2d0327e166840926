"""The freight of an order is one amount in Sales, whatever lines it is in Business Central."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.compose import default_mappings
from shared_code.core import order_freight
from shared_code.core.catalogue import for_connection
from shared_code.core.features import Feature
from shared_code.core.fields import Lines
from shared_code.core.identity import line_partner
from shared_code.core.mapping import Connection
from shared_code.core.put_results import Unfit
from shared_code.core.records import Row, Value, Values, Version

FEATURES = frozenset({Feature.EXTENSION, Feature.ORDERS, Feature.ORDERS_BOTH_WAYS})
ORDER = "6f2c5a0e-3f0b-4c56-9d35-4b7f2a3c1e10"
IDS = [f"{number:08d}-3f0b-4c56-9d35-4b7f2a3c1e10" for number in range(5)]
FREIGHT, WRITTEN_IN = "6410", "6110"


def rules(**accounts: str) -> Lines:
    (mapping,) = (each for each in default_mappings(FEATURES) if each.order_lines)
    found = for_connection(mapping, Connection("main", "company", accounts=accounts)).lines
    assert found is not None
    return found


RULES = rules(written_in=WRITTEN_IN, freight=FREIGHT)


def line(key: str, price: object, account: str = FREIGHT, quantity: object = 1, **more: Value) -> Values:
    amounts = {
        "quantity": Decimal(str(quantity)),
        "unitPrice": Decimal(str(price)),
        "discountAmount": Decimal(0),
    }
    return {
        "id": key,
        "lineType": "Account",
        "lineObjectNumber": account,
        "description": "",
        **amounts,
        **more,
    }


def order(*lines: Values) -> Row:
    return Row(ORDER, Version("e", "s"), {}, lines)


def changed(rows: list[dict[str, Value]] | Unfit, *lines: Values) -> list[Values]:
    """The lines of Business Central after a change."""
    assert not isinstance(rows, Unfit)
    held = {str(each["id"]): each for each in lines}
    for row in rows:
        key = str(row["id"])
        if row.get("deleted"):
            del held[key]
        else:
            held[key] = {**held.get(key, {}), **row}
    return list(held.values())


def test_what_the_lines_of_its_account_come_to_is_the_freight() -> None:
    lines = [line(IDS[0], "7.5"), line(IDS[1], 2, quantity=3), line(IDS[2], 99, WRITTEN_IN)]
    assert order_freight.in_bc(RULES, lines) == Decimal("13.5")


def test_where_written_in_goes_to_the_same_account_the_text_tells_the_freight() -> None:
    same = rules(written_in=FREIGHT, freight=FREIGHT)
    lines = [line(IDS[0], 5, description="Freight"), line(IDS[1], 9, description="Assembly")]
    assert order_freight.in_bc(same, lines) == 5


def test_a_new_freight_is_a_line_whose_id_follows_from_the_order() -> None:
    (made,) = order_freight.put_in_bc(RULES, {"price": "7.5"}, order(), order())  # type: ignore[misc]
    assert (made["id"], made["unitPrice"]) == (line_partner(ORDER), Decimal("7.5"))
    assert (made["lineType"], made["lineObjectNumber"]) == ("Account", FREIGHT)


def test_without_an_account_there_is_no_place_for_it() -> None:
    put = order_freight.put_in_bc(rules(), {"price": "7.5"}, order(), order())
    assert isinstance(put, Unfit)
    assert put.code == "account_missing"


@pytest.mark.parametrize("change", [None, {}, {"price": ""}])
def test_no_freight_in_sales_is_no_line(change: dict[str, str] | None) -> None:
    lines = [line(IDS[0], 5), line(IDS[1], 6)]
    assert changed(order_freight.put_in_bc(RULES, change, order(*lines), order()), *lines) == []


CENTS = st.decimals(0, 10_000, places=2, allow_nan=False, allow_infinity=False)


@given(st.lists(st.tuples(CENTS, st.integers(1, 9)), max_size=4), CENTS)
def test_after_a_change_it_comes_to_what_sales_says(
    there: list[tuple[Decimal, int]], wanted: Decimal
) -> None:
    lines = [line(key, price, quantity=number) for key, (price, number) in zip(IDS, there, strict=False)]
    other = line(IDS[4], 50, WRITTEN_IN)
    rows = order_freight.put_in_bc(RULES, {"price": str(wanted)}, order(*lines, other), order())
    after = changed(rows, *lines, other)
    assert order_freight.in_bc(RULES, after) == wanted
    assert other in after


def test_an_amount_of_sales_is_told_in_cents() -> None:
    assert order_freight.in_sales({"freightamount": Decimal("7.125")}) == Decimal("7.13")
    assert order_freight.in_sales(replace(order()).values) == 0
