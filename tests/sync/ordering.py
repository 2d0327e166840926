"""A company that takes orders from Sales: a few customers and items, orders written as people do."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from local.simulation.world import CompanyRecords, World, build
from local.simulators.business_central import control_edits
from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from tests.sync import invoicing, worlds
from tests.sync.copies import copied

NAME = "SALESORDER-ORDER"
BICYCLE, DESK, CHAIR = invoicing.BICYCLE, invoicing.DESK, invoicing.CHAIR
CUSTOMER = invoicing.CUSTOMER
SALES_ACCOUNT, FREIGHT_ACCOUNT = "6110", "6410"
ACCOUNTS = [
    {"number": SALES_ACCOUNT, "displayName": "Sales, Retail", "directPosting": True},
    {"number": FREIGHT_ACCOUNT, "displayName": "Sales, Freight", "directPosting": True},
]
SUBMITTED = {"statecode": 1, "statuscode": 3}
ACTIVE = {"statecode": 0, "statuscode": 1}
EXTENSION = ("orders", "extension")
BESIDE = "tandem_businesscentralorder"
STATUS_SET = "tandem_businesscentralorders"


@cache
def company() -> CompanyRecords:
    """Three customers, four items, no order yet."""
    whole = invoicing.company()
    return replace(whole, records={**whole.records, "accounts": ACCOUNTS})


def new_world(features: tuple[str, ...] = ("orders",), **options: Any) -> World:
    """A world in which nothing is synchronised yet."""
    chosen: CompanyRecords = options.pop("company", company())
    records = chosen.records
    if "extension" in features:
        options.setdefault("bc_options", {"extension": True})
    world = build(
        [chosen],
        worlds.sales_setup(),
        mappings=options.pop("mappings", (NAME, "CUSTOMER")),
        features=features,
        order_accounts=options.pop("order_accounts", f"written_in={SALES_ACCOUNT},freight={FREIGHT_ACCOUNT}"),
        **options,
    )
    worlds.add_options(
        world,
        {
            "paymenttermscode": [each["code"] for each in records["paymentTerms"]],
            "address1_freighttermscode": [each["code"] for each in records["shipmentMethods"]],
            "address1_shippingmethodcode": ["DHL", "OWN LOG.", "UPS"],
            "salesorder.paymenttermscode": [each["code"] for each in records["paymentTerms"]],
            "salesorder.freighttermscode": [each["code"] for each in records["shipmentMethods"]],
            "salesorder.shippingmethodcode": ["DHL", "OWN LOG.", "UPS"],
            "quote.paymenttermscode": ["CM", "14 DAYS"],
            "quote.freighttermscode": ["CIF"],
        },
    )
    return world


@copied
def synchronised(features: tuple[str, ...] = ("orders",), **options: Any) -> World:
    world = new_world(features, **options)
    worlds.full(world, release=list(world.at.mappings))
    world.settle(2)
    return world


def bind(navigation: str, table: str, row_id: str) -> dict[str, str]:
    return {f"{navigation}@odata.bind": f"/{table}({row_id})"}


def price_list(world: World, currency: str) -> str:
    """A price list of a currency, made where there is none."""
    found = world.person_in_sales.call("GET", "pricelevels")["value"]
    known = [each for each in found if each["_transactioncurrencyid_value"] == currency]
    if known:
        return str(known[0]["pricelevelid"])
    body = {"name": f"List {currency}", **bind("transactioncurrencyid", "transactioncurrencies", currency)}
    made = world.person_in_sales.call("POST", "pricelevels", body, prefer="return=representation")
    return str(made["pricelevelid"])


def currency_id(world: World, code: str = "GBP") -> str:
    rows = world.person_in_sales.call("GET", "transactioncurrencies")["value"]
    return next(str(each["transactioncurrencyid"]) for each in rows if each["isocurrencycode"] == code)


def product_of(world: World, number: str) -> dict[str, Any]:
    rows = world.person_in_sales.call("GET", "products")["value"]
    found: dict[str, Any] = next(each for each in rows if each["productnumber"] == number)
    return found


def write(world: World, *lines: dict[str, Any], account: str = "", code: str = "GBP", **header: Any) -> str:
    """A salesperson writes an order with these lines; its id."""
    currency = currency_id(world, code)
    customer = account or worlds.pair(world, CUSTOMER).sales_id
    body = {
        "name": "An order",
        **bind("customerid_account", "accounts", customer),
        **bind("transactioncurrencyid", "transactioncurrencies", currency),
        **bind("pricelevelid", "pricelevels", price_list(world, currency)),
        **header,
    }
    person = world.person_in_sales
    made = str(person.call("POST", "salesorders", body, prefer="return=representation")["salesorderid"])
    for place, line in enumerate(lines, start=1):
        places = {"lineitemnumber": place, "sequencenumber": place}
        person.call(
            "POST", "salesorderdetails", {**places, **line, **bind("salesorderid", "salesorders", made)}
        )
    return made


def sold(world: World, number: str, quantity: float, price: float, **more: Any) -> dict[str, Any]:
    """A line that sells a product at a price."""
    product = product_of(world, number)
    return {
        **bind("productid", "products", product["productid"]),
        **bind("uomid", "uoms", product["_defaultuomid_value"]),
        "quantity": quantity,
        "ispriceoverridden": True,
        "priceperunit": price,
        **more,
    }


def written_in(text: str, quantity: float, price: float, **more: Any) -> dict[str, Any]:
    return {
        "isproductoverridden": True,
        "productdescription": text,
        "quantity": quantity,
        "priceperunit": price,
        **more,
    }


def option(world: World, table: str, column: str, label: str) -> int:
    """The number of an option of that table's own choice."""
    path = (
        f"EntityDefinitions(LogicalName='{table}')/Attributes(LogicalName='{column}')"
        "/Microsoft.Dynamics.CRM.PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet"
    )
    options = world.person_in_sales.call("GET", path)["OptionSet"]["Options"]
    return next(int(e["Value"]) for e in options if e["Label"]["UserLocalizedLabel"]["Label"] == label)


