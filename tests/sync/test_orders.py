"""Submitted orders of Sales in Business Central: whole, equal to the cent, and told beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.simulation.world import CLIENT, World
from local.simulators.dataverse.people import User
from local.simulators.wire import Request
from shared_code.core.records import Side
from shared_code.sync import coupling_api, faults
from shared_code.sync.api import answering
from tests.sync import ordering, worlds
from tests.sync.ordering import (
    ACTIVE,
    BICYCLE,
    CHAIR,
    DESK,
    EXTENSION,
    FREIGHT_ACCOUNT,
    NAME,
    SALES_ACCOUNT,
    bind,
    sold,
    submit,
    told,
    written_in,
)

WITHOUT = ("orders",)


@pytest.fixture(params=[WITHOUT, EXTENSION], ids=["v2.0", "extension"])
def world(request: pytest.FixtureRequest) -> World:
    """Customers and items are coupled; no order is written yet."""
    return ordering.synchronised(request.param)


@pytest.fixture
def plain() -> World:
    return ordering.synchronised(WITHOUT)


@pytest.fixture
def extended() -> World:
    return ordering.synchronised(EXTENSION)


def lines_of(order: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(line[name] for name in names) for line in order["salesOrderLines"]]


@pytest.mark.conforms(
    "139175.CreateSalesOrderInNAVWithJobQueueSunshine",
    "139175.CRMSalesOrderLCY",
    "139175.CRMSalesOrderListFilters",
)
def test_a_submitted_order_is_one_order_in_business_central(world: World) -> None:
    order = submit(world, sold(world, BICYCLE, 2, 1000), sold(world, DESK, 1, 99.99))
    ordering.write(world, sold(world, CHAIR, 1, 10))
    worlds.cycles(world, 3)
    (made,) = ordering.in_bc(world)
    assert made["customerNumber"] == ordering.CUSTOMER
    assert lines_of(made, "lineType", "lineObjectNumber", "quantity", "unitPrice") == [
        ("Item", BICYCLE, 2, 1000),
        ("Item", DESK, 1, 99.99),
    ]
    assert made["totalAmountExcludingTax"] == 2099.99
    found = told(world, order)
    assert (found["tandem_number"], found["tandem_transfer"]) == (made["number"], "In Business Central")
    assert (found["tandem_status"], found["tandem_amount"], found["tandem_reason"]) == ("Open", 2099.99, None)
    assert found["_tandem_salesorderid_value"] == order
    assert worlds.problems(world, NAME) == []
    worlds.assert_quiet(world)


def test_the_submitted_order_itself_is_not_touched(world: World) -> None:
    order = submit(world, sold(world, BICYCLE, 1, 1000))
    before = world.person_in_sales.call("GET", f"salesorders({order})")
    worlds.cycles(world, 3)
    ordering.handle(world, order, "release")
    worlds.cycles(world, 2)
    assert world.person_in_sales.call("GET", f"salesorders({order})") == before
    assert told(world, order)["tandem_status"] == "Released"


@pytest.mark.bulk
@pytest.mark.conforms("139175.EnableCRMSalesOrderIntegrationWhenNoCRMSolutionInstalled")
def test_without_the_solution_no_order_is_made_and_everything_else_goes_on() -> None:
    world = ordering.new_world(WITHOUT)
    del world.sales.org.schema.tables["tandem_businesscentralorder"]
    world.sales.org.schema.__dict__.pop("by_set", None)
    worlds.full(world, release=list(world.at.mappings))
    world.settle(2)
    submit(world, sold(world, BICYCLE, 1, 1000))
    pair = worlds.pair(world, ordering.CUSTOMER)
    world.person_in_sales.edit(f"accounts({pair.sales_id})", telephone1="+47 11")
    worlds.cycles(world, 2)
    assert ordering.in_bc(world) == []
    told = world.at.schedules.all()[NAME].disabled_because
    assert "tandem_businesscentralorders" in told
    assert "Import Tandem's solution" in told
    assert worlds.customer(world, ordering.CUSTOMER)["phoneNumber"] == "+47 11"
    assert faults.why_not(world.parts, world.at) == "", "the connection works"


@pytest.mark.conforms(
    "139183.CreateSOInNAVCopiesCustomerContactFields",
    "139175.NonWriteInItemNameNotCopiedToSalesOrderLineDescription",
)
def test_addresses_go_whole_and_blank_ones_are_the_customers(world: World) -> None:
    there = {"shipto_name": "Warehouse", "shipto_contactname": "Ann", "shipto_line1": "Main Street 1"}
    there |= {"shipto_city": "Oslo", "shipto_postalcode": "0150", "shipto_country": "Norway"}
    own = ordering.of_after(world, submit(world, sold(world, BICYCLE, 1, 1000), **there))
    names = ("Name", "Contact", "AddressLine1", "AddressLine2", "City", "PostCode", "Country")
    assert [own[f"shipTo{name}"] for name in names] == [
        "Warehouse", "Ann", "Main Street 1", "", "Oslo", "0150", "NO",
    ]  # fmt: skip
    blank = ordering.of_after(world, submit(world, sold(world, BICYCLE, 1, 1000)))
    customer = worlds.customer(world, ordering.CUSTOMER)
    assert (blank["shipToAddressLine1"], blank["shipToCity"]) == (customer["addressLine1"], customer["city"])
    assert [line["description"] for line in own["salesOrderLines"]] == ["Bicycle"]


def test_with_units_of_items_a_line_has_the_unit_it_was_sold_in() -> None:
    world = ordering.synchronised((*EXTENSION, "unit_groups"))
    made = ordering.of_after(world, submit(world, sold(world, BICYCLE, 2, 5)))
    assert lines_of(made, "lineObjectNumber", "unitOfMeasureCode", "quantity") == [(BICYCLE, "PCS", 2)]


def test_header_fields_are_carried(world: World) -> None:
    order = submit(world, sold(world, BICYCLE, 1, 1000), requestdeliveryby="2027-03-01T00:00:00Z")
    made = ordering.of_after(world, order)
    assert made["requestedDeliveryDate"] == "2027-03-01"


def test_payment_terms_are_what_the_orders_own_option_is_called(world: World) -> None:
    """An account's option of the same number may be another one."""
    chosen = ordering.option(world, "salesorder", "paymenttermscode", "CM")
    order = submit(world, sold(world, DESK, 1, 10), paymenttermscode=chosen)
    worlds.cycles(world, 3)
    assert ordering.codes_of(world, ordering.of(world, order))[0] == "CM"


