"""What people do with orders: write, submit, revise them in Sales; release, ship, invoice, delete them in
Business Central, where a bookkeeper also enters some that never were in Sales."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from local.simulate.observing import Key
from local.simulate.ordering import (
    BESIDE,
    BOTH_WAYS,
    HEADERS,
    ORDER,
    ORDER_LINES,
    ORDERS,
    Content,
    Gone,
    Kind,
    Line,
    Written,
    takes_orders,
)
from local.simulate.ordering_view import alike, is_invoiced, lines_of, net_of, number_in_sales, rows_of
from local.simulate.people import People
from local.simulators.business_central import control_edits
from local.simulators.business_central.environment import Environment
from local.simulators.business_central.storage import Company
from shared_code.core.identity import line_partner

type Action = Callable[[People], None]

ACTIVE, SUBMITTED = {"statecode": 0, "statuscode": 1}, {"statecode": 1, "statuscode": 3}
ELSEWHERE = {"shipto_line1": "Elsewhere 1"}
MOST_LINES = 4
LOCAL_CURRENCY = "GBP"


def write_order(people: People) -> None:
    """A salesperson writes an order, and mostly submits it at once."""
    account, currency = account_of(people), currency_of(people)
    listed = price_list_of(people, currency) if currency else ""
    if not (account and listed):
        return
    discount = Decimal(people.rng.choice((0, 0, 0, 1)))
    freight = Decimal(people.rng.choice((0, 0, 7)))
    number = people.book.next_number()
    header = {
        "name": f"Order {number}", "ordernumber": number,
        "customerid_account@odata.bind": f"/accounts({account})",
        "transactioncurrencyid@odata.bind": f"/transactioncurrencies({currency})",
        "pricelevelid@odata.bind": f"/pricelevels({listed})",
        "discountamount": float(discount), "freightamount": float(freight),
    }  # fmt: skip
    made = people.call("sales", "", "POST", "salesorders", header)
    if made is None:
        return
    order = Written(made["salesorderid"], number, account, currency, Content((), discount, freight))
    people.book.orders[order.id] = order
    places = range(1, people.rng.randint(1, MOST_LINES) + 1)
    lines = [line for place in places if (line := add_line(people, ORDER, order, place))]
    order.content = replace(order.content, lines=tuple(lines))
    people.count("order_written")
    if people.rng.random() < 0.8:
        _submit(people, order)


def add_line(people: People, kind: Kind, order: Written, place: int) -> Line | None:
    """A product or something written in; seldom something that cannot be carried."""
    products = [key.id for key, row in people.observer.present.items() if _is_sold(key, row)]
    product = people.rng.choice(products) if products and people.rng.random() < 0.8 else ""
    odd = people.rng.choices(("", "own_address", "no_quantity"), (18, 1, 1))[0]
    price, quantity = Decimal(people.rng.randrange(50, 50_000) * 2) / 100, Decimal(people.rng.randint(1, 9))
    quantity = Decimal(0) if odd == "no_quantity" else quantity / people.rng.choice((1, 1, 2))
    discount = min(Decimal(people.rng.choice((0, 0, 1))), quantity * price)
    body: dict[str, Any] = {
        f"{kind.id}@odata.bind": f"/{kind.documents}({order.id})", "lineitemnumber": place,
        "sequencenumber": place, "quantity": float(quantity), "priceperunit": float(price),
        "manualdiscountamount": float(discount), **(ELSEWHERE if odd == "own_address" else {}),
        **_what(people, product),
    }  # fmt: skip
    made = people.call("sales", "", "POST", kind.lines, body)
    if made is None:
        return None
    _note_quantity(people, made[kind.line_id], quantity)
    return Line(made[kind.line_id], product, quantity, price, discount, odd)


def _note_quantity(people: People, line: str, quantity: Decimal) -> None:
    people.book.quantities.setdefault(line, set()).add(quantity)


def _is_sold(key: Key, row: Mapping[str, Any]) -> bool:
    return key.table == "product" and row.get("statecode") == 0


def _what(people: People, product: str) -> dict[str, Any]:
    if not product:
        return {"isproductoverridden": True, "productdescription": "Assembly on site"}
    unit = people.observer.present[Key("sales", "", "product", product)].get("_defaultuomid_value")
    return {
        "productid@odata.bind": f"/products({product})",
        "uomid@odata.bind": f"/uoms({unit})",
        "ispriceoverridden": True,
    }


def account_of(people: People) -> str:
    """Mostly one that is a customer with a number already."""
    found = {
        key.id: bool(row.get("accountnumber"))
        for key, row in people.observer.present.items()
        if key.table == "account" and row.get("customertypecode") == 3 and row.get("statecode") == 0
    }
    return _one_of(people, found)


def currency_of(people: People) -> str:
    """Mostly one that Business Central has, too."""
    present = people.observer.present
    codes = {row["code"] for key, row in present.items() if key.table == "currencies"} | {LOCAL_CURRENCY}
    return _one_of(people, {
        key.id: row.get("isocurrencycode") in codes
        for key, row in present.items() if key.table == "transactioncurrency"
    })  # fmt: skip


def _one_of(people: People, found: Mapping[str, bool]) -> str:
    """One of those that are wanted, seldom any; blank where there is none."""
    wanted = [each for each, is_wanted in found.items() if is_wanted]
    chosen = wanted if wanted and people.rng.random() < 0.9 else list(found)
    return people.rng.choice(chosen) if chosen else ""


def price_list_of(people: People, currency: str) -> str:
    """The list of a currency, made where there is none; prices are the salesperson's own."""
    if currency not in people.book.lists:
        body = {"name": f"List {currency[:8]}",
                "transactioncurrencyid@odata.bind": f"/transactioncurrencies({currency})"}  # fmt: skip
        made = people.call("sales", "", "POST", "pricelevels", body)
        if made is None:
            return ""
        people.book.lists[currency] = made["pricelevelid"]
    return people.book.lists[currency]


