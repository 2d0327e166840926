"""Unit groups and units: a group makes its base unit itself, a unit counts in another one of its group.

Microsoft docs: developer/entities/uomschedule and uom, and the error list.
"""

from __future__ import annotations

from local.simulators.dataverse.business_errors import (
    BASE_UNIT_HAS_NO_BASE,
    BASE_UNIT_NAME_MISSING,
    BASE_UNIT_NOT_DELETABLE,
    BASE_UNIT_QUANTITY,
    DUPLICATE,
    UNIT_NOT_IN_GROUP,
)
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.saving import create_computed
from local.simulators.dataverse.store import Row
from local.simulators.dataverse.tables.rules import Draft, TableRules, refuse_taken, require

GROUP = "_uomscheduleid_value"


def _check_group(draft: Draft) -> None:
    if draft.creating:
        require(draft, baseuomname=BASE_UNIT_NAME_MISSING)


def _make_base_unit(draft: Draft, row: Row) -> None:
    if not draft.creating:
        return
    values = {
        "name": row.values["baseuomname"], "quantity": 1.0, "isschedulebaseuom": True, GROUP: row.id,
    }  # fmt: skip
    create_computed(draft.org, draft.caller, draft.org.schema.tables["uom"], draft.org.new_id(), values)


def _check_unit(draft: Draft) -> None:
    if draft.old("isschedulebaseuom"):
        if draft.sent("_baseuom_value") and draft.values.get("_baseuom_value") is not None:
            raise BASE_UNIT_HAS_NO_BASE.refused()
        if draft.changed("quantity"):
            raise BASE_UNIT_QUANTITY.refused()
    base = draft.behind("_baseuom_value", "uom")
    if base is not None and base.values.get(GROUP) != draft.values.get(GROUP):
        raise UNIT_NOT_IN_GROUP.refused()
    refuse_taken(draft, "name", DUPLICATE, among=GROUP)


def _deleting_unit(org: Organisation, row: Row) -> None:
    """A base unit goes with its group only."""
    if row.values.get("isschedulebaseuom"):
        raise BASE_UNIT_NOT_DELETABLE.refused()


RULES = {
    "uomschedule": TableRules(check=_check_group, saved=_make_base_unit),
    "uom": TableRules(check=_check_unit, deleting=_deleting_unit),
}
