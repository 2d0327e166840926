"""Quotes, orders and invoices: number, customer, states, totals.

Only an active document, or the draft of a quote, can be edited.  A quote becomes active by a plain update and
is won, closed and revised by actions only.  An order is fulfilled and canceled by actions only, and becomes
submitted, invoiced and active again by a plain update.  The totals are computed from the lines while the
organisation's price calculation is on.  Microsoft docs: developer/entities/quote, salesorder, invoice,
product-discounting-methods, and the error list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from local.simulators.dataverse.business_errors import (
    CLOSED_BY_ACTION,
    CUSTOMER_INACTIVE,
    DUPLICATE,
    INVOICE_CLOSE_DEPRECATED,
    IS_INACTIVE,
    PRICE_LIST_CURRENCY,
    WRONG_STATE,
    Fault,
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

ACTIVE: Final = 0
QUOTE_ACTIVE, QUOTE_WON, QUOTE_CLOSED = 1, 2, 3
REVISION = "revisionnumber"
"""A quote that is revised keeps its number and gets another one of these."""
SUBMITTED, ORDER_CANCELED, FULFILLED, INVOICED = 1, 2, 3, 4
CLOSED, PAID, CANCELED = 1, 2, 3
DETAIL_ERROR = 1


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document: its tables, its number, and which changes of state a plain update may make.

    ``header`` is the property by which a line shows its document, ``shown`` are the properties of a line
    with state and price lock of it.  ``by_action`` names the action of a state no plain update leads to.
    Two documents may have the same number where they differ in ``version``.
    """

    table: str
    line: str
    header: str
    number: str
    prefix: str
    shown: Mapping[str, str]
    allowed: frozenset[tuple[int, int]]
    refused: Mapping[int, Fault] = field(default_factory=dict)
    by_action: Mapping[int, str] = field(default_factory=dict)
    version: str = ""

    @property
    def lookup(self) -> str:
        """The column of a line that leads to its document."""
        return f"{self.table}id"


INVOICE: Final = Kind(
    "invoice",
    "invoicedetail",
    "_invoiceid_value",
    "invoicenumber",
    "invoiceprefix",
    {"statecode": "invoicestatecode", "ispricelocked": "invoiceispricelocked"},
    frozenset({(ACTIVE, PAID), (PAID, ACTIVE), (ACTIVE, CANCELED), (PAID, CANCELED)}),
    refused={CLOSED: INVOICE_CLOSE_DEPRECATED},
)
ORDER: Final = Kind(
    "salesorder",
    "salesorderdetail",
    "_salesorderid_value",
    "ordernumber",
    "orderprefix",
    {"statecode": "salesorderstatecode", "ispricelocked": "salesorderispricelocked"},
    frozenset(
        {
            (ACTIVE, SUBMITTED),
            (ACTIVE, INVOICED),
            (SUBMITTED, ACTIVE),
            (SUBMITTED, INVOICED),
            (FULFILLED, ACTIVE),
            (FULFILLED, INVOICED),
            (INVOICED, ACTIVE),
        }
    ),
    by_action={FULFILLED: "FulfillSalesOrder", ORDER_CANCELED: "CancelSalesOrder"},
)
QUOTE: Final = Kind(
    "quote",
    "quotedetail",
    "_quoteid_value",
    "quotenumber",
    "quoteprefix",
    {"statecode": "quotestatecode"},
    frozenset({(ACTIVE, QUOTE_ACTIVE)}),
    by_action={QUOTE_WON: "WinQuote", QUOTE_CLOSED: "CloseQuote"},
    version=REVISION,
)
KINDS: Final = {kind.table: kind for kind in (INVOICE, ORDER, QUOTE)}
KIND_OF_LINE: Final = {kind.line: kind for kind in (INVOICE, ORDER, QUOTE)}


def calculates_prices(org: Organisation) -> bool:
    """Whether the organisation's own price calculation is on."""
    return bool(org.setting("oobpricecalculationenabled"))


def lines_of(org: Organisation, kind: Kind, document_id: str) -> list[Row]:
    """The lines of a document."""
    return list(rows_pointing(org, kind.line, kind.header, kind.table, document_id))