def _submit(people: People, order: Written) -> bool:
    done = people.call("sales", "", "PATCH", f"salesorders({order.id})", SUBMITTED) is not None
    if done:
        order.submitted.append(order.content)
        people.count("order_submitted")
    return done


def revise_order(people: People) -> None:
    """A submitted order is made Active again; one that is Active is changed, mended and submitted."""
    order = _pick(people)
    state = _state(people, order) if order else None
    if order is None or state not in (0, 1):
        return
    if state == 1:
        if people.call("sales", "", "PATCH", f"salesorders({order.id})", ACTIVE) is not None:
            people.count("order_withdrawn")
        return
    for line in order.content.lines:
        if line.odd or people.rng.random() < 0.3:
            _change_line(people, order, line)
    if people.rng.random() < 0.9:
        _submit(people, order)


def change_amounts(people: People) -> None:
    """A salesperson gives a submitted order another freight, or another discount as a whole."""
    order = _pick(people)
    if order is None or _state(people, order) != 1:
        return
    name = people.rng.choice(("freight", "discount"))
    amount = Decimal(people.rng.choice((0, 100, people.rng.randint(1, 900)))) / 100
    path, content = f"salesorders({order.id})", order.content
    if people.call("sales", "", "PATCH", path, ACTIVE) is None:
        return
    if people.call("sales", "", "PATCH", path, {f"{name}amount": float(amount)}) is not None:
        is_freight = name == "freight"
        order.content = replace(content, freight=amount) if is_freight else replace(content, discount=amount)
        people.count(f"order_{name}_changed")
    _submit(people, order)


def _change_line(people: People, order: Written, line: Line) -> None:
    quantity = Decimal(people.rng.randint(1, 9))
    body: dict[str, Any] = {"quantity": float(quantity)}
    if line.odd == "own_address":
        body |= dict.fromkeys(ELSEWHERE)
    if people.call("sales", "", "PATCH", f"salesorderdetails({line.id})", body) is not None:
        order.content = order.content.with_line(replace(line, quantity=quantity, odd=""))
        _note_quantity(people, line.id, quantity)
        people.count("order_revised")


def _pick(people: People) -> Written | None:
    found = list(people.book.orders.values())
    return people.rng.choice(found) if found else None


def _state(people: People, order: Written) -> int | None:
    row = people.observer.present.get(Key("sales", "", HEADERS, order.id))
    return row.get("statecode") if row else None


