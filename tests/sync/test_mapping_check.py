"""A mapping is checked against both running systems: the catalogue's fit, and wrong ones are refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from local.simulation.world import World, build
from local.simulators.faults import AimedFault, Fault, Scope
from shared_code.compose import default_mappings
from shared_code.core.conditions import Condition
from shared_code.core.features import Feature
from shared_code.core.filter_language import parse_filter
from shared_code.core.fitting import Misfit
from shared_code.core.mapping import Direction, FieldType, Mapping
from shared_code.core.records import Side
from shared_code.sync.mapping_check import check
from shared_code.systems.interface import SystemFault
from tests.sync.worlds import company

PLAIN = frozenset[Feature]()
LISTS = frozenset({Feature.EXTENSION, Feature.PRICE_LISTS})
SETS = {
    "plain": PLAIN, "vendors": frozenset({Feature.VENDORS}), "classic": frozenset({Feature.EXTENSION}),
    "lists": LISTS, "all": frozenset(Feature),
    "documents": frozenset({Feature.OPPORTUNITIES, Feature.INVOICES}),
    "orders both ways": frozenset(
        {Feature.EXTENSION, Feature.ORDERS, Feature.ORDERS_BOTH_WAYS, Feature.ORDER_CHOICES}
    ),
}  # fmt: skip


@cache
def catalogue(features: frozenset[Feature]) -> dict[str, Mapping]:
    return {each.name: each for each in default_mappings(features)}


CASES = [(title, name) for title, features in SETS.items() for name in catalogue(features)]


@pytest.fixture(scope="module")
def world() -> World:
    return build([company()], bc_options={"extension": True})


def faults(world: World, mapping: Mapping, features: frozenset[Feature] = PLAIN) -> list[Misfit]:
    return check(replace(world.at, mappings=catalogue(features)), mapping)


@pytest.mark.parametrize(("title", "name"), CASES)
def test_every_mapping_of_the_catalogue_fits_both_systems(world: World, title: str, name: str) -> None:
    assert faults(world, catalogue(SETS[title])[name], SETS[title]) == []


@pytest.mark.parametrize("version", [26, 27, 28, 29])
def test_the_catalogue_fits_every_version_of_business_central(version: int) -> None:
    world = build([company()], bc_options={"version": version})
    assert [fault for each in catalogue(PLAIN).values() for fault in faults(world, each)] == []


def with_field(mapping: str, field: str, features: frozenset[Feature] = LISTS, **changes: Any) -> Mapping:
    """A mapping of the catalogue with one field changed."""
    found = catalogue(features)[mapping]
    assert any(each.name == field for each in found.fields)
    fields = tuple(replace(each, **changes) if each.name == field else each for each in found.fields)
    return replace(found, fields=fields)


def told(found: Iterable[Misfit]) -> list[tuple[Side, str, str]]:
    return [(each.side, each.field, each.suggestion) for each in found]


BOTH, DOWN, UP = Direction.BIDIRECTIONAL, Direction.TO_SALES, Direction.FROM_SALES
WRONG: list[tuple[Mapping, Side, str, str]] = [
    (with_field("CUSTOMER", "name", bc="dispalyName"),
     Side.BC, "dispalyName", "Did you mean “displayName”?"),
    (with_field("CUSTOMER", "name", sales=("nam",)), Side.SALES, "nam", "Did you mean “name”?"),
    (with_field("CUSTOMER", "street_2", bc_length=100), Side.BC, "addressLine2", "Write bc_length = 50."),
    (with_field("CUSTOMER", "name", sales_length=200), Side.SALES, "name", "Write sales_length = 160."),
    (with_field("CUSTOMER", "credit_limit", type=FieldType.DECIMAL, direction=BOTH, bc="balanceDue",
                lookup=()), Side.BC, "balanceDue", "Let the field flow to_sales only, or leave it out."),
    (with_field("CUSTOMER", "name", sales=("createdon",)),
     Side.SALES, "createdon", "Write type = “date_time”"),
    (with_field("CUSTOMER", "name", sales=("opendeals",), direction=DOWN, type=FieldType.INTEGER),
     Side.SALES, "opendeals", "Let the field flow from_sales only, or leave it out."),
    (with_field("CUSTOMER", "currency", sales=("defaultpricelevelid",)),
     Side.SALES, "defaultpricelevelid", "Write one of pricelevels."),
    (with_field("CUSTOMER", "salesperson", target="contacts"),
     Side.SALES, "ownerid", "Write target = “systemusers”."),
    # The extension's metadata tells of an id that it is one, not what it leads to.
    (with_field("CUSTOMER", "payment_terms", PLAIN, lookup=("SHIPMENT METHOD",)),
     Side.BC, "paymentTermsId", "Look it up through a mapping of paymentTerms."),
    (with_field("CONTACT", "customer", navigation=None),
     Side.SALES, "parentcustomerid", "Write navigation = “parentcustomerid_account”."),
    (with_field("CUSTOMER", "name", type=FieldType.DECIMAL), Side.BC, "displayName", "Write type = “text”"),
    (with_field("CUSTOMER", "relationship_type", constant=99),
     Side.SALES, "customertypecode", "Write one of 1, 2"),
    (with_field("CONTACT", "type", constant="Persn"), Side.BC, "type", "Write one of Company, Person."),
    (with_field("CUSTOMER", "number", direction=BOTH, fixed_in_bc=False),
     Side.BC, "number", "Let the field flow to_sales"),
    (with_field("ITEM-PRODUCT", "inventory", direction=BOTH),
     Side.BC, "inventory", "Let the field flow to_sales"),
    (with_field("PLHEADER-PRICE", "currency", refusal_is_told=False),
     Side.SALES, "transactioncurrencyid", "Write only_on_create = true"),
    (with_field("PLHEADER-PRICE", "begins", user_local=False),
     Side.SALES, "begindate", "Write user_local = true."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("mapping", "side", "field", "suggestion"), WRONG, ids=[f"{w[2]}-{w[3]}" for w in WRONG]
)
def test_a_wrong_field_is_told_with_what_to_do(
    world: World, mapping: Mapping, side: Side, field: str, suggestion: str
) -> None:
    found = faults(world, mapping, LISTS)
    assert any(
        (each.side, each.field) == (side, field) and each.suggestion.startswith(suggestion) for each in found
    ), found


def test_a_wrong_table_key_filter_or_api_is_told(world: World) -> None:
    customer = catalogue(LISTS)["CUSTOMER"]
    bc, sales = customer.bc, customer.sales
    wrong = {
        "Did you mean “customers”?": (replace(bc, table="custmers"), sales),
        "Did you mean “accounts”?": (bc, replace(sales, table="account")),
        "Write key = “accountid”.": (bc, replace(sales, key="accontid")),
        "Did you mean “number”?": (replace(bc, display=("Number",)), sales),
        "Did you mean “tandem_companyid”?": (bc, replace(sales, company_column="tandem_company")),
        "Install the extension that has it, or correct api.": (replace(bc, api="tandem/sync/v1.1"), sales),
    }
    for suggestion, (one, other) in wrong.items():
        found = faults(world, replace(customer, bc=one, sales=other))
        assert suggestion in [each.suggestion for each in found]


@pytest.mark.parametrize(
    ("name", "changes", "field", "suggestion"),
    [
        ("ITEM-PRODUCT", {"table": "itemLedgerEntrys"}, "itemLedgerEntrys",
         "Did you mean “itemLedgerEntries”?"),
        ("ITEM-PRODUCT", {"table": "customers"}, "entryNumber", "Did you mean “number”?"),
        ("ITEM-PRODUCT", {"names": "itemNumbr"}, "itemNumbr", "Did you mean “itemNumber”?"),
        ("ITEM-PRODUCT", {"by": "numbr"}, "numbr", "Did you mean “number”?"),
        ("POSTEDSALESINV-INV", {"among": (Condition("statuss", "is", ("Open",)),)}, "statuss",
         "Did you mean “status”?"),
        ("POSTEDSALESINV-INV", {"entries": (Condition("documentTyp", "is", ("Payment",)),)}, "documentTyp",
         "Did you mean “documentType”?"),
    ],
)  # fmt: skip
def test_what_moves_records_must_be_there(
    world: World, name: str, changes: dict[str, Any], field: str, suggestion: str
) -> None:
    """Else the first look would find it, and stop the connection."""
    mapping = catalogue(SETS["documents"])[name]
    assert mapping.bc.moved_by is not None
    wrong = replace(mapping, bc=replace(mapping.bc, moved_by=replace(mapping.bc.moved_by, **changes)))
    found = faults(world, wrong, SETS["documents"])
    assert found, "one fault, or two where the table is another one"
    assert (found[0].side, found[0].field, found[0].suggestion) == (Side.BC, field, suggestion)


def test_a_wrong_field_of_the_lines_is_told(world: World) -> None:
    invoice = catalogue(SETS["documents"])["POSTEDSALESINV-INV"]
    assert invoice.lines
    fields = tuple(
        replace(each, bc="descripton") if each.name == "description" else each
        for each in invoice.lines.fields
    )
    wrong = replace(invoice, lines=replace(invoice.lines, fields=fields))
    assert told(faults(world, wrong, SETS["documents"])) == [
        (Side.BC, "descripton", "Did you mean “description”?")
    ]
    wrong = replace(invoice, lines=replace(invoice.lines, table="invoicedetail"))
    assert told(faults(world, wrong, SETS["documents"])) == [
        (Side.SALES, "", "Did you mean “invoicedetails”?")
    ]


def test_options_of_a_column_that_is_none_are_told(world: World) -> None:
    terms = catalogue(PLAIN)["PAYMENT TERMS"]
    wrong = replace(terms, sales=replace(terms.sales, table="options:account.paymenttermcode"))
    assert told(faults(world, wrong)) == [
        (Side.SALES, "", "Did you mean “options:account.paymenttermscode”?")
    ]


def test_without_the_extension_its_mappings_do_not_fit() -> None:
    world = build([company()], bc_options={"extension": False})
    found = faults(world, catalogue(LISTS)["PLHEADER-PRICE"], LISTS)
    assert told(found) == [(Side.BC, "", "Install the extension that has it, or correct api.")]


def test_a_column_that_nobody_added_is_told() -> None:
    world = build([company()])
    table = world.sales.org.schema.tables["account"]
    del table.columns["tandem_companyid"]
    assert {each.field for each in faults(world, catalogue(PLAIN)["CUSTOMER"])} == {"tandem_companyid"}


def test_what_depends_on_the_connection_is_filled_in_before_it_is_measured() -> None:
    world = build([company()])
    world.sales.org.schema.tables["account"].columns["tandem_companyid"].max_length = 35
    (found,) = faults(world, catalogue(PLAIN)["CUSTOMER"])
    assert (found.field, found.suggestion) == ("tandem_companyid", "Write a shorter constant.")


@pytest.mark.parametrize("side", ["bc", "sales"])
def test_a_system_that_does_not_answer_is_no_fault_of_the_mapping(side: str) -> None:
    world = build([company()])
    for _ in range(20):
        world.faults[side].aim(AimedFault(Fault.STATUS_503_NO_HINT, Scope(), 0))
    with pytest.raises(SystemFault):
        faults(world, catalogue(PLAIN)["CUSTOMER"])


def test_a_check_takes_few_requests_and_writes_nothing(world: World) -> None:
    world.reset_requests()
    faults(world, catalogue(PLAIN)["CUSTOMER"])
    assert set(world.requests["bc"]) == set(world.requests["sales"]) == {"metadata"}
    assert (len(world.requests["bc"]), len(world.requests["sales"])) == (1, 7)


FILTERS: list[tuple[Side, str, str, str]] = [
    (Side.BC, "blocked", "blocked never holds true", "Write one of _x0020_, Ship, Invoice, All."),
    (Side.BC, 'blocked = "Al"', "blocked never holds “Al”", "Write one of _x0020_, Ship, Invoice, All."),
    (Side.BC, "number >= 3", "number holds text, which has no order", "Ask for equal values."),
    (Side.BC, "number = 3", "number never holds 3", "It holds text."),
    (Side.BC, 'creditLimit contains "3"', "creditLimit holds a decimal number and no text", "Ask for"),
    (Side.BC, 'name = "x" or numbr is blank', "customers has no field numbr", "Did you mean “number”?"),
    (Side.SALES, "customertypecode = 99", "customertypecode never holds 99", "Write one of 1, 2, 3"),
    (Side.SALES, 'customertypecode = "Customer"', "never holds “Customer”", "Write one of 1, 2, 3"),
    (Side.SALES, "creditonhold = 1", "creditonhold never holds 1", "It holds true or false."),
]


@pytest.mark.parametrize(("side", "text", "reason", "suggestion"), FILTERS)
def test_a_filter_that_no_record_can_meet_is_told(
    world: World, side: Side, text: str, reason: str, suggestion: str
) -> None:
    customer = catalogue(PLAIN)["CUSTOMER"]
    rule = replace(customer.side(side), filter=parse_filter(text))
    changed = replace(customer, bc=rule) if side is Side.BC else replace(customer, sales=rule)
    found = [each for each in faults(world, changed) if reason in each.reason]
    assert len(found) == 1
    assert found[0].suggestion.startswith(suggestion)