def codes_of(world: World, document: dict[str, Any]) -> tuple[str, str]:
    """The codes of the payment terms and the shipment method of a document of Business Central."""
    person = world.person_in_bc()
    found = []
    for table, name in (("paymentTerms", "paymentTermsId"), ("shipmentMethods", "shipmentMethodId")):
        rows = person.call("GET", table)["value"]
        found.append(next(str(each["code"]) for each in rows if each["id"] == document[name]))
    return found[0], found[1]


def set_state(world: World, order: str, state: dict[str, int]) -> None:
    world.person_in_sales.edit(f"salesorders({order})", **state)


def fulfill(world: World, order: str) -> None:
    """A salesperson says that all of an order was delivered."""
    close = {
        "@odata.type": "Microsoft.Dynamics.CRM.orderclose", **bind("salesorderid", "salesorders", order)
    }  # fmt: skip
    path = "salesorders/Microsoft.Dynamics.CRM.FulfillSalesOrder"
    world.person_in_sales.call("POST", path, {"Status": 100001, "OrderClose": close})


def submit(world: World, *lines: dict[str, Any], **header: Any) -> str:
    """A salesperson writes an order and submits it; its id."""
    made = write(world, *lines, **header)
    set_state(world, made, SUBMITTED)
    return made


def in_bc(world: World) -> list[dict[str, Any]]:
    """The orders of Business Central with their lines, in their sequence."""
    path = "salesOrders?$expand=salesOrderLines"
    rows: list[dict[str, Any]] = world.person_in_bc().call("GET", path, **worlds.PRIMARY)["value"]
    for each in rows:
        each["salesOrderLines"].sort(key=lambda line: line["sequence"])
    return rows


def coupling(world: World, order: str) -> Coupling | None:
    found = world.at.couplings(NAME).load(Side.SALES, [order]).get(order)
    return found if isinstance(found, Coupling) else None


def of(world: World, order: str) -> dict[str, Any]:
    """The order of Business Central that an order of Sales became."""
    pair = coupling(world, order)
    assert pair is not None, worlds.problems(world, NAME)
    return next(each for each in in_bc(world) if each["id"] == pair.bc_id)


def of_after(world: World, order: str) -> dict[str, Any]:
    """The same after some cycles."""
    for _ in range(3):
        worlds.cycle(world)
    return of(world, order)


def told(world: World, order: str) -> dict[str, Any]:
    """What stands beside an order in Sales."""
    found: dict[str, Any] = world.person_in_sales.call("GET", f"{STATUS_SET}({order})")
    return found


def handle(world: World, order: str, act: str) -> None:
    """A person releases, reopens, ships or invoices what the order became."""
    pair = coupling(world, order)
    assert pair is not None, worlds.problems(world, NAME)
    company_ = world.bc.env.companies[world.at.connection.company_id]
    control_edits.handle_order(world.bc.env, company_, {"order": pair.bc_id, "act": act})


def take_shipments(world: World, *orders: str) -> str:
    """A bookkeeper takes what these orders shipped into one invoice, which is a draft yet; its id."""
    pairs = [coupling(world, order) for order in orders]
    ids = [pair.bc_id for pair in pairs if pair is not None]
    assert len(ids) == len(orders), worlds.problems(world, NAME)
    company_ = world.bc.env.companies[world.at.connection.company_id]
    return str(control_edits.take_shipments(world.bc.env, company_, {"orders": ids})["id"])


def invoice_together(world: World, *orders: str) -> str:
    """What these orders shipped is invoiced by one posted invoice; its id."""
    invoice = take_shipments(world, *orders)
    invoicing.post(world, invoice)
    return invoice


def delete_invoiced(world: World) -> None:
    """Run Business Central's batch job Delete Invoiced Sales Orders."""
    company_ = world.bc.env.companies[world.at.connection.company_id]
    control_edits.delete_invoiced_orders(world.bc.env, company_)
