"""Invoices: number, customer, states, totals.

States: 0 Active, 1 Closed (deprecated), 2 Paid, 3 Canceled; only an active invoice can be edited.  The
totals are computed from the lines while the organisation's price calculation is on.  Microsoft docs:
developer/entities/invoice, product-discounting-methods, and the error list.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from local.simulators.dataverse.business_errors import (
    CUSTOMER_INACTIVE,
    DUPLICATE,
    INVOICE_CLOSE_DEPRECATED,
    IS_INACTIVE,
    PRICE_LIST_CURRENCY,
    WRONG_STATE,
)
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.people import Caller
from local.simulators.dataverse.saving import write_computed
from local.simulators.dataverse.store import Row
from local.simulators.dataverse.tables.pricing import HUNDRED, number
from local.simulators.dataverse.tables.rules import (
    CURRENCY,
    Draft,
    TableRules,
    edits_more_than_state,
    follow_customer,
    refuse_inactive_customer,
    refuse_other_currency,
    refuse_taken,
    rows_pointing,
)
from local.simulators.dataverse.values import rounded

TABLE, LINE = "invoice", "invoicedetail"
HEADER = "_invoiceid_value"
ACTIVE, CLOSED, PAID, CANCELED = 0, 1, 2, 3
_ALLOWED = {(ACTIVE, PAID), (PAID, ACTIVE), (ACTIVE, CANCELED), (PAID, CANCELED)}
DETAIL_ERROR = 1


def calculates_prices(org: Organisation) -> bool:
    """Whether the organisation's own price calculation is on."""
    return bool(org.setting("oobpricecalculationenabled"))


def lines_of(org: Organisation, invoice_id: str) -> list[Row]:
    """The lines of an invoice."""
    return list(rows_pointing(org, LINE, HEADER, TABLE, invoice_id))


def recalculate(org: Organisation, caller: Caller, invoice: Row) -> None:
    """Write an invoice's totals anew after one of its lines was written."""
    if not calculates_prices(org):
        return
    totals = _totals(org, invoice.id, invoice.values)
    changed = {name: value for name, value in totals.items() if invoice.values.get(name) != value}
    if changed:
        write_computed(org, caller, org.schema.tables[TABLE], invoice, changed)


def header_values(values: dict[str, Any]) -> dict[str, Any]:
    """What a line shows of its invoice."""
    shown = {
        "invoicestatecode": values.get("statecode", ACTIVE),
        "invoiceispricelocked": bool(values.get("ispricelocked")),
        "_ownerid_value": values.get("_ownerid_value"),
    }
    return {name: value for name, value in shown.items() if value is not None}


def _totals(org: Organisation, invoice_id: str, values: dict[str, Any]) -> dict[str, Any]:
    lines = [line.values for line in lines_of(org, invoice_id)]
    tax = sum((number(line.get("tax")) for line in lines), Decimal(0))
    items = sum((number(line.get("extendedamount")) for line in lines), Decimal(0)) - tax
    percent = items * number(values.get("discountpercentage")) / HUNDRED
    discount = number(values.get("discountamount")) + percent
    freight = number(values.get("freightamount"))
    amounts = {
        "totallineitemamount": items,
        "totallineitemdiscountamount": sum(map(_line_discount, lines), Decimal(0)),
        "totaldiscountamount": discount,
        "totalamountlessfreight": items - discount,
        "totaltax": tax,
        "totalamount": items - discount + freight + tax,
    }
    columns = org.schema.tables[TABLE].columns
    totals: dict[str, Any] = {
        name: rounded(amount, org.money_digits(columns[name], values)) for name, amount in amounts.items()
    }
    wrong = any(line.get("pricingerrorcode") for line in lines)
    return totals | {"pricingerrorcode": DETAIL_ERROR if wrong else 0}


def _line_discount(line: dict[str, Any]) -> Decimal:
    return number(line.get("manualdiscountamount"))


def _prepare(draft: Draft) -> None:
    if draft.creating:
        draft.values.setdefault("invoicenumber", draft.org.next_document_number("invoiceprefix"))
    follow_customer(draft)
    if calculates_prices(draft.org):
        for name, value in _totals(draft.org, draft.row_id, draft.values).items():
            draft.keep(name, value)


def _check(draft: Draft) -> None:
    refuse_inactive_customer(draft, "_customerid_value", CUSTOMER_INACTIVE)
    if draft.sent("_pricelevelid_value", CURRENCY):
        refuse_other_currency(draft, PRICE_LIST_CURRENCY)
    refuse_taken(draft, "invoicenumber", DUPLICATE, among="_owningbusinessunit_value")
    if draft.before is not None:
        _check_state(draft, draft.before.values.get("statecode", ACTIVE), draft.values["statecode"])


def _check_state(draft: Draft, old: int, new: int) -> None:
    if new == CLOSED and old != CLOSED:
        raise INVOICE_CLOSE_DEPRECATED.refused()
    if old != new and (old, new) not in _ALLOWED:
        raise WRONG_STATE.refused()
    if old != ACTIVE and edits_more_than_state(draft) and not draft.by_action:
        raise IS_INACTIVE.refused()


def _saved(draft: Draft, row: Row) -> None:
    """The lines show state, lock and owner of the invoice."""
    if draft.before is not None and header_values(row.values) != header_values(draft.before.values):
        _show_in_lines(draft.org, draft.caller, row)


def _show_in_lines(org: Organisation, caller: Caller, row: Row) -> None:
    shown, kinds = header_values(row.values), {"_ownerid_value": row.kinds["_ownerid_value"]}
    for line in lines_of(org, row.id):
        write_computed(org, caller, org.schema.tables[LINE], line, shown, kinds, told=False)


RULES = {
    TABLE: TableRules(
        prepare=_prepare, check=_check, saved=_saved, assigned=_show_in_lines, loading=follow_customer
    )
}
