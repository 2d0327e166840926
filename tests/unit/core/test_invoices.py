"""Invoices: what was paid, and prices from which Sales computes Business Central's amounts."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.invoices import payment_status, price_of, without_tax

D = Decimal


@pytest.mark.parametrize(
    ("status", "remaining", "total", "told"),
    [
        ("Open", "119", "119", "Open"),
        ("Open", "19", "119", "Partial"),
        ("Open", "0", "119", "Paid"),
        ("Paid", "119", "119", "Paid"),
        ("Corrective", "0", "119", "Paid"),
        ("Canceled", "0", "119", "Canceled"),
        ("Open", "-5", "-20", "Partial"),
        ("Open", "0", "0", "Paid"),
    ],
)
def test_what_has_become_of_an_invoice(status: str, remaining: str, total: str, told: str) -> None:
    assert payment_status(status, D(remaining), D(total)) == told


@pytest.mark.parametrize(
    ("quantity", "unit_price", "amount", "price", "discount"),
    [
        ("2", "100", "200", "100", "0"),
        ("2", "100", "180", "100", "20"),
        ("99.5", "0.00625", "0.62", "0.01", "0.38"),
        ("1000", "0.014", "14", "0.02", "6"),
        ("-1", "100", "-90", "90", "0"),
        ("-3", "33.33", "-99.99", "33.33", "0"),
        ("0", "7", "0", "7", "0"),
        ("9", "27.731092", "249.58", "27.74", "0.08"),
    ],
)
def test_the_price_is_kept_where_it_makes_the_amount(
    quantity: str, unit_price: str, amount: str, price: str, discount: str
) -> None:
    found = price_of(D(quantity), D(unit_price), D(amount))
    assert (found.per_unit, found.discount) == (D(price), D(discount))


cents = st.decimals(-(10**7), 10**7, places=2)
quantities = st.decimals(-(10**4), 10**4, places=5).filter(lambda quantity: quantity != 0)


@given(quantity=quantities, unit_price=st.decimals(-(10**5), 10**5, places=5), amount=cents)
def test_sales_computes_the_amount_to_the_cent(quantity: D, unit_price: D, amount: D) -> None:
    price = price_of(quantity, unit_price, amount)
    base = (quantity * price.per_unit).quantize(D("0.01"), ROUND_HALF_UP)
    assert base - price.discount == amount
    assert price.discount >= 0


def test_a_price_with_tax_is_taken_without_it() -> None:
    assert without_tax(D(119), D(19)) == 100
    assert without_tax(D(119), D(0)) == 119