def test_an_option_that_no_code_is_called_like_leaves_what_the_customer_has(world: World) -> None:
    plain_option = ordering.option(world, "salesorder", "paymenttermscode", "Net 30")
    order = submit(world, sold(world, DESK, 1, 10), paymenttermscode=plain_option)
    other = submit(world, sold(world, DESK, 1, 10))
    worlds.cycles(world, 3)
    assert ordering.of(world, order)["paymentTermsId"] == ordering.of(world, other)["paymentTermsId"]


def test_without_the_extension_the_number_stands_in_the_external_document_number(plain: World) -> None:
    order = submit(plain, sold(plain, BICYCLE, 1, 1000), ordernumber="so-7", tandem_customerreference="PO 1")
    assert ordering.of_after(plain, order)["externalDocumentNumber"] == "SO-7"


def test_with_the_extension_the_customers_reference_has_a_place_of_its_own(extended: World) -> None:
    order = submit(
        extended, sold(extended, BICYCLE, 1, 1000), ordernumber="SO-7", tandem_customerreference="PO 1",
        billto_name="Paying Ltd.", billto_line1="Bank Street", description="Handle with care",
    )  # fmt: skip
    assert ordering.of_after(extended, order)["externalDocumentNumber"] == "PO 1"
    (row,) = worlds.bc_rows(extended, "salesOrders")
    assert (row["yourReference"], row["billToName"], row["billToAddressLine1"]) == (
        "SO-7", "Paying Ltd.", "Bank Street",
    )  # fmt: skip
    assert row["workDescription"] == "Handle with care"


@pytest.mark.conforms("139175.CRMSalesOrderFCY", "139162.NotPossibleToCoupleCRMSalesOrderInFCYToNAV")
def test_an_order_in_a_foreign_currency_has_that_currency(world: World) -> None:
    made = ordering.of_after(world, submit(world, sold(world, BICYCLE, 1, 1000), code="EUR"))
    assert (made["currencyCode"], made["totalAmountExcludingTax"]) == ("EUR", 1000)


