"""Accounts and contacts: parents, hierarchies, and the addresses that are kept as rows too."""

from __future__ import annotations

from functools import partial

from local.simulators.dataverse import errors
from local.simulators.dataverse.errors import bad_request
from local.simulators.dataverse.tables.customer_addresses import complete_addresses, store_addresses
from local.simulators.dataverse.tables.rules import Draft, TableRules

MAX_HIERARCHY = 1000


def _follow_parent(draft: Draft) -> None:
    """A contact's ``accountid`` and ``parentcontactid`` follow its parent customer."""
    parent, kind = draft.values.get("_parentcustomerid_value"), draft.kinds.get("_parentcustomerid_value")
    draft.keep("_accountid_value", parent if kind == "account" else None)
    draft.keep("_parentcontactid_value", parent if kind == "contact" else None)


def _refuse_loop(draft: Draft) -> None:
    if draft.changes.values.get("_parentaccountid_value") is None:
        return
    above: str | None = draft.values["_parentaccountid_value"]
    for _ in range(MAX_HIERARCHY):
        if above is None:
            return
        if above == draft.row_id:
            break
        row = draft.org.store.get("account", above)
        above = row.values.get("_parentaccountid_value") if row else None
    raise bad_request(
        "Creating this parental association would create a loop in Accounts hierarchy.", errors.LOOP
    )


RULES = {
    "account": TableRules(
        check=_refuse_loop, saved=store_addresses, loaded=partial(complete_addresses, "account")
    ),
    "contact": TableRules(
        prepare=_follow_parent,
        saved=store_addresses,
        loading=_follow_parent,
        loaded=partial(complete_addresses, "contact"),
    ),
}
