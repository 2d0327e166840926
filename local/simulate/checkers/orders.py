"""I18: each order of Sales is at most one order of Business Central, whole and with its amounts, or listed.

What an order must come to is computed from what the salespeople wrote, not by either service.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import Any

from local.simulate.checkers import both_ways
from local.simulate.checkers.books import DocumentBooks, by_document
from local.simulate.evidence import Evidence
from local.simulate.fields import BLANK_ID
from local.simulate.observing import Key
from local.simulate.ordering import (
    BESIDE,
    BOTH_WAYS,
    HEADERS,
    MAPPING,
    Content,
    Gone,
    Written,
    is_created_whole,
    takes_orders,
)
from local.simulate.ordering_view import (
    invoices_of,
    is_named_in_lines,
    lines_of,
    net_of,
    number_in_sales,
    rows_of,
)
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables import combined
from shared_code.core.coupling import Coupling
from shared_code.core.outcome import Problem
from shared_code.core.records import Side

NAME = "I18 orders"
UNITS = "tandem/itemUnitsOfMeasure"
NUMBER = "number"
"""What the mapping of orders calls an order's number in Business Central."""
ACTIVE, SUBMITTED, CANCELED, FULFILLED, INVOICED = range(5)


@dataclass(frozen=True)
class Made:
    """What an order of Sales became: an order that is there, or one that was there."""

    id: str
    rows: int
    net: Decimal
    row: Row | None = None
    gone: Gone | None = None


class Books(DocumentBooks):
    """Orders of one connection on both sides, and what is on file of them."""

    mapping, headers, rows_beside = MAPPING, HEADERS, BESIDE

    @cached_property
    def made(self) -> Mapping[str, list[Made]]:
        """What each order of Sales became, by its number."""
        there = (
            (number_in_sales(row), Made(key, len(lines_of(self.company, key)), net_of(row), row=row))
            for key, row in rows_of(self.company).items()
        )
        own = (each for each in self.book.gone if each.company == self.company.id)
        were = (
            (each.of, Made(each.id, each.rows, each.net, gone=each))
            for each in own
            if not self._was_nobodys(each)
        )
        return by_document(chain(there, were))

    def _was_nobodys(self, gone: Gone) -> bool:
        """Whether a person deleted it before it was anybody's partner on file: it is as if it never was."""
        return gone.how in ("delete", "emptied") and not self.store.load(Side.BC, [gone.id])


def check(evidence: Evidence) -> list[str]:
    if not takes_orders(evidence.simulation.incidents.plan.parts):
        return []
    books = [Books(evidence, at) for at in evidence.connections]
    return [line for each in books for order in each.book.orders.values() for line in _of_order(each, order)]


def _of_order(books: Books, order: Written) -> Iterator[str]:
    made, header = books.made.get(order.number, []), books.header(order)
    kept = [each for each in made if not _was_deleted(books, each)]
    if len(kept) > 1 or len(made) > len(order.submitted):
        # Only an order that was taken back while its partner was deleted is a new one when it is submitted.
        yield f"{order.number} is {len(made)} orders of Business Central: {[each.id for each in made]}"
    late = [each for each in made if _lacks_discount(books, order, each)]
    goes_both_ways = BOTH_WAYS in books.evidence.simulation.incidents.plan.parts
    for each in made:
        if goes_both_ways:
            yield from both_ways.wrong_lines(books, order, each.id if each.row else "")
        elif each not in late:
            yield from _wrong_content(order, each)
    if header is None or late:
        return
    if made:
        yield from _wrongly_told(books, order, (kept or made[-1:])[0], header)
    elif header["statecode"] == SUBMITTED:
        yield from _not_made(books, order, header)


def _wrong_content(order: Written, made: Made) -> Iterator[str]:
    """It must be one of the contents that were submitted, whole."""
    if not any(_is_content(each, made) for each in order.submitted):
        known = [(each.rows, each.net) for each in order.submitted]
        yield f"{order.number} has {made.rows} lines for {made.net}; it was submitted with {known}"


def _lacks_discount(books: Books, order: Written, made: Made) -> bool:
    """Whether somebody released, shipped, deleted or took it back before its discount came, which API v2.0
    takes after the creation only; what is there is told with Business Central's words."""
    if is_created_whole(books.evidence.simulation.incidents.plan.parts):
        return False
    alike = any(
        each.discount and (each.rows, each.net + each.discount) == (made.rows, made.net)
        for each in order.submitted
    )
    problem = books.problems.get(order.id)
    is_told = problem is not None and books.beside(order).get("tandem_reason") == problem.message
    is_taken_back = books.held(order).get("statecode") == ACTIVE
    return alike and (is_told or is_taken_back or made.gone is not None)


def _is_content(content: Content, made: Made) -> bool:
    return not content.is_odd and (content.rows, content.net) == (made.rows, made.net)


def _wrongly_told(books: Books, order: Written, made: Made, header: Mapping[str, Any]) -> Iterator[str]:
    """What stands beside the order, and its state, say what became of it."""
    told, problem = books.beside(order), books.problems.get(order.id)
    if header["statecode"] == ACTIVE:
        return  # The salesperson has taken it back: nothing more is told of it.
    if books.pairs.get(order.id) not in (made.id, *_invoice_ids(books, made)):
        yield f"{order.number} is coupled with {books.pairs.get(order.id)}, not with {made.id}"
        return
    if _was_deleted(books, made):
        if problem is None or problem.code != "partner_deleted":
            yield f"{order.number} was deleted in Business Central, and no problem says so"
        return
    wanted, held = _status_of(books, made), told.get("tandem_status")
    if held != wanted:
        yield f"{order.number} is {wanted} in Business Central, and Sales is told “{held}”"
    wanted_state = {"Shipped": FULFILLED, "Invoiced": INVOICED}.get(wanted, SUBMITTED)
    is_done = problem is not None and problem.code == "order_done"
    if header["statecode"] != wanted_state and not is_done:
        yield f"{order.number} is {wanted} in Business Central, and in the state {header['statecode']}"
    if made.gone is None:
        goes_both_ways = BOTH_WAYS in books.evidence.simulation.incidents.plan.parts
        yield from _other_amounts(order, made, problem, told, goes_both_ways=goes_both_ways)