def handle_order(people: People) -> None:
    """Somebody releases, reopens, ships, invoices or deletes an order in Business Central, invoices it with
    others of its customer, or has those taken away that are invoiced."""
    found = [key for key in people.observer.present if key.table == ORDERS]
    if not found:
        return
    key = people.rng.choice(found)
    act = people.rng.choices(_ACTS, (3, 2, 5, 4, 1, 2, 1))[0]
    before = {each: _as_gone(people, each, act) for each in found}

    def do(env: Environment, company: Company) -> None:
        if act == "delete":
            control_edits.delete_row(env, company, ORDERS, key.id)
        elif act == "invoice_together":
            control_edits.invoice_together(env, company, alike(company, key.id))
        elif act == "take_away":
            control_edits.delete_invoiced_orders(env, company)
        else:
            control_edits.handle_order(env, company, {"order": key.id, "act": act})

    if people.in_client(key, do):
        people.count(f"order_{act}")
        gone = [each for each in found if each not in people.observer.present]
        people.book.gone += [before[each] for each in gone]


_ACTS = ("release", "reopen", "ship", "invoice", "delete", "invoice_together", "take_away")


def edit_lines(people: People) -> None:
    """A bookkeeper changes, adds or deletes a line of an order that is open."""
    found = [key for key in people.observer.present if key.table == ORDERS]
    if not found:
        return
    key = people.rng.choice(found)
    lines = lines_of(people.company(key.company), key.id)
    act = people.rng.choices(("quantity", "price", "delete", "add"), (5, 3, 1, 1))[0]
    if act == "add":
        _add_in_bc(people, key)
    elif lines:
        _edit_in_bc(people, key, people.rng.choice(lines).id, act)


def _edit_in_bc(people: People, key: Key, line: str, act: str) -> None:
    quantity, price = people.rng.randint(1, 9), people.rng.randrange(50, 50_000) * 2 / 100

    def do(env: Environment, company: Company) -> None:
        values = {"quantity": quantity} if act == "quantity" else {"unitPrice": price}
        if act == "delete":
            control_edits.delete_row(env, company, ORDER_LINES, line)
        else:
            control_edits.edit_row(env, company, {"table": ORDER_LINES, "id": line, "values": values})

    if people.in_client(key, do):
        people.count(f"order_line_{act}")
        _note_quantity(people, line_partner(line), Decimal(quantity))


def _add_in_bc(people: People, key: Key) -> None:
    items = [each.id for each in people.observer.present if each.table == "items"]
    if not items:
        return
    quantity = people.rng.randint(1, 9)
    body = {"itemId": people.rng.choice(items), "quantity": quantity, "unitPrice": 10}
    made = people.call("bc", key.company, "POST", f"salesOrders({key.id})/{ORDER_LINES}", body)
    if made is not None:
        people.count("order_line_add")
        _note_quantity(people, line_partner(made["id"]), Decimal(quantity))


def _as_gone(people: People, key: Key, act: str) -> Gone:
    company = people.company(key.company)
    row = rows_of(company)[key.id]
    lines = lines_of(company, key.id)
    how = "emptied" if is_invoiced(company, key.id) else act
    return Gone(
        key.id, key.company, str(row.values["number"]), how, number_in_sales(row), len(lines), net_of(row)
    )


def enter_order(people: People) -> None:
    """A bookkeeper enters an order that never was in Sales."""
    company = people.rng.choice(sorted(people.bc))
    customers = [values for key, values in people.observer.present.items() if key.table == "customers"]
    items = [key.id for key in people.observer.present if key.table == "items"]
    if customers and items:
        lines = [{"itemId": people.rng.choice(items), "quantity": 1}]
        body = {"customerNumber": people.rng.choice(customers)["number"], "salesOrderLines": lines}
        if people.call("bc", company, "POST", "salesOrders", body) is not None:
            people.count("order_of_business_central")


_ACTIONS: tuple[tuple[Action, float], ...] = (
    (write_order, 40),
    (revise_order, 12),
    (handle_order, 60),
    (enter_order, 2),
)


def ordering_actions(parts: tuple[str, ...]) -> tuple[tuple[Action, float], ...]:
    """What people do in a seed with these parts."""
    further: tuple[tuple[Action, float], ...] = (
        ((edit_lines, 30), (change_amounts, 20)) if BOTH_WAYS in parts else ()
    )
    return (*_ACTIONS, *further) if takes_orders(parts) else ()


def ordering_tables(parts: tuple[str, ...]) -> Mapping[str, list[str]]:
    """What is watched in a seed with these parts."""
    return {"bc": [ORDERS], "sales": [HEADERS, BESIDE]} if takes_orders(parts) else {"bc": [], "sales": []}
