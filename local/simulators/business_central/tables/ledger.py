"""Item ledger entries: read-only movements of stock, and what they add up to.

Business Central keeps stock only as ledger entries; ``inventory`` of an item is their sum.  Posting a
movement leaves the item's row alone: neither its stamp nor its etag moves.  The API shows entries without
location and variant, which are kept beside them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from local.simulators.business_central.session import Reader, Session
from local.simulators.business_central.storage import Company, Row
from local.simulators.business_central.tables.rules import TableRules

TABLE = "itemLedgerEntries"
POSITIVE, NEGATIVE = "Positive_x0020_Adjmt_x002E_", "Negative_x0020_Adjmt_x002E_"


def entries_of(company: Company, item_number: str, as_of: float) -> Iterable[Row]:
    """The ledger entries of an item that a reader at ``as_of`` sees."""
    table = company.tables[TABLE]
    found = (table.find(row_id, as_of) for row_id in table.group(item_number))
    return [row for row in found if row is not None]


def inventory_of(reader: Reader, item_number: str) -> Any:
    """Stock of an item over all locations and variants, in its base unit."""
    return tidy(sum(row.values["quantity"] for row in entries_of(reader.company, item_number, reader.as_of)))


def has_entries(session: Session, item_number: str) -> bool:
    """Whether anything was ever posted for an item."""
    return bool(session.table(TABLE).group(item_number))


def has_open_entries(session: Session, item_number: str) -> bool:
    """Whether stock is left, or owed, at any place."""
    held: dict[tuple[str, str], float] = defaultdict(float)
    for row in entries_of(session.company, item_number, float("inf")):
        held[(row.extra.get("variantCode", ""), row.extra.get("locationCode", ""))] += row.values["quantity"]
    return any(tidy(quantity) for quantity in held.values())


def post_movement(session: Session, item: Row, quantity: float, **details: Any) -> Row:
    """Add one ledger entry, by default an adjustment dated today; ``details`` are its other properties.

    ``locationCode`` and ``variantCode`` among the details are kept beside the entry.
    """
    extra = {name: details.pop(name, "") for name in ("locationCode", "variantCode")}
    number = item.values["number"]
    values = {
        **session.types[TABLE].blank_values(),
        "id": session.new_id(),
        "entryNumber": len(session.table(TABLE).rows) + 1,
        "itemNumber": number,
        "postingDate": today_of(session),
        "entryType": POSITIVE if quantity >= 0 else NEGATIVE,
        "documentNumber": number,
        "description": item.values["displayName"],
        "quantity": quantity,
        **details,
    }
    return session.put(TABLE, values["id"], values, extra)


def today_of(session: Session) -> str:
    """The service's date."""
    return datetime.fromtimestamp(session.unit.writing.now, UTC).date().isoformat()


def tidy(number: float) -> Any:
    """A sum of decimals without binary dust; whole ones as integers."""
    rounded = round(number, 5)
    return int(rounded) if float(rounded).is_integer() else rounded


RULES = {TABLE: TableRules(source=TABLE, group="itemNumber")}
