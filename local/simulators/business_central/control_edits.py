"""What people and other apps do in the client, for tests and the demo: edit any record, post stock, pay.

The rules of the tables hold; that a property is read-only in the API does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from local.simulators.business_central.editing import edit_as_person, remove
from local.simulators.business_central.environment import Environment
from local.simulators.business_central.session import Session
from local.simulators.business_central.storage import Company, Row
from local.simulators.business_central.tables import combined, customer_ledger, orders, planned, quotes
from local.simulators.business_central.tables.documents import INVOICE, OWN_DAY, is_posted, remaining_of
from local.simulators.business_central.tables.extension.orders import PREPAYMENT
from local.simulators.business_central.tables.general_ledger import BANK, PAYMENT, RECEIVABLES, post
from local.simulators.business_central.tables.ledger import post_movement
from local.simulators.business_central.tables.posting import post as post_invoice


def edit_row(env: Environment, company: Company, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Change the row ``id`` of ``table``, or add one without ``id``; ``values`` are as in the API."""
    entity = env.types[arguments["table"]]
    row_id = arguments.get("id")
    with env.transaction(person=True) as unit:
        session = env.session(company, unit)
        row = edit_as_person(session, entity, row_id and str(row_id).lower(), arguments.get("values", {}))
        return dict(row.values)


def delete_row(env: Environment, company: Company, table: str, row_id: str) -> None:
    """Delete a row whatever its version.  Raises ``ApiError`` where the table refuses."""
    with env.transaction(person=True) as unit:
        session = env.session(company, unit)
        remove(session, env.types[table], session.table(table).rows[row_id])


def set_order_status(env: Environment, company: Company, order_id: str, status: str) -> None:
    """What approval and prepayment make of an order: Draft, In_x0020_Review or Open, as API v2.0 calls them,
    or Pending_x0020_Prepayment, which is Open there."""
    waits = status == PREPAYMENT
    changes = {"status": "Open" if waits else status, PREPAYMENT: waits}
    with env.transaction(person=True) as unit:
        env.session(company, unit).change("salesOrders", order_id.lower(), changes)


