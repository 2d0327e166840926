"""The checker of documents: what is posted is in Sales with its lines, amounts, due date and payment."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from local.simulate.checkers.documents import check
from local.simulate.document_pairs import CREDIT_MEMO, INVOICE
from local.simulate.evidence import Evidence
from local.simulate.observing import Key
from local.simulators.business_central.storage import Row

ROW = Key("sales", "", "invoice", "r1")
POSTED = {
    "number": "103001", "status": "Open", "customerId": "k1", "dueDate": "2027-02-01",
    "totalAmountExcludingTax": 20, "totalTaxAmount": 5, "totalAmountIncludingTax": 25,
}  # fmt: skip
LINE = {"documentId": "d1", "sequence": 10000, "quantity": 2}


def held(sign: int) -> dict[str, Any]:
    return {
        "statecode": 0, "statuscode": 4, "duedate": "2027-02-01", "_customerid_value": "a1",
        "totalamountlessfreight": sign * 20, "totaltax": sign * 5, "totalamount": sign * 25,
    }  # fmt: skip


def evidence(
    *, memo: bool = False, paid: float = 0, listed: bool = False, lines: int = 1, owner: str = "k1",
    posted: dict[str, Any] | None = None, last: str = "tandem main", **row: Any,
) -> Evidence:  # fmt: skip
    """One document with one line; ``posted`` and ``row`` change what the two sides hold, ``last`` wrote the
    due date in Sales."""
    pair, sign = (CREDIT_MEMO, -1) if memo else (INVOICE, 1)
    key, values = Key("bc", "c1", pair.bc, "d1"), POSTED | (posted or {})
    below = "salesCreditMemoLines" if memo else "salesInvoiceLines"
    company = SimpleNamespace(
        tables={
            pair.bc: SimpleNamespace(rows={"d1": Row("d1", values, 0, "", {})}),
            below: SimpleNamespace(rows={"l1": SimpleNamespace(values=LINE)}),
        },
        paid={"d1": paid},
    )
    detail = {"_invoiceid_value": "r1", "sequencenumber": 10000, "quantity": sign * 2.0}
    rows = {"invoicedetail": {str(n): detail for n in range(lines)}, "pricelevel": {}}
    present = {key: values, ROW: held(sign) | row}
    account = SimpleNamespace(pair=SimpleNamespace(mapping="CUSTOMER"), bc=SimpleNamespace(id=owner))
    bc = SimpleNamespace(env=SimpleNamespace(companies={"c1": company}))
    stand_in = SimpleNamespace(
        links=[SimpleNamespace(pair=pair, bc=key, sales=ROW)],
        values=present.get,
        problems_of=lambda *keys: ["a problem"] if listed else [],
        was_undone=lambda bc_id: False,
        by_key={Key("sales", "", "account", "a1"): [account]},
        observer=SimpleNamespace(
            of=lambda side, table: rows[table],
            writes=[SimpleNamespace(key=ROW, changed={"duedate": ("", "")}, who=last)],
        ),
        simulation=SimpleNamespace(surroundings=SimpleNamespace(bc=bc)),
    )
    return cast(Evidence, stand_in)


def test_a_due_date_that_a_person_wrote_in_sales_last_is_nobodys_to_put_right() -> None:
    assert check(evidence(duedate="2027-02-02", last="pat@contoso.example")) == []


@pytest.mark.parametrize("memo", [False, True])
def test_a_document_and_its_row_are_right(memo: bool) -> None:
    assert check(evidence(memo=memo)) == []


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({"statecode": 2, "statuscode": 100001}, "what was paid"),
        ({"totalamount": 26}, "totalAmountIncludingTax"),
        ({"duedate": "2027-02-02"}, "due date"),
        ({"lines": 2}, "lines"),
        ({"lines": 0}, "lines"),
        ({"owner": "k2"}, "customer"),
        ({"paid": 10}, "what was paid"),
        ({"paid": 25, "posted": {"status": "Paid"}}, "what was paid"),
    ],
)
def test_what_differs_is_told_unless_it_is_listed(row: dict[str, Any], what: str) -> None:
    (told,) = check(evidence(**row))
    assert told.startswith(f"POSTEDSALESINV-INV 103001: {what} is ")
    assert check(evidence(listed=True, **row)) == []


def test_a_part_and_the_whole_and_nothing_after_a_cancellation_are_right() -> None:
    assert check(evidence(paid=10, statecode=2, statuscode=100002)) == []
    assert check(evidence(posted={"status": "Paid"}, statecode=2, statuscode=100001)) == []
    assert check(evidence(posted={"status": "Canceled"}, statecode=3, statuscode=100003)) == []


def test_a_second_price_list_for_the_invoices_of_a_currency_is_told() -> None:
    found = evidence()
    lists = {
        n: {"name": "Price List in EUR", "description": "For invoices of Business Central"} for n in "ab"
    }
    found.observer.of = lambda side, table: lists if table == "pricelevel" else {}  # type: ignore[method-assign,assign,misc]
    assert "there are 2 price lists" in check(found)[-1]
