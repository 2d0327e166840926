"""Posted invoices in Sales: whole with their lines, equal to the cent, and with what was paid of them."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World
from shared_code.compose import default_mappings
from shared_code.core import filters
from shared_code.core.features import Feature
from shared_code.core.records import Side
from tests.sync import invoicing, ordering, worlds
from tests.sync.invoicing import BICYCLE, CHAIR, DESK, NAME, invoice, row, sold, state

BILLED, PAID, PARTIAL, CANCELED = (0, 4), (2, 100001), (2, 100002), (3, 100003)


@pytest.fixture
def world() -> World:
    """Customers and items are in Sales; nothing is posted."""
    return invoicing.synchronised()


def assert_totals(world: World, invoice_id: str) -> None:
    there, here = row(world, invoice_id), invoicing.in_bc(world, invoice_id)
    assert there["totalamountlessfreight"] == here["totalAmountExcludingTax"]
    assert (there["totaltax"] or 0) == here["totalTaxAmount"]
    assert there["totalamount"] == here["totalAmountIncludingTax"]
    assert worlds.codes(world, NAME) == []


def product_of(world: World, line: dict[str, Any]) -> str | None:
    found = world.person_in_sales.call("GET", "products")["value"]
    numbers = {each["productid"]: str(each["productnumber"]) for each in found}
    return numbers.get(line["_productid_value"])


@pytest.mark.conforms(
    "139162.CouplePostedSalesInvoiceCreatedInNAVToCRM", "139183.SalesInvoiceHeaderMappedToCRMInvoice"
)
def test_a_posted_invoice_is_in_sales_with_its_header(world: World) -> None:
    made = invoice(world, sold(BICYCLE, 2), dueDate="2027-03-01")
    worlds.cycles(world, 1)
    there, here = row(world, made), invoicing.in_bc(world, made)
    assert there["invoicenumber"] == there["name"] == here["number"]
    assert there["duedate"] == "2027-03-01"
    assert there["_customerid_value"] == worlds.pair(world).sales_id
    assert (there["billto_name"], there["billto_city"]) == (here["billToName"], here["billToCity"])
    assert (there["shipto_line1"], there["shipto_postalcode"]) == (
        here["shipToAddressLine1"],
        here["shipToPostCode"],
    )
    assert there["tandem_companyid"] == world.at.connection.company_id
    assert (there["statecode"], there["statuscode"]) == BILLED


@pytest.mark.conforms("139183.SalesInvoiceLineMappedToCRMInvoicedetail")
def test_lines_keep_their_order_products_and_amounts(world: World) -> None:
    lines = [sold(CHAIR, 3), sold(BICYCLE, 1, discountPercent=10), sold(DESK, 2.5, unitPrice=99.99)]
    made = invoice(world, *lines)
    worlds.cycles(world, 1)
    there, here = row(world, made)["lines"], invoicing.in_bc(world, made)["salesInvoiceLines"]
    assert [product_of(world, each) for each in there] == [CHAIR, BICYCLE, DESK]
    assert [each["quantity"] for each in there] == [each["quantity"] for each in here]
    assert [each["priceperunit"] for each in there] == [each["unitPrice"] for each in here]
    assert [each["manualdiscountamount"] for each in there] == [each["discountAmount"] for each in here]
    assert [each["extendedamount"] for each in there] == [each["netAmountIncludingTax"] for each in here]
    assert_totals(world, made)


def test_an_invoice_discount_is_that_of_the_invoice(world: World) -> None:
    made = invoicing.draft(world)
    for each in (sold(BICYCLE, 1, unitPrice=33.33), sold(CHAIR, 3, unitPrice=10)):
        invoicing.add_line(world, made, **each)
    world.person_in_bc().edit(f"salesInvoices({made})", discountAmount=5)
    invoicing.post(world, made)
    worlds.cycles(world, 1)
    assert row(world, made)["discountamount"] == 5
    assert_totals(world, made)


@pytest.mark.conforms("139162.CouplePostedSalesInvoiceInFCYCreatedInNAVToCRM")
def test_an_invoice_in_a_foreign_currency_has_that_currency_and_a_price_list_of_it(world: World) -> None:
    euro = next(e for e in invoicing.company().records["currencies"] if e["code"] == "EUR")["id"]
    made, local = invoice(world, sold(BICYCLE, 1), currencyId=euro), invoice(world, sold(BICYCLE, 1))
    worlds.cycles(world, 1)
    for invoice_id, code in ((made, "EUR"), (local, "GBP")):
        there = row(world, invoice_id)
        currency = world.person_in_sales.call(
            "GET", f"transactioncurrencies({there['_transactioncurrencyid_value']})"
        )
        prices = world.person_in_sales.call("GET", f"pricelevels({there['_pricelevelid_value']})")
        assert (currency["isocurrencycode"], prices["name"]) == (code, f"Price List in {code}")
        assert_totals(world, invoice_id)


TAXED = [
    invoicing.posted("T1", invoicing.taxed(100, 19), invoicing.taxed(33.33, 6.33)),
    invoicing.posted(
        "T2", invoicing.taxed(84.03, 15.97, unitPrice=100, taxPercent=19, quantity=1), pricesIncludeTax=True
    ),
    invoicing.posted(
        "T3",
        invoicing.taxed(249.58, 47.42, unitPrice=33, taxPercent=19, quantity=9),
        invoicing.taxed(-16.81, -3.19, unitPrice=20, taxPercent=19, quantity=-1),
        pricesIncludeTax=True,
    ),
    invoicing.posted(
        "T4", invoicing.taxed(95, 19, unitPrice=100, invoiceDiscountAllocation=5), discountAmount=5
    ),
    invoicing.posted("T5", invoicing.taxed(0.62, 0.12, unitPrice=0.00625, quantity=99.5)),
    invoicing.posted("T6", invoicing.taxed(-90, -17.1, unitPrice=100, discountAmount=-10, quantity=-1)),
]


@pytest.mark.conforms(
    "139162.ExtendedAmountIsCopiedToCRMInvoiceLine", "139175.FreighLineOfSalesInvoiceCopiedToCRMInvoice"
)
def test_taxes_odd_prices_and_returned_goods_add_up_to_the_cent() -> None:
    world = invoicing.synchronised(*TAXED)
    for each in TAXED:
        assert_totals(world, each["id"])
        lines = row(world, each["id"])["lines"]
        taxes = [line["tax"] for line in lines]
        assert taxes == [line["netTaxAmount"] for line in each["salesInvoiceLines"]]
    worlds.assert_quiet(world)


def test_what_is_no_product_is_written_in(world: World) -> None:
    made = invoice(
        world,
        sold(BICYCLE, 1),
        {"lineType": "Resource", "lineObjectNumber": "KATHERINE", "quantity": 2},
        {"lineType": "Comment", "description": "Thank you"},
        {"lineType": "Comment"},
    )
    worlds.cycles(world, 1)
    lines = row(world, made)["lines"]
    assert [each["isproductoverridden"] for each in lines] == [False, True, True, True]
    texts = [each["productdescription"] for each in lines]
    assert texts == [None, "Katherine Hull", "Thank you", "–"]
    assert [each["quantity"] for each in lines] == [1, 2, 0, 0]
    assert_totals(world, made)


def test_a_line_in_a_unit_that_the_product_lacks_in_sales_is_written_in(world: World) -> None:
    made = invoice(world, sold(DESK, 1, unitOfMeasureCode="BOX"), sold(DESK, 1))
    worlds.cycles(world, 1)
    lines = row(world, made)["lines"]
    assert [each["isproductoverridden"] for each in lines] == [True, False]
    assert_totals(world, made)


def test_with_units_per_item_boxes_and_resources_are_products() -> None:
    world = invoicing.synchronised(
        features=("extension", "unit_groups", "invoices"), bc_options={"extension": True}
    )
    resource = {"lineType": "Resource", "lineObjectNumber": "KATHERINE", "quantity": 2}
    made = invoice(world, sold(DESK, 1, unitOfMeasureCode="BOX"), sold(DESK, 1), resource)
    worlds.cycles(world, 2)
    lines = row(world, made)["lines"]
    assert [product_of(world, each) for each in lines] == [DESK, DESK, "KATHERINE"]
    units = {each["uomid"]: each["name"] for each in world.person_in_sales.call("GET", "uoms")["value"]}
    assert [units[each["_uomid_value"]] for each in lines] == ["BOX", "PCS", "HOUR"]
    assert_totals(world, made)


@pytest.mark.conforms("139162.SyncNAVInvoiceWithBlockedResource")
def test_a_line_waits_a_while_for_its_item_and_is_then_written_in(world: World) -> None:
    """A blocked item never becomes a product."""
    item = world.person_in_bc().call("POST", "items", {"displayName": "Lamp", "baseUnitOfMeasureCode": "PCS"})
    world.at.schedules.change("ITEM-PRODUCT", 60, disabled_because="the item stays out")
    made = invoice(world, sold(BICYCLE, 1), sold(item["number"], 2, unitPrice=7))
    worlds.cycles(world, 3)
    assert worlds.codes(world, NAME) == ["waits_for_lookup"]
    assert invoicing.in_sales(world) == []
    worlds.cycles(world, 3, 600)
    assert [each["isproductoverridden"] for each in row(world, made)["lines"]] == [False, True]
    assert_totals(world, made)


def test_a_line_of_a_new_item_is_a_line_of_its_product(world: World) -> None:
    item = world.person_in_bc().call("POST", "items", {"displayName": "Lamp", "baseUnitOfMeasureCode": "PCS"})
    made = invoice(world, sold(item["number"], 2, unitPrice=7))
    worlds.cycles(world, 3)
    (line,) = row(world, made)["lines"]
    assert product_of(world, line) == item["number"]


@pytest.mark.conforms("139181.TestSynchSalesInvHeaderWithCustomerOutOfMapFilter")
def test_an_invoice_waits_for_its_customer_and_then_goes_through(world: World) -> None:
    customer = world.person_in_bc().call("POST", "customers", {"displayName": "Lampenhaus"})
    world.at.schedules.change("CUSTOMER", 60, disabled_because="later")
    made = invoice(world, sold(BICYCLE, 1), customer=customer["number"])
    worlds.cycles(world, 2)
    assert worlds.codes(world, NAME) == ["waits_for_lookup"]
    world.at.schedules.change("CUSTOMER", 60, disabled_because="")
    worlds.cycles(world, 3)
    assert_totals(world, made)


def test_a_draft_is_not_in_sales_until_it_is_posted(world: World) -> None:
    made = invoicing.draft(world)
    invoicing.add_line(world, made, **sold(BICYCLE, 1))
    worlds.cycles(world, 2)
    assert invoicing.in_sales(world) == []
    invoicing.post(world, made)
    worlds.cycles(world, 2)
    assert state(world, made) == BILLED


@pytest.mark.conforms(
    "139179.AccountStatisticsJobUpdatesInvoiceStatusFullyPaid", "139173.TestUpdateCRMInvoiceStateActive"
)
def test_a_paid_invoice_is_paid_in_sales(world: World) -> None:
    made = invoice(world, sold(BICYCLE, 1))
    worlds.cycles(world, 2)
    assert state(world, made) == BILLED
    invoicing.pay(world, made)
    worlds.cycles(world, 2)
    assert state(world, made) == PAID
    assert_totals(world, made)
    worlds.assert_quiet(world)


@pytest.mark.conforms("139179.AccountStatisticsJobUpdatesInvoiceStatusPartiallyThenFullyPaid")
def test_a_part_that_was_paid_is_seen_in_the_next_cycle(world: World) -> None:
    """A payment of a part moves no stamp in Business Central; it leaves an entry in the ledger."""
    made, other = invoice(world, sold(BICYCLE, 1)), invoice(world, sold(BICYCLE, 1))
    worlds.cycles(world, 2)
    invoicing.pay(world, made, amount=100)
    world.cycle()
    assert (state(world, made), state(world, other)) == (PARTIAL, BILLED)
    invoicing.pay(world, made)
    world.cycle()
    assert state(world, made) == PAID
    worlds.assert_quiet(world)


def requests_of_a_cycle(world: World) -> list[str]:
    """What a cycle asks of Business Central where invoices alone are looked at."""
    for name, mapping in world.at.mappings.items():
        if name != NAME:
            world.at.schedules.change(name, mapping.interval_s, disabled_because="not looked at in this test")
    world.reset_requests()
    world.cycle()
    return [kind for kind in world.requests["bc"] if kind != "identity"]


def test_a_cycle_in_which_nothing_was_posted_costs_one_request(world: World) -> None:
    made = invoice(world, sold(BICYCLE, 1))
    world.settle(2)
    assert requests_of_a_cycle(world) == ["scan"]
    invoicing.pay(world, made, amount=100)
    assert requests_of_a_cycle(world) == ["scan", "scan", "read"], "with the open invoices, and the one paid"
    assert requests_of_a_cycle(world) == ["scan"]


def test_another_invoice_that_is_posted_has_no_open_ones_compared(world: World) -> None:
    made = invoice(world, sold(BICYCLE, 1))
    world.settle(2)
    invoice(world, sold(BICYCLE, 1))
    assert requests_of_a_cycle(world) == ["scan", "read"]
    assert state(world, made) == BILLED


def test_a_payment_that_is_applied_later_is_seen_with_the_next_posting(world: World) -> None:
    """Applying what was posted before leaves no entry in the general ledger."""
    made, other = invoice(world, sold(BICYCLE, 1)), invoice(world, sold(BICYCLE, 1))
    worlds.cycles(world, 2)
    invoicing.pay(world, made, amount=100, posted_before=True)
    worlds.cycles(world, 2)
    assert state(world, made) == BILLED
    invoicing.pay(world, other)
    world.cycle()
    assert (state(world, made), state(world, other)) == (PARTIAL, PAID)


@pytest.mark.conforms("139173.TestUpdateCRMInvoiceStatePartial")
def test_a_full_synchronisation_sees_what_was_paid_in_part(world: World) -> None:
    made, paid = invoice(world, sold(BICYCLE, 1)), invoice(world, sold(BICYCLE, 1))
    invoicing.pay(world, paid)
    worlds.cycles(world, 2)
    invoicing.pay(world, made, amount=100)
    line = worlds.full(world)[NAME]
    assert (state(world, made), state(world, paid)) == (PARTIAL, PAID)
    assert (line["toSales"]["modified"], line["toSales"]["unchanged"]) == (1, 1)


def test_an_invoice_that_is_paid_in_part_can_still_change_its_due_date(world: World) -> None:
    """It is reopened in Sales, written and closed again."""
    made = invoice(world, sold(BICYCLE, 1))
    invoicing.pay(world, made, amount=100)
    worlds.cycles(world, 2)
    assert state(world, made) == PARTIAL
    world.person_in_bc().edit(f"salesInvoices({made})", dueDate="2027-04-01")
    worlds.cycles(world, 2)
    assert (state(world, made), row(world, made)["duedate"]) == (PARTIAL, "2027-04-01")
    assert worlds.codes(world, NAME) == []
    worlds.assert_quiet(world)


@pytest.mark.conforms("139179.AccountStatisticsJobUpdatesInvoiceStatusFullyPaidThenUnapplied")
def test_an_invoice_whose_payment_was_taken_back_is_billed_again(world: World) -> None:
    made = invoice(world, sold(BICYCLE, 1))
    invoicing.pay(world, made)
    worlds.cycles(world, 2)
    assert state(world, made) == PAID
    invoicing.unapply(world, made)
    worlds.cycles(world, 2)
    assert state(world, made) == BILLED


@pytest.mark.conforms("139179.AccountStatisticsJobUpdatesCanceledInvoice")
def test_a_canceled_invoice_is_canceled_in_sales_and_left_alone_from_then_on(world: World) -> None:
    made = invoice(world, sold(BICYCLE, 1))
    worlds.cycles(world, 2)
    invoicing.cancel(world, made)
    worlds.cycles(world, 2)
    assert state(world, made) == CANCELED
    world.person_in_bc().edit(f"salesInvoices({made})", dueDate="2027-04-01")
    worlds.cycles(world, 2)
    assert state(world, made) == CANCELED
    assert worlds.codes(world, NAME) == []
    worlds.assert_quiet(world)


def test_an_invoice_canceled_before_it_was_in_sales_stays_out(world: World) -> None:
    made = invoice(world, sold(BICYCLE, 1))
    invoicing.cancel(world, made)
    worlds.cycles(world, 2)
    assert invoicing.in_sales(world) == []
    assert worlds.codes(world, NAME) == []


def test_a_quiet_cycle_only_looks(world: World) -> None:
    made = invoice(world, sold(BICYCLE, 1))
    worlds.cycles(world, 1)
    assert state(world, made) == BILLED
    worlds.assert_quiet(world)


def test_an_open_invoice_is_one_creation_and_nothing_more(world: World) -> None:
    made = invoice(world, sold(BICYCLE, 1), sold(DESK, 2))
    wire = worlds.tap(world, Side.SALES)
    worlds.cycles(world, 1)
    assert_totals(world, made)
    assert len([each for each in wire.seen if worlds.is_write(each)]) == 1


def test_where_sales_does_not_calculate_the_totals_are_written(world: World) -> None:
    setting(world, oobpricecalculationenabled=0)
    made = invoice(world, sold(BICYCLE, 2))
    worlds.cycles(world, 2)
    assert_totals(world, made)
    assert state(world, made) == BILLED


def test_other_totals_in_sales_are_a_problem_that_names_both(world: World) -> None:
    """An organisation may take a line's discount once for each unit."""
    setting(world, discountcalculationmethod=1)
    invoice(world, sold(BICYCLE, 2, discountPercent=10))
    worlds.cycles(world, 2)
    (problem,) = worlds.problems(world, NAME)
    assert problem["code"] == "not_kept"
    assert "total_excluding_tax is 7200.00, in Sales 6400.00" in problem["message"]


