"""I21: a posted document is in Sales once, with its lines, amounts, due date and what was paid.

What Business Central says of a payment is asked of the simulated service itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from local.simulate.document_pairs import CREDIT_MEMO, INVOICE, LINES
from local.simulate.evidence import Evidence, Linked
from local.simulate.observing import Key
from local.simulators.business_central.tables.documents import remaining_of

NAME = "I21 documents"
STATES: Mapping[str, tuple[int, int]] = {
    "Open": (0, 4), "Paid": (2, 100001), "Partial": (2, 100002), "Canceled": (3, 100003),
}  # fmt: skip
"""State and status of an invoice in Sales by what was paid of it."""
_AMOUNTS = {
    "totalAmountExcludingTax": "totalamountlessfreight",
    "totalTaxAmount": "totaltax",
    "totalAmountIncludingTax": "totalamount",
}
_PRICE_LIST = "For invoices of Business Central"


def check(evidence: Evidence) -> list[str]:
    """Judges what is coupled and not listed; that everything posted is, convergence tells."""
    pairs = (INVOICE.mapping, CREDIT_MEMO.mapping)
    documents = [each for each in evidence.links if each.pair.mapping in pairs]
    return [line for each in documents for line in _differences(evidence, each)] + _double_lists(evidence)


def _differences(evidence: Evidence, link: Linked) -> Iterator[str]:
    posted, row = evidence.values(link.bc), evidence.values(link.sales)
    if posted is None or row is None or evidence.problems_of(link.bc) or evidence.was_undone(link.bc.id):
        return
    told = f"{link.pair.mapping} {posted['number']}"
    for what, wanted, held in (
        *_states(evidence, link, row), *_amounts(link, posted, row), *_lines(evidence, link),
        *_due_date(evidence, link, posted, row), _customer(evidence, posted, row),
    ):  # fmt: skip
        if wanted != held:
            yield f"{told}: {what} is {wanted} in BC, {held} in Sales"


type _Facts = Iterator[tuple[str, object, object]]


def _states(evidence: Evidence, link: Linked, row: Mapping[str, Any]) -> _Facts:
    wanted = STATES[_paid(evidence, link)]
    yield "what was paid", wanted, (row.get("statecode"), row.get("statuscode"))


def _paid(evidence: Evidence, link: Linked) -> str:
    company = evidence.simulation.surroundings.bc.env.companies[link.bc.company]
    document = company.tables[link.pair.bc].rows[link.bc.id]
    status = str(document.values["status"])
    if link.pair is CREDIT_MEMO or link.pair.mapping == CREDIT_MEMO.mapping:
        return "Open" if status == "Open" else "Paid"
    if status != "Open":
        return status
    rest = remaining_of(company.paid, document)
    return "Open" if rest == document.values["totalAmountIncludingTax"] else "Partial"


def _amounts(link: Linked, posted: Mapping[str, Any], row: Mapping[str, Any]) -> _Facts:
    sign = -1 if link.pair.mapping == CREDIT_MEMO.mapping else 1
    for bc, sales in _AMOUNTS.items():
        yield bc, sign * _number(posted.get(bc)), _number(row.get(sales))


def _lines(evidence: Evidence, link: Linked) -> _Facts:
    company = evidence.simulation.surroundings.bc.env.companies[link.bc.company]
    lines = company.tables[LINES[link.pair.mapping]].rows.values()
    mine = [each.values for each in lines if each.values["documentId"] == link.bc.id]
    rows = evidence.observer.of("sales", "invoicedetail").values()
    theirs = [each for each in rows if each.get("_invoiceid_value") == link.sales.id]
    sign = -1 if link.pair.mapping == CREDIT_MEMO.mapping else 1
    wanted = Counter((each["sequence"], sign * _number(each["quantity"])) for each in mine)
    yield "lines", wanted, Counter((each["sequencenumber"], _number(each["quantity"])) for each in theirs)


def _edited_in_sales(evidence: Evidence, link: Linked, column: str) -> bool:
    """Whether a person wrote the column last: no value flows from there, so nobody looks before the document
    changes in Business Central."""
    writes = [each for each in evidence.observer.writes if each.key == link.sales and column in each.changed]
    return bool(writes) and not writes[-1].who.startswith("tandem")


def _due_date(evidence: Evidence, link: Linked, posted: Mapping[str, Any], row: Mapping[str, Any]) -> _Facts:
    if link.pair.mapping == INVOICE.mapping and not _edited_in_sales(evidence, link, "duedate"):
        yield "due date", str(posted["dueDate"])[:10], str(row.get("duedate") or "0001-01-01")[:10]


def _customer(evidence: Evidence, posted: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[str, Any, Any]:
    """The account of the customer, as long as the two are a pair."""
    held = row.get("_customerid_value")
    account = evidence.by_key.get(Key("sales", "", "account", str(held)), [])
    found = [each.bc.id for each in account if each.pair.mapping == "CUSTOMER"]
    return "customer", posted["customerId"], found[0] if found else posted["customerId"]


def _double_lists(evidence: Evidence) -> list[str]:
    """Sales has one price list for the invoices of a currency."""
    rows = evidence.observer.of("sales", "pricelevel").values()
    names = Counter(each["name"] for each in rows if each.get("description") == _PRICE_LIST)
    return [f"there are {number} price lists “{name}”" for name, number in names.items() if number > 1]


def _number(value: object) -> Decimal:
    return Decimal(str(value or 0)).normalize() + Decimal(0)
