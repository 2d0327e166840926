"""Detailed customer ledger entries: what changes a customer's balance, numbered, in the local currency.

Documents, payments and their application leave some; the customer itself keeps its stamp.  Only the extension
shows them.
"""

from __future__ import annotations

from typing import Any

from local.simulators.business_central.schema import EXTENSION, ROW_VERSION
from local.simulators.business_central.session import Reader, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.amounts import cents
from local.simulators.business_central.tables.exchange import local_per_unit
from local.simulators.business_central.tables.ledger import today_of
from local.simulators.business_central.tables.rules import TableRules

TABLE = f"{EXTENSION}customerLedgerEntries"


def enter(session: Session, document: Row, amount: float) -> None:
    """An entry of ``amount`` in the document's currency: above zero is what the customer owes."""
    values = document.values
    rate = local_per_unit(session.company, values["currencyCode"], values["postingDate"])
    entry = {
        **session.types[TABLE].blank_values(),
        "id": session.new_id(),
        "entryNumber": len(session.table(TABLE).rows) + 1,
        "customerNumber": values["customerNumber"],
        "documentNumber": values["number"],
        "postingDate": today_of(session),
        "amount": cents(rate * amount),
    }
    session.put(TABLE, entry["id"], entry, {})


def _with_version(reader: Reader, row: Row) -> Row:
    values: dict[str, Any] = {**row.values, ROW_VERSION: row.version}
    return Row(row.id, values, row.modified_ms, row.etag, row.extra, row.version)


RULES = {TABLE: TableRules(source=TABLE, project=_with_version)}
