"""Amounts of a customer, computed from its posted documents on each read, in the local currency.

They move without a stamp, as FlowFields do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from local.simulators.business_central.session import Reader
from local.simulators.business_central.storage import Row, Table
from local.simulators.business_central.tables.amounts import cents
from local.simulators.business_central.tables.documents import ORDER, is_posted, remaining_of
from local.simulators.business_central.tables.exchange import local_per_unit
from local.simulators.business_central.tables.rules import TableRules

_SIGNS = {"salesInvoices": 1, "salesCreditMemos": -1}


def balance(reader: Reader, customer: Row) -> Any:
    """What is open."""
    return cents(sum(rest for _, rest, _ in _entries(reader, customer)))


def balance_due(reader: Reader, customer: Row) -> Any:
    """What is open and due by today."""
    return cents(sum(rest for _, rest, due in _entries(reader, customer) if due <= _today(reader)))


def outstanding_orders(reader: Reader, customer: Row) -> Any:
    """What is ordered and not shipped yet, with tax."""
    return _of_orders(reader, customer, lambda line: line["quantity"] - line["shippedQuantity"])


def shipped_not_invoiced(reader: Reader, customer: Row) -> Any:
    """What is shipped and not invoiced yet, with tax."""
    return _of_orders(reader, customer, lambda line: line["shippedQuantity"] - line["invoicedQuantity"])


def _of_orders(reader: Reader, customer: Row, part: Callable[[Mapping[str, Any]], float]) -> Any:
    orders, lines = (reader.company.tables[name] for name in (ORDER.table, ORDER.lines))
    total = 0.0
    for order in _found(orders, customer.id, reader.as_of):
        rate = local_per_unit(reader.company, order["currencyCode"], order["postingDate"])
        for line in _found(lines, str(order["id"]), reader.as_of):
            if line["quantity"]:
                total += rate * line["netAmountIncludingTax"] * part(line) / line["quantity"]
    return cents(total)


def _found(table: Table, group: str, as_of: float) -> Iterable[Mapping[str, Any]]:
    rows = (table.find(row_id, as_of) for row_id in table.group(group))
    return [row.values for row in rows if row is not None]


def has_documents(reader: Reader, customer_id: str) -> bool:
    """Whether there is anything to add up for a customer; most have nothing."""
    return any(reader.company.tables[name].has_group(customer_id) for name in _SIGNS)


def _amounts(reader: Reader, customer: Row) -> Row:
    values = reader.types["customerFinancialDetails"].blank_values()
    values |= {
        name: customer.values[name] for name in ("id", "number", "lastModifiedDateTime") if name in values
    }
    entries = list(_entries(reader, customer))
    values |= {
        "balance": cents(sum(rest for _, rest, _ in entries)),
        "totalSalesExcludingTax": cents(sum(sold for sold, _, _ in entries)),
        "overdueAmount": cents(sum(rest for _, rest, due in entries if due < _today(reader))),
    }
    return Row(customer.id, values, customer.modified_ms, customer.etag, {}, customer.version)


def _entries(reader: Reader, customer: Row) -> Iterable[tuple[float, float, str]]:
    """Per posted document: what was sold, what is still open, when it is due."""
    for name, sign in _SIGNS.items():
        table = reader.company.tables[name]
        for row_id in table.group(customer.id):
            row = table.find(row_id, reader.as_of)
            if row is None or not is_posted(row):
                continue
            values = row.values
            rate = sign * local_per_unit(reader.company, values["currencyCode"], values["postingDate"])
            settled = values["status"] in ("Canceled", "Corrective")
            rest = 0 if settled else remaining_of(reader.company.paid, row)
            yield rate * values["totalAmountExcludingTax"], rate * rest, values["dueDate"]


def _today(reader: Reader) -> str:
    moment = reader.company.clock() if reader.as_of == float("inf") else reader.as_of
    return datetime.fromtimestamp(moment, UTC).date().isoformat()


RULES = {"customerFinancialDetails": TableRules(source="customers", project=_amounts)}
