"""Orders in the simulation: which seeds have some, and what their checker tells."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from local.simulate.checkers.orders import check
from local.simulate.evidence import Evidence
from local.simulate.observing import Key
from local.simulate.ordering import BESIDE, HEADERS, Content, Gone, Line, Written, takes_orders
from local.simulate.plan import draw_plan
from local.simulate.running import run_seed

LINE = Line("l1", "p1", Decimal(2), Decimal("10.5"), Decimal(1))
CONTENT = Content((LINE, replace(LINE, id="l2", product="")), Decimal(2), Decimal(7))


def test_a_content_comes_to_lines_less_discounts_and_freight() -> None:
    assert (CONTENT.net, CONTENT.rows, CONTENT.is_odd) == (Decimal(45), 3, False)
    assert Content(()).is_odd
    assert CONTENT.with_line(replace(LINE, odd="no_quantity")).is_odd


def test_a_seed_with_orders_is_the_same_each_time_and_holds() -> None:
    seed = next(seed for seed in range(60) if takes_orders(draw_plan(seed).parts))
    first, second = run_seed(seed), run_seed(seed)
    assert (first.digest, first.violations) == (second.digest, [])
    assert first.counts["order_submitted"] > 0


def stored(**values: Any) -> SimpleNamespace:
    return SimpleNamespace(values=values, extra={})


def evidence(
    *, orders: int = 1, rows: int = 3, net: float = 45, gone: str = "", problem: str = "",
    was_known: bool = True, **beside: Any,
) -> Evidence:  # fmt: skip
    """Q1 was submitted and is released in Business Central, once and whole, and Sales is told so."""
    written = Written("s1", "Q1", "a1", "c1", CONTENT, [CONTENT])
    headers = {
        f"b{n}": stored(
            externalDocumentNumber="Q1", totalAmountExcludingTax=net, status="Open", fullyShipped=False
        )
        for n in range(orders)
    }
    lines = {
        f"{order}{n}": stored(
            documentId=order, lineType="Item", quantity=2, shippedQuantity=0, invoicedQuantity=0
        )
        for order in headers
        for n in range(rows)
    }
    tables = {"salesOrders": headers, "salesOrderLines": lines, "salesInvoices": {}}
    company = SimpleNamespace(id="c", tables={k: SimpleNamespace(rows=v) for k, v in tables.items()})
    history = [Gone("b9", "c", "S9", gone, "Q1", 3, Decimal(45))] if gone else []
    told = {"tandem_status": "Released", "tandem_amount": net} | beside
    present = {
        Key("sales", "", HEADERS, "s1"): {"statecode": 1, "_customerid_value": "a1"},
        Key("sales", "", BESIDE, "s1"): told,
    }
    pairs = [SimpleNamespace(bc_id="b0" if orders else "b9", sales_id="s1")] if orders or gone else []
    listed = [SimpleNamespace(record_id="s1", code=problem, message="why")] if problem else []
    known = {"b9"} if was_known else set()
    store = SimpleNamespace(
        all_coupled=lambda: pairs,
        all_problems=lambda limit: listed,
        load=lambda side, ids: {each: each for each in ids if each in known},
    )
    book = SimpleNamespace(orders={"s1": written}, gone=history)
    stand_in = SimpleNamespace(
        simulation=SimpleNamespace(
            incidents=SimpleNamespace(plan=SimpleNamespace(parts=("orders",))),
            people=SimpleNamespace(company=lambda name: company, book=book),
        ),
        connections=[SimpleNamespace(couplings=lambda mapping: store)],
        company_of=lambda at: "c",
        values=present.get,
        by_key={},
    )
    return cast(Evidence, stand_in)


def test_an_order_that_is_there_once_whole_and_told_is_right() -> None:
    assert check(evidence()) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"orders": 2}, "is 2 orders of Business Central"),
        ({"rows": 2}, "Q1 has 2 lines for 45"),
        ({"net": 44.0}, "Q1 has 3 lines for 44.0"),
        ({"tandem_status": "Open"}, "Q1 is Released in Business Central, and Sales is told “Open”"),
        ({"tandem_amount": 4}, "comes to 45, and Sales is told 4"),
        ({"problem": "refused"}, "is as it should be, and listed with refused"),
        ({"orders": 0}, "is neither in Business Central nor listed"),
        ({"orders": 0, "problem": "refused"}, "listed as “why”, and Sales is told “None”"),
        ({"orders": 0, "gone": "delete"}, "was deleted in Business Central, and no problem says so"),
        ({"orders": 0, "gone": "emptied"}, "is Invoiced in Business Central, and Sales is told “Released”"),
        ({"orders": 0, "gone": "invoice"}, "is Invoiced in Business Central, and Sales is told “Released”"),
    ],
)
def test_what_is_wrong_is_told(wrong: dict[str, Any], told: str) -> None:
    assert any(told in line for line in check(evidence(**wrong)))


def test_an_order_that_somebody_deleted_before_it_was_on_file_does_not_count() -> None:
    """Nobody can know of it, so it is made again."""
    assert any("is 2 orders" in each for each in check(evidence(gone="delete")))
    assert check(evidence(gone="delete", was_known=False)) == []


@pytest.mark.parametrize(
    "right",
    [
        {"orders": 0, "problem": "refused", "tandem_reason": "why"},
        {"orders": 0, "gone": "delete", "problem": "partner_deleted"},
        {"orders": 0, "gone": "emptied", "problem": "partner_deleted"},
    ],
)
def test_what_is_listed_is_right(right: dict[str, Any]) -> None:
    assert check(evidence(**right)) == []