@pytest.mark.conforms(
    "139175.CRMSalesOrderVolumeDiscInLine",
    "139175.CRMSalesOrderManualAndVolumeDiscInLine",
    "139175.CRMSalesOrderPercentageDiscInHeader",
    "139175.SalesOrderWithItemPriceIncludesVATFalse",
)
def test_discounts_of_lines_and_order_come_to_the_same_amount(world: World) -> None:
    order = submit(
        world, sold(world, BICYCLE, 3, 33.33, manualdiscountamount=0.5), sold(world, DESK, 7, 0.35),
        discountpercentage=12.5, discountamount=1,
    )  # fmt: skip
    made = ordering.of_after(world, order)
    sales = world.person_in_sales.call("GET", f"salesorders({order})")
    assert made["totalAmountExcludingTax"] == sales["totalamountlessfreight"]
    assert made["discountAmount"] == round(sales["totallineitemamount"] - sales["totalamountlessfreight"], 2)
    assert lines_of(made, "discountAmount") == [(0.5,), (0,)]
    assert made["pricesIncludeTax"] is False
    assert worlds.problems(world, NAME) == []


@pytest.mark.conforms("139175.LineItemDescriptionUsedInsteadOfProductDescription")
def test_what_is_written_in_and_freight_go_to_their_accounts(world: World) -> None:
    order = submit(world, written_in("Assembly on site", 2, 25), freightamount=7.5)
    made = ordering.of_after(world, order)
    assert lines_of(made, "lineType", "lineObjectNumber", "description", "netAmount") == [
        ("Account", SALES_ACCOUNT, "Assembly on site", 50),
        ("Account", FREIGHT_ACCOUNT, "Freight", 7.5),
    ]


@pytest.mark.conforms("139175.LongWriteInProductDescription", "139175.LongProductDescriptionResource")
def test_a_long_text_goes_on_in_comments(world: World) -> None:
    text = "word " * 50
    made = ordering.of_after(
        world,
        submit(world, written_in(text.strip(), 1, 5), sold(world, BICYCLE, 1, 9, description="By\nhand")),
    )
    kinds = lines_of(made, "lineType")
    assert kinds == [("Account",), ("Comment",), ("Comment",), ("Item",), ("Comment",), ("Comment",)]
    texts = [line["description"] for line in made["salesOrderLines"]]
    assert " ".join(texts[:3]) == text.strip()
    assert texts[3:] == ["Bicycle", "By", "hand"]


def refused(world: World, order: str, code: str) -> str:
    """The order is refused whole; what its salesperson is told."""
    worlds.cycles(world, 3)
    assert ordering.in_bc(world) == []
    assert worlds.codes(world, NAME) == [code]
    found = told(world, order)
    assert found["tandem_number"] is None
    return str(found["tandem_reason"])


@pytest.mark.conforms("139175.ErrorOnFreightAccountIsEmpty")
@pytest.mark.parametrize(
    ("line", "header", "what"),
    [
        (written_in("Assembly", 1, 5), {}, "Line 2 (Assembly): no account is set for written-in lines"),
        (None, {"freightamount": 5}, "no account is set for freight lines"),
    ],
)
def test_without_an_account_the_whole_order_is_refused(
    line: dict[str, Any] | None, header: dict[str, Any], what: str
) -> None:
    world = ordering.synchronised(WITHOUT, order_accounts="")
    order = submit(world, sold(world, BICYCLE, 1, 5), *([line] if line else []), **header)
    assert what in refused(world, order, "account_missing")
    assert told(world, order)["tandem_transfer"] == "Refused"


def own_address(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "shipto_line1": "Elsewhere 1"}


def bundle(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "producttypecode": 2}


def nothing(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "quantity": 0}


@pytest.mark.conforms("139185.DependentTableIsNotMarkedAsFailed")
@pytest.mark.parametrize(
    ("changed", "what"),
    [
        (own_address, "Line 2 (ATHENS Desk): it has an address of its own. Make an order for each address."),
        (bundle, "Line 2 (ATHENS Desk): it is a bundle"),
        (nothing, "Line 2 (ATHENS Desk): it has no quantity."),
    ],
)
def test_what_cannot_be_carried_is_refused_with_its_line_in_plain_words(
    plain: World, changed: Callable[[dict[str, Any]], dict[str, Any]], what: str
) -> None:
    order = submit(plain, sold(plain, BICYCLE, 1, 5), changed(sold(plain, DESK, 1, 5)))
    assert what in refused(plain, order, "order_content")
    assert told(plain, order)["tandem_transfer"] == "Refused"


