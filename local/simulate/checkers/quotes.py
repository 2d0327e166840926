"""I22: each quote of Sales is at most one quote of Business Central, whole and with its amounts, or listed.

One that ended is expired there.

What a quote must come to is computed from what the salespeople wrote, not by either service.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property

from local.simulate.checkers.books import DocumentBooks, by_document
from local.simulate.evidence import Evidence
from local.simulate.ordering import ORDERS, GoneQuote, Written
from local.simulate.quoting import BESIDE, HEADERS, MAPPING, PART, QUOTE_LINES, QUOTES
from local.simulators.business_central.storage import Row
from shared_code.core.records import Side

NAME = "I22 quotes"
ACTIVE, ENDED = 1, (2, 3)
STATUS = {"Draft": "Open", "Sent": "Sent", "Accepted": "Accepted"}
"""What Sales is told of the status of a quote in Business Central."""


class Books(DocumentBooks):
    """Quotes of one connection on both sides, and what is on file of them."""

    mapping, headers, rows_beside = MAPPING, HEADERS, BESIDE

    @cached_property
    def there(self) -> Mapping[str, list[Row]]:
        """The quotes of Business Central, by what they say of Sales."""
        rows = self.company.tables[QUOTES].rows.values()
        return by_document((str(row.values["externalDocumentNumber"]), row) for row in rows)

    @cached_property
    def gone(self) -> Mapping[str, list[GoneQuote]]:
        """Those that were there, by the same."""
        own = (each for each in self.book.gone_quotes if each.company == self.company.id)
        return by_document((each.of, each) for each in own if not self._was_nobodys(each))

    def _was_nobodys(self, gone: GoneQuote) -> bool:
        """Whether people deleted it, or it and the order made of it, before it was anybody's partner on file:
        it is as if it never was."""
        partners = set(self.pairs.values())
        made_again = any(row.values.get("id") in partners for row in self.there.get(gone.of, ()))
        nothing_is_left = gone.how == "delete" or (made_again and not self._has_order(gone.of))
        return nothing_is_left and not self.store.load(Side.BC, [gone.id])

    @cached_property
    def today(self) -> str:
        now = self.evidence.simulation.surroundings.bc.env.clock.time()
        return datetime.fromtimestamp(now, UTC).date().isoformat()

    def has_order(self, quote: Written) -> bool:
        """Whether the order is there that was made of it."""
        return self._has_order(quote.number)

    def _has_order(self, number: str) -> bool:
        orders = self.company.tables[ORDERS].rows.values()
        return any(each.values["externalDocumentNumber"] == number for each in orders)


def check(evidence: Evidence) -> list[str]:
    if PART not in evidence.simulation.incidents.plan.parts:
        return []
    books = [Books(evidence, at) for at in evidence.connections]
    return [line for each in books for quote in each.book.quotes.values() for line in _of_quote(each, quote)]


def _of_quote(books: Books, quote: Written) -> Iterator[str]:
    there, gone = books.there.get(quote.number, []), books.gone.get(quote.number, [])
    if len(there) + len(gone) > 1:
        yield f"{quote.number} is {len(there)} quotes of Business Central, and was {len(gone)} more"
    for row in there:
        yield from _wrong_content(books, quote, row)
    state = books.held(quote).get("statecode")
    if there:
        yield from _wrongly_told(books, quote, there[0])
    elif gone:
        yield from _gone_untold(books, quote, gone[-1])
    elif state == ACTIVE:
        yield from _not_made(books, quote)


def _wrong_content(books: Books, quote: Written, row: Row) -> Iterator[str]:
    lines = (each for each in books.company.tables[QUOTE_LINES].rows.values())
    rows = sum(each.values["documentId"] == row.id and each.values["lineType"] != "Comment" for each in lines)
    net = Decimal(str(row.values["totalAmountExcludingTax"]))
    known = [(each.rows, each.net) for each in quote.submitted]
    if (rows, net) not in known and not _lacks_discount(books, quote, (rows, net)):
        yield f"{quote.number} has {rows} lines for {net}; it was activated with {known}"


def _lacks_discount(books: Books, quote: Written, held: tuple[int, Decimal]) -> bool:
    """Whether somebody sent or accepted it, or it ended, before its discount came, which API v2.0 takes after
    the creation only; what is there is told, or nobody looks at it any more."""
    alike = any((each.rows, each.net + each.discount) == held for each in quote.submitted if each.discount)
    return alike and quote.id in books.problems


def _wrongly_told(books: Books, quote: Written, row: Row) -> Iterator[str]:
    """What stands beside the quote says what became of it; one that ended is expired."""
    if books.pairs.get(quote.id) != row.id:
        yield f"{quote.number} is coupled with {books.pairs.get(quote.id)}, not with {row.id}"
        return
    if quote.id in books.problems:
        return
    wanted, told = STATUS[str(row.values["status"])], books.beside(quote).get("tandem_status")
    if told != wanted:
        yield f"{quote.number} is {wanted} in Business Central, and Sales is told “{told}”"
    last_day = str(row.values["validUntilDate"])[:10]
    if books.held(quote).get("statecode") in ENDED and not last_day < books.today:
        yield f"{quote.number} ended in Sales, and counts in Business Central until {last_day}"


def _gone_untold(books: Books, quote: Written, gone: GoneQuote) -> Iterator[str]:
    """Where an order was made of it, that is told; where somebody deleted it, that is listed.

    An order that went before anybody looked tells of nothing any more: then the quote is gone, and no more.
    """
    problem, status = books.problems.get(quote.id), books.beside(quote).get("tandem_status")
    if status == "Ordered" or books.held(quote).get("statecode") != ACTIVE:
        return
    if gone.how == "make_order" and books.has_order(quote):
        yield f"{quote.number} is ordered in Business Central, and Sales is told {status}"
    elif problem is None or problem.code != "partner_deleted":
        yield f"{quote.number} is not in Business Central any more, and no problem says so"


def _not_made(books: Books, quote: Written) -> Iterator[str]:
    """An active quote that is not there has its reason, on file and beside it."""
    problem, told = books.problems.get(quote.id), books.beside(quote).get("tandem_reason")
    if books.held(quote).get("_customerid_value") is None:
        return  # Its customer was deleted: nobody's quote.
    if problem is None:
        yield f"{quote.number} is active, and is neither in Business Central nor listed"
    elif told != problem.message:
        yield f"{quote.number} is listed as “{problem.message}”, and Sales is told “{told}”"
