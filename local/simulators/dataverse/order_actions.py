"""Actions that close orders: fulfilled is bound to the set, canceled to nothing.

Microsoft docs: webapi/reference (FulfillSalesOrder, CancelSalesOrder); their parameter ``OrderClose`` is an
activity, which names its order by ``salesorderid``.
"""

from __future__ import annotations

from local.simulators.dataverse.actions import CRM, parameters, status_of
from local.simulators.dataverse.bodies import BIND, target_row
from local.simulators.dataverse.business_errors import WRONG_STATE
from local.simulators.dataverse.errors import bad_request, invalid_property
from local.simulators.dataverse.replies import Operation, no_content
from local.simulators.dataverse.tables.documents import ACTIVE, FULFILLED, ORDER_CANCELED, SUBMITTED
from local.simulators.dataverse.writing import update_by_action
from local.simulators.wire import Response

_CLOSE_COLUMNS = frozenset({"subject", "description", "actualend", f"salesorderid{BIND}"})
_KIND = f"{CRM}orderclose"


def fulfill(operation: Operation) -> Response:
    """FulfillSalesOrder: ``{Status, OrderClose}``."""
    return _close(operation, FULFILLED)


def cancel(operation: Operation) -> Response:
    """CancelSalesOrder: ``{Status, OrderClose}``; the type of ``OrderClose`` must be told."""
    return _close(operation, ORDER_CANCELED)


def _close(operation: Operation, state: int) -> Response:
    org, table = operation.org, operation.org.schema.tables["salesorder"]
    body = parameters(operation, {"Status", "OrderClose"})
    close = body["OrderClose"]
    if not isinstance(close, dict) or close.get("@odata.type", "").removeprefix("#") != _KIND:
        raise bad_request(f"The parameter 'OrderClose' must have the @odata.type {_KIND}.")
    for name in close.keys() - _CLOSE_COLUMNS - {"@odata.type"}:
        raise invalid_property(name, "orderclose")
    status = status_of(table, state, body["Status"])
    with org.transaction():
        _, row_id = target_row(org, close.get(f"salesorderid{BIND}"), ("salesorder",))
        row = org.store.get_to_write("salesorder", row_id)
        assert row is not None, "target_row found it"
        if row.values.get("statecode") not in (ACTIVE, SUBMITTED):
            raise WRONG_STATE.refused()
        day = str(close.get("actualend") or org.now_text())[: len("2000-01-01")]
        fulfilled = {"datefulfilled": f"{day}T00:00:00Z"} if state == FULFILLED else {}
        changed = {"statecode": state, "statuscode": status, **fulfilled}
        update_by_action(org, operation.caller, table, row, changed)
    return no_content()


SET_ACTIONS = {("salesorder", "FulfillSalesOrder"): fulfill}
"""Actions bound to a set, by table and name."""
