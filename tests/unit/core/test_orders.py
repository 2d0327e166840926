"""What an order of Sales is in Business Central: prices that give the same cents, texts, what is refused."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core import orders
from shared_code.core.order_status import OrderStatus, are_invoiced, status_of

D = Decimal


def line(**values: Any) -> dict[str, Any]:
    """A line of Sales that sells a product; amounts are numbers with their decimals."""
    blank = {"id": "l1", "lineitemnumber": 1, "name": "Bicycle", "isproductoverridden": False}
    return {
        **blank,
        "productid": "p1",
        "quantity": D(1),
        "priceperunit": D(10),
        "extendedamount": D(10),
        **values,
    }


def order(**values: Any) -> dict[str, Any]:
    return {"totallineitemamount": D(10), "totalamountlessfreight": D(10), **values}


@pytest.mark.parametrize(
    ("quantity", "unit_price", "net", "price", "discount"),
    [
        ("2", "100", "200", "100", "0"),
        ("2", "100", "180", "100", "20"),
        ("1", "356.898", "356.90", "356.898", "0"),
        ("4", "356.898", "1427.59", "356.898", "0"),
        ("3", "33.333333", "100.00", "33.33333", "0"),
        ("1000", "0.0144", "14.40", "0.0144", "0"),
        ("-1", "100", "-90", "90", "0"),
        ("1", "-10", "-10", "-10", "0"),
        ("0", "5", "0", "5", "0"),
        ("1", "0.333334", "0.34", "0.34", "0"),
    ],
)
def test_the_price_is_kept_where_it_gives_the_amount(
    quantity: str, unit_price: str, net: str, price: str, discount: str
) -> None:
    assert orders.price_of(D(quantity), D(unit_price), D(net)) == orders.Price(D(price), D(discount))


def amount_in_bc(quantity: Decimal, price: orders.Price) -> Decimal:
    """What Business Central computes: quantity times unit price, rounded, less the discount."""
    return (quantity * price.per_unit).quantize(D("0.01"), ROUND_HALF_UP) - price.discount


QUANTITIES = st.decimals(min_value="0.00001", max_value=10_000, places=5)
PRICES = st.decimals(min_value=0, max_value=10_000, places=4)
SHARES = st.decimals(min_value=0, max_value=1, places=3)


@given(quantity=QUANTITIES, unit_price=PRICES, taken_off=SHARES)
def test_business_central_comes_to_the_same_cent(
    quantity: Decimal, unit_price: Decimal, taken_off: Decimal
) -> None:
    net = orders.cents(quantity * unit_price * (1 - taken_off))
    price = orders.price_of(quantity, unit_price, net)
    assert price.discount >= 0
    assert abs(amount_in_bc(quantity, price) - net) <= quantity * orders.FINEST


@given(quantity=st.integers(min_value=1, max_value=1000), unit_price=PRICES, taken_off=SHARES)
def test_to_the_very_cent_where_whole_units_are_sold(
    quantity: int, unit_price: Decimal, taken_off: Decimal
) -> None:
    net = orders.cents(quantity * unit_price * (1 - taken_off))
    price = orders.price_of(D(quantity), unit_price, net)
    assert amount_in_bc(D(quantity), price) == net


def test_lines_come_in_their_order_with_the_freight_last() -> None:
    lines = [line(id="b", sequencenumber=2), line(id="a", sequencenumber=1)]
    rows = orders.rows_of(order(freightamount=D("7.5")), lines)
    assert [(row["id"], row["kind"], row["place"]) for row in rows] == [
        ("a", "product", 1), ("b", "product", 2), ("freight", "freight", 3),
    ]  # fmt: skip
    assert (rows[2]["unitPrice"], rows[2]["quantity"]) == (D("7.50"), 1)


def test_a_line_without_tax_and_with_it_comes_to_the_same_net() -> None:
    (row,) = orders.rows_of(order(), [line(extendedamount=D("11.90"), tax=D("1.90"))])
    assert (row["unitPrice"], row["discount"]) == (D(10), D(0))


def test_a_products_own_description_stays_and_what_is_written_follows_as_comments() -> None:
    rows = orders.rows_of(order(), [line(description="Red\nwith bell")])
    assert [(row["kind"], row.get("text")) for row in rows] == [
        ("product", None), ("comment", "Red"), ("comment", "with bell"),
    ]  # fmt: skip


def test_what_is_written_in_is_the_lines_description() -> None:
    written = line(isproductoverridden=True, productid=None, productdescription="Assembly " * 20)
    first, second = orders.rows_of(order(), [written])
    assert (first["kind"], second["kind"]) == ("written_in", "comment")
    assert f"{first['text']} {second['text']}" == ("Assembly " * 20).strip()


@given(st.text())
def test_pieces_of_a_text_fit_and_lose_no_sign(text: str) -> None:
    parts = orders.pieces(text)
    assert all(0 < len(part.encode("utf-16-le", "surrogatepass")) // 2 <= 100 for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"producttypecode": 2}, "Line 1 (Bicycle): it is a bundle, which Business Central does not know."),
        ({"producttypecode": 4}, "Line 1 (Bicycle): it is a part of a bundle"),
        ({"willcall": True}, "Line 1 (Bicycle): it has an address of its own."),
        ({"shipto_city": "Oslo"}, "Line 1 (Bicycle): it has an address of its own."),
        ({"quantity": D(0)}, "Line 1 (Bicycle): it has no quantity."),
        (
            {"isproductoverridden": True, "productdescription": " ", "name": None},
            "Line 1: it has neither product nor description.",
        ),
    ],
)
def test_what_is_refused_is_told_by_its_line(changed: dict[str, Any], told: str) -> None:
    (refused,) = orders.refusals([line(**changed), line(id="l2", lineitemnumber=2)])
    assert refused.startswith(told)


def test_an_order_without_lines_or_with_too_many_is_refused() -> None:
    assert orders.refusals([line()]) == []
    assert orders.refusals([]) == ["The order has no lines."]
    assert "at most 1,000 are carried" in orders.refusals([line()] * 1001)[0]


@pytest.mark.parametrize(("off", "whole"), [("0", True), ("0.01", True), ("0.02", False), ("-5", False)])
def test_lines_that_do_not_fit_their_order_are_read_again(off: str, whole: bool) -> None:
    assert orders.is_whole(order(totallineitemamount=D(10) + D(off)), [line()]) is whole


def test_discount_and_net_are_those_of_the_order() -> None:
    told = order(totalamountlessfreight=D("8.75"), freightamount=D(2))
    assert orders.discount_of(told) == D("1.25")
    assert orders.net_of(told, [line()]) == D("10.75")
    assert orders.breakdown(told, [line()]) == "lines 10.00, less 1.25, freight 2.00: 10.75"


def test_a_number_that_is_none_is_told() -> None:
    with pytest.raises(ValueError, match="quantity is not a number"):
        orders.number({"quantity": "1"}, "quantity")


@pytest.mark.parametrize(
    ("released", "begun", "shipped", "status"),
    [
        (False, False, False, OrderStatus.OPEN),
        (True, False, False, OrderStatus.RELEASED),
        (True, True, False, OrderStatus.PARTLY_SHIPPED),
        (False, True, False, OrderStatus.PARTLY_SHIPPED),
        (True, True, True, OrderStatus.SHIPPED),
    ],
)
def test_how_far_an_order_is(released: bool, begun: bool, shipped: bool, status: OrderStatus) -> None:
    assert status_of(is_released=released, is_begun=begun, is_shipped=shipped) is status


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([(2, 2, 2), (1, 1, 1)], True),
        ([(2, 2, 2), (0, 0, 0)], True),  # a comment
        ([(2, 2, 2), (1, 1, 0)], False),
        ([(2, 2, 2), (1, 0, 0)], False),
        ([(2, 1, 1)], False),
        ([(0, 0, 0)], False),
        ([], False),
    ],
)
def test_an_order_is_invoiced_when_something_was_and_nothing_is_left(
    lines: list[tuple[int, int, int]], told: bool
) -> None:
    assert are_invoiced((D(ordered), D(shipped), D(invoiced)) for ordered, shipped, invoiced in lines) is told


def test_an_order_that_is_invoiced_and_stays_says_so() -> None:
    done = status_of(is_released=True, is_begun=True, is_shipped=True, is_invoiced=True)
    assert done is OrderStatus.INVOICED
