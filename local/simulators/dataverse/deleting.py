"""Deleting a row, and what becomes of the rows that point at it.

Per relationship, as the published references say in ``CascadeConfiguration`` (``Column.on_delete``): the
link is removed, the other row goes too, or the deletion is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from local.simulators.dataverse.business_errors import IS_ASSOCIATED
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.people import Caller
from local.simulators.dataverse.saving import emit
from local.simulators.dataverse.schema import Column, Table
from local.simulators.dataverse.store import Row
from local.simulators.dataverse.tables import rules_of


def delete(org: Organisation, caller: Caller, table: Table, row: Row) -> None:
    """Delete a row, what hangs on it, and the links to it.  Raises ``Refused``."""
    org.people.require(caller, "delete", table.name)
    rules_of(table.name).deleting(org, row)
    _remove(org, caller, table, row)


def _remove(org: Organisation, caller: Caller, table: Table, row: Row) -> None:
    pointing = list(_pointing(org, table.name, row.id))
    if any(_behaviour(org, other, column, table.name) == "Restrict" for other, _, column in pointing):
        raise IS_ASSOCIATED.refused()
    org.store.remove(table.name, row.id, org.clock.time())
    emit(org, caller, "Delete", table.name, row.id, {}, {})
    for other, other_id, column in pointing:
        found = org.store.get_to_write(other.name, other_id)
        if found is None or found.values.get(column.read_name) != row.id:
            continue
        if _behaviour(org, other, column, table.name) == "Cascade":
            _remove(org, caller, other, found)
        else:
            _let_go(org, other, found, row.id)
    rules_of(table.name).deleted(org, caller, row)


def _pointing(org: Organisation, table: str, row_id: str) -> Iterator[tuple[Table, str, Column]]:
    """The lookups that point at a row: table, row and column; owners and audit columns left out."""
    for other_table, other_id in org.store.referrers(table, row_id):
        other, found = org.schema.tables[other_table], org.store.get(other_table, other_id)
        for column in other.lookups if found is not None else ():
            if found is not None and found.values.get(column.read_name) == row_id:
                yield other, other_id, column


def _behaviour(org: Organisation, table: Table, column: Column, gone: str) -> str:
    """A contact goes with its account (a parental relationship); the rest is as published."""
    if (table.name, column.name, gone) == ("contact", "parentcustomerid", "account"):
        return "Cascade" if org.options.delete_contacts_with_account else "RemoveLink"
    return column.on_delete


def _let_go(org: Organisation, table: Table, row: Row, gone: str) -> None:
    values = {name: value for name, value in row.values.items() if value != gone}
    org.store.put(table.name, row.id, values, row.kinds)
