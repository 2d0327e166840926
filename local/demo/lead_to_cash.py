"""Lead to cash: an order with what is in stock, its way through Business Central, its invoice and payment.

As people do it: the salesperson in Sales, the warehouse and the bookkeeper in Business Central.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from local.demo.dealings import ITEM, LIST, PAID
from local.demo.failures import expect
from local.demo.stage import Stage
from local.demo.trials import MERGED, one, pair

BICYCLE, FITTER = "1000", "LINA"
QUANTITIES: Mapping[str, int] = {ITEM: 6, BICYCLE: 5, FITTER: 4}
"""What the order sells: chairs that are in stock, bicycles of which some must come first, hours of work."""
RECEIVED, COMING, DAYS = {ITEM: 30, BICYCLE: 4}, 10, 12
"""What the warehouse receives, and the bicycles that a purchase order brings in so many days."""
MAPPING, BESIDE = "SALESORDER-ORDER", "tandem_businesscentralorder"
ACTIVE, SUBMITTED = {"statecode": 0, "statuscode": 1}, {"statecode": 1, "statuscode": 3}
FULFILLED, INVOICED = (3, 100001), (4, 100003)
ELSEWHERE = {"shipto_line1": "2 Quay Street", "shipto_city": "Bristol"}
"""An address of one line alone, which Business Central has no place for."""
CENT = 0.005

type Record = dict[str, Any]


@dataclass(frozen=True)
class Order:
    """An order of Sales: its id and number, and the ids of its lines."""

    id: str
    number: str
    lines: tuple[str, ...]


def stock_comes_in(stage: Stage) -> None:
    """The warehouse receives goods, and a purchase order will bring more."""
    control, company = stage.environment.bc_control, stage.company
    for item, quantity in RECEIVED.items():
        control.post("stock", {"company": company, "item": item, "quantity": quantity})
    arrives = arrival().isoformat()
    purchase = {"company": company, "item": BICYCLE, "type": "Purchase", "quantity": COMING, "date": arrives}
    control.post("planned", purchase)


def arrival() -> date:
    """When the bicycles come."""
    return date.today() + timedelta(days=DAYS)


def availability(stage: Stage) -> Iterator[str]:
    """What the form of the order line shows of each item."""
    told = {item: _asked(stage, item, QUANTITIES[item]) for item in (ITEM, BICYCLE)}
    chairs, bicycles = told[ITEM], told[BICYCLE]
    for item, verdict in ((ITEM, "enough"), (BICYCLE, "later")):
        held, answer = _in_stock(stage, item), told[item]
        is_so = (_stock(answer), answer["verdict"]) == (held, verdict)
        expect(is_so, f"{item} should be {verdict} with {held:g} in stock, not {answer}.")
    day = bicycles["earliestDate"]
    expect(day == arrival().isoformat(), f"{BICYCLE} should be there from {arrival()}, not from {day}.")
    yield f"{_name(chairs)}: {_stock(chairs):g} in stock; {QUANTITIES[ITEM]} can be had now."
    yield (
        f"{_name(bicycles)}: {_stock(bicycles):g} in stock and {COMING} on a purchase order; "
        f"{QUANTITIES[BICYCLE]} can be had from {day}."
    )


def _asked(stage: Stage, item: str, quantity: int) -> Record:
    answer: Record = stage.environment.api.get(f"items/{item}/availability?quantity={quantity}")
    return answer


def _in_stock(stage: Stage, item: str) -> float:
    """What Business Central itself shows a person."""
    found = stage.environment.people.bc.list("items", filter=f"number eq '{item}'")
    return float(found[0]["inventory"])


def _stock(answer: Record) -> float:
    return float(answer["inventory"])


def _name(answer: Record) -> str:
    return str(answer["item"]["name"])


def write(stage: Stage, name: str, sold: Mapping[str, int], **at_first_line: str) -> Order:
    """The salesperson writes an order and submits it; prices are those of the price list or the product."""
    sales = stage.environment.people.sales
    listed = one(stage.sales("pricelevel"), "name", LIST)
    currency = listed["_transactioncurrencyid_value"]
    header = {
        "name": name,
        "customerid_account@odata.bind": f"/accounts({pair(stage, MERGED)[1]})",
        "pricelevelid@odata.bind": f"/pricelevels({listed['pricelevelid']})",
        "transactioncurrencyid@odata.bind": f"/transactioncurrencies({currency})",
    }
    made = sales.create("salesorders", header)
    lines = []
    for place, (number, quantity) in enumerate(sold.items(), 1):
        line = _line(stage, number, quantity) | (at_first_line if place == 1 else {})
        line |= {"lineitemnumber": place, "salesorderid@odata.bind": f"/salesorders({made['salesorderid']})"}
        lines.append(str(sales.create("salesorderdetails", line)["salesorderdetailid"]))
    sales.patch("salesorders", made["salesorderid"], SUBMITTED)
    return Order(made["salesorderid"], made["ordernumber"], tuple(lines))


def _line(stage: Stage, number: str, quantity: int) -> Record:
    product = one(stage.sales("product"), "productnumber", number)
    own_price = {} if number == ITEM else {"ispriceoverridden": True, "priceperunit": product["price"]}
    return {
        "productid@odata.bind": f"/products({product['productid']})",
        "uomid@odata.bind": f"/uoms({product['_defaultuomid_value']})",
        "quantity": quantity,
        **own_price,
    }


def correct(stage: Stage, order: Order) -> None:
    """The salesperson takes the address off the line and submits the order again."""
    sales = stage.environment.people.sales
    sales.patch("salesorders", order.id, ACTIVE)
    sales.patch("salesorderdetails", order.lines[0], dict.fromkeys(ELSEWHERE))
    sales.patch("salesorders", order.id, SUBMITTED)


def arrived(stage: Stage, order: Order) -> Iterator[str]:
    """The order is in Business Central once, whole, and Sales knows its number."""
    made, told = _in_bc(stage, order), beside(stage, order)
    lines = [each for each in stage.bc("salesOrderLines") if each["documentId"] == made["id"]]
    sold = {each["lineObjectNumber"]: each["quantity"] for each in lines}
    expect(sold == dict(QUANTITIES), f"{made['number']} should have the lines {QUANTITIES}, it has {sold}.")
    row = one(stage.sales("salesorder"), "salesorderid", order.id)
    same = abs(row["totalamountlessfreight"] - made["totalAmountExcludingTax"]) < CENT
    expect(same, f"{made['number']} should come to {row['totalamountlessfreight']} before tax.")
    number = told.get("tandem_number")
    expect(number == made["number"], f"Sales should say {made['number']} beside the order, it says {number}.")
    yield (
        f"Order {order.number} is order {number} in Business Central, once: {len(lines)} lines, "
        f"{made['totalAmountExcludingTax']:,.2f} before tax on both sides."
    )


def is_refused(stage: Stage, order: Order) -> Iterator[str]:
    """Nothing of the order is in Business Central, and the salesperson reads why."""
    told = beside(stage, order)
    refused = told.get("tandem_transfer") == "Refused" and not _orders_of(stage, order)
    expect(refused, f"Order {order.number} should be refused whole; beside it stands {told}.")
    yield f"Order {order.number} is refused, and nothing of it is carried: {told['tandem_reason']}"


def went_through(stage: Stage, order: Order) -> Iterator[str]:
    """What was corrected is in Business Central, and no reason is left beside it."""
    made, told = _in_bc(stage, order), beside(stage, order)
    held = told["tandem_transfer"], told.get("tandem_reason")
    expect(held == ("In Business Central", None), f"Order {order.number} should be carried; it is {held}.")
    yield f"Order {order.number} was corrected and is order {made['number']} in Business Central."


def beside(stage: Stage, order: Order) -> Record:
    """What stands beside an order in Sales."""
    return one(stage.sales(BESIDE), "tandem_businesscentralorderid", order.id)


def _orders_of(stage: Stage, order: Order) -> list[Record]:
    """The orders of Business Central that name this one, found without asking Tandem."""
    named = f"yourReference eq '{order.number}'"
    ids = {each["id"] for each in stage.extension.list("salesOrders", filter=named)}
    return [each for each in stage.environment.people.bc.list("salesOrders") if each["id"] in ids]


def _in_bc(stage: Stage, order: Order) -> Record:
    found = _orders_of(stage, order)
    expect(
        len(found) == 1, f"Order {order.number} should be in Business Central once, not {len(found)} times."
    )
    return found[0]


def ship(stage: Stage, order: Order) -> str:
    """The warehouse ships everything; the order's id in Business Central."""
    made = str(_in_bc(stage, order)["id"])
    stage.environment.bc_control.post("orders", {"company": stage.company, "order": made, "act": "ship"})
    return made


