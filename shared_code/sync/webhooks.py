"""Webhooks: both systems tell at once that something changed, which makes a mapping due early.

A notification is a hint and no more: what it says is not believed, the mapping is looked at.  Polling
alone stays sufficient.  Thousands of notifications of the same mapping become one look every few seconds.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import replace

from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.store.webhooks import WebhookStore
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.tick import look
from shared_code.systems.business_central_webhooks import STANDARD_API, Place, place_of

BC_ROUTE, SALES_ROUTE = "api/webhooks/business-central", "api/webhooks/sales"
MAX_ENTRIES = 10_000
"""Entries of one notification that are looked at."""
MAX_BODY_BYTES = 16 * 1024 * 1024
"""A longer notification is not read; polling finds what it was about."""
LOOK_EVERY_S = 3.0
"""The least time between two looks that notifications ask for, at one side of a mapping."""


def is_ours(secret: str, given: str) -> bool:
    """Whether a notification carries our secret; compared in constant time."""
    return bool(secret) and hmac.compare_digest(secret.encode(), given.encode("utf-8", "replace"))


def note_business_central(parts: Parts, body: bytes) -> int:
    """Queue a look for each mapping a notification names; forged entries are dropped.  How many looks."""
    entries = _entries(body)
    genuine = [each for each in entries if is_ours(parts.hooks.secret, str(each.get("clientState", "")))]
    named = {place_of(str(each.get("resource", ""))) for each in genuine}
    due = [(at, mapping) for at, mapping in all_mappings(parts) if named & _places(at, mapping)]
    return sum(hint(parts, at, mapping, Side.BC) for at, mapping in due)


def note_sales(parts: Parts, table: str) -> int:
    """Queue a look for each mapping of a Dataverse table.  How many looks."""
    due = [(at, each) for at, each in all_mappings(parts) if each.sales.table == SETS.get(table, "")]
    return sum(hint(parts, at, mapping, Side.SALES) for at, mapping in due)


SETS = {
    "account": "accounts",
    "annotation": "annotations",
    "contact": "contacts",
    "invoice": "invoices",
    "opportunity": "opportunities",
    "pricelevel": "pricelevels",
    "product": "products",
    "productpricelevel": "productpricelevels",
    "quote": "quotes",
    "salesorder": "salesorders",
    "systemuser": "systemusers",
    "transactioncurrency": "transactioncurrencies",
    "uom": "uoms",
    "uomschedule": "uomschedules",
}
"""Dataverse names a table by its logical name in a notification and by its set in an address.  A step is
registered for those of them whose rows a mapping in force takes values from."""


def hint(parts: Parts, at: ConnectionParts, mapping: Mapping, side: Side) -> int:
    """Queue a look at one side of a mapping, unless one that will see the change is on its way already.

    Whoever wants a look notes its time before it is queued.  A look whose time is still to come sees what
    changed before now, so it is enough; otherwise the next one takes place ``LOOK_EVERY_S`` after the
    last at the earliest.  A crash between note and queue loses a hint, never a change: polling goes on.
    """
    if side not in mapping.watched:
        return 0
    store, now = WebhookStore(parts.tables), parts.runtime.now()
    last = store.look(at.name, mapping.name, side)
    if now < last.at_s <= now + LOOK_EVERY_S:
        return 0
    if at.schedules.get(mapping.name, mapping.interval_s).disabled_because:
        return 0
    earliest = last.at_s + LOOK_EVERY_S
    # A time further away than any of ours was noted with a clock that was wrong.
    time_s = earliest if now < earliest <= now + LOOK_EVERY_S else now
    if not store.put_look(at.name, mapping.name, side, replace(last, at_s=time_s)):
        return 0  # Another notification noted a look after ours was read: it comes later than our change.
    return look(parts, at, mapping, (side,), delay_s=time_s - now)


def _entries(body: bytes) -> list[dict[str, object]]:
    if len(body) > MAX_BODY_BYTES:
        return []
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return []
    entries = document.get("value") if isinstance(document, dict) else None
    return [e for e in entries[:MAX_ENTRIES] if isinstance(e, dict)] if isinstance(entries, list) else []


def all_mappings(parts: Parts) -> Iterable[tuple[ConnectionParts, Mapping]]:
    """Every mapping of every connection."""
    return ((at, mapping) for at in parts.connections.values() for mapping in at.mappings.values())


def tables_of(mapping: Mapping) -> list[tuple[str, str]]:
    """Route and name of the Business Central tables whose change is one of the mapping's records.

    Entries that do not name their record are left to polling: each look because of them reads all records
    that may have moved.
    """
    api, moved_by = mapping.bc.api or STANDARD_API, mapping.bc.moved_by
    moving = (moved_by.table,) if moved_by and moved_by.names else ()
    return [(api, table) for table in (mapping.bc.table, *mapping.bc.related, *moving)]


def _places(at: ConnectionParts, mapping: Mapping) -> set[Place | None]:
    company = at.connection.company_id
    return {place_of(f"api/{api}/companies({company})/{table}") for api, table in tables_of(mapping)}
