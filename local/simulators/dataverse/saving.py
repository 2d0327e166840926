"""Putting a row into the store with its event, and what the service itself writes beside a caller's write.

``write_computed`` and ``create_computed`` run none of the table's rules and ask for no privilege: they are
the service's own doing (totals of a document, the base unit of a group), inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.simulators.dataverse import computed
from local.simulators.dataverse.organisation import Event, Organisation
from local.simulators.dataverse.people import Caller
from local.simulators.dataverse.schema import Table
from local.simulators.dataverse.store import Row


def emit(
    org: Organisation,
    caller: Caller,
    message: str,
    table: str,
    row_id: str,
    changed: Mapping[str, Any],
    kinds: Mapping[str, str],
) -> None:
    """Tell of a write when its transaction has committed."""
    org.uncommitted_events.append(event_of(org, caller, message, table, row_id, changed, kinds))


def event_of(
    org: Organisation,
    caller: Caller,
    message: str,
    table: str,
    row_id: str,
    changed: Mapping[str, Any],
    kinds: Mapping[str, str],
) -> Event:
    """The event of a write."""
    return Event(message, table, row_id, caller, org.clock.time(), dict(changed), dict(kinds))


def write_computed(
    org: Organisation,
    caller: Caller,
    table: Table,
    row: Row,
    changed: Mapping[str, Any],
    kinds: Mapping[str, str] | None = None,
    *,
    told: bool = True,
) -> Row:
    """Change columns of a row as the service does; None clears.  ``told`` false makes no event."""
    values, all_kinds = dict(row.values), row.kinds | dict(kinds or {})
    for name, value in changed.items():
        computed.set_or_clear(values, name, value)
    computed.stamp(org, caller, values, creating=False)
    computed.fill_texts(org, table, changed, values)
    computed.fill_amounts(org, table, changed, values)
    stored = org.store.put(table.name, row.id, values, all_kinds)
    if told:
        emit(org, caller, "Update", table.name, row.id, changed, all_kinds)
    return stored


def create_computed(
    org: Organisation,
    caller: Caller,
    table: Table,
    row_id: str,
    values: Mapping[str, Any],
    kinds: Mapping[str, str] | None = None,
    *,
    told: bool = True,
) -> Row:
    """Make a row as the service does beside one that a caller made."""
    filled, all_kinds = dict(values), dict(kinds or {})
    computed.fill_new(org, caller, table, row_id, filled)
    computed.fill_texts(org, table, values, filled)
    computed.fill_amounts(org, table, values, filled)
    row = org.store.put(table.name, row_id, filled, all_kinds)
    if told:
        emit(org, caller, "Create", table.name, row_id, values, all_kinds)
    return row
