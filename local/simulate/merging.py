"""Merging two accounts as Dataverse's Merge message does: the children move to the one that stays, the other
is deactivated and names it.

Source: Microsoft docs, power-apps/developer/data-platform/merge-records and the account table's masterid.
"""

from __future__ import annotations

from local.simulation.world import CLIENT, ORG, PERSON, TENANT
from local.simulators.dataverse import Dataverse, writing
from local.simulators.dataverse.people import Caller
from local.simulators.tokens import Identity

_CHILDREN = {"contact": "parentcustomerid_account"}


def merge_accounts(sales: Dataverse, stays: str, goes: str) -> int:
    """One transaction of a person; how many children moved."""
    org, moved = sales.org, 0
    caller = _person(sales)
    with org.transaction():
        for name, navigation in _CHILDREN.items():
            table = org.schema.tables[name]
            for row in list(org.store.tables[name].rows.values()):
                if row.values.get("_parentcustomerid_value") == goes:
                    fresh = org.store.get_to_write(name, row.id)
                    assert fresh is not None
                    bound = {f"{navigation}@odata.bind": f"/accounts({stays})"}
                    writing.update(org, caller, table, fresh, bound)
                    moved += 1
        loser = org.store.get_to_write("account", goes)
        assert loser is not None
        done = writing.update(
            org, caller, org.schema.tables["account"], loser, {"statecode": 1, "statuscode": 2}
        )
        # Both are the service's own and no client may write them; they come with the same version.
        done.values.update(_masterid_value=stays, merged=True)
    return moved


def _person(sales: Dataverse) -> Caller:
    return sales.org.people.caller(Identity(TENANT, CLIENT, PERSON, ORG), {})
