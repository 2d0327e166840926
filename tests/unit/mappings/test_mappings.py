"""The mappings that come with Tandem: sound, in order, and carrying what the built-in integration does."""

from __future__ import annotations

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
)
from shared_code.core.put_results import Missing, Unfit
from shared_code.core.records import Side
from shared_code.core.telling_apart import told_apart_from
from shared_code.core.transform import get, put
from tests.unit.core.makers import Couplings

WANTED = frozenset(
    (Feature.VENDORS, Feature.OPPORTUNITIES, Feature.ORDERS, Feature.QUOTES, Feature.INVOICES,
     Feature.CREDIT_MEMOS, Feature.ITEM_CATEGORIES, Feature.ITEM_VARIANTS, Feature.PERSON_CUSTOMERS,
     Feature.ITEM_PRICES)
)  # fmt: skip
MAPPINGS = {each.name: each for each in default_mappings(WANTED)}
WHOLE = {each.name: each for each in default_mappings(frozenset(Feature))}
BARE = {each.name: each for each in default_mappings()}
CLASSIC = {each.name: each for each in default_mappings(frozenset({Feature.EXTENSION}))}
LISTS = {each.name: each for each in default_mappings(frozenset({Feature.EXTENSION, Feature.PRICE_LISTS}))}
PRICES = ["CUSTPRCGRP-PRICE", "PLHEADER-PRICE", "PLLINE-PRODPRICE", "SALESPRC-PRODPRICE"]
EVERY = {**CLASSIC, **LISTS, **MAPPINGS}
CATALOGUE = [
    "BASE UNIT", "CONTACT", "CURRENCY", "CUSTOMER", "INVOICE PAYMENT TERMS", "INVOICE PRICE LIST",
    "ITEM CATEGORY", "ITEM PRICE LIST", "ITEM VARIANT-PRODUCT", "ITEM-PRICE", "ITEM-PRODUCT", "OPPORTUNITY",
    "ORDER PAYMENT TERMS", "PAYMENT TERMS", "PERSON CUSTOMER",
    "PERSON PAYMENT TERMS", "PERSON SHIPMENT METHOD", "POSTEDSALESCRMEMO-INV", "POSTEDSALESINV-INV",
    "QUOTE PAYMENT TERMS", "QUOTE SHIPMENT METHOD", "SALESORDER-ORDER", "SALESPEOPLE", "SALESQUOTE-QUOTE",
    "SHIPMENT METHOD", "UNIT OF MEASURE", "VENDOR",
]  # fmt: skip


BOTH, DOWN, UP = Direction.BIDIRECTIONAL, Direction.TO_SALES, Direction.FROM_SALES
COMPARED = [*CATALOGUE, *PRICES]


def test_the_catalogue_is_whole_and_holds_what_is_wanted() -> None:
    assert sorted(MAPPINGS) == CATALOGUE
    wanted = {
        "VENDOR", "OPPORTUNITY", "SALESORDER-ORDER", "SALESQUOTE-QUOTE", "INVOICE PRICE LIST",
        "POSTEDSALESINV-INV",
        "POSTEDSALESCRMEMO-INV", "ITEM CATEGORY", "ITEM VARIANT-PRODUCT", "PERSON CUSTOMER",
        "ITEM PRICE LIST", "ITEM-PRICE", "INVOICE PAYMENT TERMS", "ORDER PAYMENT TERMS",
        "PERSON PAYMENT TERMS", "PERSON SHIPMENT METHOD",
        "QUOTE PAYMENT TERMS", "QUOTE SHIPMENT METHOD",
    }  # fmt: skip
    assert MAPPINGS.keys() - BARE.keys() == wanted


def test_with_the_extension_units_are_kept_per_item_and_resource() -> None:
    assert WHOLE.keys() - MAPPINGS.keys() == {
        "ITEM UOM", "RESOURCE UNIT GROUP", "RESOURCE UNIT GROUP BASE", "RESOURCE UOM", "RESOURCE-PRODUCT",
        "SHIP-TO ADDRESS", "SHIPPING AGENT", "UNIT GROUP", "UNIT GROUP BASE", "PLHEADER-PRICE",
        "PLLINE-PRODPRICE", "ORDER NOTE", "INVOICE SHIPPING AGENT", "ORDER SHIPMENT METHOD",
        "ORDER SHIPPING AGENT", "PERSON SHIPPING AGENT",
    }  # fmt: skip
    assert MAPPINGS.keys() - WHOLE.keys() == {"UNIT OF MEASURE", "BASE UNIT"}
    for mapping in WHOLE.values():
        assert set(mapping.depends_on) <= WHOLE.keys()
        lookups = (*mapping.lookups, *(mapping.lines.lookups if mapping.lines else ()))
        at_creation = [each for each in lookups if not each.after_create]
        assert {name for each in at_creation for name in each.lookup} <= set(mapping.depends_on)


