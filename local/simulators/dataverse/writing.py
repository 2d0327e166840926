"""Creating and updating one row, with the rules of its table.

Every function either does all of its work or raises ``Refused`` having changed nothing that the
caller's transaction (``Store.begin``/``rollback``) does not undo.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.simulators.dataverse import computed, errors
from local.simulators.dataverse.assigning import cascade_owner
from local.simulators.dataverse.bodies import BIND, Changes, read_changes
from local.simulators.dataverse.errors import Refused, bad_request, duplicate_id
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.people import Caller
from local.simulators.dataverse.saving import emit, event_of
from local.simulators.dataverse.schema import Table
from local.simulators.dataverse.store import Row
from local.simulators.dataverse.tables import rules_of
from local.simulators.dataverse.tables.rules import Draft, required_missing


def create(
    org: Organisation,
    caller: Caller,
    table: Table,
    body: Mapping[str, Any],
    *,
    row_id: str | None = None,
    keys: Mapping[str, Any] | None = None,
    late_s: float = 0.0,
) -> Row:
    """Insert a row; the id is ``row_id``, the one in the body, or a new one.  Raises ``Refused``.

    Rows nested under the name of a collection are inserted with it, in the same transaction.
    """
    org.people.require(caller, "create", table.name)
    plain = {name: value for name, value in body.items() if name not in table.collections}
    changes = read_changes(org, caller, table, plain, None)
    for name, value in (keys or {}).items():
        changes.values.setdefault(name, value)
    new_id = changes.row_id or row_id or org.new_id()
    if org.store.get_to_write(table.name, new_id) is not None:
        raise duplicate_id()
    _check_required(org, table, changes)
    values = {name: value for name, value in changes.values.items() if value is not None}
    computed.fill_new(org, caller, table, new_id, values)
    row = _save(Draft(org, caller, table, new_id, changes, values, dict(changes.kinds)), late_s)
    if len(plain) == len(body):
        return row
    _create_nested(org, caller, table, row, body)
    return org.store.get_to_write(table.name, row.id) or row


def _create_nested(
    org: Organisation, caller: Caller, table: Table, row: Row, body: Mapping[str, Any]
) -> None:
    """Deep insert: the nested rows point to the row they are sent with (webapi/create-entity-web-api)."""
    for name in body.keys() & table.collections.keys():
        target, lookup = table.collections[name]
        child = org.schema.tables[target]
        (navigation,) = child.columns[lookup].navigations
        rows = body[name]
        if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
            raise bad_request(f"The property '{name}' must be an array of '{target}' entities.")
        for each in rows:
            if f"{navigation}{BIND}" in each:
                raise bad_request(f"'{navigation}' of a nested '{target}' is the row it is sent with.")
            create(org, caller, child, {**each, f"{navigation}{BIND}": f"/{table.set_name}({row.id})"})


def update(
    org: Organisation,
    caller: Caller,
    table: Table,
    row: Row,
    body: Mapping[str, Any],
    *,
    late_s: float = 0.0,
) -> Row:
    """Change a row.  Raises ``Refused``."""
    org.people.require(caller, "write", table.name)
    changes = read_changes(org, caller, table, body, row.values)
    _check_cleared(org, table, changes)
    return _save(_changed(org, caller, table, row, changes), late_s)


def update_by_action(
    org: Organisation, caller: Caller, table: Table, row: Row, values: Mapping[str, Any]
) -> Row:
    """Change properties of a row as an action does: rules apply, plain updates' limits do not."""
    org.people.require(caller, "write", table.name)
    draft = _changed(org, caller, table, row, Changes(dict(values)))
    draft.by_action = True
    return _save(draft, 0.0)


def _changed(org: Organisation, caller: Caller, table: Table, row: Row, changes: Changes) -> Draft:
    values, kinds = dict(row.values), row.kinds | changes.kinds
    for name, value in changes.values.items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value
    computed.stamp(org, caller, values, creating=False)
    return Draft(org, caller, table, row.id, changes, values, kinds, before=row)


def _save(draft: Draft, late_s: float) -> Row:
    org, table, changes, values = draft.org, draft.table, draft.changes, draft.values
    rules = rules_of(table.name)
    rules.prepare(draft)
    computed.fill_owner(org, draft.caller, table, changes, values, draft.kinds)
    computed.fill_state(table, changes, values)
    computed.fill_texts(org, table, changes.values, values)
    computed.check_currency(table, values)
    computed.fill_amounts(org, table, draft.kept.union(changes.values), values)
    rules.check(draft)
    _check_keys(org, table, draft.row_id, values)
    row = _save_late(draft, late_s) if late_s > 0 else _save_now(draft)
    rules.saved(draft, row)
    if not draft.creating and draft.sent("_ownerid_value") and draft.changed("_ownerid_value"):
        cascade_owner(org, draft.caller, table, row)
    return row


def _save_now(draft: Draft) -> Row:
    row = draft.org.store.put(draft.table.name, draft.row_id, draft.values, draft.kinds)
    message = "Create" if draft.creating else "Update"
    emit(draft.org, draft.caller, message, draft.table.name, row.id, draft.changes.values, draft.kinds)
    return row


def _save_late(draft: Draft, late_s: float) -> Row:
    """Take a version now and commit ``late_s`` seconds later, as a long transaction does."""
    org, table, message = draft.org, draft.table.name, "Create" if draft.creating else "Update"
    row = Row(draft.row_id, org.store.next_version(), draft.values, draft.kinds)
    event = event_of(org, draft.caller, message, table, row.id, draft.changes.values, row.kinds)
    org.store.put_late(table, row, org.clock.time() + late_s, lambda: org.on_event(event))
    return row


def _check_required(org: Organisation, table: Table, changes: Changes) -> None:
    if not org.options.strict_required:
        return
    for name in table.required_on_create:
        if changes.values.get(table.columns[name].read_name) is None:
            raise required_missing(table, name)


def _check_cleared(org: Organisation, table: Table, changes: Changes) -> None:
    if not org.options.strict_required:
        return
    for name in table.required_on_create:
        read_name = table.columns[name].read_name
        if read_name in changes.values and changes.values[read_name] is None:
            raise required_missing(table, name)


def _check_keys(org: Organisation, table: Table, row_id: str, values: Mapping[str, Any]) -> None:
    for key in table.keys:
        parts = tuple(values.get(table.columns[name].read_name) for name in key.columns)
        owner = None if None in parts else org.store.key_owner(table.name, key.columns, parts)
        if owner not in (None, row_id):
            raise Refused(
                412,
                errors.DUPLICATE_KEY,
                f"Entity Key {key.name} violated. A record with the same value for {', '.join(key.columns)} "
                "already exists. A duplicate record cannot be created. Select one or more unique values and "
                "try again.",
            )
