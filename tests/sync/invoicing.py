"""A company that sends invoices: a few customers and items, documents entered and posted as people do."""

from __future__ import annotations

import uuid
from dataclasses import replace
from functools import cache
from typing import Any

from local.simulation.world import CompanyRecords, World, build, published
from local.simulators.business_central import control_edits
from shared_code.core.coupling import Coupling
from tests.sync import worlds
from tests.sync.copies import copied

NAME = "POSTEDSALESINV-INV"
BICYCLE, DESK, CHAIR = "1000", "1896-S", "1900-S"
ITEMS = frozenset({BICYCLE, DESK, CHAIR, "1100"})
CUSTOMER = "10000"
TABLES = (
    "unitsOfMeasure",
    "itemCategories",
    "itemUnitsOfMeasure",
    "locations",
    "resources",
    "resourceUnitsOfMeasure",
    "shippingAgents",
)


@cache
def company() -> CompanyRecords:
    """Three customers, four items, and nothing posted yet."""
    whole = published()
    records = {**worlds.company().records, **{name: whole.records[name] for name in TABLES}}
    units = whole.records["itemUnitsOfMeasure"]
    records["itemUnitsOfMeasure"] = [each for each in units if each["itemNumber"] in ITEMS]
    records["items"] = [each for each in whole.records["items"] if each["number"] in ITEMS]
    return replace(whole, records=records)


def new_world(
    *documents: dict[str, Any],
    features: tuple[str, ...] = ("invoices",),
    mappings: tuple[str, ...] = (NAME,),
    **options: Any,
) -> World:
    """A world in which nothing is synchronised yet, with posted ``documents``."""
    records = {**company().records, "salesInvoices": list(documents)}
    world = build(
        [replace(company(), records=records)],
        worlds.sales_setup(),
        mappings=mappings,
        features=features,
        **options,
    )
    codes = {
        "paymenttermscode": [each["code"] for each in records["paymentTerms"]],
        "address1_freighttermscode": [each["code"] for each in records["shipmentMethods"]],
        "address1_shippingmethodcode": ["DHL", "OWN LOG.", "UPS"],
        "invoice.paymenttermscode": [each["code"] for each in records["paymentTerms"]],
        "invoice.shippingmethodcode": ["DHL", "OWN LOG.", "UPS"],
    }
    worlds.add_options(world, codes | worlds.of_persons(codes, features))
    return world


@copied
def synchronised(*documents: dict[str, Any], **options: Any) -> World:
    world = new_world(*documents, **options)
    worlds.full(world, release=list(world.at.mappings))
    world.settle(2)
    return world


def draft(world: World, customer: str = CUSTOMER, **header: object) -> str:
    """A bookkeeper begins an invoice; its id."""
    person = world.person_in_bc()
    return str(person.call("POST", "salesInvoices", {"customerNumber": customer, **header})["id"])


def add_line(world: World, invoice: str, **line: object) -> None:
    world.person_in_bc().call("POST", f"salesInvoices({invoice})/salesInvoiceLines", line)


def sold(number: str, quantity: float, **more: object) -> dict[str, object]:
    return {"lineType": "Item", "lineObjectNumber": number, "quantity": quantity, **more}


def post(world: World, invoice: str) -> None:
    world.person_in_bc().call("POST", f"salesInvoices({invoice})/Microsoft.NAV.post")


def cancel(world: World, invoice: str) -> None:
    world.person_in_bc().call("POST", f"salesInvoices({invoice})/Microsoft.NAV.cancel")


def invoice(world: World, *lines: dict[str, object], customer: str = CUSTOMER, **header: object) -> str:
    """A posted invoice with these lines; its id."""
    made = draft(world, customer, **header)
    for each in lines:
        add_line(world, made, **each)
    post(world, made)
    return made


def pay(world: World, invoice_id: str, **amount: object) -> None:
    company_ = world.bc.env.companies[world.at.connection.company_id]
    control_edits.pay(world.bc.env, company_, {"invoice": invoice_id, **amount})


def in_bc(world: World, invoice_id: str) -> dict[str, Any]:
    found: dict[str, Any] = world.person_in_bc().call(
        "GET", f"salesInvoices({invoice_id})?$expand=salesInvoiceLines", **worlds.PRIMARY
    )
    found["salesInvoiceLines"].sort(key=lambda each: each["sequence"])
    return found


def in_sales(world: World) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = world.person_in_sales.call("GET", "invoices")["value"]
    return rows


def coupling(world: World, invoice_id: str, mapping: str = NAME) -> Coupling | None:
    found = {each.bc_id: each for each in world.at.couplings(mapping).all_coupled()}
    return found.get(invoice_id)


def row(world: World, invoice_id: str) -> dict[str, Any]:
    """The Sales row of an invoice, with its lines in their order as ``lines``."""
    pair = coupling(world, invoice_id)
    assert pair is not None, worlds.problems(world, NAME)
    found: dict[str, Any] = world.person_in_sales.call("GET", f"invoices({pair.sales_id})")
    lines = world.person_in_sales.call("GET", f"invoices({pair.sales_id})/invoice_details")["value"]
    return {**found, "lines": sorted(lines, key=lambda each: each["sequencenumber"])}


def state(world: World, invoice_id: str) -> tuple[int, int]:
    found = row(world, invoice_id)
    return found["statecode"], found["statuscode"]


def posted(number: str, *lines: dict[str, Any], **header: Any) -> dict[str, Any]:
    """A posted invoice as a record of Business Central, tax and all."""
    record_id = str(uuid.uuid5(uuid.NAMESPACE_URL, number))
    customer = next(each for each in company().records["customers"] if each["number"] == CUSTOMER)
    own = [
        {"id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{number}|{place}")), "documentId": record_id,
         "sequence": place * 10000, **line}
        for place, line in enumerate(lines, start=1)
    ]  # fmt: skip
    total = sum(each["netAmount"] for each in lines)
    tax = sum(each["netTaxAmount"] for each in lines)
    return {
        "id": record_id,
        "number": number,
        "status": "Open",
        "customerId": customer["id"],
        "customerNumber": CUSTOMER,
        "customerName": customer["displayName"],
        "billToCustomerNumber": CUSTOMER,
        "postingDate": "2026-11-02",
        "dueDate": "2026-12-02",
        "totalAmountExcludingTax": round(total, 2),
        "totalTaxAmount": round(tax, 2),
        "totalAmountIncludingTax": round(total + tax, 2),
        "salesInvoiceLines": own,
        **header,
    }


def taxed(net: float, tax: float, **line: Any) -> dict[str, Any]:
    """A line of a posted invoice on an account, whose amounts are told."""
    told = {"lineType": "Account", "lineObjectNumber": "6210", "description": "Freight", "quantity": 1}
    amounts = {"netAmount": net, "netTaxAmount": tax, "netAmountIncludingTax": round(net + tax, 2)}
    return {**told, "unitPrice": net, "amountExcludingTax": net, **amounts, **line}


def unapply(world: World, invoice_id: str) -> None:
    """A bookkeeper takes a payment back: the invoice is open again."""
    company_ = world.bc.env.companies[world.at.connection.company_id]
    company_.paid.pop(invoice_id, None)
    with world.bc.env.transaction(person=True) as unit:
        world.bc.env.session(company_, unit).change("salesInvoices", invoice_id, {"status": "Open"})
