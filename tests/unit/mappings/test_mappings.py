"""The mappings that come with Tandem: sound, in order, and carrying what the built-in integration does."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from shared_code.compose import default_mappings
from shared_code.core.catalogue import for_connection
from shared_code.core.dependencies import waves
from shared_code.core.features import Feature
from shared_code.core.mapping import (
    ConflictRule,
    Connection,
    DeletionRule,
    Direction,
    FieldMapping,
    FieldType,
    LeavingRule,
    Mapping,
    native_of,
)
from shared_code.core.records import Side
from shared_code.core.transform import Missing, Unfit, get, put
from tests.unit.core.makers import Couplings

WANTED = frozenset({Feature.VENDORS, Feature.OPPORTUNITIES, Feature.INVOICES})
MAPPINGS = {each.name: each for each in default_mappings(WANTED)}
WHOLE = {each.name: each for each in default_mappings(frozenset(Feature))}
BARE = {each.name: each for each in default_mappings()}
CLASSIC = {each.name: each for each in default_mappings(frozenset({Feature.EXTENSION}))}
LISTS = {each.name: each for each in default_mappings(frozenset({Feature.EXTENSION, Feature.PRICE_LISTS}))}
PRICES = ["CUSTPRCGRP-PRICE", "PLHEADER-PRICE", "PLLINE-PRODPRICE", "SALESPRC-PRODPRICE"]
EVERY = {**CLASSIC, **LISTS, **MAPPINGS}
CATALOGUE = [
    "BASE UNIT", "CONTACT", "CURRENCY", "CUSTOMER", "INVOICE PRICE LIST", "ITEM-PRODUCT", "OPPORTUNITY",
    "PAYMENT TERMS", "POSTEDSALESINV-INV", "SALESPEOPLE", "SHIPMENT METHOD", "UNIT OF MEASURE", "VENDOR",
]  # fmt: skip


@dataclass(frozen=True)
class Native:
    """A field the built-in integration maps in its default set-up: its BC name, Dataverse column, direction.

    ``bc`` is the API v2.0 field of the same meaning, ``None`` where there is none or it is a constant.
    """

    field: str
    column: str
    direction: Direction
    bc: str | None


BOTH, DOWN, UP = Direction.BIDIRECTIONAL, Direction.TO_SALES, Direction.FROM_SALES

ADDRESS = [
    Native("Address", "address1_line1", BOTH, "addressLine1"),
    Native("Address 2", "address1_line2", BOTH, "addressLine2"),
    Native("Post Code", "address1_postalcode", BOTH, "postalCode"),
    Native("City", "address1_city", BOTH, "city"),
    Native("Country/Region Code", "address1_country", BOTH, "country"),
    Native("County", "address1_stateorprovince", BOTH, "state"),
    Native("E-Mail", "emailaddress1", BOTH, "email"),
    Native("Fax No.", "fax", BOTH, None),
    Native("Home Page", "websiteurl", BOTH, "website"),
    Native("Phone No.", "telephone1", BOTH, "phoneNumber"),
    Native("Salesperson Code", "ownerid", DOWN, "salespersonCode"),
]

# Source: the default mappings of microsoft/BCApps (MIT licence), CDSSetupDefaults and CRMSetupDefaults. Left
# out are the constants that name the table a lookup points to (owneridtype, parentcustomeridtype): the
# Web API says that with the lookup itself.
NATIVE: dict[str, list[Native]] = {
    "SALESPEOPLE": [
        Native("E-Mail", "internalemailaddress", UP, "email"),
        Native("Name", "fullname", UP, "displayName"),
        Native("Phone No.", "mobilephone", UP, "phoneNo"),
    ],
    "CUSTOMER": [
        *ADDRESS,
        Native("Name", "name", BOTH, "displayName"),
        Native("Contact", "address1_primarycontactname", BOTH, None),
        Native("Currency Code", "transactioncurrencyid", BOTH, "currencyId"),
        Native("Shipment Method Code", "address1_freighttermscode", BOTH, "shipmentMethodId"),
        Native("Shipping Agent Code", "address1_shippingmethodcode", BOTH, None),
        Native("Payment Terms Code", "paymenttermscode", BOTH, "paymentTermsId"),
        Native("Credit Limit (LCY)", "creditlimit", DOWN, "creditLimit"),
        Native("Primary Contact No.", "primarycontactid", BOTH, None),
    ],
    "CONTACT": [
        *ADDRESS,
        Native("Currency Code", "transactioncurrencyid", BOTH, None),
        Native("First Name", "firstname", BOTH, "displayName"),
        Native("Middle Name", "middlename", BOTH, None),
        Native("Surname", "lastname", BOTH, "displayName"),
        Native("Mobile Phone No.", "mobilephone", BOTH, "mobilePhoneNumber"),
        Native("Pager", "pager", BOTH, None),
        Native("Type", "", UP, "type"),
    ],
    "VENDOR": [
        *(each for each in ADDRESS if each.field != "Salesperson Code"),
        Native("Purchaser Code", "ownerid", DOWN, None),
        Native("Name", "name", BOTH, "displayName"),
        Native("Contact", "address1_primarycontactname", BOTH, None),
        Native("Currency Code", "transactioncurrencyid", BOTH, "currencyId"),
        Native("Shipment Method Code", "address1_freighttermscode", BOTH, None),
        Native("Shipping Agent Code", "address1_shippingmethodcode", BOTH, None),
        Native("Payment Terms Code", "paymenttermscode", BOTH, "paymentTermsId"),
        Native("Primary Contact No.", "primarycontactid", BOTH, None),
        Native("No.", "accountnumber", DOWN, "number"),
        Native("Mobile Phone No.", "telephone2", BOTH, None),
    ],
    "UNIT OF MEASURE": [Native("Code", "baseuomname", DOWN, "code")],
    "BASE UNIT": [],
    "ITEM-PRODUCT": [
        Native("No.", "productnumber", DOWN, "number"),
        Native("Description", "name", BOTH, "displayName"),
        Native("Unit Price", "price", DOWN, "unitPrice"),
        Native("Unit Cost", "standardcost", DOWN, "unitCost"),
        Native("Unit Cost", "currentcost", DOWN, "unitCost"),
        Native("Unit Volume", "stockvolume", DOWN, None),
        Native("Gross Weight", "stockweight", DOWN, None),
        Native("Vendor No.", "vendorid", DOWN, None),
        Native("Vendor Item No.", "vendorpartnumber", DOWN, None),
        Native("Inventory", "quantityonhand", DOWN, "inventory"),
        Native("Base Unit of Measure", "defaultuomid", BOTH, "baseUnitOfMeasureId"),
    ],
    "OPPORTUNITY": [
        Native("Description", "name", BOTH, "description"),
        Native("Contact Company No.", "parentaccountid", DOWN, "contactCompanyNumber"),
        Native("Salesperson Code", "ownerid", DOWN, "salespersonCode"),
        Native("Estimated Value (LCY)", "estimatedvalue", DOWN, "estimatedValue"),
        Native("Estimated Closing Date", "estimatedclosedate", DOWN, "estimatedClosingDate"),
        Native("Date Closed", "actualclosedate", DOWN, "dateClosed"),
        Native("Calcd. Current Value (LCY)", "actualvalue", DOWN, None),
    ],
    "INVOICE PRICE LIST": [],
    "POSTEDSALESINV-INV": [
        Native("No.", "invoicenumber", DOWN, "number"),
        Native("Salesperson Code", "ownerid", DOWN, "salesperson"),
        Native("Currency Code", "transactioncurrencyid", DOWN, "currencyId"),
        Native("Due Date", "duedate", DOWN, "dueDate"),
        Native("Ship-to Name", "shipto_name", DOWN, "shipToName"),
        Native("Ship-to Address", "shipto_line1", DOWN, "shipToAddressLine1"),
        Native("Ship-to Address 2", "shipto_line2", DOWN, "shipToAddressLine2"),
        Native("Ship-to City", "shipto_city", DOWN, "shipToCity"),
        Native("Ship-to Country/Region Code", "shipto_country", DOWN, "shipToCountry"),
        Native("Ship-to Post Code", "shipto_postalcode", DOWN, "shipToPostCode"),
        Native("Ship-to County", "shipto_stateorprovince", DOWN, "shipToState"),
        Native("Shipment Date", "datedelivered", DOWN, None),
        Native("Bill-to Name", "billto_name", DOWN, "billToName"),
        Native("Bill-to Address", "billto_line1", DOWN, "billToAddressLine1"),
        Native("Bill-to Address 2", "billto_line2", DOWN, "billToAddressLine2"),
        Native("Bill-to City", "billto_city", DOWN, "billToCity"),
        Native("Bill-to Country/Region Code", "billto_country", DOWN, "billToCountry"),
        Native("Bill-to Post Code", "billto_postalcode", DOWN, "billToPostCode"),
        Native("Bill-to County", "billto_stateorprovince", DOWN, "billToState"),
        Native("Amount", "totalamountlessfreight", DOWN, "totalAmountExcludingTax"),
        Native("Amount Including VAT", "totalamount", DOWN, "totalAmountIncludingTax"),
        Native("Invoice Discount Amount", "discountamount", DOWN, "discountBeforeTax"),
        Native("Shipping Agent Code", "shippingmethodcode", DOWN, None),
        Native("Payment Terms Code", "paymenttermscode", DOWN, None),
        Native("Work Description", "description", DOWN, None),
    ],
    "CURRENCY": [
        Native("Code", "isocurrencycode", DOWN, "code"),
        Native("Symbol", "currencysymbol", DOWN, "symbol"),
        Native("Description", "currencyname", DOWN, "displayName"),
    ],
    "PAYMENT TERMS": [Native("Code", "label", DOWN, "code")],
    "SHIPMENT METHOD": [Native("Code", "label", DOWN, "code")],
    "CUSTPRCGRP-PRICE": [Native("Code", "name", DOWN, "code")],
    "SALESPRC-PRODPRICE": [
        Native("Sales Code", "pricelevelid", DOWN, "salesCode"),
        Native("Item No.", "productid", DOWN, "itemNumber"),
        Native("Item No.", "productnumber", DOWN, None),
        Native("Currency Code", "transactioncurrencyid", DOWN, None),
        Native("Unit Price", "amount", DOWN, "unitPrice"),
    ],
    "PLHEADER-PRICE": [
        Native("Code", "name", DOWN, "code"),
        Native("Description", "description", DOWN, "description"),
        Native("Currency Code", "transactioncurrencyid", DOWN, "currencyCode"),
        Native("Starting Date", "begindate", DOWN, "startingDate"),
        Native("Ending Date", "enddate", DOWN, "endingDate"),
    ],
    "PLLINE-PRODPRICE": [
        Native("Price List Code", "pricelevelid", DOWN, "priceListCode"),
        Native("Asset No.", "productid", DOWN, "assetId"),
        Native("Asset No.", "productnumber", DOWN, None),
        Native("Currency Code", "transactioncurrencyid", DOWN, "currencyCode"),
        Native("Unit of Measure Code", "uomid", DOWN, "pricedUnitOfMeasureCode"),
        Native("Unit of Measure Code", "uomscheduleid", DOWN, None),
        Native("Unit Price", "amount", DOWN, "unitPrice"),
    ],
}
COMPARED = [*CATALOGUE, *PRICES]


def test_the_catalogue_is_whole_and_holds_what_is_wanted() -> None:
    assert sorted(MAPPINGS) == CATALOGUE
    assert set(NATIVE) == set(COMPARED)
    wanted = {"VENDOR", "OPPORTUNITY", "INVOICE PRICE LIST", "POSTEDSALESINV-INV"}
    assert MAPPINGS.keys() - BARE.keys() == wanted


def test_with_the_extension_units_are_kept_per_item_and_resource() -> None:
    assert WHOLE.keys() - MAPPINGS.keys() == {
        "ITEM UOM", "RESOURCE UNIT GROUP", "RESOURCE UNIT GROUP BASE", "RESOURCE UOM", "RESOURCE-PRODUCT",
        "SHIPPING AGENT", "UNIT GROUP", "UNIT GROUP BASE", "PLHEADER-PRICE", "PLLINE-PRODPRICE",
    }  # fmt: skip
    assert MAPPINGS.keys() - WHOLE.keys() == {"UNIT OF MEASURE", "BASE UNIT"}
    for mapping in WHOLE.values():
        assert set(mapping.depends_on) <= WHOLE.keys()
        lookups = (*mapping.lookups, *(mapping.lines.lookups if mapping.lines else ()))
        assert {name for each in lookups for name in each.lookup} <= set(mapping.depends_on)


def test_prices_are_those_of_groups_or_of_lists_and_need_the_extension() -> None:
    assert MAPPINGS.keys() & set(PRICES) == set()
    assert CLASSIC.keys() & set(PRICES) == {"CUSTPRCGRP-PRICE", "SALESPRC-PRODPRICE"}
    assert LISTS.keys() & set(PRICES) == {"PLHEADER-PRICE", "PLLINE-PRODPRICE"}


def test_each_mapping_comes_after_what_it_looks_up() -> None:
    order = waves({name: mapping.depends_on for name, mapping in MAPPINGS.items()})
    assert order == [
        ["CURRENCY", "PAYMENT TERMS", "SALESPEOPLE", "SHIPMENT METHOD", "UNIT OF MEASURE"],
        ["BASE UNIT", "CUSTOMER", "INVOICE PRICE LIST", "VENDOR"],
        ["CONTACT", "ITEM-PRODUCT"],
        ["OPPORTUNITY", "POSTEDSALESINV-INV"],
    ]


def test_every_dependency_and_lookup_is_one_of_them() -> None:
    for mapping in MAPPINGS.values():
        assert set(mapping.depends_on) <= set(MAPPINGS)
        assert {name for each in mapping.lookups for name in each.lookup} <= set(mapping.depends_on)


def test_nothing_is_decided_for_a_person() -> None:
    """But for prices: one that ended or was deleted must not be sold at."""
    assert {mapping.conflict for mapping in EVERY.values()} == {ConflictRule.ASK}
    decided = {name for name, mapping in EVERY.items() if mapping.deletion is not DeletionRule.ASK}
    removed = {name for name, mapping in EVERY.items() if mapping.leaving is not LeavingRule.KEEP}
    assert decided == removed == {"SALESPRC-PRODPRICE", "PLLINE-PRODPRICE"}


DIRECTIONS = dict.fromkeys(("CUSTOMER", "CONTACT", "VENDOR", "ITEM-PRODUCT", "OPPORTUNITY"), BOTH) | {
    "SALESPEOPLE": UP
}


@pytest.mark.parametrize("name", COMPARED)
def test_the_direction_is_that_of_the_built_in_integration(name: str) -> None:
    assert EVERY[name].direction is DIRECTIONS.get(name, DOWN)


def carrying(mapping: Mapping, native: Native) -> FieldMapping | None:
    return next(
        (
            each
            for each in mapping.fields
            if native.bc in native_of(each, Side.BC) and (native.column in each.sales or not native.column)
        ),
        None,
    )


def is_explained(mapping: Mapping, native: Native) -> bool:
    """Whether ``not_carried`` names the field and its column, with a reason."""
    return any(
        native.field in entry.field and native.column in entry.field and len(entry.reason) > 20
        for entry in mapping.not_carried
    )


ALL_NATIVE = [(name, native) for name in COMPARED for native in NATIVE[name]]


@pytest.mark.parametrize(("name", "native"), ALL_NATIVE, ids=[f"{n}-{each.field}" for n, each in ALL_NATIVE])
def test_what_the_built_in_integration_carries_is_carried_or_explained(name: str, native: Native) -> None:
    each = carrying(EVERY[name], native)
    if each is None:
        assert is_explained(EVERY[name], native), f"{native.field} is neither carried nor explained"
    else:
        assert each.direction is native.direction


@pytest.mark.parametrize("name", COMPARED)
def test_what_is_explained_is_not_carried(name: str) -> None:
    mapping = EVERY[name]
    carried = {column for each in mapping.fields for column in each.sales}
    split = {"firstname", "lastname"}
    for entry in mapping.not_carried:
        columns = set(entry.field.replace("→", "⇄").split("⇄")[1].replace(",", " ").split())
        assert not columns & (carried - split), entry.field


@pytest.mark.parametrize("name", COMPARED)
@pytest.mark.parametrize("at_creation", [True, False])
def test_a_column_of_one_side_belongs_to_one_field(name: str, at_creation: bool) -> None:
    """Two fields that write one column would overwrite each other for ever."""
    for side in Side:
        written = [
            n
            for each in EVERY[name].fields
            if each.direction.flows_to(side)
            and (each.only_on_create and not each.after_create) is at_creation
            for n in own(each, side)
        ]
        assert len(set(written)) == len(written)


LINE_FIELDS = [
    ("Quantity", "quantity", "quantity"),
    ("Line Discount Amount", "manualdiscountamount", "lineDiscount"),
    ("Unit Price", "priceperunit", "pricePerUnit"),
]


@pytest.mark.conforms("139162.DefaultTableMappingSalesInvoiceLine")
@pytest.mark.parametrize(("field", "column", "bc"), LINE_FIELDS)
def test_lines_carry_what_the_built_in_integration_does(field: str, column: str, bc: str) -> None:
    """Its amounts are computed by Sales from these, and compared as the invoice's totals."""
    lines = MAPPINGS["POSTEDSALESINV-INV"].lines
    assert lines is not None
    (each,) = [each for each in lines.fields if column in each.sales]
    assert (each.bc, each.direction) == (bc, DOWN), field


