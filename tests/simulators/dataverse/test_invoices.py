"""Invoices and their lines: products, prices, totals, states, locks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.simulators.dataverse.sales import IN_EUR, RETIRED, Catalogue, bind, made, row_of
from tests.simulators.dataverse.support import EUR, PERSON, USD

ACTIONS = json.loads((Path(__file__).with_name("samples") / "sales-actions.json").read_text())
PUBLISHED_ID = "00000000-0000-0000-0000-0000000000c1"
PAID = {"statecode": 2, "statuscode": 100001}
CANCELED = {"statecode": 3, "statuscode": 100003}
REOPENED = {"statecode": 0, "statuscode": 4}
TOTALS = (
    "totallineitemamount", "totaldiscountamount", "totalamountlessfreight", "totaltax", "totalamount",
)  # fmt: skip


def totals(catalogue: Catalogue, invoice: str) -> tuple[Any, ...]:
    row = row_of(catalogue.client, f"invoices({invoice})")
    return tuple(row[name] for name in TOTALS)


def settings(catalogue: Catalogue, **values: Any) -> None:
    org = catalogue.client.get("organizations?$select=name").rows[0]["organizationid"]
    assert catalogue.client.patch(f"organizations({org})", values).status == 204


def test_the_service_fills_what_it_fills(catalogue: Catalogue) -> None:
    account = catalogue.client.account()
    row = row_of(catalogue.client, f"invoices({made(catalogue.post_invoice(account))})")
    assert row["invoicenumber"].startswith("INV-01000-")
    assert (row["_customerid_value"], row["_accountid_value"], row["_contactid_value"]) == (
        account,
        account,
        None,
    )
    assert (row["statecode"], row["statuscode"], row["ispricelocked"], row["totalamount"]) == (0, 1, False, 0)
    assert row["_transactioncurrencyid_value"] == USD
    second = row_of(catalogue.client, f"invoices({catalogue.invoice()})")
    assert second["invoicenumber"].startswith("INV-01001-")


def test_an_invoice_needs_name_customer_and_price_list(catalogue: Catalogue) -> None:
    account = catalogue.client.account()
    for name in ("name", "customerid_account@odata.bind", "pricelevelid@odata.bind"):
        assert catalogue.post_invoice(account, **{name: None}).code == "0x80040200"


def test_a_number_given_is_kept_unique_and_set_on_creation_only(catalogue: Catalogue) -> None:
    invoice = catalogue.invoice(invoicenumber="103001")
    assert catalogue.post_invoice(catalogue.client.account(), invoicenumber="103001").code == "0x80040237"
    assert catalogue.client.patch(f"invoices({invoice})", {"invoicenumber": "103002"}).status == 400
    assert catalogue.client.patch(f"invoices({invoice})", IN_EUR).status == 400


def test_an_inactive_customer_is_refused(catalogue: Catalogue) -> None:
    account = catalogue.client.account()
    catalogue.client.patch(f"accounts({account})", {"statecode": 1})
    assert catalogue.post_invoice(account).code == "0x80040517"


def test_price_list_and_invoice_are_in_one_currency(catalogue: Catalogue) -> None:
    account = catalogue.client.account()
    assert catalogue.post_invoice(account, **IN_EUR).code == "0x80048CF6"
    euro = bind(pricelevelid=f"pricelevels({catalogue.add_price_list('Euro', **IN_EUR)})")
    assert catalogue.post_invoice(account, **euro).code == "0x80048CF6"
    assert catalogue.post_invoice(account, **euro, **IN_EUR).status == 204


def test_a_line_takes_price_currency_and_owner_from_outside(catalogue: Catalogue) -> None:
    euro = bind(pricelevelid=f"pricelevels({catalogue.add_price_list('Euro', **IN_EUR)})")
    product = catalogue.active()
    catalogue.price(product, 10, **euro)
    owner = bind(ownerid=f"systemusers({PERSON})")
    invoice = catalogue.invoice(**euro, **IN_EUR, **owner)
    row = catalogue.line(invoice, product, 3, priceperunit=99, manualdiscountamount=5, tax=2)
    assert (row["priceperunit"], row["baseamount"], row["extendedamount"]) == (10, 30, 27)
    assert (row["_transactioncurrencyid_value"], row["extendedamount_base"]) == (EUR, 54)
    assert (row["_ownerid_value"], row["invoicestatecode"], row["pricingerrorcode"]) == (PERSON, 0, 0)
    assert (row["producttypecode"], row["invoicedetailname"]) == (1, "Product P-1")
    assert totals(catalogue, invoice) == (25, 0, 25, 2, 27)
    assert row_of(catalogue.client, f"invoices({invoice})")["totalamount_base"] == 54
    catalogue.client.patch(f"invoicedetails({row['invoicedetailid']})", {"quantity": 4})
    assert row_of(catalogue.client, f"invoicedetails({row['invoicedetailid']})")["extendedamount_base"] == 74


def test_a_price_can_be_overridden(catalogue: Catalogue) -> None:
    product, invoice = catalogue.active(), catalogue.invoice()
    row = catalogue.line(invoice, product, 2, ispriceoverridden=True, priceperunit=7.5)
    assert (row["priceperunit"], row["extendedamount"], row["pricingerrorcode"]) == (7.5, 15, 0)


def test_a_product_without_a_price_makes_a_pricing_error(catalogue: Catalogue) -> None:
    product, invoice = catalogue.active(), catalogue.invoice()
    row = catalogue.line(invoice, product, priceperunit=7.5)
    assert (row["priceperunit"], row["extendedamount"], row["pricingerrorcode"]) == (None, 0, 11)
    assert row_of(catalogue.client, f"invoices({invoice})")["pricingerrorcode"] == 1


def test_a_line_without_a_price_of_its_own_makes_a_pricing_error(catalogue: Catalogue) -> None:
    invoice, product = catalogue.invoice(), catalogue.active()
    written: dict[str, Any] = {"isproductoverridden": True, "productdescription": "Freight"}
    overridden = catalogue.line(invoice, product, ispriceoverridden=True)
    for row in (catalogue.line(invoice, **written), overridden):
        assert (row["priceperunit"], row["extendedamount"], row["pricingerrorcode"]) == (None, 0, 5)


@pytest.mark.parametrize(("method", "error"), [(2, 14), (3, 15), (4, 15), (5, 16), (6, 16)])
def test_a_percentage_of_nothing_makes_a_pricing_error(catalogue: Catalogue, method: int, error: int) -> None:
    product = catalogue.active()
    catalogue.price(product, None, pricingmethodcode=method, percentage=50)
    row = catalogue.line(catalogue.invoice(), product)
    assert (row["priceperunit"], row["pricingerrorcode"]) == (None, error)


def test_a_line_is_a_product_or_written_in_never_both(catalogue: Catalogue) -> None:
    product, invoice = catalogue.active(), catalogue.invoice()
    assert catalogue.post_line(invoice).code == "0x80043B11"
    assert catalogue.post_line(invoice, **bind(productid=f"products({product})")).code == "0x80043B0D"
    written: dict[str, Any] = {"isproductoverridden": True, "priceperunit": 1}
    assert catalogue.post_line(invoice, **written).code == "0x80040200"
    described: dict[str, Any] = {**written, "productdescription": "Freight"}
    assert catalogue.post_line(invoice, product, **described).code == "0x80043AFB"
    assert (
        catalogue.post_line(invoice, **described, **bind(uomid=f"uoms({catalogue.unit})")).code
        == "0x80043AFA"
    )
    assert catalogue.post_line(invoice, **described).status == 204


def test_a_line_keeps_the_way_its_product_was_chosen(catalogue: Catalogue) -> None:
    row = catalogue.write_in(catalogue.invoice(), 25)
    address = f"invoicedetails({row['invoicedetailid']})"
    assert catalogue.client.patch(address, {"isproductoverridden": False}).status == 400
    assert (row["priceperunit"], row["extendedamount"], row["invoicedetailname"]) == (25, 25, "Freight")


def test_units_states_and_decimals_of_products_are_checked(catalogue: Catalogue) -> None:
    product, invoice = catalogue.active(), catalogue.invoice()
    _, foreign = catalogue.unit_group("Weight", "KG")
    assert catalogue.post_line(invoice, product, **bind(uomid=f"uoms({foreign})")).code == "0x80043B16"
    assert catalogue.post_line(invoice, product, 1.255).code == "0x80043B07"
    assert catalogue.post_line(invoice, product, 1.25).status == 204
    assert catalogue.post_line(invoice, catalogue.product("P-2")).code == "0x80040233"
    catalogue.set_state(product, **RETIRED)
    assert catalogue.post_line(invoice, product).code == "0x80040233"


def test_a_line_needs_invoice_and_quantity(catalogue: Catalogue) -> None:
    product, invoice = catalogue.active(), catalogue.invoice()
    assert catalogue.post_line(invoice, product, quantity=None).code == "0x80040200"  # type: ignore[arg-type]
    nowhere: dict[str, Any] = {"invoiceid@odata.bind": None}
    assert catalogue.post_line(invoice, product, **nowhere).code == "0x80040200"
    catalogue.client.service.options.strict_required = False
    assert catalogue.post_line(invoice, product, **nowhere).code == "0x80040200"


def test_the_currency_of_a_line_is_that_of_its_invoice(catalogue: Catalogue) -> None:
    answer = catalogue.post_line(catalogue.invoice(), catalogue.active(), **IN_EUR)
    assert (answer.code, answer.message) == (
        "0x80048CEA",
        "The currency of the invoice detail does not match the currency of the invoice.",
    )


def test_totals_follow_lines_discounts_freight_and_tax(catalogue: Catalogue) -> None:
    invoice = catalogue.invoice(freightamount=12, discountpercentage=10, discountamount=1.5)
    first = catalogue.write_in(invoice, 33.335, 3, tax=4)
    second = catalogue.write_in(invoice, 100, 1, manualdiscountamount=20)
    # 33.34 x 3 = 100.02, and 100 - 20 = 80; 10 % of 180.02 is 18.002
    assert totals(catalogue, invoice) == (180.02, 19.5, 160.52, 4, 176.52)
    catalogue.client.patch(f"invoicedetails({second['invoicedetailid']})", {"quantity": 2})
    assert totals(catalogue, invoice)[0] == 280.02
    catalogue.client.delete(f"invoicedetails({first['invoicedetailid']})")
    assert totals(catalogue, invoice) == (180, 19.5, 160.5, 0, 172.5)
    catalogue.client.patch(f"invoices({invoice})", {"discountpercentage": 0, "discountamount": None})
    assert totals(catalogue, invoice) == (180, 0, 180, 0, 192)


def test_totals_and_amounts_written_are_computed_anew_while_calculation_is_on(catalogue: Catalogue) -> None:
    invoice = catalogue.invoice()
    line = catalogue.write_in(invoice, 10)
    address = f"invoicedetails({line['invoicedetailid']})"
    catalogue.client.patch(f"invoices({invoice})", {"totalamount": 99})
    catalogue.client.patch(address, {"baseamount": 99, "extendedamount": 99})
    assert totals(catalogue, invoice)[-1] == 10
    assert row_of(catalogue.client, address)["extendedamount"] == 10
    settings(catalogue, oobpricecalculationenabled=0)
    catalogue.client.patch(address, {"baseamount": 99, "extendedamount": 99})
    catalogue.client.patch(f"invoices({invoice})", {"totalamount": 98})
    assert row_of(catalogue.client, address)["extendedamount"] == 99
    row = row_of(catalogue.client, f"invoices({invoice})")
    assert (row["totalamount"], row["totalamount_base"]) == (98, 98)


def test_a_line_can_skip_the_calculation(catalogue: Catalogue) -> None:
    invoice, product = catalogue.invoice(), catalogue.active()
    catalogue.price(product, 10)
    row = catalogue.line(invoice, product, 2, priceperunit=9, skippricecalculation=3)
    assert (row["priceperunit"], row["baseamount"]) == (9, None)
    address = f"invoicedetails({row['invoicedetailid']})"
    catalogue.client.patch(address, {"baseamount": 18, "extendedamount": 17.5})
    assert row_of(catalogue.client, address)["extendedamount"] == 17.5
    assert totals(catalogue, invoice)[-1] == 17.5
    catalogue.client.patch(address, {"skippricecalculation": 1, "quantity": 3})
    assert row_of(catalogue.client, address)["extendedamount"] == 30


def test_manual_discounts_can_be_per_unit(catalogue: Catalogue) -> None:
    settings(catalogue, discountcalculationmethod=1)
    assert catalogue.write_in(catalogue.invoice(), 10, 3, manualdiscountamount=2)["extendedamount"] == 24


@pytest.mark.parametrize(
    ("method", "percentage", "price"),
    [(2, 90, 45), (3, 50, 30), (4, 50, 40), (5, 25, 37.5), (6, 25, 40), (4, 100, None)],
)
def test_pricing_methods(catalogue: Catalogue, method: int, percentage: float, price: float | None) -> None:
    product = catalogue.active(price=50, currentcost=20, standardcost=30)
    catalogue.price(product, None, pricingmethodcode=method, percentage=percentage)
    row = catalogue.line(catalogue.invoice(), product)
    assert (row["priceperunit"], row["pricingerrorcode"]) == (price, 0 if price else 18)


@pytest.mark.parametrize(
    ("policy", "option", "amount", "price"),
    [
        (1, 1, 0.99, 44.44), (2, 1, 0.99, 44.99), (3, 1, 0.99, 43.99), (4, 1, 0.99, 43.99),
        (2, 2, 5, 45), (3, 2, 5, 40), (4, 2, 5, 45), (2, 1, 5, 45), (3, 1, 5, 35),
    ],
)  # fmt: skip
def test_rounding_of_computed_prices(
    catalogue: Catalogue, policy: int, option: int, amount: float, price: float
) -> None:
    product = catalogue.active(price=44.44)
    rounding = {"roundingpolicycode": policy, "roundingoptioncode": option, "roundingoptionamount": amount}
    catalogue.price(product, None, pricingmethodcode=2, percentage=100, **rounding)
    assert catalogue.line(catalogue.invoice(), product)["priceperunit"] == price


def test_discounts_for_quantities(catalogue: Catalogue) -> None:
    client, product = catalogue.client, catalogue.active()
    discounts = made(client.post("discounttypes", {"name": "Volume"}))
    link = bind(discounttypeid=f"discounttypes({discounts})")
    client.post("discounts", {"name": "a", "lowquantity": 10, "highquantity": 99, "percentage": 20, **link})
    catalogue.price(product, 10, **link)
    invoice = catalogue.invoice()
    few, many = (
        catalogue.line(invoice, product, 9),
        catalogue.line(invoice, product, 10, manualdiscountamount=1),
    )
    assert (few["volumediscountamount"], few["extendedamount"]) == (0, 90)
    assert (many["priceperunit"], many["volumediscountamount"]) == (10, 2)
    assert (many["baseamount"], many["extendedamount"]) == (80, 79)


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (None, PAID, None),
        (None, CANCELED, None),
        (PAID, REOPENED, None),
        (PAID, CANCELED, None),
        (PAID, {"statecode": 2, "statuscode": 100002}, None),
        (None, {"statecode": 0, "statuscode": 4}, None),
        (None, {"statecode": 1, "statuscode": 3}, "0x80043B25"),
        (CANCELED, REOPENED, "0x80040233"),
        (CANCELED, PAID, "0x80040233"),
        (None, {"statecode": 2, "statuscode": 1}, "0x80048408"),
    ],
)
def test_state_transitions(
    catalogue: Catalogue, first: dict[str, int] | None, second: dict[str, int], code: str | None
) -> None:
    address = f"invoices({catalogue.invoice()})"
    if first is not None:
        assert catalogue.client.patch(address, first).status == 204
    answer = catalogue.client.patch(address, second)
    assert answer.status == (204 if code is None else 400)
    assert code is None or answer.code == code


def test_only_an_active_invoice_and_its_lines_are_edited(catalogue: Catalogue) -> None:
    client, invoice = catalogue.client, catalogue.invoice()
    line = catalogue.write_in(invoice, 10)["invoicedetailid"]
    client.patch(f"invoices({invoice})", PAID)
    assert client.patch(f"invoices({invoice})", {"name": "x"}).code == "0x80040230"
    assert client.patch(f"invoices({invoice})", {"name": "x", **REOPENED}).code == "0x80040230"
    assert client.patch(f"invoicedetails({line})", {"quantity": 2}).code == "0x80040230"
    assert client.delete(f"invoicedetails({line})").code == "0x80040230"
    assert catalogue.post_line(invoice, catalogue.active()).code == "0x80040230"
    assert row_of(client, f"invoicedetails({line})")["invoicestatecode"] == 2
    client.patch(f"invoices({invoice})", REOPENED)
    assert client.patch(f"invoicedetails({line})", {"quantity": 2}).status == 204


def test_the_published_lock_requests_are_answered_as_published(catalogue: Catalogue) -> None:
    catalogue.invoice(invoiceid=PUBLISHED_ID)
    lock, unlock = ACTIONS["lockInvoicePricing"], ACTIONS["unlockInvoicePricing"]
    for sample, locked in ((lock, True), (unlock, False)):
        answer = catalogue.client.send("POST", sample["request"]["path"], sample["request"]["body"])
        assert answer.status == sample["response"]["status"]
        assert row_of(catalogue.client, f"invoices({PUBLISHED_ID})")["ispricelocked"] is locked


def test_locked_prices_stay_when_the_price_list_changes(catalogue: Catalogue) -> None:
    client, product, invoice = catalogue.client, catalogue.active(), catalogue.invoice()
    item = catalogue.price(product, 10)
    line = f"invoicedetails({catalogue.line(invoice, product)['invoicedetailid']})"
    lock = f"invoices({invoice})/Microsoft.Dynamics.CRM.LockInvoicePricing"
    assert client.post(lock, {}).status == 204
    assert client.post(lock, {}).code == "0x80043B1D"
    assert row_of(client, line)["invoiceispricelocked"] is True
    client.patch(f"productpricelevels({item})", {"amount": 20})
    client.patch(line, {"quantity": 2})
    assert row_of(client, line)["extendedamount"] == 20
    assert client.post("UnlockInvoicePricing", {"InvoiceId": invoice}).status == 204
    assert client.post("UnlockInvoicePricing", {"InvoiceId": invoice}).code == "0x80043B1E"
    client.patch(line, {"quantity": 3})
    assert row_of(client, line)["extendedamount"] == 60


def test_lock_actions_ask_for_their_invoice(catalogue: Catalogue) -> None:
    client = catalogue.client
    assert client.post("UnlockInvoicePricing", {"InvoiceId": "x"}).status == 400
    assert client.post("UnlockInvoicePricing", {}).status == 400
    assert client.post("UnlockInvoicePricing", {"InvoiceId": PUBLISHED_ID}).code == "0x80040217"
    missing = f"invoices({PUBLISHED_ID})/Microsoft.Dynamics.CRM.LockInvoicePricing"
    assert client.post(missing, {}).status == 404
    bare = client.post(f"invoices({catalogue.invoice()})/LockInvoicePricing", {})
    assert bare.message == ACTIONS["boundNameWithoutNamespace"]["messagePattern"] + "."


def test_assigning_an_invoice_assigns_its_lines(catalogue: Catalogue) -> None:
    invoice = catalogue.invoice()
    line = catalogue.write_in(invoice, 1)["invoicedetailid"]
    catalogue.client.patch(f"invoices({invoice})", bind(ownerid=f"systemusers({PERSON})"))
    assert row_of(catalogue.client, f"invoicedetails({line})")["_ownerid_value"] == PERSON


def test_a_line_raises_the_version_of_its_invoice(catalogue: Catalogue) -> None:
    invoice = catalogue.invoice()
    before = catalogue.client.etag(f"invoices({invoice})")
    catalogue.write_in(invoice, 1)
    assert catalogue.client.etag(f"invoices({invoice})") != before


def test_deleting_an_invoice_takes_its_lines(catalogue: Catalogue) -> None:
    invoice = catalogue.invoice()
    line = catalogue.write_in(invoice, 1)["invoicedetailid"]
    assert catalogue.client.delete(f"invoices({invoice})").status == 204
    assert catalogue.client.get(f"invoicedetails({line})").status == 404


def write_in(price: float, **more: Any) -> dict[str, Any]:
    written = {"isproductoverridden": True, "productdescription": "Freight", "quantity": 2}
    return {**written, "priceperunit": price, **more}


def test_an_invoice_can_be_made_together_with_its_lines(catalogue: Catalogue) -> None:
    product = catalogue.active()
    sold = {"quantity": 1, "ispriceoverridden": True, "priceperunit": 7, "tax": 1.4}
    lookups = bind(productid=f"products({product})", uomid=f"uoms({catalogue.unit})")
    invoice = catalogue.invoice(invoice_details=[write_in(10, manualdiscountamount=1), sold | lookups])
    assert totals(catalogue, invoice) == (26, 0, 26, 1.4, 27.4)
    lines = catalogue.client.get(f"invoices({invoice})/invoice_details").rows
    assert sorted(each["extendedamount"] for each in lines) == [8.4, 19]
    assert {each["_invoiceid_value"] for each in lines} == {invoice}


def test_an_invoice_is_made_with_all_of_its_lines_or_not_at_all(catalogue: Catalogue) -> None:
    account = catalogue.client.account()
    broken = write_in(10, productdescription=None)
    answer = catalogue.post_invoice(account, invoicenumber="1", invoice_details=[write_in(10), broken])
    assert answer.status == 400
    assert catalogue.client.get("invoices").rows == []
    assert catalogue.client.get("invoicedetails").rows == []
    assert catalogue.post_invoice(account, invoice_details=write_in(10)).status == 400
    assert catalogue.post_invoice(account, no_such_rows=[write_in(10)]).status == 400


def test_the_answer_to_an_invoice_with_lines_has_its_totals(catalogue: Catalogue) -> None:
    lookups = bind(
        customerid_account=f"accounts({catalogue.client.account()})",
        pricelevelid=f"pricelevels({catalogue.price_list})",
    )
    body = {"name": "I-1", "invoice_details": [write_in(10)], **lookups}
    answer = catalogue.client.post("invoices", body, Prefer="return=representation")
    assert (answer.status, answer.json["totalamount"]) == (201, 20)


def test_lines_are_not_taken_inside_a_bulk_message(catalogue: Catalogue) -> None:
    target = {"@odata.type": "Microsoft.Dynamics.CRM.invoice", "name": "x", "invoice_details": [write_in(1)]}
    answer = catalogue.client.post("invoices/Microsoft.Dynamics.CRM.CreateMultiple", {"Targets": [target]})
    assert (answer.status, "invoice_details" in answer.message) == (400, True)
