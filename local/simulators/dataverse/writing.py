"""Creating, updating and deleting one row, with the rules of its table.

Every function either does all of its work or raises ``Refused`` having changed nothing that the
caller's transaction (``Store.begin``/``rollback``) does not undo.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.simulators.dataverse import computed, errors
from local.simulators.dataverse.bodies import Changes, read_changes
from local.simulators.dataverse.errors import Refused, bad_request, duplicate_id
from local.simulators.dataverse.organisation import Event, Organisation
from local.simulators.dataverse.people import Caller
from local.simulators.dataverse.schema import Table
from local.simulators.dataverse.store import Row, comparable

MAX_HIERARCHY = 1000


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
    """Insert a row; the id is ``row_id``, the one in the body, or a new one.  Raises ``Refused``."""
    org.people.require(caller, "create", table.name)
    changes = read_changes(org, caller, table, body, None)
    for name, value in (keys or {}).items():
        changes.values.setdefault(name, value)
    new_id = changes.row_id or row_id or org.new_id()
    if org.store.get_to_write(table.name, new_id) is not None:
        raise duplicate_id()
    _check_required(org, table, changes)
    values = {name: value for name, value in changes.values.items() if value is not None}
    computed.fill_new(org, caller, table, new_id, values)
    return _save(org, caller, table, "Create", new_id, changes, values, dict(changes.kinds), late_s)


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
    values, kinds = dict(row.values), row.kinds | changes.kinds
    for name, value in changes.values.items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value
    computed.stamp(org, caller, values, creating=False)
    return _save(org, caller, table, "Update", row.id, changes, values, kinds, late_s)


def delete(org: Organisation, caller: Caller, table: Table, row: Row) -> None:
    """Delete a row, what hangs on it, and the links to it.  Raises ``Refused``."""
    org.people.require(caller, "delete", table.name)
    if table.name == "transactioncurrency" and row.id == org.base_currency_id:
        raise bad_request(
            "The base currency of an organization cannot be deleted.", errors.BASE_CURRENCY_DELETE
        )
    org.store.remove(table.name, row.id, org.clock.time())
    _emit(org, caller, table, "Delete", row.id, {}, {})
    for other_table, other_id in org.store.referrers(table.name, row.id):
        other = org.store.get_to_write(other_table, other_id)
        if other is not None:
            _let_go(org, caller, org.schema.tables[other_table], other, row.id)


def _let_go(org: Organisation, caller: Caller, table: Table, row: Row, gone: str) -> None:
    """A referring row loses its link; a contact goes with its account (a parental relationship)."""
    child = table.name == "contact" and row.values.get("_accountid_value") == gone
    if child and org.options.delete_contacts_with_account:
        delete(org, caller, table, row)
        return
    values = {name: value for name, value in row.values.items() if value != gone}
    org.store.put(table.name, row.id, values, row.kinds)


def _save(
    org: Organisation,
    caller: Caller,
    table: Table,
    message: str,
    row_id: str,
    changes: Changes,
    values: dict[str, Any],
    kinds: dict[str, str],
    late_s: float,
) -> Row:
    computed.fill_owner(org, caller, table, changes, values, kinds)
    computed.fill_state(table, changes, values)
    computed.fill_texts(org, table, changes.values, values)
    computed.fill_parent(table, values, kinds)
    computed.fill_amounts(org, table, changes.values, values)
    _RULES.get(table.name, _no_rule)(org, row_id, changes, values)
    _check_keys(org, table, row_id, values)
    if late_s > 0:
        return _save_late(org, caller, table, message, Row(row_id, 0, values, kinds), changes, late_s)
    row = org.store.put(table.name, row_id, values, kinds)
    _emit(org, caller, table, message, row_id, changes.values, kinds)
    return row


def _save_late(
    org: Organisation, caller: Caller, table: Table, message: str, row: Row, changes: Changes, late_s: float
) -> Row:
    """Take a version now and commit ``late_s`` seconds later, as a long transaction does."""
    row.version = org.store.next_version()
    event = _event(org, caller, table, message, row.id, changes.values, row.kinds)
    org.store.put_late(table.name, row, org.clock.time() + late_s, lambda: org.on_event(event))
    return row


def _emit(
    org: Organisation,
    caller: Caller,
    table: Table,
    message: str,
    row_id: str,
    changed: Mapping[str, Any],
    kinds: Mapping[str, str],
) -> None:
    org.uncommitted_events.append(_event(org, caller, table, message, row_id, changed, kinds))


def _event(
    org: Organisation,
    caller: Caller,
    table: Table,
    message: str,
    row_id: str,
    changed: Mapping[str, Any],
    kinds: Mapping[str, str],
) -> Event:
    return Event(message, table.name, row_id, caller, org.clock.time(), dict(changed), dict(kinds))


def _check_required(org: Organisation, table: Table, changes: Changes) -> None:
    if not org.options.strict_required:
        return
    needed = [table.columns[name] for name in table.required_on_create]
    if table.name == "systemuser" and "applicationid" not in changes.values:
        needed += [
            table.columns[name] for name in ("firstname", "lastname", "internalemailaddress", "domainname")
        ]
    for column in needed:
        if changes.values.get(column.read_name) is None:
            raise _required(table, column.name)


def _check_cleared(org: Organisation, table: Table, changes: Changes) -> None:
    if not org.options.strict_required:
        return
    for name in table.required_on_create:
        read_name = table.columns[name].read_name
        if read_name in changes.values and changes.values[read_name] is None:
            raise _required(table, name)


def _required(table: Table, name: str) -> Refused:
    return bad_request(f"Required field '{name}' is missing for {table.name}.", errors.REQUIRED_MISSING)


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


def _no_rule(org: Organisation, row_id: str, changes: Changes, values: Mapping[str, Any]) -> None:
    pass


def _currency_rule(org: Organisation, row_id: str, changes: Changes, values: Mapping[str, Any]) -> None:
    if row_id == org.base_currency_id:
        if values.get("statecode") != 0:
            raise bad_request("The base currency cannot be deactivated.", errors.BASE_CURRENCY_STATE)
        if values.get("exchangerate") != 1:
            raise bad_request(
                "The exchange rate of the base currency cannot be modified.", errors.BASE_CURRENCY_RATE
            )
    if "isocurrencycode" in changes.values:
        code = comparable(values.get("isocurrencycode"))
        others = org.store.tables["transactioncurrency"].rows.values()
        if any(comparable(row.values.get("isocurrencycode")) == code for row in others if row.id != row_id):
            raise bad_request(
                "Cannot insert duplicate currency record. Currency with the same currency code already exist "
                "in the system.",
                errors.DUPLICATE_CURRENCY,
            )


def _account_rule(org: Organisation, row_id: str, changes: Changes, values: Mapping[str, Any]) -> None:
    if changes.values.get("_parentaccountid_value") is None:
        return
    above: str | None = values["_parentaccountid_value"]
    for _ in range(MAX_HIERARCHY):
        if above is None:
            return
        if above == row_id:
            break
        row = org.store.get("account", above)
        above = row.values.get("_parentaccountid_value") if row else None
    raise bad_request(
        "Creating this parental association would create a loop in Accounts hierarchy.", errors.LOOP
    )


def _user_rule(org: Organisation, row_id: str, changes: Changes, values: Mapping[str, Any]) -> None:
    application = changes.values.get("applicationid")
    others = org.store.tables["systemuser"].rows.values()
    if application and any(
        row.values.get("applicationid") == application for row in others if row.id != row_id
    ):
        raise bad_request(
            f"You are attempting to create an Application ID = {application} that already exists.",
            errors.DUPLICATE_APPLICATION_USER,
        )


_RULES = {"transactioncurrency": _currency_rule, "account": _account_rule, "systemuser": _user_rule}