def own(each: FieldMapping, side: Side) -> tuple[str, ...]:
    return each.sales if side is Side.SALES else ((each.bc,) if each.bc else ())


@pytest.mark.parametrize("name", COMPARED)
def test_every_text_has_a_length_where_it_is_written(name: str) -> None:
    texts = (
        FieldType.TEXT,
        FieldType.CODE,
        FieldType.PHONE,
        FieldType.EMAIL,
        FieldType.COUNTRY,
        FieldType.PERSON_NAME,
    )
    for each in EVERY[name].fields:
        if each.type in texts:
            assert all(each.length_on(side) for side in Side if each.direction.flows_to(side)), each.name


@pytest.mark.parametrize("name", ["CUSTOMER", "CONTACT", "VENDOR"])
def test_the_address_merges_as_one_value(name: str) -> None:
    (address,) = (group for group in EVERY[name].groups if group[0].group == "address")
    assert {each.name for each in address} == {
        "street",
        "street_2",
        "postal_code",
        "city",
        "county",
        "country",
    }


def test_amount_and_currency_merge_as_one_value() -> None:
    (credit,) = (group for group in MAPPINGS["CUSTOMER"].groups if group[0].group == "credit")
    assert [each.name for each in credit] == ["currency", "credit_limit"]


def test_salespeople_are_never_created() -> None:
    assert {name for name, mapping in MAPPINGS.items() if not mapping.creates} == {"SALESPEOPLE"}


@pytest.mark.parametrize(
    "name", ["CUSTOMER", "CONTACT", "CURRENCY", "VENDOR", "ITEM-PRODUCT", "OPPORTUNITY", "POSTEDSALESINV-INV"]
)
def test_rows_are_marked_with_their_company(name: str) -> None:
    mapping = for_connection(EVERY[name], Connection("cronus", "the-company"))
    (mark,) = (each for each in mapping.fields if mapping.sales.company_column in each.sales)
    assert (mark.constant, mark.direction) == ("the-company", DOWN)


@pytest.mark.parametrize("name", COMPARED)
def test_every_field_reads_and_puts_a_blank_record(name: str) -> None:
    """The smoke test of the native names: no field trips over a record without any value."""
    for each in EVERY[name].fields:
        for side in Side:
            value = get(each, side, {}, Couplings())
            if each.direction.flows_to(side):
                native = put(each, side, value, Couplings())
                assert not isinstance(native, Missing | Unfit)
                assert set(native) == (set() if each.type is FieldType.STATE else set(own(each, side)))