def test_an_order_without_lines_is_refused(plain: World) -> None:
    assert refused(plain, submit(plain), "order_content") == "The order has no lines."


def test_a_product_that_is_not_coupled_keeps_the_order_waiting_until_it_is(plain: World) -> None:
    bicycle = ordering.product_of(plain, BICYCLE)
    groups = {
        "defaultuomscheduleid@odata.bind": f"/uomschedules({bicycle['_defaultuomscheduleid_value']})",
        **bind("defaultuomid", "uoms", bicycle["_defaultuomid_value"]),
    }
    body = {"productnumber": "NEW", "name": "Brand-new", "quantitydecimal": 2, "producttypecode": 3, **groups}
    made = plain.person_in_sales.call("POST", "products", body, prefer="return=representation")
    plain.person_in_sales.edit(f"products({made['productid']})", statecode=0, statuscode=1)
    order = submit(plain, sold(plain, "NEW", 1, 5))
    reason = refused(plain, order, "waits_for_lookup")
    assert (
        reason
        == "Line 1 (Brand-new): its product is not in Business Central, or not coupled with what is there."
    )
    assert told(plain, order)["tandem_transfer"] == "Waiting"
    plain.person_in_sales.edit(f"products({made['productid']})", producttypecode=1)
    worlds.cycles(plain, 8, 120)
    assert ordering.of(plain, order)["totalAmountExcludingTax"] == 5
    assert told(plain, order)["tandem_transfer"] == "In Business Central"
    assert told(plain, order)["tandem_reason"] is None


@pytest.mark.conforms("139175.CRMSalesOrderFCYNotExists")
def test_an_order_in_a_currency_that_business_central_lacks_waits_and_says_so(plain: World) -> None:
    body = {"isocurrencycode": "XTS", "currencyname": "Test", "currencysymbol": "X", "currencyprecision": 2}
    plain.person_in_sales.call("POST", "transactioncurrencies", {**body, "exchangerate": 2})
    order = submit(plain, sold(plain, BICYCLE, 1, 10), code="XTS")
    assert "currency refers to" in refused(plain, order, "waits_for_lookup")
    assert told(plain, order)["tandem_transfer"] == "Waiting"


@pytest.mark.conforms("139162.SendCoupledAndPostedFCYSalesOrderToCRM")
def test_the_invoice_of_an_order_in_a_foreign_currency_comes_to_sales_in_it() -> None:
    world = ordering.synchronised(("orders", "invoices"), mappings=(NAME, "CUSTOMER", "POSTEDSALESINV-INV"))
    order = submit(world, sold(world, BICYCLE, 2, 500), code="EUR")
    ordering.of_after(world, order)
    ordering.handle(world, order, "ship")
    ordering.handle(world, order, "invoice")
    worlds.cycles(world, 3)
    (invoice,) = world.person_in_sales.call("GET", "invoices")["value"]
    assert invoice["_transactioncurrencyid_value"] == ordering.currency_id(world, "EUR")
    assert invoice["totalamount"] == 1000


@pytest.mark.conforms("139177.TestNavigateToCRMSalesOrderFromSalesOrderList")
def test_an_order_leads_to_its_partner_in_the_other_system(world: World) -> None:
    order = submit(world, sold(world, BICYCLE, 1, 10))
    ordering.of_after(world, order)
    pair = ordering.coupling(world, order)
    assert pair is not None
    shown = answering(lambda: coupling_api.get_pair(world.parts, NAME, pair.bc_id, {"side": "bc"})).body
    assert order in str(shown["salesLink"])
    assert "page=42" in str(shown["bcLink"])


