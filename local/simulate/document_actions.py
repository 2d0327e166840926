"""What people do with posted documents: enter, post, pay, cancel, change due dates, delete in Sales."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from local.simulate.document_pairs import CREDIT_MEMO, INVOICE, LINES
from local.simulate.fields import Pair
from local.simulate.observing import Key
from local.simulate.people import People
from local.simulators.business_central.control_edits import pay

type Action = Callable[[People], None]

_POST = "Microsoft.NAV.post"
_FIRST_DAY = date(2027, 2, 1)


def invoice(people: People) -> None:
    """Enter an invoice with some lines, and most often post it."""
    _enter(people, INVOICE)


def credit_memo(people: People) -> None:
    """Enter a credit memo, and most often post it."""
    _enter(people, CREDIT_MEMO)


def _enter(people: People, pair: Pair) -> None:
    company = people.rng.choice(sorted(people.bc))
    customer, items = _one(people, "customers", company), _all(people, "items", company)
    if customer is None or not items:
        return
    body = {"customerNumber": people.observer.present[customer]["number"]}
    made = people.call("bc", company, "POST", pair.bc, body)
    if made is None:
        return
    for _ in range(people.rng.choice((1, 2, 3))):
        path = f"{pair.bc}({made['id']})/{LINES[pair.mapping]}"
        people.call("bc", company, "POST", path, _line(people, people.rng.choice(items)))
    if people.rng.random() < 0.8:
        _act(people, Key("bc", company, pair.bc, made["id"]), _POST, f"posted {pair.mapping}")


def _line(people: People, item: Key) -> dict[str, Any]:
    return {
        "lineType": "Item", "lineObjectNumber": people.observer.present[item]["number"],
        "quantity": people.rng.randrange(1, 9), "discountPercent": people.rng.choice((0, 0, 5, 12.5)),
    }  # fmt: skip


def post_draft(people: People) -> None:
    """Post what was only entered."""
    found = [each for each in _documents(people, "Draft") if each.table in (INVOICE.bc, CREDIT_MEMO.bc)]
    if found:
        _act(people, people.rng.choice(found), _POST, "posted_later")


def cancel(people: People) -> None:
    """Cancel an invoice by a credit memo of its own."""
    found = _documents(people, "Open", INVOICE.bc)
    if found:
        _act(people, people.rng.choice(found), "Microsoft.NAV.cancel", "invoice_canceled")


def _act(people: People, key: Key, action: str, counted: str) -> None:
    if people.call("bc", key.company, "POST", f"{key.table}({key.id})/{action}") is not None:
        people.count(counted)


def pay_invoice(people: People) -> None:
    """Pay an invoice, all of it or a part; sometimes by a payment that is in the books already."""
    found = _documents(people, "Open", INVOICE.bc)
    if not found:
        return
    key = people.rng.choice(found)
    total = people.observer.present[key]["totalAmountIncludingTax"]
    part = people.rng.random() < 0.5
    given: dict[str, Any] = {"invoice": key.id} | ({"amount": round(total / 3, 2)} if part else {})
    if people.rng.random() < 0.2:
        given["posted_before"] = True
    if people.in_client(key, lambda env, company: pay(env, company, given)):
        people.count("paid_in_part" if part else "paid")


def change_due_date(people: People) -> None:
    """Another due date, in Business Central or where it does not belong, in Sales."""
    if people.rng.random() < 0.7:
        keys, name = _documents(people, "Open", INVOICE.bc), "dueDate"
    else:
        present = people.observer.present.items()
        keys = [k for k, v in present if k.table == INVOICE.sales and v.get("statecode") == 0]
        name = "duedate"
    if not keys:
        return
    day = (_FIRST_DAY + timedelta(days=people.rng.randrange(300))).isoformat()
    if people.write(people.rng.choice(keys), {name: day}):
        people.count("due_date_changed")


def delete_in_sales(people: People) -> None:
    """Somebody deletes an invoice in Sales."""
    key = _one(people, INVOICE.sales, "")
    if key is not None and people.remove(key):
        people.count("invoice_deleted_in_sales")


def _documents(people: People, status: str, table: str = "") -> list[Key]:
    tables = (table,) if table else (INVOICE.bc, CREDIT_MEMO.bc)
    present = people.observer.present.items()
    return [key for key, values in present if key.table in tables and values.get("status") == status]


def _all(people: People, table: str, company: str) -> list[Key]:
    return [each for each in people.observer.present if each.table == table and each.company == company]


def _one(people: People, table: str, company: str) -> Key | None:
    found = _all(people, table, company)
    return people.rng.choice(found) if found else None


OF_INVOICES: tuple[tuple[Action, float], ...] = (
    (invoice, 14),
    (post_draft, 5),
    (pay_invoice, 12),
    (cancel, 3),
    (change_due_date, 5),
    (delete_in_sales, 1),
)
OF_MEMOS: tuple[tuple[Action, float], ...] = ((credit_memo, 8),)
