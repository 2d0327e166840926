"""What the metadata endpoints say of the Sales tables, and which messages and features each has."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulators.dataverse import Options
from tests.simulators.dataverse.sales import IN_EUR, Catalogue, made, row_of
from tests.simulators.dataverse.support import EUR, USD, Client, make

MAPPED = {
    "systemuser":
        "fullname internalemailaddress jobtitle mobilephone personalemailaddress "
        "isdisabled islicensed",
    "account":
        "name accountnumber primarycontactid address1_freighttermscode "
        "address1_shippingmethodcode paymenttermscode creditlimit transactioncurrencyid "
        "territoryid customertypecode ownerid",
    "contact": "firstname lastname parentcustomerid salutation pager transactioncurrencyid",
    "transactioncurrency": "isocurrencycode currencyname currencysymbol exchangerate",
    "uomschedule": "name baseuomname",
    "uom": "name quantity baseuom uomscheduleid isschedulebaseuom",
    "product":
        "name productnumber price currentcost standardcost quantityonhand stockvolume "
        "stockweight vendorid vendorpartnumber defaultuomid defaultuomscheduleid "
        "producttypecode pricelevelid quantitydecimal",
    "pricelevel": "name description begindate enddate transactioncurrencyid",
    "productpricelevel":
        "pricelevelid productid productnumber uomid uomscheduleid pricingmethodcode "
        "amount percentage transactioncurrencyid discounttypeid roundingpolicycode",
    "opportunity":
        "name parentaccountid parentcontactid customerid estimatedvalue "
        "estimatedclosedate actualvalue actualclosedate closeprobability ownerid",
    "invoice":
        "invoicenumber name customerid billto_name billto_line1 shipto_name "
        "shipto_postalcode description datedelivered duedate discountamount "
        "discountpercentage freightamount paymenttermscode shippingmethodcode "
        "totalamount totalamountlessfreight totaltax ispricelocked ownerid",
    "invoicedetail":
        "invoiceid productid productdescription quantity priceperunit ispriceoverridden "
        "isproductoverridden baseamount extendedamount manualdiscountamount tax uomid",
    "salesorder":
        "ordernumber name customerid pricelevelid transactioncurrencyid ownerid billto_line1 shipto_name "
        "shipto_country description discountamount discountpercentage freightamount freighttermscode "
        "paymenttermscode shippingmethodcode requestdeliveryby datefulfilled lastbackofficesubmit "
        "totalamount totalamountlessfreight statecode",
    "salesorderdetail":
        "salesorderid productid productdescription quantity quantityshipped priceperunit ispriceoverridden "
        "isproductoverridden baseamount extendedamount manualdiscountamount volumediscountamount tax uomid "
        "requestdeliveryby lineitemnumber sequencenumber",
    "quote":
        "quotenumber revisionnumber name customerid pricelevelid transactioncurrencyid ownerid billto_line1 "
        "shipto_name description discountamount discountpercentage freightamount paymenttermscode "
        "effectiveto closedon totalamount totalamountlessfreight statecode",
    "quotedetail":
        "quoteid productid productdescription quantity priceperunit ispriceoverridden isproductoverridden "
        "extendedamount manualdiscountamount volumediscountamount tax uomid lineitemnumber sequencenumber",
    "customeraddress": "parentid addressnumber name line1 city postalcode country objecttypecode",
}  # fmt: skip
"""Columns that the default mappings of the built-in integration read or write."""
SETS = {
    "uomschedule": ("uomschedules", 1056), "uom": ("uoms", 1055), "product": ("products", 1024),
    "pricelevel": ("pricelevels", 1022), "productpricelevel": ("productpricelevels", 1026),
    "discounttype": ("discounttypes", 1080), "discount": ("discounts", 1013),
    "opportunity": ("opportunities", 3), "invoice": ("invoices", 1090),
    "quote": ("quotes", 1084), "quotedetail": ("quotedetails", 1085),
    "salesorder": ("salesorders", 1088), "salesorderdetail": ("salesorderdetails", 1089),
    "invoicedetail": ("invoicedetails", 1091), "customeraddress": ("customeraddresses", 1071),
}  # fmt: skip
TRACKED = {
    "uomschedule", "product", "pricelevel", "discounttype", "opportunity", "quote", "salesorder", "invoice",
}  # fmt: skip
BULK = TRACKED - {"quote"} | {"salesorderdetail", "invoicedetail"}


def attribute(client: Client, table: str, column: str, cast: str, **more: str) -> Any:
    path = f"EntityDefinitions(LogicalName='{table}')/Attributes(LogicalName='{column}')"
    query = "&".join(f"${name}={value}" for name, value in more.items())
    answer = client.get(f"{path}/Microsoft.Dynamics.CRM.{cast}AttributeMetadata?{query}")
    assert answer.status == 200, answer.raw
    return answer.json


@pytest.mark.parametrize("table", MAPPED)
def test_every_mapped_column_is_there(client: Client, table: str) -> None:
    path = f"EntityDefinitions(LogicalName='{table}')/Attributes?$select=LogicalName"
    known = {row["LogicalName"] for row in client.get(path).rows}
    assert set(MAPPED[table].split()) <= known


@pytest.mark.parametrize("table", SETS)
def test_tables_have_their_published_sets_and_numbers(client: Client, table: str) -> None:
    path = (
        f"EntityDefinitions(LogicalName='{table}')?$select=EntitySetName,ObjectTypeCode,ChangeTrackingEnabled"
    )
    answer = client.get(path).json
    assert (answer["EntitySetName"], answer["ObjectTypeCode"]) == SETS[table]
    assert answer["ChangeTrackingEnabled"] is (table in TRACKED)
    assert client.get(f"{SETS[table][0]}?$top=1").status == 200


@pytest.mark.parametrize("table", SETS)
def test_header_tables_are_tracked_and_line_tables_are_not(client: Client, table: str) -> None:
    answer = client.get(f"{SETS[table][0]}?$select=createdon", prefer="odata.track-changes")
    assert (answer.status, "@odata.deltaLink" in answer.json) == (
        (200, True) if table in TRACKED else (400, False)
    )


@pytest.mark.parametrize("table", SETS)
def test_bulk_messages_are_those_the_reference_lists(client: Client, table: str) -> None:
    expression = f"sdkmessageid/name eq 'CreateMultiple' and primaryobjecttypecode eq '{table}'"
    found = client.filter("sdkmessagefilters", expression, "sdkmessagefilterid").rows
    assert bool(found) is (table in BULK)
    body = {"Targets": [{"@odata.type": f"Microsoft.Dynamics.CRM.{table}", "nosuch": 1}]}
    answer = client.post(f"{SETS[table][0]}/Microsoft.Dynamics.CRM.CreateMultiple", body)
    assert ("is not supported for the entity" in answer.message) is (table not in BULK)


def test_bulk_creation_obeys_the_rules_of_the_table(catalogue: Catalogue) -> None:
    units = {
        "defaultuomscheduleid@odata.bind": f"/uomschedules({catalogue.group})",
        "defaultuomid@odata.bind": f"/uoms({catalogue.unit})", "quantitydecimal": 2,
    }  # fmt: skip

    def create(*numbers: str) -> Any:
        kind = {"@odata.type": "Microsoft.Dynamics.CRM.product"}
        targets = [{"productnumber": number, "name": number, **units, **kind} for number in numbers]
        return catalogue.client.post("products/Microsoft.Dynamics.CRM.CreateMultiple", {"Targets": targets})

    assert create("A", "B", "a").code == "0x80043B06"
    assert catalogue.client.get("products/$count").raw == b"0"
    assert len(create("A", "B").json["Ids"]) == 2


@pytest.mark.parametrize(
    ("table", "column", "length"),
    [
        ("product", "name", 100), ("product", "productnumber", 100), ("uom", "name", 100),
        ("uomschedule", "name", 200), ("pricelevel", "name", 100), ("invoice", "name", 300),
        ("invoice", "invoicenumber", 100), ("opportunity", "name", 300), ("customeraddress", "line1", 250),
        ("customeraddress", "postalcode", 20), ("invoicedetail", "productdescription", 500),
        ("discounttype", "name", 100),
    ],
)  # fmt: skip
def test_lengths(client: Client, table: str, column: str, length: int) -> None:
    assert attribute(client, table, column, "String", select="MaxLength")["MaxLength"] == length


@pytest.mark.parametrize(
    ("table", "column", "source"),
    [
        ("product", "price", 1), ("product", "currentcost", 1), ("productpricelevel", "amount", 1),
        ("invoicedetail", "priceperunit", 1), ("invoicedetail", "extendedamount", 2),
        ("invoice", "totalamount", 2), ("opportunity", "estimatedvalue", 2), ("account", "creditlimit", 2),
    ],
)  # fmt: skip
def test_where_the_decimals_of_amounts_come_from(
    client: Client, table: str, column: str, source: int
) -> None:
    found = attribute(client, table, column, "Money", select="PrecisionSource,Precision")
    assert (found["PrecisionSource"], found["Precision"]) == (source, 2)


def options(client: Client, table: str, column: str, kind: str) -> list[Any]:
    found = attribute(client, table, column, kind, select="LogicalName", expand="OptionSet")
    return list(found["OptionSet"]["Options"])


@pytest.mark.parametrize(
    ("table", "states"),
    [
        ("product", {0: (0, 2), 1: (1, 0), 2: (2, 1), 3: (3, 3)}),
        ("pricelevel", {100001: (100001, 0), 100002: (100002, 1)}),
        ("opportunity", {1: (1, 0), 2: (2, 0), 3: (3, 1), 4: (4, 2), 5: (5, 2)}),
    ],
)
def test_status_reasons_belong_to_states(
    client: Client, table: str, states: dict[int, tuple[int, int]]
) -> None:
    found = options(client, table, "statuscode", "Status")
    assert {one["Value"]: one["State"] for one in found} == {
        value: state for value, (_, state) in states.items()
    }


def test_states_of_invoices_and_labels_of_products(client: Client) -> None:
    states = options(client, "invoice", "statecode", "State")
    assert [one["Value"] for one in states] == [0, 1, 2, 3]
    labels = {
        one["Value"]: one["Label"]["UserLocalizedLabel"]["Label"]
        for one in options(client, "product", "statecode", "State")
    }
    assert labels == {0: "Active", 1: "Retired", 2: "Draft", 3: "Under Revision"}


def test_customers_of_documents_have_a_navigation_per_table(client: Client) -> None:
    found = attribute(client, "invoice", "customerid", "Lookup", select="Targets")
    assert sorted(found["Targets"]) == ["account", "contact"]
    body = {"name": "x", "customerid@odata.bind": f"/accounts({client.account()})"}
    assert client.post("opportunities", body).status == 400


def test_the_type_of_an_addresss_parent_is_the_name_of_a_table(client: Client) -> None:
    path = "EntityDefinitions(LogicalName='customeraddress')/Attributes(LogicalName='objecttypecode')"
    assert client.get(f"{path}?$select=AttributeType").json["AttributeType"] == "EntityName"


def test_dates_behave_as_their_columns_say(catalogue: Catalogue) -> None:
    invoice = catalogue.invoice(duedate="2024-02-03", datedelivered="2024-02-03T00:00:00Z")
    row = row_of(catalogue.client, f"invoices({invoice})")
    assert (row["duedate"], row["datedelivered"]) == ("2024-02-03", "2024-02-03T00:00:00Z")
    account = catalogue.client.account()
    assert catalogue.post_invoice(account, duedate="2024-02-03T00:00:00Z").status == 400
    assert catalogue.post_invoice(account, datedelivered="2024-02-03").status == 400


def test_composite_addresses_of_documents_are_computed(catalogue: Catalogue) -> None:
    invoice = catalogue.invoice(billto_line1="1 Way", billto_city="Ny", shipto_city="Oslo")
    row = row_of(catalogue.client, f"invoices({invoice})")
    assert (row["billto_composite"], row["shipto_composite"]) == ("1 Way\r\nNy", "Oslo")


def test_alternate_keys_of_sales_tables() -> None:
    keys = [
        {"table": "product", "name": "Number", "columns": ["productnumber"]},
        {"table": "productpricelevel", "name": "Place", "columns": ["pricelevelid", "productid", "uomid"]},
    ]
    client = Client(make(Options(keys=keys)))
    catalogue = Catalogue(client)
    product = catalogue.product("P-1")
    assert client.get("products(productnumber='p-1')").json["productid"] == product
    assert client.patch("products(productnumber='P-1')", {"quantityonhand": 4}, if_match="*").status == 204
    assert catalogue.post_product("P-1").status in (400, 412)


def test_exchange_rates_are_told_by_a_function(client: Client) -> None:
    answer = client.get(f"RetrieveExchangeRate(TransactionCurrencyId={EUR})").json
    assert answer["ExchangeRate"] == 0.5
    assert client.get(f"RetrieveExchangeRate(TransactionCurrencyId={USD})").json["ExchangeRate"] == 1
    assert client.get(f"RetrieveExchangeRate(TransactionCurrencyId={EUR[:-1]}0)").status == 404


def test_an_amount_too_large_for_the_base_currency_is_refused(catalogue: Catalogue) -> None:
    client = catalogue.client
    client.patch(f"transactioncurrencies({EUR})", {"exchangerate": 0.000001})
    assert client.post("accounts", {"name": "x", "creditlimit": 1e12, **IN_EUR}).code == "0x80048CEC"
    assert client.post("accounts", {"name": "x", "creditlimit": 1e8, **IN_EUR}).status == 204
    customer = {"customerid_account@odata.bind": f"/accounts({client.account()})"}
    debt = {"name": "x", "estimatedvalue": -1e12, **IN_EUR, **customer}
    assert client.post("opportunities", debt).code == "0x80048CEB"


def test_a_row_with_amounts_keeps_its_currency(client: Client) -> None:
    account = client.account(creditlimit=5)
    cleared = {"transactioncurrencyid@odata.bind": None}
    assert client.patch(f"accounts({account})", cleared).code == "0x80048CFB"
    assert client.patch(f"accounts({client.account()})", cleared).status == 204


def test_privileges_are_asked_for_per_table(catalogue: Catalogue) -> None:
    product = catalogue.product()
    org = catalogue.client.service.org
    me = catalogue.client.get("WhoAmI").json["UserId"]
    before = org.people.users[me]
    org.people.users[me] = type(before)(dict(before.privileges) | {"product": frozenset({"read"})})
    assert catalogue.client.patch(f"products({product})", {"quantityonhand": 1}).message.startswith(
        f"Principal user (Id={me}, type=8) is missing prvWriteProduct privilege on OTC=1024"
    )
    assert catalogue.client.get(f"products({product})").status == 200


def test_conditional_writes_work_on_all_of_them(catalogue: Catalogue) -> None:
    addresses = [
        f"products({catalogue.product()})", f"pricelevels({catalogue.price_list})", f"uoms({catalogue.unit})",
        f"uomschedules({catalogue.group})", f"invoices({catalogue.invoice()})",
    ]  # fmt: skip
    for address in addresses:
        assert catalogue.client.patch(address, {"name": "y"}, if_match='W/"1"').code == "0x80060882"
        etag = catalogue.client.etag(address)
        assert catalogue.client.patch(address, {"name": "y"}, if_match=etag).status == 204


def test_an_upsert_obeys_the_rules_too(catalogue: Catalogue) -> None:
    body = {"name": "Euro", **IN_EUR}
    fresh = "00000000-0000-0000-0000-0000000000e1"
    assert made(catalogue.client.patch(f"pricelevels({fresh})", body)) == fresh
    assert catalogue.client.patch(f"pricelevels({fresh[:-1]}2)", body).code == "0x80043B0F"
    assert catalogue.client.patch(f"pricelevels({fresh})", body).status == 400