@pytest.mark.bulk
def test_what_is_chosen_on_the_order_goes_before_what_the_customer_has() -> None:
    world = ordering.new_world((*EXTENSION, "order_choices"), mappings=(NAME, "CUSTOMER"))
    chosen = {}
    for column, code in (("freighttermscode", "EXW"), ("shippingmethodcode", "DHL")):
        label = {"LocalizedLabels": [{"Label": code, "LanguageCode": 1033}]}
        body = {"EntityLogicalName": "salesorder", "AttributeLogicalName": column, "Label": label}
        made = world.person_in_sales.call("POST", "InsertOptionValue", body) if code != "DHL" else {}
        chosen[column] = made.get("NewOptionValue", 2)
    worlds.full(world, release=list(world.at.mappings))
    world.settle(2)
    made_there = ordering.of_after(world, submit(world, sold(world, BICYCLE, 1, 5), **chosen))
    (row,) = worlds.bc_rows(world, "salesOrders")
    assert (row["number"], row["shipmentMethodCode"], row["shippingAgentCode"]) == (
        made_there["number"], "EXW", "DHL",
    )  # fmt: skip


PERSONS = "person_customers"


@pytest.mark.parametrize("features", [WITHOUT, EXTENSION], ids=["v2.0", "extension"])
def test_an_order_of_a_person_who_is_a_customer_goes_to_that_customer(features: tuple[str, ...]) -> None:
    world = ordering.synchronised((*features, PERSONS), mappings=(NAME, "CUSTOMER", "PERSON CUSTOMER"))
    body = {"firstname": "Ann", "lastname": "Buyer", "tandem_iscustomer": True}
    person = str(
        world.person_in_sales.call("POST", "contacts", body, prefer="return=representation")["contactid"]
    )
    worlds.cycles(world, 2)
    order = ordering.write(world, sold(world, BICYCLE, 1, 5))
    world.person_in_sales.edit(f"salesorders({order})", **bind("customerid_contact", "contacts", person))
    ordering.set_state(world, order, ordering.SUBMITTED)
    made = ordering.of_after(world, order)
    customer = next(each for each in worlds.customers(world) if each["displayName"] == "Ann Buyer")
    assert (made["customerId"], made["totalAmountExcludingTax"]) == (customer["id"], 5)
    of_account = ordering.of_after(world, submit(world, sold(world, BICYCLE, 1, 7)))
    assert of_account["customerNumber"] == ordering.CUSTOMER
    assert worlds.problems(world, NAME) == []


@pytest.mark.bulk
@pytest.mark.parametrize("features", [WITHOUT, EXTENSION, (*EXTENSION, "unit_groups")])
def test_a_variant_goes_as_its_item_with_the_variants_code(features: tuple[str, ...]) -> None:
    world = ordering.new_world(
        (*features, "item_variants"), mappings=(NAME, "CUSTOMER", "ITEM VARIANT-PRODUCT")
    )
    red = {"itemNumber": BICYCLE, "code": "RED", "description": "Red"}
    variant = world.person_in_bc().call("POST", "itemVariants", red)["id"]
    worlds.full(world, release=list(world.at.mappings))
    world.settle(2)
    order = submit(world, sold(world, f"{BICYCLE}/RED", 2, 5), sold(world, BICYCLE, 1, 5))
    made = ordering.of_after(world, order)
    assert lines_of(made, "lineType", "lineObjectNumber", "itemVariantId", "quantity") == [
        ("Item", BICYCLE, variant, 2),
        ("Item", BICYCLE, "00000000-0000-0000-0000-000000000000", 1),
    ]
    assert worlds.problems(world, NAME) == []


def test_an_order_of_a_person_is_told_why_it_stays(plain: World) -> None:
    person = plain.person_in_sales.call(
        "POST", "contacts", {"lastname": "Alone"}, prefer="return=representation"
    )["contactid"]
    order = ordering.write(plain, sold(plain, BICYCLE, 1, 5))
    plain.person_in_sales.edit(f"salesorders({order})", **bind("customerid_contact", "contacts", person))
    ordering.set_state(plain, order, ordering.SUBMITTED)
    assert refused(plain, order, "not_carried").startswith("The customer is a person")


@pytest.mark.conforms("139175.CreateSalesOrderInNAVWithJobQueueAfterFail")
def test_one_order_that_is_refused_holds_up_no_other(world: World) -> None:
    bad = submit(world)
    good = submit(world, sold(world, BICYCLE, 1, 5))
    worlds.cycles(world, 3)
    assert [each["id"] for each in ordering.in_bc(world)] == [ordering.of(world, good)["id"]]
    assert told(world, bad)["tandem_transfer"] == "Refused"