def _was_deleted(books: Books, made: Made) -> bool:
    """Whether a person deleted it, and nothing that Tandem can see of it was invoiced."""
    gone = made.gone
    if gone is None or gone.how == "invoice" or invoices_of(books.company, gone.number):
        return False
    problem = books.problems.get(books.of_pair.get(gone.id, ""))
    is_listed = problem is not None and problem.code == "partner_deleted"
    if is_created_whole(books.evidence.simulation.incidents.plan.parts):
        # Lines name the order by its number, which nobody knows of one that went before anybody read it.
        return not is_named_in_lines(books.company, gone.number) or (is_listed and not _was_read(books, gone))
    # API v2.0 does not tell of which order a line is: nobody knows of one that went before anybody looked.
    return gone.how == "delete" or is_listed


def _was_read(books: Books, gone: Gone) -> bool:
    pair = books.store.load(Side.BC, [gone.id]).get(gone.id)
    return isinstance(pair, Coupling) and pair.base is not None and bool(pair.base.bc.get(NUMBER))


def _invoice_ids(books: Books, made: Made) -> list[str]:
    """Its invoices: one stands for an order that went before anybody knew of it."""
    return [row.id for row in invoices_of(books.company, made.gone.number)] if made.gone else []


def _other_amounts(
    order: Written,
    made: Made,
    problem: Problem | None,
    told: Mapping[str, Any],
    *,
    goes_both_ways: bool,
) -> Iterator[str]:
    """Amounts that differ from what is in Sales now are told, and only these."""
    is_listed = problem is not None and problem.code == "totals_differ"
    differs = made.net != order.content.net
    if goes_both_ways:
        pass  # What both sides come to is compared line by line.
    elif differs and not is_listed:
        yield f"{order.number} comes to {made.net}, in Sales to {order.content.net}, and nobody is told"
    elif not differs and problem is not None:
        yield f"{order.number} is as it should be, and listed with {problem.code}: {problem.message}"
    if Decimal(str(told.get("tandem_amount") or 0)) != made.net:
        yield f"{order.number} comes to {made.net}, and Sales is told {told.get('tandem_amount')}"


def _status_of(books: Books, made: Made) -> str:
    if made.row is None:
        return "Invoiced"
    values = made.row.values
    lines = lines_of(books.company, made.id)
    if combined.are_invoiced(lines):
        return "Invoiced"
    if values["fullyShipped"]:
        return "Shipped"
    if any(each.values["shippedQuantity"] for each in lines):
        return "Partly shipped"
    return "Released" if values["status"] == "Open" else "Open"


def _not_made(books: Books, order: Written, header: Mapping[str, Any]) -> Iterator[str]:
    """A submitted order that is not there has its reason, on file and beside it."""
    problem, told = books.problems.get(order.id), books.beside(order)
    if header.get("_customerid_value") is None:
        return  # Its customer was deleted: nobody's order.
    if problem is None:
        yield f"{order.number} was submitted, and is neither in Business Central nor listed"
        return
    reason = told.get("tandem_reason")
    if reason != problem.message:
        yield f"{order.number} is listed as “{problem.message}”, and Sales is told “{reason}”"
    if _may_be_made(books, order):
        yield f"{order.number} could be made and is listed with {problem.code}: {problem.message}"


def _may_be_made(books: Books, order: Written) -> bool:
    """Whether nothing speaks against it: currency, customer and items are coupled, and none is blocked."""
    if order.content.is_odd or not _has_currency(books.evidence, order):
        return False
    customer = _partner(books.evidence, Key("sales", "", "account", order.account))
    products = {each.product for each in order.content.lines if each.product}
    items = [_partner(books.evidence, Key("sales", "", "product", each)) for each in products]
    is_free = all(_is_free(each) for each in (customer, *items))
    return is_free and all(_has_unit(books.evidence, each) for each in items if each)


def _has_currency(evidence: Evidence, order: Written) -> bool:
    """Whether its currency is coupled: the local one with no record, each other with one that is there."""
    links = evidence.by_key.get(Key("sales", "", "transactioncurrency", order.currency), [])
    return any(each.bc.id == BLANK_ID or evidence.values(each.bc) is not None for each in links)


def _partner(evidence: Evidence, key: Key) -> Mapping[str, Any] | None:
    links = evidence.by_key.get(key, [])
    return evidence.values(links[0].bc) if links and not evidence.problems_of(key) else None


def _is_free(values: Mapping[str, Any] | None) -> bool:
    return values is not None and values.get("blocked") in (False, " ", "", "_x0020_", None)


def _has_unit(evidence: Evidence, item: Mapping[str, Any]) -> bool:
    """Whether nobody deleted the unit that the item is sold in."""
    units = [each for each in evidence.observer.present.items() if each[0].table == UNITS]
    own = {row["code"] for _, row in units if row["itemNumber"] == item["number"]}
    return not units or item["baseUnitOfMeasureCode"] in own