def test_prices_are_those_of_groups_or_of_lists_and_need_the_extension() -> None:
    assert MAPPINGS.keys() & set(PRICES) == set()
    assert CLASSIC.keys() & set(PRICES) == {"CUSTPRCGRP-PRICE", "SALESPRC-PRODPRICE"}
    assert LISTS.keys() & set(PRICES) == {"PLHEADER-PRICE", "PLLINE-PRODPRICE"}


def test_each_mapping_comes_after_what_it_looks_up() -> None:
    order = waves({name: mapping.depends_on for name, mapping in MAPPINGS.items()})
    assert order == [
        [
            "CURRENCY", "INVOICE PAYMENT TERMS", "ITEM CATEGORY", "ORDER PAYMENT TERMS",
            "PAYMENT TERMS", "PERSON PAYMENT TERMS", "PERSON SHIPMENT METHOD",
            "QUOTE PAYMENT TERMS", "QUOTE SHIPMENT METHOD", "SALESPEOPLE", "SHIPMENT METHOD",
            "UNIT OF MEASURE",
        ],
        ["BASE UNIT", "CUSTOMER", "INVOICE PRICE LIST", "ITEM PRICE LIST", "PERSON CUSTOMER", "VENDOR"],
        ["CONTACT", "ITEM-PRODUCT"],
        ["ITEM VARIANT-PRODUCT", "ITEM-PRICE", "OPPORTUNITY"],
        ["POSTEDSALESCRMEMO-INV", "SALESQUOTE-QUOTE"],
        ["SALESORDER-ORDER"],
        ["POSTEDSALESINV-INV"],
    ]  # fmt: skip


def test_every_dependency_and_lookup_is_one_of_them() -> None:
    for mapping in MAPPINGS.values():
        assert set(mapping.depends_on) <= set(MAPPINGS)
        assert {name for each in mapping.lookups for name in each.lookup} <= set(mapping.depends_on)


def test_nothing_is_decided_for_a_person() -> None:
    """But for prices: what ended, was deleted or is blocked must not be sold at."""
    assert {mapping.conflict for mapping in EVERY.values()} == {ConflictRule.ASK}
    decided = {name for name, mapping in EVERY.items() if mapping.deletion is not DeletionRule.ASK}
    removed = {name for name, mapping in EVERY.items() if mapping.leaving is not LeavingRule.KEEP}
    assert decided == removed == {"SALESPRC-PRODPRICE", "PLLINE-PRODPRICE", "ITEM-PRICE"}


BOTH_WAYS = (
    "CUSTOMER", "PERSON CUSTOMER", "CONTACT", "VENDOR", "ITEM-PRODUCT", "OPPORTUNITY", "SALESORDER-ORDER",
    "SALESQUOTE-QUOTE",
)  # fmt: skip
DIRECTIONS = dict.fromkeys(BOTH_WAYS, BOTH) | {"SALESPEOPLE": UP}


@pytest.mark.parametrize("name", COMPARED)
def test_the_direction_is_that_of_the_built_in_integration(name: str) -> None:
    assert EVERY[name].direction is DIRECTIONS.get(name, DOWN)


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


@pytest.mark.parametrize("name", ["CUSTOMER", "PERSON CUSTOMER", "CONTACT", "VENDOR"])
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
    for name in ("CUSTOMER", "PERSON CUSTOMER"):
        (credit,) = (group for group in MAPPINGS[name].groups if group[0].group == "credit")
        assert [each.name for each in credit] == ["currency", "credit_limit"]


@pytest.mark.parametrize("features", [{Feature.PERSON_CUSTOMERS}, {*Feature}])
def test_no_record_is_a_company_and_a_person_at_once(features: set[Feature]) -> None:
    """A customer's partner is an account or a contact; a contact is a customer itself or a customer's."""
    found = {each.name: each for each in default_mappings(frozenset(features))}
    person = found["PERSON CUSTOMER"]
    assert told_apart_from(person, Side.BC, found.values()) == [found["CUSTOMER"]]
    assert told_apart_from(person, Side.SALES, found.values()) == [found["CONTACT"]]


def test_salespeople_are_never_created() -> None:
    assert {name for name, mapping in MAPPINGS.items() if not mapping.creates} == {"SALESPEOPLE"}


@pytest.mark.parametrize(
    "name",
    [
        "CUSTOMER",
        "PERSON CUSTOMER",
        "CONTACT",
        "CURRENCY",
        "VENDOR",
        "ITEM-PRODUCT",
        "OPPORTUNITY",
        "POSTEDSALESINV-INV",
        "POSTEDSALESCRMEMO-INV",
    ],
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
