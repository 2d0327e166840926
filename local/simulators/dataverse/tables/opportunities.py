"""Opportunities: customer, revenue, and states that only actions close.

States: 0 Open, 1 Won, 2 Lost.  Microsoft docs: developer/entities/opportunity and the error list.
"""

from __future__ import annotations

from local.simulators.dataverse.business_errors import (
    CUSTOMER_INACTIVE,
    IS_INACTIVE,
    OPPORTUNITY_BY_ACTION,
    PRICE_LIST_CURRENCY,
)
from local.simulators.dataverse.tables.pricing import number
from local.simulators.dataverse.tables.rules import (
    CURRENCY,
    Draft,
    TableRules,
    edits_more_than_state,
    follow_customer,
    refuse_inactive_customer,
    refuse_other_currency,
    required_missing,
)
from local.simulators.dataverse.values import stored_number

OPEN, WON, LOST = 0, 1, 2
CLOSING_ACTIONS = {WON: "WinOpportunity", LOST: "LoseOpportunity"}
CUSTOMER = "_customerid_value"
_PARENTS = {"account": "_parentaccountid_value", "contact": "_parentcontactid_value"}


def _prepare(draft: Draft) -> None:
    _fill_customer(draft)
    follow_customer(draft)
    if draft.values.get(CUSTOMER) is None and draft.org.options.strict_required:
        raise required_missing(draft.table, "customerid")
    if draft.values.get("isrevenuesystemcalculated"):
        draft.keep("estimatedvalue", stored_number(number(draft.values.get("totalamount"))))


def _fill_customer(draft: Draft) -> None:
    """Customer and parent account or contact stand for each other where only one is written."""
    kind, customer = draft.kinds.get(CUSTOMER), draft.values.get(CUSTOMER)
    if draft.sent(CUSTOMER) and customer is not None and kind is not None:
        if not draft.sent(_PARENTS[kind]):
            draft.values[_PARENTS[kind]] = customer
        return
    if not draft.sent(*_PARENTS.values()):
        return
    for kind, parent in _PARENTS.items():
        if draft.values.get(parent) is not None:
            draft.values[CUSTOMER], draft.kinds[CUSTOMER] = draft.values[parent], kind
            return


def _check(draft: Draft) -> None:
    refuse_inactive_customer(draft, CUSTOMER, CUSTOMER_INACTIVE)
    if draft.sent("_pricelevelid_value", CURRENCY):
        refuse_other_currency(draft, PRICE_LIST_CURRENCY)
    if draft.before is None or draft.by_action:
        return
    state = draft.values["statecode"]
    if draft.changed("statecode") and state != OPEN:
        raise OPPORTUNITY_BY_ACTION.refused(CLOSING_ACTIONS[state])
    if draft.old("statecode") != OPEN and edits_more_than_state(draft):
        raise IS_INACTIVE.refused()


RULES = {"opportunity": TableRules(prepare=_prepare, check=_check, loading=follow_customer)}
