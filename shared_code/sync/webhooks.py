"""Webhooks: both systems tell at once that something changed, which makes a mapping due early.

A notification is a hint and no more: what it says is not believed, the mapping is looked at.  Polling
alone stays sufficient.  Registrations are renewed daily and made again where they are missing.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass

from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.tick import look
from shared_code.systems.dataverse_webhooks import MESSAGES, Endpoint

BC_ROUTE, SALES_ROUTE = "api/webhooks/business-central", "api/webhooks/sales"
ENDPOINT_NAME = "Tandem"
MAX_ENTRIES = 10_000
"""Entries of one notification that are looked at."""


def is_ours(secret: str, given: str) -> bool:
    """Whether a notification carries our secret; compared in constant time."""
    return bool(secret) and hmac.compare_digest(secret.encode(), given.encode("utf-8", "replace"))


def note_business_central(parts: Parts, body: bytes) -> int:
    """Queue a look for each mapping a notification names; forged entries are dropped.  How many looks."""
    entries = _entries(body)
    genuine = [each for each in entries if is_ours(parts.hooks.secret, str(each.get("clientState", "")))]
    resources = {str(each.get("resource", "")).lower() for each in genuine}
    due = [(at, mapping) for at, mapping in _all(parts) if _named(at, mapping, resources)]
    return sum(look(parts, at, mapping, (Side.BC,)) for at, mapping in due)


def note_sales(parts: Parts, table: str) -> int:
    """Queue a look for each mapping of a Dataverse table.  How many looks."""
    due = [(at, mapping) for at, mapping in _all(parts) if mapping.sales.table == _SETS.get(table, "")]
    return sum(look(parts, at, mapping, (Side.SALES,)) for at, mapping in due)


_SETS = {
    "account": "accounts",
    "contact": "contacts",
    "systemuser": "systemusers",
    "transactioncurrency": "transactioncurrencies",
}
_TABLES = {entity_set: table for table, entity_set in _SETS.items()}
"""Dataverse names a table by its logical name in a notification and by its set in an address."""


def _entries(body: bytes) -> list[dict[str, object]]:
    try:
        document = json.loads(body)
    except ValueError:
        return []
    entries = document.get("value") if isinstance(document, dict) else None
    return [e for e in entries[:MAX_ENTRIES] if isinstance(e, dict)] if isinstance(entries, list) else []


def _all(parts: Parts) -> Iterable[tuple[ConnectionParts, Mapping]]:
    return ((at, mapping) for at in parts.connections.values() for mapping in at.mappings.values())


def _named(at: ConnectionParts, mapping: Mapping, resources: Iterable[str]) -> bool:
    company = at.connection.company_id.lower()
    tables = [each.lower() for each in (mapping.bc.table, *mapping.bc.related)]
    return any(company in r and any(f"/{table}" in r for table in tables) for r in resources)


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a renewal did."""

    created: int = 0
    renewed: int = 0
    removed: int = 0


def renew(parts: Parts) -> Renewal:
    """Renew every registration and make those that are missing; nothing without a public address."""
    if not parts.hooks.url:
        return Renewal()
    bc, sales = _renew_business_central(parts), _renew_sales(parts)
    return Renewal(bc.created + sales.created, bc.renewed + sales.renewed, bc.removed + sales.removed)


def _renew_business_central(parts: Parts) -> Renewal:
    url = f"{parts.hooks.url}/{BC_ROUTE}"
    ours = [each for each in parts.hooks.subscriptions.list() if each.notification_url == url]
    created = renewed = 0
    for at in parts.connections.values():
        for table in _watched_tables(at):
            known = next((each for each in ours if _is_for(each.resource, at, table)), None)
            if known is None:
                parts.hooks.subscriptions.create(at.connection.company_id, table, url, parts.hooks.secret)
                created += 1
            else:
                parts.hooks.subscriptions.renew(known)
                renewed += 1
    return Renewal(created, renewed)


def _watched_tables(at: ConnectionParts) -> list[str]:
    watched = [each for each in at.mappings.values() if Side.BC in each.watched]
    return sorted({table for each in watched for table in (each.bc.table, *each.bc.related)})


def _is_for(resource: str, at: ConnectionParts, table: str) -> bool:
    text = resource.lower()
    return at.connection.company_id.lower() in text and text.endswith(f"/{table.lower()}")


def _renew_sales(parts: Parts) -> Renewal:
    webhooks = parts.hooks.webhooks
    endpoint, removed = _endpoint(parts, f"{parts.hooks.url}/{SALES_ROUTE}")
    known = {step.name for step in webhooks.steps(endpoint)}
    watched = {each.sales.table for _, each in _all(parts) if Side.SALES in each.watched}
    wanted = [(_TABLES[each], message) for each in sorted(watched & _TABLES.keys()) for message in MESSAGES]
    missing = [(table, message) for table, message in wanted if f"Tandem: {message} of {table}" not in known]
    for table, message in missing:
        webhooks.create_step(parts.runtime.new_id(), endpoint, table, message)
    return Renewal(len(missing), len(wanted) - len(missing), removed)


def _endpoint(parts: Parts, url: str) -> tuple[Endpoint, int]:
    """Our endpoint, made if it is missing; one of another address is removed."""
    webhooks = parts.hooks.webhooks
    found = webhooks.endpoints(ENDPOINT_NAME)
    right = next((each for each in found if each.url == url), None)
    stale = [each for each in found if each is not right]
    for each in stale:
        webhooks.delete_endpoint(each)
    if right is None:
        right = webhooks.create_endpoint(parts.runtime.new_id(), ENDPOINT_NAME, url, parts.hooks.secret)
    return right, len(stale)