def test_a_refusal_of_business_central_is_told_in_its_words(world: World) -> None:
    worlds.edit_bc(world, worlds.pair(world, ordering.CUSTOMER), blocked="Ship")
    order = submit(world, sold(world, BICYCLE, 1, 5))
    assert "blocked with type Ship" in refused(world, order, "refused")
    worlds.edit_bc(world, worlds.pair(world, ordering.CUSTOMER), blocked="_x0020_")
    worlds.cycles(world, 8, 300)
    assert len(ordering.in_bc(world)) == 1


@pytest.mark.conforms("139162.SyncCRMSalesOrderWithInactiveCRMProduct")
def test_an_order_with_an_item_that_is_blocked_meanwhile_is_refused_until_it_is_not(world: World) -> None:
    order = ordering.write(world, sold(world, BICYCLE, 1, 5), sold(world, DESK, 1, 5))
    item = next(i for i in world.person_in_bc().call("GET", "items")["value"] if i["number"] == DESK)
    world.person_in_bc().edit(f"items({item['id']})", blocked=True)
    worlds.cycles(world, 2)
    ordering.set_state(world, order, ordering.SUBMITTED)
    assert "Blocked must be equal to 'No'" in refused(world, order, "refused")
    world.person_in_bc().edit(f"items({item['id']})", blocked=False)
    worlds.cycles(world, 8, 300)
    assert len(ordering.of(world, order)["salesOrderLines"]) == 2


@pytest.mark.conforms(
    "139175.CRMSalesOrderStateSubmittedAfterNAVOrderShippedOnly",
    "139175.CRMSalesOrderStateSubmittedAfterPartlyInvoicedNAVOrder",
    "139175.PostToCRMSalesOrderWhenSalesOrderIsReleased",
    "139175.PostToAccountWhenSalesOrderIsPosted",
)
def test_how_far_the_order_is_comes_back(world: World) -> None:
    order = submit(world, sold(world, BICYCLE, 4, 10))
    line = ordering.of_after(world, order)["salesOrderLines"][0]["id"]
    seen = [told(world, order)["tandem_status"]]
    for quantity in (1, 3):
        world.person_in_bc().edit(f"salesOrderLines({line})", shipQuantity=quantity)
        ordering.handle(world, order, "ship")
        worlds.cycles(world, 2)
        seen.append(told(world, order)["tandem_status"])
        if quantity == 1:
            ordering.handle(world, order, "reopen")
    assert seen == ["Open", "Partly shipped", "Shipped"]
    ordering.handle(world, order, "invoice")
    worlds.cycles(world, 3, 3700)
    found = told(world, order)
    assert (found["tandem_status"], found["tandem_transfer"]) == ("Invoiced", "In Business Central")
    assert found["tandem_amount"] == 40
    assert ordering.in_bc(world) == []
    assert worlds.problems(world, NAME) == []
    worlds.cycles(world, 30, 3700)
    assert ordering.in_bc(world) == [], "an order that was invoiced is not made again"
    assert worlds.problems(world, NAME) == []


def state(world: World, order: str) -> tuple[int, int]:
    row = world.person_in_sales.call("GET", f"salesorders({order})?$select=statecode,statuscode")
    return row["statecode"], row["statuscode"]


@pytest.mark.conforms("139175.BidirectionalSalesOrderFulfillOrder")
def test_an_order_is_fulfilled_when_all_of_it_is_shipped_and_invoiced_when_it_is_invoiced(
    world: World,
) -> None:
    order = submit(world, sold(world, BICYCLE, 4, 10))
    line = ordering.of_after(world, order)["salesOrderLines"][0]["id"]
    assert state(world, order) == (1, 3)
    seen = []
    for quantity in (1, 3):
        world.person_in_bc().edit(f"salesOrderLines({line})", shipQuantity=quantity)
        ordering.handle(world, order, "ship")
        worlds.cycles(world, 2)
        seen.append(state(world, order))
        if quantity == 1:
            ordering.handle(world, order, "reopen")
    assert seen == [(1, 3), (3, 100001)]
    worlds.assert_quiet(world)
    ordering.handle(world, order, "invoice")
    worlds.cycles(world, 3, 3700)
    assert state(world, order) == (4, 100003)
    assert told(world, order)["tandem_status"] == "Invoiced"
    assert worlds.problems(world, NAME) == []
    worlds.assert_quiet(world)


