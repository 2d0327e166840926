"""Bound actions: ``POST {entity}/Microsoft.NAV.{action}`` with an empty body.

Names are not case-sensitive.  If-Match is checked where it is sent: Microsoft's own tests call actions
without it.
"""

from __future__ import annotations

from local.simulators.business_central.editing import check_if_match
from local.simulators.business_central.errors import ApiError, record_not_found
from local.simulators.business_central.schema import EntityType
from local.simulators.business_central.session import Session
from local.simulators.business_central.tables import RULES


def run_action(session: Session, entity: EntityType, row_id: str, name: str, if_match: str | None) -> None:
    """Run one action on one row; raises ``ApiError``."""
    rules = RULES[entity.name]
    action = next((run for known, run in rules.actions.items() if known.lower() == name.lower()), None)
    if action is None:
        raise ApiError(
            501,
            "BadRequest_MethodNotImplemented",
            f"The action '{name}' is not supported on {entity.entity}.",
        )
    row = session.current(rules.source, row_id)
    if row is None:
        raise record_not_found(entity.table, row_id)
    if if_match is not None:
        check_if_match(if_match, row.etag)
    action(session, row)
