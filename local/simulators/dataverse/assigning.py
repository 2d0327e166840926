"""Another owner of a row: what hangs on it follows, where the published relationship says so.

Microsoft docs: data-platform/configure-entity-relationship-cascading-behavior, and ``CascadeConfiguration``
(Assign) of the table references: an account takes its contacts, accounts below, opportunities,
quotes, orders and invoices.
"""

from __future__ import annotations

from local.simulators.dataverse.computed import owner_columns
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.people import Caller
from local.simulators.dataverse.saving import write_computed
from local.simulators.dataverse.schema import Table
from local.simulators.dataverse.store import Row
from local.simulators.dataverse.tables import rules_of

OWNER = "_ownerid_value"


def cascade_owner(org: Organisation, caller: Caller, table: Table, row: Row) -> None:
    """Give the rows that hang on a row its owner, and those below them."""
    if not org.options.assign_cascades:
        return
    owner, kind = row.values[OWNER], row.kinds[OWNER]
    for other_table, other_id in org.store.referrers(table.name, row.id):
        other, found = org.schema.tables[other_table], org.store.get_to_write(other_table, other_id)
        if found is None or found.values.get(OWNER) == owner or not _follows(other, found, row.id):
            continue
        changed = {OWNER: owner, **owner_columns(org, other, kind, owner)}
        stored = write_computed(org, caller, other, found, changed, {OWNER: kind})
        rules_of(other_table).assigned(org, caller, stored)
        cascade_owner(org, caller, other, stored)


def _follows(table: Table, row: Row, target: str) -> bool:
    return any(
        column.on_assign == "Cascade" and row.values.get(column.read_name) == target
        for column in table.lookups
    )