def test_with_the_extension_it_shows_within_a_minute_that_an_order_is_invoiced(extended: World) -> None:
    order = submit(extended, sold(extended, BICYCLE, 1, 10))
    ordering.of_after(extended, order)
    ordering.handle(extended, order, "ship")
    ordering.handle(extended, order, "invoice")
    worlds.cycles(extended, 2)
    assert (told(extended, order)["tandem_status"], state(extended, order)) == ("Invoiced", (4, 100003))
    assert worlds.problems(extended, NAME) == []


def test_an_order_that_a_person_fulfilled_is_still_told_of(world: World) -> None:
    order = submit(world, sold(world, BICYCLE, 1, 10))
    ordering.of_after(world, order)
    ordering.fulfill(world, order)
    ordering.handle(world, order, "release")
    worlds.cycles(world, 2)
    assert (told(world, order)["tandem_status"], state(world, order)) == ("Released", (3, 100001))
    ordering.handle(world, order, "ship")
    worlds.cycles(world, 2)
    assert (told(world, order)["tandem_status"], worlds.problems(world, NAME)) == ("Shipped", [])


def test_an_order_that_a_person_made_an_invoice_of_stays_invoiced(world: World) -> None:
    order = submit(world, sold(world, BICYCLE, 1, 10))
    ordering.of_after(world, order)
    ordering.set_state(world, order, {"statecode": 4, "statuscode": 100003})
    ordering.handle(world, order, "ship")
    worlds.cycles(world, 2)
    assert (told(world, order)["tandem_status"], state(world, order)) == ("Shipped", (4, 100003))
    assert worlds.problems(world, NAME) == []


def test_an_order_that_is_fulfilled_already_is_not_created(world: World) -> None:
    order = submit(world, sold(world, BICYCLE, 1, 10))
    ordering.fulfill(world, order)
    worlds.cycles(world, 2)
    worlds.full(world)
    assert (ordering.in_bc(world), worlds.problems(world, NAME)) == ([], [])


def test_many_orders_that_are_invoiced_at_once_hold_no_brake(plain: World) -> None:
    orders = [submit(plain, sold(plain, BICYCLE, 1, 10)) for _ in range(30)]
    worlds.cycles(plain, 3)
    for each in orders:
        ordering.handle(plain, each, "ship")
        ordering.handle(plain, each, "invoice")
    worlds.cycles(plain, 3, 3700)
    assert {told(plain, each)["tandem_status"] for each in orders} == {"Invoiced"}
    assert plain.at.schedules.get(NAME, 60).disabled_because == ""


@pytest.mark.conforms(
    "139175.CRMSalesOrderUncoupledAfterSalesHeaderDelete",
    "139161.RemovalOfCoupledSalesHeaderWithLinesIsNotBlocked",
)
def test_an_order_that_is_deleted_in_business_central_is_told_and_not_made_again(world: World) -> None:
    order = submit(world, sold(world, BICYCLE, 1, 10))
    made = ordering.of_after(world, order)
    world.person_in_bc().call("DELETE", f"salesOrders({made['id']})", if_match="*")
    worlds.cycles(world, 3, 3700)
    assert told(world, order)["tandem_transfer"] == "Deleted in Business Central"
    assert worlds.codes(world, NAME) == ["partner_deleted"]
    worlds.cycles(world, 10, 3700)
    assert ordering.in_bc(world) == []