def recalculate(org: Organisation, caller: Caller, kind: Kind, document: Row) -> None:
    """Write a document's totals anew after one of its lines was written."""
    if not calculates_prices(org):
        return
    totals = _totals(org, kind, document.id, document.values)
    changed = {name: value for name, value in totals.items() if document.values.get(name) != value}
    if changed:
        write_computed(org, caller, org.schema.tables[kind.table], document, changed)


def header_values(kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
    """What a line shows of its document."""
    held = {
        "statecode": values.get("statecode", ACTIVE),
        "ispricelocked": bool(values.get("ispricelocked")),
    }
    shown = {name: held[source] for source, name in kind.shown.items()}
    shown |= {"_ownerid_value": values.get("_ownerid_value")}
    return {name: value for name, value in shown.items() if value is not None}


def _totals(org: Organisation, kind: Kind, document_id: str, values: dict[str, Any]) -> dict[str, Any]:
    lines = [line.values for line in lines_of(org, kind, document_id)]
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
    columns = org.schema.tables[kind.table].columns
    totals: dict[str, Any] = {
        name: rounded(amount, org.money_digits(columns[name], values)) for name, amount in amounts.items()
    }
    wrong = any(line.get("pricingerrorcode") for line in lines)
    return totals | {"pricingerrorcode": DETAIL_ERROR if wrong else 0}


def _line_discount(line: dict[str, Any]) -> Decimal:
    return number(line.get("manualdiscountamount"))


def _prepare(draft: Draft) -> None:
    kind = KINDS[draft.table.name]
    if draft.creating:
        draft.values.setdefault(kind.number, draft.org.next_document_number(kind.prefix))
        if kind.version:
            draft.values.setdefault(kind.version, 0)
    follow_customer(draft)
    if calculates_prices(draft.org):
        for name, value in _totals(draft.org, kind, draft.row_id, draft.values).items():
            draft.keep(name, value)


def _check(draft: Draft) -> None:
    kind = KINDS[draft.table.name]
    refuse_inactive_customer(draft, "_customerid_value", CUSTOMER_INACTIVE)
    if draft.sent("_pricelevelid_value", CURRENCY):
        refuse_other_currency(draft, PRICE_LIST_CURRENCY)
    refuse_taken(draft, kind.number, DUPLICATE, among=kind.version or "_owningbusinessunit_value")
    if draft.before is not None and not draft.by_action:
        _check_state(draft, kind, draft.before.values.get("statecode", ACTIVE), draft.values["statecode"])


def _check_state(draft: Draft, kind: Kind, old: int, new: int) -> None:
    if old != new and new in kind.refused:
        raise kind.refused[new].refused()
    if old != new and new in kind.by_action:
        raise CLOSED_BY_ACTION.refused(kind.table.removeprefix("sales"), kind.by_action[new])
    if old != new and (old, new) not in kind.allowed:
        raise WRONG_STATE.refused()
    if old != ACTIVE and edits_more_than_state(draft):
        raise IS_INACTIVE.refused()


def _saved(draft: Draft, row: Row) -> None:
    """The lines show state, lock and owner of the document."""
    kind = KINDS[draft.table.name]
    if draft.before is not None and header_values(kind, row.values) != header_values(
        kind, draft.before.values
    ):
        _show_in_lines(kind, draft.org, draft.caller, row)


def _show_in_lines(kind: Kind, org: Organisation, caller: Caller, row: Row) -> None:
    shown, kinds = header_values(kind, row.values), {"_ownerid_value": row.kinds["_ownerid_value"]}
    for line in lines_of(org, kind, row.id):
        write_computed(org, caller, org.schema.tables[kind.line], line, shown, kinds, told=False)


def _rules(kind: Kind) -> TableRules:
    def assigned(org: Organisation, caller: Caller, row: Row) -> None:
        _show_in_lines(kind, org, caller, row)

    return TableRules(
        prepare=_prepare, check=_check, saved=_saved, assigned=assigned, loading=follow_customer
    )


RULES = {kind.table: _rules(kind) for kind in KINDS.values()}
