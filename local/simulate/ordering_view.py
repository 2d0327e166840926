"""Orders of Business Central as they are stored: which order of Sales one is, its lines, what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from local.simulate.ordering import INVOICES, ORDER_LINES, ORDERS
from local.simulators.business_central.storage import Company, Row
from local.simulators.business_central.tables import combined
from local.simulators.business_central.tables import documents as documents_of_bc
from local.simulators.dataverse.service import Dataverse
from local.simulators.dataverse.tables import documents

if TYPE_CHECKING:
    from local.simulate.people import People


def rows_of(company: Company) -> Mapping[str, Row]:
    """The orders of a company, by id."""
    return company.tables[ORDERS].rows


def number_in_sales(row: Row) -> str:
    """The number of the order in Sales that it was made for, blank for one that a bookkeeper entered."""
    return str(row.extra.get("yourReference") or row.values.get("externalDocumentNumber") or "")


def lines_of(company: Company, order_id: str) -> list[Row]:
    """Its lines that sell something."""
    lines = (row for row in company.tables[ORDER_LINES].rows.values() if row.values["documentId"] == order_id)
    return [row for row in lines if row.values["lineType"] != "Comment"]


def lines_in_sales(people: People, order_id: str) -> Mapping[str, Mapping[str, Any]]:
    """The lines of an order of Sales, as they are stored, by id."""
    service = people.sales.service
    assert isinstance(service, Dataverse)
    rows = documents.lines_of(service.org, documents.ORDER, order_id)
    return {row.id: row.values for row in rows}


def net_of(row: Row) -> Decimal:
    """What an order or invoice comes to before tax, as Business Central computes it."""
    return Decimal(str(row.values["totalAmountExcludingTax"]))


def alike(company: Company, order_id: str) -> list[str]:
    """The orders that may go into one invoice with this one: of its customer, in its currency."""
    rows = rows_of(company)
    wanted = [rows[order_id].values[name] for name in _ALIKE]
    return [each for each, row in rows.items() if [row.values[name] for name in _ALIKE] == wanted]


_ALIKE = ("customerNumber", "billToCustomerNumber", "currencyCode")


def is_invoiced(company: Company, order_id: str) -> bool:
    """Whether all of an order that is there was invoiced."""
    return combined.are_invoiced(lines_of(company, order_id))


def is_named_in_lines(company: Company, number: str) -> bool:
    """Whether a line of a posted invoice is of the order with this number."""
    posted = company.tables[INVOICES].rows
    lines = company.tables[documents_of_bc.INVOICE.lines].rows.values()
    return any(
        row.extra.get("orderNumber") == number and documents_of_bc.is_posted(posted[row.values["documentId"]])
        for row in lines
    )


def invoices_of(company: Company, number: str) -> list[Row]:
    """The posted invoices of an order, by the order's number."""
    return [row for row in company.tables[INVOICES].rows.values() if row.values["orderNumber"] == number]
