"""Lines: a product where there is one, written in where not, in the order of Business Central."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from shared_code.core.lines import put_lines
from shared_code.core.mapping import FieldType, Lines
from shared_code.core.put_results import Missing, Unfit
from shared_code.core.records import Side, Values
from tests.unit.core.makers import TO_SALES, Couplings, make_field

LAMP, PIECE = "11111111-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002"
LAMP_ROW, PIECE_ROW = "33333333-0000-4000-8000-000000000003", "44444444-0000-4000-8000-000000000004"


def lookup(name: str, mapping: str, **more: Any) -> Any:
    return make_field(
        name, FieldType.LOOKUP, TO_SALES, lookup=(mapping,), target=f"{name}s", group="product", **more
    )


LINES = Lines(
    "lines", "details", "invoicedetails", "invoicedetailid", "sequence",
    (
        lookup("product", "ITEM"),
        lookup("unit", "UNIT", same_as="unit"),
        make_field("text", direction=TO_SALES, sales_length=10, without=("product",)),
        make_field("amount", FieldType.DECIMAL, TO_SALES, places=2),
    ),
)  # fmt: skip
COUPLED = Couplings(
    [("ITEM", LAMP, LAMP_ROW), ("UNIT", PIECE, PIECE_ROW)], values={("ITEM", LAMP, "unit"): PIECE}
)


def line(sequence: int = 1, **values: Any) -> Values:
    return {
        "id": f"line {sequence}",
        "sequence": sequence,
        "bc_text": "Lamp",
        "bc_amount": Decimal(5),
        **values,
    }


def sold(**values: Any) -> Values:
    return line(bc_product=LAMP, bc_unit=PIECE, **values)


def put(*rows: Values, links: Couplings = COUPLED, waited: bool = False) -> Any:
    return put_lines(LINES, rows, links, waited=waited)


def test_a_product_has_its_unit_and_no_text() -> None:
    native = {"sales_product": LAMP_ROW, "sales_unit": PIECE_ROW, "sales_amount": Decimal(5)}
    assert put(sold()) == ([("line 1", native)], [])


def test_what_is_no_product_is_written_in_and_zero_is_a_number() -> None:
    written = {"sales_text": "Lamp", "sales_amount": 0}
    assert put(line(bc_amount=Decimal(0))) == ([("line 1", written)], [])


def test_a_product_in_another_unit_than_its_own_is_written_in() -> None:
    other = Couplings(COUPLED.coupled, values={("ITEM", LAMP, "unit"): "another"})
    ((_, native),), faults = put(sold(), links=other)
    assert (native.get("sales_text"), faults) == ("Lamp", [])


@pytest.mark.parametrize("coupled", [[], COUPLED.coupled[:1]])
def test_an_uncoupled_product_or_unit_is_waited_for_and_then_done_without(coupled: list[Any]) -> None:
    links = Couplings(coupled, values=COUPLED.values)
    _, faults = put(sold(), links=links)
    assert [type(each) for each in faults] == [Missing] * (2 - len(coupled))
    assert faults[0].side is Side.BC
    ((_, native),), faults = put(sold(), links=links, waited=True)
    assert (native, faults) == ({"sales_text": "Lamp", "sales_amount": Decimal(5)}, [])


def test_what_sales_cannot_hold_is_told_however_long_was_waited() -> None:
    _, faults = put(line(bc_text="a text that is too long"), waited=True)
    assert [type(each) for each in faults] == [Unfit]


def test_lines_are_in_their_order() -> None:
    rows, _ = put(line(30000), line(10000), line(20000))
    assert [key for key, _ in rows] == ["line 10000", "line 20000", "line 30000"]
