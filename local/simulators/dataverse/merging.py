"""Merge: one of two accounts or contacts takes over what hangs on the other, which is deactivated.

Microsoft docs: webapi/merge-table-rows, webapi/reference/merge.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.simulators.dataverse.actions import parameters
from local.simulators.dataverse.business_errors import (
    MERGE_CYCLE,
    MERGE_IDENTICAL,
    MERGE_INACTIVE,
    MERGE_OTHER_PARENT,
)
from local.simulators.dataverse.errors import bad_request, row_missing
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.people import Caller
from local.simulators.dataverse.replies import Operation, no_content
from local.simulators.dataverse.saving import write_computed
from local.simulators.dataverse.schema import Column, Table
from local.simulators.dataverse.store import Row
from local.simulators.dataverse.tables.customer_addresses import EMBEDDED
from local.simulators.dataverse.values import GUID
from local.simulators.dataverse.writing import update
from local.simulators.wire import Response

TYPE_PREFIX = "Microsoft.Dynamics.CRM."
MERGED = {"account": "_parentaccountid_value", "contact": "_parentcustomerid_value"}
"""The tables that can be merged, and the lookup to a row's parent."""
INACTIVE_STATUS = 2
_NEVER_COPIED = frozenset({"statecode", "statuscode", "_ownerid_value", "_transactioncurrencyid_value"})


def merge(operation: Operation) -> Response:
    """Merge: ``{Target, Subordinate, UpdateContent, PerformParentingChecks}``."""
    org, caller = operation.org, operation.caller
    names = {"Target", "Subordinate", "PerformParentingChecks"}
    body = parameters(operation, names, frozenset({"UpdateContent"}))
    table = _table_of(org, body["Target"], "Target")
    if _table_of(org, body["Subordinate"], "Subordinate") is not table:
        raise bad_request("Target and Subordinate must be of the same type.")
    content = _content(org, table, body.get("UpdateContent"))
    with org.transaction():
        org.people.require(caller, "write", table.name)
        master, loser = (_row_of(org, table, body[name]) for name in ("Target", "Subordinate"))
        _check(table, master, loser, checked=body["PerformParentingChecks"] is True)
        _fill(org, caller, table, master, loser, content)
        _take_over(org, caller, table, master.id, loser.id)
        _deactivate(org, caller, table, master.id, loser.id)
    return no_content()


def _table_of(org: Organisation, entity: Any, parameter: str) -> Table:
    """The table of an entity; its type is not declared, so the annotation is needed."""
    name = str(entity.get("@odata.type", "")).lstrip("#") if isinstance(entity, dict) else ""
    if not name.startswith(TYPE_PREFIX):
        raise bad_request(f"The parameter '{parameter}' needs '@odata.type': its type is not declared.")
    if name.removeprefix(TYPE_PREFIX) not in MERGED:
        raise bad_request(f"Merge does not support '{name}'.")
    return org.schema.tables[name.removeprefix(TYPE_PREFIX)]


def _content(org: Organisation, table: Table, entity: Any) -> dict[str, Any]:
    if entity is None:
        return {}
    if _table_of(org, entity, "UpdateContent") is not table:
        raise bad_request("UpdateContent must be of the same type as Target.")
    return dict(entity)


def _row_of(org: Organisation, table: Table, entity: dict[str, Any]) -> Row:
    row_id = entity.get(table.id_name)
    if not isinstance(row_id, str) or not GUID.fullmatch(row_id):
        raise bad_request(f"The entity to merge names no row: '{table.id_name}' is missing.")
    row = org.store.get_to_write(table.name, row_id.lower())
    if row is None:
        raise row_missing(table.name, row_id)
    return row


def _check(table: Table, master: Row, loser: Row, *, checked: bool) -> None:
    if master.id == loser.id:
        raise MERGE_IDENTICAL.refused()
    if master.values.get("statecode") != 0 or loser.values.get("statecode") != 0:
        raise MERGE_INACTIVE.refused()
    parent = MERGED[table.name]
    if master.values.get(parent) == loser.id:
        raise MERGE_CYCLE.refused()
    if checked and master.values.get(parent) != loser.values.get(parent):
        raise MERGE_OTHER_PARENT.refused()


def _fill(
    org: Organisation, caller: Caller, table: Table, master: Row, loser: Row, content: dict[str, Any]
) -> None:
    """The surviving row gets the content sent, and from the other one what it has no value for."""
    blanks = _blanks(table, master, loser) if org.options.merge_fills_blanks else {}
    if blanks:
        kinds = {name: loser.kinds[name] for name in blanks if name in loser.kinds}
        master = write_computed(org, caller, table, master, blanks, kinds, told=not content)
    if content:
        update(org, caller, table, master, content)


def _blanks(table: Table, master: Row, loser: Row) -> dict[str, Any]:
    return {
        column.read_name: loser.values[column.read_name]
        for column in table.columns.values()
        if _can_be_taken(table, column)
        and column.read_name in loser.values
        and column.read_name not in master.values
        and loser.values[column.read_name] != master.id
    }


def _can_be_taken(table: Table, column: Column) -> bool:
    fixed = column.read_name in _NEVER_COPIED or column.read_name == MERGED[table.name]
    return column.create and column.update and not fixed and not column.name.endswith("_addressid")


def _take_over(org: Organisation, caller: Caller, table: Table, master: str, loser: str) -> None:
    """Move the links of every row that points at the loser."""
    for other_table, other_id in org.store.referrers(table.name, loser):
        other, row = org.schema.tables[other_table], org.store.get_to_write(other_table, other_id)
        moved = {} if row is None else dict.fromkeys(_links(other, row, loser), master)
        if row is not None and moved and not _is_own_address(row, other_table, table.name):
            write_computed(org, caller, other, row, moved)


def _links(table: Table, row: Row, loser: str) -> Iterator[str]:
    """The lookups that point at a row; what was merged into it before stays so."""
    for column in table.lookups:
        if row.values.get(column.read_name) == loser and column.name != "masterid":
            yield column.read_name


def _is_own_address(row: Row, table: str, parent: str) -> bool:
    """Whether a row is one of the addresses that are columns of the merged row."""
    return bool(table == "customeraddress" and row.values.get("addressnumber", 0) <= EMBEDDED[parent])


def _deactivate(org: Organisation, caller: Caller, table: Table, master: str, loser: str) -> None:
    row = org.store.get_to_write(table.name, loser)
    assert row is not None, "it was there when the merge began"
    state = {"statecode": 1, "statuscode": INACTIVE_STATUS, "merged": True, "_masterid_value": master}
    write_computed(org, caller, table, row, state)
