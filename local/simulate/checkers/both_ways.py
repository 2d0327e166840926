"""Orders that go both ways: one of which nothing is listed holds the same lines on both sides, each once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from local.simulate.ordering import FREIGHT_ACCOUNT, Written
from local.simulate.ordering_view import lines_in_sales, lines_of, rows_of
from shared_code.core.identity import line_partner

if TYPE_CHECKING:
    from local.simulate.checkers.orders import Books

SUBMITTED = 1


def wrong_lines(books: Books, order: Written, bc_id: str) -> Iterator[str]:
    """What of the lines is not in step although nothing is listed; blank: the order of Business Central is
    gone."""
    header, problem = books.header(order), books.problems.get(order.id)
    if not bc_id or problem is not None or header is None or header["statecode"] != SUBMITTED:
        return
    if books.pairs.get(order.id) != bc_id:
        return  # Told elsewhere.
    here = {
        line_partner(row.id): row.values
        for row in lines_of(books.company, bc_id)
        if not _is_freight(row.values)
    }
    there = lines_in_sales(books.evidence.simulation.people, order.id)
    if here.keys() != there.keys():
        yield f"{order.number} has lines {sorted(here)} in Business Central and {sorted(there)} in Sales"
        return
    for key, line in here.items():
        yield from _wrong_line(books, order, key, line, there[key])
    yield from _wrong_amounts(books, order, bc_id, header)


def _wrong_amounts(books: Books, order: Written, bc_id: str, header: Mapping[str, Any]) -> Iterator[str]:
    """Freight, and what is taken off the order as a whole."""
    lines = [row.values for row in lines_of(books.company, bc_id)]
    freight = sum(_number(each["amountExcludingTax"]) for each in lines if _is_freight(each))
    taken = _number(rows_of(books.company)[bc_id].values["discountAmount"])
    off = _number(header.get("totallineitemamount")) - _number(header.get("totalamountlessfreight"))
    for what, own, other in (
        ("freight", freight, _number(header.get("freightamount"))),
        ("discount", taken, max(off, Decimal(0))),
    ):
        if own != other:
            yield f"{order.number} has a {what} of {own} in Business Central and of {other} in Sales"


def _is_freight(line: Mapping[str, Any]) -> bool:
    return bool(line["lineType"] == "Account" and line["lineObjectNumber"] == FREIGHT_ACCOUNT)


def _wrong_line(
    books: Books, order: Written, key: str, here: Mapping[str, Any], there: Mapping[str, Any]
) -> Iterator[str]:
    quantity, other = _number(here["quantity"]), _number(there.get("quantity"))
    net, own = _number(here["amountExcludingTax"]), _number(there.get("extendedamount"))
    if quantity != other or net != own:
        there_text = f"{other} for {own} in Sales"
        yield f"{order.number}, line {key}: {quantity} for {net} in Business Central, {there_text}"
    if quantity not in books.book.quantities.get(key, set()):
        yield f"{order.number}, line {key} has the quantity {quantity}, which nobody wrote"


def _number(value: object) -> Decimal:
    return Decimal(str(value or 0))