def setting(world: World, **values: object) -> None:
    (org,) = world.person_in_sales.call("GET", "organizations?$select=name")["value"]
    world.person_in_sales.edit(f"organizations({org['organizationid']})", **values)


def test_price_lists_of_invoices_are_not_taken_for_lists_with_prices() -> None:
    """Prices that are wanted later are created without a release: no uncoupled list stands in the way."""
    world = invoicing.synchronised(features=("extension", "invoices"), bc_options={"extension": True})
    lists = world.person_in_sales.call("GET", "pricelevels")["value"]
    (mapping,) = [
        each
        for each in default_mappings(frozenset({Feature.EXTENSION, Feature.INVOICES}))
        if each.name == "CUSTPRCGRP-PRICE"
    ]
    assert len(lists) == 3
    assert not any(filters.inside(mapping, Side.SALES, each) for each in lists)


def terms_of(world: World, invoice_id: str) -> tuple[str, str | None]:
    """The code of the payment terms in Business Central, and what the option of Sales is called."""
    terms = world.person_in_bc().call("GET", "paymentTerms")["value"]
    wanted = invoicing.in_bc(world, invoice_id)["paymentTermsId"]
    row = invoicing.row(world, invoice_id)
    path = f"invoices({row['invoiceid']})?$select=paymenttermscode"
    told = world.person_in_sales.call("GET", path, prefer='odata.include-annotations="*"')
    label = told.get("paymenttermscode@OData.Community.Display.V1.FormattedValue")
    return next(each["code"] for each in terms if each["id"] == wanted), label


