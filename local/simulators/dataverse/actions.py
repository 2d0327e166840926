"""Actions of the Sales tables: closing opportunities, locking prices of invoices, publishing products.

Microsoft docs: webapi/use-web-api-actions, webapi/reference (WinOpportunity, LoseOpportunity,
LockInvoicePricing, UnlockInvoicePricing, PublishProductHierarchy).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from local.simulators.dataverse.addresses import Segment
from local.simulators.dataverse.bodies import BIND, target_row
from local.simulators.dataverse.business_errors import (
    OPPORTUNITY_CLOSED,
    PRICING_LOCKED,
    PRICING_UNLOCKED,
    PRODUCT_NOT_PUBLISHABLE,
    STATUS_OF_OTHER_STATE,
)
from local.simulators.dataverse.errors import bad_request, invalid_property, row_missing
from local.simulators.dataverse.replies import Operation, no_content
from local.simulators.dataverse.schema import Table
from local.simulators.dataverse.single import existing
from local.simulators.dataverse.store import Row
from local.simulators.dataverse.tables.opportunities import LOST, OPEN, WON
from local.simulators.dataverse.tables.products import ACTIVE, DRAFT, UNDER_REVISION, children_of
from local.simulators.dataverse.values import GUID
from local.simulators.dataverse.writing import update_by_action
from local.simulators.wire import Response

CRM = "Microsoft.Dynamics.CRM."
BoundAction = Callable[[Operation, Table, Segment], Response]
_CLOSE_COLUMNS = frozenset({"subject", "description", "actualrevenue", "actualend", f"opportunityid{BIND}"})
_DEFAULT_STATUS = -1


def win_opportunity(operation: Operation) -> Response:
    """WinOpportunity: ``{Status, OpportunityClose}``."""
    return _close_opportunity(operation, WON)


def lose_opportunity(operation: Operation) -> Response:
    """LoseOpportunity: ``{Status, OpportunityClose}``."""
    return _close_opportunity(operation, LOST)


def unlock_invoice_pricing(operation: Operation) -> Response:
    """UnlockInvoicePricing: ``{InvoiceId}``."""
    invoice_id = parameters(operation, {"InvoiceId"})["InvoiceId"]
    if not isinstance(invoice_id, str) or not GUID.fullmatch(invoice_id):
        raise bad_request(
            f"Cannot convert the literal '{str(invoice_id)[:100]}' to the expected type 'Edm.Guid'."
        )
    with operation.org.transaction():
        row = operation.org.store.get_to_write("invoice", invoice_id.lower())
        if row is None:
            raise row_missing("invoice", invoice_id)
        return _set_lock(operation, operation.org.schema.tables["invoice"], row, locked=False)


def lock_invoice_pricing(operation: Operation, table: Table, segment: Segment) -> Response:
    """LockInvoicePricing, bound to an invoice: prices are no longer taken from the price list."""
    parameters(operation, frozenset())
    with operation.org.transaction():
        return _set_lock(operation, table, existing(operation, table, segment), locked=True)


def publish_hierarchy(operation: Operation, table: Table, segment: Segment) -> Response:
    """PublishProductHierarchy, bound to a product: it and the drafts below it become active."""
    parameters(operation, frozenset())
    with operation.org.transaction():
        row = existing(operation, table, segment)
        if row.values.get("statecode") not in (DRAFT, UNDER_REVISION):
            raise PRODUCT_NOT_PUBLISHABLE.refused()
        _publish(operation, table, row)
    return no_content()


def parameters(
    operation: Operation, names: frozenset[str] | set[str], optional: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """The parameters of an action.  Raises ``Refused`` for missing and unknown ones."""
    body = operation.body() if operation.request.body or names else {}
    if unknown := sorted(body.keys() - names - optional):
        raise bad_request(f"The parameter '{unknown[0]}' in the request payload is not a valid parameter.")
    if missing := sorted(names - body.keys()):
        raise bad_request(f"Required parameter '{missing[0]}' is missing.")
    return body


def _close_opportunity(operation: Operation, state: int) -> Response:
    org, table = operation.org, operation.org.schema.tables["opportunity"]
    body = parameters(operation, {"Status", "OpportunityClose"})
    close = body["OpportunityClose"]
    if not isinstance(close, dict):
        raise bad_request("The parameter 'OpportunityClose' must be an opportunityclose.")
    for name in close.keys() - _CLOSE_COLUMNS - {"@odata.type"}:
        raise invalid_property(name, "opportunityclose")
    status = status_of(table, state, body["Status"])
    with org.transaction():
        _, row_id = target_row(org, close.get(f"opportunityid{BIND}"), ("opportunity",))
        row = org.store.get_to_write("opportunity", row_id)
        assert row is not None, "target_row found it"
        if row.values.get("statecode") != OPEN:
            raise OPPORTUNITY_CLOSED.refused()
        revenue = close.get("actualrevenue", row.values.get("estimatedvalue") if state == WON else None)
        day = str(close.get("actualend") or org.now_text())[: len("2000-01-01")]
        changed = {"statecode": state, "statuscode": status, "actualvalue": revenue, "actualclosedate": day}
        update_by_action(org, operation.caller, table, row, changed)
    return no_content()


def status_of(table: Table, state: int, status: Any) -> Any:
    """The status reason wanted, -1 for the state's default.  Raises ``Refused``."""
    if status == _DEFAULT_STATUS:
        return table.columns["statecode"].options[state].default_status
    choice = table.columns["statuscode"].options.get(status) if isinstance(status, int) else None
    if choice is None or choice.state != state:
        raise STATUS_OF_OTHER_STATE.refused()
    return status


def _set_lock(operation: Operation, table: Table, row: Row, *, locked: bool) -> Response:
    if bool(row.values.get("ispricelocked")) == locked:
        raise (PRICING_LOCKED if locked else PRICING_UNLOCKED).refused()
    update_by_action(operation.org, operation.caller, table, row, {"ispricelocked": locked})
    return no_content()


def _publish(operation: Operation, table: Table, row: Row) -> None:
    update_by_action(operation.org, operation.caller, table, row, {"statecode": ACTIVE, "statuscode": 1})
    for child in list(children_of(operation.org, row.id)):
        if child.values.get("statecode") in (DRAFT, UNDER_REVISION):
            _publish(operation, table, child)


BOUND_ACTIONS: Final[Mapping[tuple[str, str], BoundAction]] = {
    ("invoice", "LockInvoicePricing"): lock_invoice_pricing,
    ("product", "PublishProductHierarchy"): publish_hierarchy,
}