def is_shipped(stage: Stage, order: Order) -> Iterator[str]:
    """The salesperson sees that it was delivered."""
    _is_in(stage, order, FULFILLED, "Shipped")
    yield f"Order {order.number} is Fulfilled in Sales, and “Shipped” stands beside it."


def invoice(stage: Stage, bc_id: str) -> Record:
    """The bookkeeper posts the rest of the order: its invoice, after which the order is gone."""
    bc = stage.environment.people.bc
    number = bc.get("salesOrders", bc_id)["number"]
    bc.talk.send("POST", f"salesOrders({bc_id})/Microsoft.NAV.shipAndInvoice")
    expect(all(each["id"] != bc_id for each in stage.bc("salesOrders")), f"{number} should be gone.")
    return one(stage.bc("salesInvoices"), "orderNumber", number)


def is_invoiced(stage: Stage, order: Order, posted: Record) -> Iterator[str]:
    """The invoice is in Sales, and the order says so."""
    _is_in(stage, order, INVOICED, "Invoiced")
    row = _invoice_of(stage, posted)
    total = posted["totalAmountIncludingTax"]
    expect(
        abs(row["totalamount"] - total) < CENT, f"{posted['number']} should come to {total} in Sales, too."
    )
    expect(row["_salesorderid_value"] == order.id, f"{posted['number']} should name its order in Sales.")
    lines = [each for each in stage.sales("invoicedetail") if each["_invoiceid_value"] == row["invoiceid"]]
    expect(len(lines) == len(QUANTITIES), f"{posted['number']} should have {len(QUANTITIES)} lines in Sales.")
    yield (
        f"Order {order.number} is Invoiced; its invoice {posted['number']} is in Sales with {len(lines)} "
        f"lines and a total of {total:,.2f}."
    )


def pay(stage: Stage, posted: Record) -> None:
    """The customer pays."""
    stage.environment.bc_control.pay(stage.company, posted["id"])


def is_paid(stage: Stage, posted: Record) -> Iterator[str]:
    """The salesperson sees the payment."""
    row = _invoice_of(stage, posted)
    state = row["statecode"], row["statuscode"]
    expect(state == PAID, f"Invoice {posted['number']} should be paid in Sales; its state is {state}.")
    yield f"Invoice {posted['number']} is Paid in Sales."


def _invoice_of(stage: Stage, posted: Record) -> Record:
    return one(stage.sales("invoice"), "invoicenumber", posted["number"])


def _is_in(stage: Stage, order: Order, state: tuple[int, int], status: str) -> None:
    row, told = one(stage.sales("salesorder"), "salesorderid", order.id), beside(stage, order)
    held = (row["statecode"], row["statuscode"]), told["tandem_status"]
    expect(held == (state, status), f"Order {order.number} should be {status} in Sales; it is {held}.")