@pytest.mark.conforms("139183.SyncCRMInvoiceUpdatesCRMOptions")
def test_payment_terms_are_the_option_of_invoices_that_is_called_so() -> None:
    world = invoicing.synchronised()
    terms = world.person_in_bc().call("GET", "paymentTerms")["value"]
    chosen = next(each["id"] for each in terms if each["code"] == "CM")
    made = invoicing.invoice(world, invoicing.sold(invoicing.CHAIR, 1), paymentTermsId=chosen)
    worlds.cycles(world, 2)
    assert terms_of(world, made) == ("CM", "CM")
    worlds.assert_quiet(world)


def test_an_invoice_does_not_wait_for_an_option() -> None:
    world = invoicing.synchronised()
    terms = {"code": "NEW", "displayName": "New terms"}
    chosen = world.person_in_bc().call("POST", "paymentTerms", terms)["id"]
    made = invoicing.invoice(world, invoicing.sold(invoicing.CHAIR, 1), paymentTermsId=chosen)
    worlds.cycles(world, 2)
    assert terms_of(world, made) == ("NEW", None)
    assert worlds.codes(world, invoicing.NAME) == []
    assert worlds.codes(world, "INVOICE PAYMENT TERMS") == ["option_missing"]


POSTED = "tandem/postedSalesInvoices"


