"""Properties of the Sales rules: they hold for any prices, lines and changes of state."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulators.dataverse.sales import Catalogue, row_of
from tests.simulators.dataverse.support import Client, make

Line = tuple[Decimal, Decimal, Decimal, Decimal]
"""Price, quantity, manual discount, tax."""
CENT = Decimal("0.01")
PRICES = st.decimals(min_value=-1000, max_value=10_000, places=3)
QUANTITIES = st.decimals(min_value=-100, max_value=1000, places=5)
AMOUNTS = st.decimals(min_value=0, max_value=500, places=3)
STATES = {0: (0, 1), 1: (1, 2), 2: (2, 0), 3: (3, 3)}
WAYS = {(2, 0), (0, 1), (0, 3), (3, 0), (3, 1), (1, 0)}
"""The changes of state of a product without family and prices: draft 2, active 0, retired 1, revised 3."""


def catalogue() -> Catalogue:
    return Catalogue(Client(make()))


def cents(amount: Any) -> Decimal:
    return Decimal(str(amount)).quantize(CENT, ROUND_HALF_UP)


@settings(max_examples=25, deadline=None)
@given(
    lines=st.lists(st.tuples(PRICES, QUANTITIES, AMOUNTS, AMOUNTS), min_size=1, max_size=4),
    discount=AMOUNTS, percentage=st.decimals(min_value=0, max_value=100, places=2), freight=AMOUNTS,
)  # fmt: skip
def test_totals_are_those_of_the_lines(
    lines: list[Line],
    discount: Decimal,
    percentage: Decimal,
    freight: Decimal,
) -> None:
    sales = catalogue()
    invoice = sales.invoice(
        discountamount=float(discount), discountpercentage=float(percentage), freightamount=float(freight)
    )
    items = taxes = Decimal(0)
    for price, quantity, manual, tax in lines:
        extra = {"manualdiscountamount": float(manual), "tax": float(tax)}
        row = sales.write_in(invoice, float(price), float(quantity), **extra)
        base = cents(cents(price) * quantity)
        assert cents(row["baseamount"]) == base
        assert cents(row["extendedamount"]) == base - cents(manual) + cents(tax)
        items, taxes = items + base - cents(manual), taxes + cents(tax)
    row = row_of(sales.client, f"invoices({invoice})")
    off = cents(discount) + items * percentage / 100
    assert cents(row["totallineitemamount"]) == items
    assert cents(row["totaltax"]) == taxes
    assert cents(row["totalamount"]) == cents(items - off + cents(freight) + taxes)


@settings(max_examples=25, deadline=None)
@given(wanted=st.lists(st.sampled_from(sorted(STATES)), max_size=8))
def test_a_product_goes_the_ways_of_its_life_cycle_only(wanted: list[int]) -> None:
    sales = catalogue()
    product, state = sales.product(), 2
    for new in wanted:
        before = row_of(sales.client, f"products({product})")
        code, status = STATES[new]
        answer = sales.set_state(product, statecode=code, statuscode=status)
        after = row_of(sales.client, f"products({product})")
        if (state, new) in WAYS:
            assert (answer.status, after["statecode"], after["statuscode"]) == (204, code, status)
            state = new
        else:
            assert answer.status == 400
            assert after == before