def post_stock(env: Environment, company: Company, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Post a movement of ``item`` (its number) by ``quantity``, maybe with location, variant and date."""
    details = {
        name: arguments[given]
        for given, name in (("location", "locationCode"), ("variant", "variantCode"), ("date", "postingDate"))
        if given in arguments
    }
    with env.transaction(person=True) as unit:
        session = env.session(company, unit)
        item = session.by_key("items", str(arguments["item"]).upper())
        if item is None:
            raise ValueError(f"no item {arguments['item']!r}")
        return dict(post_movement(session, item, arguments["quantity"], **details).values)


def plan_line(env: Environment, company: Company, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Enter an order line of an ``item``, or change the one of ``id``: ``type`` (Sale, Purchase, …),
    ``quantity`` (below zero where it leaves), maybe date, location, variant, reserved, document.
    """
    given = dict(arguments)
    if "item" in given:
        given["item"] = str(given["item"]).upper()
    with env.transaction(person=True) as unit:
        return dict(planned.plan(env.session(company, unit), given).values)


def post_line(env: Environment, company: Company, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Ship or receive the planned line of ``id``, all of it unless ``quantity`` says less."""
    with env.transaction(person=True) as unit:
        session = env.session(company, unit)
        line = session.table(planned.TABLE).rows[str(arguments["id"]).lower()]
        return dict(planned.post(session, line, arguments.get("quantity")).values)


def drop_line(env: Environment, company: Company, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Delete the planned line of ``id``."""
    with env.transaction(person=True) as unit:
        session = env.session(company, unit)
        row = session.table(planned.TABLE).rows[str(arguments["id"]).lower()]
        session.remove(planned.TABLE, row.id)
        return {"deleted": row.id}


def pay(env: Environment, company: Company, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Pay a posted invoice, all of it unless ``amount`` says less.

    A part moves the remaining amount without a stamp; the last part also makes the invoice ``Paid``.  With
    ``posted_before`` the payment is in the books already and is only applied: that writes no ledger entry.
    """
    with env.transaction(person=True) as unit:
        session = env.session(company, unit)
        row = session.table("salesInvoices").rows[str(arguments["invoice"]).lower()]
        if not is_posted(row):
            raise ValueError("only a posted invoice can be paid")
        rest = remaining_of(company.paid, row)
        amount = arguments.get("amount", rest)
        if not 0 < amount <= rest:
            raise ValueError(f"the amount must be above 0 and at most {rest}")
        company.paid[row.id] = company.paid.get(row.id, 0) + amount
        customer_ledger.enter(session, row, -amount)
        if not arguments.get("posted_before"):
            _enter_payment(session, row, amount)
        if remaining_of(company.paid, row) == 0:
            session.change("salesInvoices", row.id, {"status": "Paid"})
        return {"remainingAmount": remaining_of(company.paid, row)}


def handle_order(env: Environment, company: Company, arguments: Mapping[str, Any]) -> None:
    """What people do with the order of an id: ``act`` is release, reopen, ship or invoice.

    Raises ``ApiError`` where the order refuses, KeyError for what is not there.
    """
    acts: Mapping[str, Callable[[Session, Row], None]] = {
        "release": orders.release,
        "reopen": orders.reopen,
        "ship": partial(orders.post, ship=True, invoice=False),
        "invoice": partial(orders.post, ship=False, invoice=True),
    }
    with env.transaction(person=True) as unit:
        session = env.session(company, unit)
        acts[arguments["act"]](session, session.table("salesOrders").rows[str(arguments["order"]).lower()])


def set_line_day(env: Environment, company: Company, line_id: str, day: str) -> None:
    """Say on which day a line of an order is wanted; API v2.0 does not know it."""
    with env.transaction(person=True) as unit:
        env.session(company, unit).change("salesOrderLines", line_id.lower(), {OWN_DAY: day})


def take_shipments(env: Environment, company: Company, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Take what was shipped of ``orders`` (ids) and not invoiced into one invoice, which is a draft yet.

    Raises ``ApiError`` where Business Central would refuse, KeyError for what is not there.
    """
    with env.transaction(person=True) as unit:
        session = env.session(company, unit)
        taken = [session.table("salesOrders").rows[str(each).lower()] for each in arguments["orders"]]
        return dict(combined.take_shipments(session, taken).values)


def invoice_together(env: Environment, company: Company, order_ids: Sequence[str]) -> None:
    """Take what was shipped of these orders and not invoiced into one invoice, and post it at once."""
    with env.transaction(person=True) as unit:
        session = env.session(company, unit)
        taken = [session.table("salesOrders").rows[each.lower()] for each in order_ids]
        post_invoice(session, combined.take_shipments(session, taken), INVOICE)


def delete_invoiced_orders(env: Environment, company: Company) -> None:
    """Run the batch job that takes away orders which went into invoices of several."""
    with env.transaction(person=True) as unit:
        orders.delete_invoiced(env.session(company, unit))


def handle_quote(env: Environment, company: Company, arguments: Mapping[str, Any]) -> None:
    """What people do with the quote of an id: ``act`` is send, accept or make_order.

    Raises ``ApiError`` where the quote refuses, KeyError for what is not there.
    """
    acts: Mapping[str, Callable[[Session, Row], None]] = {
        "send": quotes.send,
        "accept": quotes.accept,
        "make_order": quotes.make_order,
    }
    with env.transaction(person=True) as unit:
        session = env.session(company, unit)
        acts[arguments["act"]](session, session.table("salesQuotes").rows[str(arguments["quote"]).lower()])


def _enter_payment(session: Session, invoice: Row, amount: float) -> None:
    number = f"PAY-{invoice.values['number']}"
    post(session, PAYMENT, number, BANK, RECEIVABLES, amount)