def test_other_amounts_are_told_with_both_breakdowns(world: World) -> None:
    """Business Central sells in steps of ten pence, as a customised one may."""
    order = submit(world, sold(world, BICYCLE, 3, 33.33), freightamount=5)
    pair = ordering.of_after(world, order)
    line = pair["salesOrderLines"][0]["id"]
    ordering.set_state(world, order, ACTIVE)
    world.person_in_bc().edit(f"salesOrderLines({line})", unitPrice=33.3)
    ordering.set_state(world, order, ordering.SUBMITTED)
    worlds.cycles(world, 3)
    (problem,) = worlds.problems(world, NAME)
    assert problem["code"] == "totals_differ"
    assert problem["message"] == (
        "Before tax the order comes to other amounts. Sales: lines 99.99, less 0.00, freight 5.00: 104.99. "
        "Business Central: lines and freight 104.9, less 0: 104.9."
    )
    assert told(world, order)["tandem_reason"] == problem["message"]
    world.person_in_bc().edit(f"salesOrderLines({line})", unitPrice=33.33)
    worlds.cycles(world, 8, 300)
    assert worlds.problems(world, NAME) == []
    assert told(world, order)["tandem_reason"] is None


def test_an_order_that_is_submitted_again_is_not_made_again(world: World) -> None:
    order = submit(world, sold(world, BICYCLE, 1, 10))
    worlds.cycles(world, 2)
    for _ in range(2):
        ordering.set_state(world, order, ACTIVE)
        worlds.cycles(world, 2)
        ordering.set_state(world, order, ordering.SUBMITTED)
        worlds.cycles(world, 2)
    assert len(ordering.in_bc(world)) == 1


@pytest.mark.conforms("139175.DontPostToAccountWhenUncoupledInvoiceIsPosted")
def test_an_order_that_began_in_business_central_stays_there(world: World) -> None:
    body = {"customerNumber": ordering.CUSTOMER, "salesOrderLines": [{"itemId": _item(world), "quantity": 1}]}
    world.person_in_bc().call("POST", "salesOrders", body)
    worlds.cycles(world, 3)
    worlds.full(world)
    assert world.person_in_sales.call("GET", "salesorders")["value"] == []
    assert worlds.problems(world, NAME) == []


def _item(world: World) -> str:
    product = ordering.product_of(world, BICYCLE)["productid"]
    return world.at.couplings("ITEM-PRODUCT").load(Side.SALES, [product])[product].bc_id


def test_lines_of_one_order_are_read_for_many_in_few_requests(plain: World) -> None:
    for _ in range(40):
        submit(plain, sold(plain, BICYCLE, 1, 10), sold(plain, DESK, 2, 5))
    plain.reset_requests()
    worlds.cycle(plain)
    assert len(ordering.in_bc(plain)) == 40
    kinds = plain.requests["sales"].count("read"), plain.requests["bc"].count("create")
    assert kinds[0] <= 14  # two of them for the versions of the rows beside
    assert kinds[1] == 1


def test_what_is_told_late_does_not_replace_what_was_told_since(world: World) -> None:
    """A request whose answer was lost may run minutes later (seed 190)."""
    order = submit(world, sold(world, BICYCLE, 1, 10))
    held: list[Request] = []

    def keep(request: Request) -> None:
        if ordering.STATUS_SET.encode() in request.body and b"PATCH" in request.body:
            held.append(request)

    wire = worlds.tap(world, Side.SALES)
    wire.before = keep
    worlds.cycles(world, 3)
    ordering.handle(world, order, "ship")
    worlds.cycles(world, 3)
    before = told(world, order)
    assert before["tandem_status"] == "Shipped"
    for late in held[:-1]:
        wire.service.handle(late)
    assert told(world, order) == before


def test_without_the_right_to_the_row_beside_the_mapping_waits_and_nothing_is_made_twice(
    world: World,
) -> None:
    rights = world.sales.org.people.users
    whole = rights[own_user(world)]
    rest = {table: acts for table, acts in whole.privileges.items() if table != ordering.BESIDE}
    rights[own_user(world)] = User(rest)
    orders = [submit(world, sold(world, BICYCLE, 1, 10)), submit(world)]
    worlds.cycles(world, 3)
    assert "tandem_businesscentralorder" in world.at.schedules.get(NAME, 60).disabled_because
    rights[own_user(world)] = whole
    worlds.cycles(world, 4, 3700)
    (made,) = ordering.in_bc(world)
    found = [told(world, each) for each in orders]
    assert [each["tandem_transfer"] for each in found] == ["In Business Central", "Refused"]
    assert found[0]["tandem_number"] == made["number"]
    assert world.at.schedules.get(NAME, 60).disabled_because == ""


def own_user(world: World) -> str:
    return world.sales.org.people.by_client[CLIENT.lower()]
