"""Lines of orders are told alike on both sides, and a change of them is whole for the side that gets it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from shared_code.compose import default_mappings
from shared_code.core.catalogue import for_connection
from shared_code.core.features import Feature
from shared_code.core.fields import Lines
from shared_code.core.identity import line_partner
from shared_code.core.mapping import Connection
from shared_code.core.order_line_values import known, put_to_bc, put_to_sales
from shared_code.core.order_lines import MOST_LINES, Changes, read
from shared_code.core.put_results import Missing, Unfit
from shared_code.core.records import Row, Side, Value, Values, Version
from shared_code.core.references import reference_key

FEATURES = frozenset({Feature.EXTENSION, Feature.ORDERS, Feature.ORDERS_BOTH_WAYS, Feature.UNIT_GROUPS})
ACCOUNTS = {"written_in": "6110", "freight": "6410"}
(MAPPING,) = (each for each in default_mappings(FEATURES) if each.order_lines)
RULES = for_connection(MAPPING, Connection("main", "company", accounts=ACCOUNTS)).lines
ITEM, PRODUCT, UNIT = "1" * 8 + "-1111-1111-1111-" + "1" * 12, "p-1", "u-1"
KEY = "6f2c5a0e-3f0b-4c56-9d35-4b7f2a3c1e10"
BC_ID = line_partner(KEY)
UNIT_KEY = str(reference_key(["1000", "PCS"]))


class Couplings:
    """An item with its unit that is coupled with a product."""

    def bc_key(self, mapping: str, sales_id: str, by_reference: bool) -> str | None:
        found = {("ITEM-PRODUCT", PRODUCT): ITEM, ("ITEM UOM", UNIT): UNIT_KEY}
        return found.get((mapping, sales_id))

    def sales_id(self, mapping: str, bc_key: str, by_reference: bool) -> str | None:
        found = {("ITEM-PRODUCT", ITEM): PRODUCT, ("ITEM UOM", UNIT_KEY): UNIT}
        return found.get((mapping, bc_key))

    def rate(self, mapping: str, bc_id: str) -> Decimal | None:
        return None

    def held(self, mapping: str, bc_key: str, by_reference: bool, field: str) -> Value:
        return None

    def is_there(self, mapping: str, bc_key: str) -> bool:
        return False


LINKS = Couplings()
BC_LINE: Values = {
    "id": BC_ID, "sequence": 10000, "lineType": "Item", "itemId": ITEM, "itemVariantId": None,
    "lineObjectNumber": "1000", "unitOfMeasureCode": "PCS", "description": "Bicycle", "quantity": Decimal(2),
    "unitPrice": Decimal("10.50"), "discountAmount": Decimal(1), "shippedQuantity": 0, "invoicedQuantity": 0,
}  # fmt: skip
SALES_LINE: Values = {
    "id": KEY, "productid": PRODUCT, "uomid": UNIT, "quantity": Decimal(2), "priceperunit": Decimal("10.5"),
    "extendedamount": Decimal(20), "tax": None, "isproductoverridden": False, "sequencenumber": 1,
}  # fmt: skip


def rules() -> Lines:
    assert RULES is not None
    return RULES


def row(*lines: Values) -> Row:
    return Row("order", Version("e", "s"), {}, lines)


def lines_of(side: Side, *lines: Values) -> object:
    return read(known(rules(), side, row(*lines), LINKS))


def to_bc(changes: Changes, bc: Values | None = BC_LINE, sales: Values = SALES_LINE) -> object:
    put = put_to_bc(rules(), changes, row(*([bc] if bc else [])), row(sales), LINKS)
    return put.rows or put.faults


def to_sales(changes: Changes, bc: Values = BC_LINE, sales: Values | None = SALES_LINE) -> object:
    put = put_to_sales(rules(), changes, row(bc), row(*([sales] if sales else [])), LINKS)
    return put.rows or put.faults


def test_a_line_is_told_alike_on_both_sides() -> None:
    told = {KEY: {"sells": f"Item|{ITEM}", "unit": "PCS", "quantity": "2", "price": "10.5", "discount": "1"}}
    assert lines_of(Side.BC, BC_LINE) == lines_of(Side.SALES, SALES_LINE) == told


def test_the_extension_has_other_names_for_some_types() -> None:
    account = {**BC_LINE, "lineType": "G_x002F_L_x0020_Account", "itemId": None, "lineObjectNumber": "6110"}
    (line,) = (lines_of(Side.BC, {**account, "description": "Assembly"}) or {}).values()  # type: ignore[attr-defined]
    assert (line["sells"], line["text"]) == ("written in", "Assembly")


def test_comments_are_no_lines_of_sales() -> None:
    assert lines_of(Side.BC, {**BC_LINE, "lineType": "_x0020_"}) == {}


def test_the_freight_is_a_line_of_its_own_on_both_sides() -> None:
    by_air = {**BC_LINE, "lineType": "Account", "lineObjectNumber": "6410", "description": "By air"}
    told = {"freight": {"price": "20"}}
    assert lines_of(Side.BC, by_air) == told
    header = replace(row(), values={"freightamount": Decimal(20)})
    assert read(known(rules(), Side.SALES, header, LINKS)) == told


def test_a_product_that_is_not_coupled_is_told_by_its_id() -> None:
    (line,) = (lines_of(Side.SALES, {**SALES_LINE, "productid": "p-9"}) or {}).values()  # type: ignore[attr-defined]
    assert line["sells"] == "sales:p-9"


def test_of_an_order_with_very_many_lines_none_is_told() -> None:
    assert lines_of(Side.BC, *[BC_LINE] * (MOST_LINES + 1)) is None


def test_quantity_price_and_discount_go_together() -> None:
    amounts = {"quantity": Decimal(5), "unitPrice": Decimal("10.50"), "discountAmount": Decimal(1)}
    assert to_bc({KEY: {"quantity": "5"}}) == [{"id": BC_ID, **amounts}]
    assert to_sales({KEY: {"quantity": "5"}}) == [
        {
            "id": KEY, "quantity": Decimal(5), "priceperunit": Decimal("10.50000"),
            "manualdiscountamount": Decimal("1.00"), "ispriceoverridden": True,
        }
    ]  # fmt: skip


def test_a_new_line_is_whole() -> None:
    new: Changes = {KEY: {"sells": f"Item|{ITEM}", "unit": "PCS", "quantity": "2", "price": "10.5"}}
    (made,) = to_bc(new, bc=None)  # type: ignore[misc]
    assert (made["id"], made["itemId"], made["unitOfMeasureCode"]) == (BC_ID, ITEM, "PCS")
    (made,) = to_sales(new, sales=None)  # type: ignore[misc]
    assert (made["new"], made["productid"], made["uomid"], made["quantity"]) == (True, PRODUCT, UNIT, 2)


def test_a_deleted_line_is_named() -> None:
    assert to_bc({KEY: None}) == [{"id": BC_ID, "deleted": True}]
    assert to_sales({KEY: None}) == [{"id": KEY, "deleted": True}]


@pytest.mark.parametrize("change", [None, {"quantity": "1"}, {"quantity": ""}])
def test_what_was_shipped_is_neither_deleted_nor_made_less(change: dict[str, str] | None) -> None:
    shipped = {**BC_LINE, "shippedQuantity": Decimal(2)}
    (fault,) = to_bc({KEY: change}, bc=shipped)  # type: ignore[misc]
    assert isinstance(fault, Unfit)
    assert (fault.code, "2 of it were shipped" in fault.text) == ("order_shipped", True)


@pytest.mark.parametrize("change", [{"quantity": "2"}, {"quantity": "3"}, {"price": "9", "discount": ""}])
def test_what_was_shipped_may_become_more_or_cheaper(change: dict[str, str]) -> None:
    (put,) = to_bc({KEY: change}, bc={**BC_LINE, "shippedQuantity": Decimal(2)})  # type: ignore[misc]
    assert put["id"] == BC_ID


def test_a_line_that_cannot_be_put_holds_up_no_other_one() -> None:
    other = "7f2c5a0e-3f0b-4c56-9d35-4b7f2a3c1e10"
    lines = row(SALES_LINE, {**SALES_LINE, "id": other, "productid": "p-9"})
    changes: Changes = {KEY: {"quantity": "5"}, other: {"sells": "sales:p-9", "quantity": "1"}}
    put = put_to_bc(rules(), changes, row(BC_LINE), lines, LINKS)
    assert list(put.sent) == [KEY]
    assert [type(each) for each in put.faults] == [Missing]


def test_a_line_that_sales_has_no_place_for_is_told() -> None:
    charge = {**BC_LINE, "lineType": "Charge_x0020__x0028_Item_x0029_", "itemId": None}
    (fault,) = to_sales({KEY: {"sells": "Charge|X", "quantity": "1"}}, bc=charge, sales=None)  # type: ignore[misc]
    assert isinstance(fault, Unfit)
    assert "Sales has no place" in fault.text
    strange = {**BC_LINE, "itemId": "2" * 8 + ITEM[8:]}
    (fault,) = to_sales({KEY: {"sells": "Item|2", "quantity": "1"}}, bc=strange, sales=None)  # type: ignore[misc]
    assert isinstance(fault, Missing)


def test_an_order_that_sells_something_else_now_says_so_whole() -> None:
    (put,) = to_bc({KEY: {"sells": f"Item|{ITEM}", "unit": "PCS"}})  # type: ignore[misc]
    assert {
        "lineType",
        "itemId",
        "unitOfMeasureCode",
        "quantity",
        "unitPrice",
        "discountAmount",
    } <= put.keys()


SOON, LATER = "2026-12-01", "2026-12-24"


@pytest.mark.parametrize(("own", "told"), [(LATER, LATER), (SOON, None), ("0001-01-01", None), (None, None)])
def test_the_day_of_a_line_counts_where_it_is_not_that_of_the_order(
    own: str | None, told: str | None
) -> None:
    order = replace(row({**BC_LINE, "requestedDeliveryDate": own}), values={"requestedDeliveryDate": SOON})
    found = read(known(rules(), Side.BC, order, LINKS)) or {}
    assert found[KEY].get("date") == told


def test_a_day_that_is_blank_in_sales_is_that_of_the_order_again() -> None:
    held = replace(row({**BC_LINE, "requestedDeliveryDate": LATER}), values={"requestedDeliveryDate": SOON})
    put = put_to_bc(rules(), {KEY: {"date": ""}}, held, row(SALES_LINE), LINKS)
    assert [each["requestedDeliveryDate"] for each in put.rows] == [SOON]


def test_a_line_that_sells_something_else_keeps_the_day_it_has() -> None:
    held = row({**BC_LINE, "requestedDeliveryDate": LATER})
    change = {KEY: {"sells": f"Item|{ITEM}", "unit": "PCS"}}
    put = put_to_bc(rules(), change, held, row(SALES_LINE), LINKS)
    assert [each["requestedDeliveryDate"] for each in put.rows] == [LATER]


@pytest.mark.parametrize(("day", "told"), [(LATER, f"{LATER}T12:00:00Z"), ("", None)])
def test_a_day_of_business_central_is_an_instant_of_that_day_in_sales(day: str, told: str | None) -> None:
    put = put_to_sales(rules(), {KEY: {"date": day}}, row(BC_LINE), row(SALES_LINE), LINKS)
    assert [each["requestdeliveryby"] for each in put.rows] == [told]