def extended() -> World:
    return invoicing.synchronised(features=("invoices", "extension"), bc_options={"extension": True})


def posted_with(world: World, **values: object) -> str:
    """A posted invoice whose own record holds these values; its id in API v2.0."""
    made = invoicing.invoice(world, invoicing.sold(invoicing.CHAIR, 1))
    company = world.bc.env.companies[world.at.connection.company_id]
    with world.bc.env.transaction(person=True) as unit:
        session = world.bc.env.session(company, unit)
        (row_id,) = session.table(POSTED).group(made)
        session.change(POSTED, row_id, values)
    return made


@pytest.mark.conforms("139183.SyncCRMInvoiceUpdatesCRMOptions")
def test_with_the_extension_an_invoice_tells_when_and_how_it_was_shipped_and_what_was_done() -> None:
    world = extended()
    made = posted_with(
        world, shipmentDate="2026-03-04", shippingAgentCode="DHL", workDescription="Zażółć\r\nзапуск"
    )
    plain = posted_with(world)
    worlds.cycles(world, 2)
    found = invoicing.row(world, made)
    assert found["datedelivered"][:10] == "2026-03-04"
    assert found["shippingmethodcode"] == ordering.option(world, "invoice", "shippingmethodcode", "DHL")
    assert found["description"].split() == ["Zażółć", "запуск"]
    other = invoicing.row(world, plain)
    assert (other["shippingmethodcode"], other["description"]) == (None, None)
    assert worlds.codes(world, invoicing.NAME) == []
    worlds.assert_quiet(world)


def test_a_long_description_of_the_work_is_cut_where_the_mapping_says_so() -> None:
    world = extended()
    made = posted_with(world, workDescription="work " * 500)
    worlds.cycles(world, 2)
    assert len(invoicing.row(world, made)["description"]) <= 2000
    assert worlds.codes(world, invoicing.NAME) == []


def test_what_the_posted_record_tells_costs_one_request_for_a_batch_of_invoices() -> None:
    world = extended()
    for _ in range(3):
        posted_with(world, shippingAgentCode="DHL")
    world.reset_requests()
    worlds.cycle(world)
    assert len(invoicing.in_sales(world)) == 3
    reads = [kind for kind in world.requests["bc"] if kind == "read"]
    assert len(reads) == 2
