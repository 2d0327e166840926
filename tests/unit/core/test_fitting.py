"""Whether a mapping fits its tables: examples, then every mapping of the catalogue broken in every way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.compose import default_mappings
from shared_code.core.descriptions import ColumnDescription, Kind, NoTable, TableDescription, Target
from shared_code.core.features import Feature
from shared_code.core.fields import FurtherTarget
from shared_code.core.fitting import faults_of, line_faults, written_names
from shared_code.core.fitting_names import closest
from shared_code.core.fitting_types import TEXTS
from shared_code.core.mapping import FieldMapping, FieldType, Lines, Mapping, TableRule
from shared_code.core.records import Side
from shared_code.core.transformation_rules import Rule
from tests.unit.core.fitting_tables import fitting, with_column, without_column
from tests.unit.core.makers import FROM_SALES, TO_SALES, make_field, make_mapping

NAME = make_field("name", bc_length=100, sales_length=160)
SETS = (
    frozenset[Feature](), frozenset({Feature.EXTENSION, Feature.PRICE_LISTS}), frozenset({Feature.EXTENSION}),
    frozenset(Feature),
)  # fmt: skip
EVERY = list(dict.fromkeys(each for features in SETS for each in default_mappings(features)))


def told(
    mapping: Mapping, side: Side, table: TableDescription | NoTable, *others: Mapping
) -> list[tuple[str, str, str]]:
    """Field, reason and suggestion of every fault of one side, the other side fitting."""
    other = fitting(mapping, side.other)
    bc, sales = (table, other) if side is Side.BC else (other, table)
    faults = faults_of(mapping, bc, sales, {each.name: each for each in others})
    assert {each.side for each in faults} <= {side}
    return [(each.field, each.reason, each.suggestion) for each in faults]


def one(
    mapping: Mapping, side: Side, table: TableDescription | NoTable, *others: Mapping
) -> tuple[str, str, str]:
    (found,) = told(mapping, side, table, *others)
    return found


def of(*fields: FieldMapping, **more: Any) -> tuple[Mapping, TableDescription, TableDescription]:
    mapping = make_mapping(*fields, **more)
    return mapping, fitting(mapping, Side.BC), fitting(mapping, Side.SALES)


def test_a_table_that_does_not_exist_is_told_with_the_closest_name() -> None:
    mapping, bc, _ = of(NAME)
    assert one(mapping, Side.BC, NoTable("custmers", ("items", "customers"))) == (
        "",
        "there is no table custmers in Business Central",
        "Did you mean “customers”?",
    )
    assert "See which tables" in one(mapping, Side.SALES, NoTable("qqq", ("accounts",)))[2]
    assert "Install the extension" in one(mapping, Side.BC, NoTable("x", api="me/mine/v1.0"))[2]
    assert told(mapping, Side.BC, bc) == []


def test_a_field_that_does_not_exist_is_told_with_the_closest_name_whatever_its_case() -> None:
    mapping, bc, _ = of(NAME)
    renamed = replace(bc.columns["bc_name"], name="BC_Name")
    table = replace(bc, columns={"id": bc.columns["id"], "BC_Name": renamed})
    assert one(mapping, Side.BC, table) == (
        "bc_name", "customers has no field bc_name", "Did you mean “BC_Name”?",
    )  # fmt: skip


def test_names_of_filters_display_and_company_are_looked_up_too() -> None:
    mapping, _, sales = of(
        NAME, sales=TableRule("accounts", "accountid", ("called",), company_column="company")
    )
    for name in ("called", "company"):
        assert one(mapping, Side.SALES, without_column(sales, name))[0] == name
        assert "cannot be read" in one(mapping, Side.SALES, with_column(sales, name, readable=False))[1]


def test_the_key_must_be_the_tables_own() -> None:
    mapping, _, sales = of(NAME)
    assert one(mapping, Side.SALES, replace(sales, key="contactid"))[2] == "Write key = “contactid”."
    assert "one id" in one(mapping, Side.SALES, replace(sales, key=""))[2]


def test_a_table_must_tell_what_changed_and_guard_what_both_sides_write() -> None:
    mapping, bc, sales = of(NAME)
    assert "does not tell when" in one(mapping, Side.BC, replace(bc, stamp="lastModifiedDateTime"))[1]
    assert "change tracking" in one(mapping, Side.SALES, replace(sales, tracked=False))[2]
    assert "one way" in one(mapping, Side.SALES, replace(sales, guarded=False))[2]
    down = replace(mapping, direction=TO_SALES, fields=(replace(NAME, direction=TO_SALES),))
    assert told(down, Side.SALES, replace(sales, tracked=False, guarded=False)) == []


def test_a_child_table_must_exist() -> None:
    mapping, bc, _ = of(NAME, bc=TableRule("currencies", "id", related=("currencyExchangeRates",)))
    table = replace(bc, tables=("currencies", "currencyExchangeRate"))
    assert one(mapping, Side.BC, table)[2] == "Did you mean “currencyExchangeRate”?"


def test_a_column_must_hold_as_much_as_the_mapping_says() -> None:
    mapping, _, sales = of(NAME)
    assert one(mapping, Side.SALES, with_column(sales, "sales_name", length=100)) == (
        "sales_name", "sales_name holds 100 characters, the mapping says 160", "Write sales_length = 100.",
    )  # fmt: skip
    assert told(mapping, Side.SALES, with_column(sales, "sales_name", length=200)) == []
    assert told(mapping, Side.SALES, with_column(sales, "sales_name", length=None)) == []
    silent = replace(mapping, fields=(replace(NAME, sales_length=None),))
    assert "does not say so" in one(silent, Side.SALES, with_column(sales, "sales_name", length=200))[1]


def test_the_length_of_a_side_that_is_only_read_does_not_matter() -> None:
    mapping, bc, _ = of(replace(NAME, direction=TO_SALES), direction=TO_SALES)
    assert told(mapping, Side.BC, with_column(bc, "bc_name", length=10)) == []


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"at_creation": False, "at_update": False}, {}, "read-only"),
        ({"at_creation": False}, {}, "cannot be written at creation"),
        ({"at_creation": False}, {"after_create": True}, None),
        ({"at_update": False}, {}, "at creation only"),
        ({"at_update": False}, {"only_on_create": True}, None),
        ({"at_update": False}, {"refusal_is_told": True}, None),
        ({"at_update": False}, {"only_on_create": True, "after_create": True}, "at creation only"),
        (
            {"at_creation": False, "at_update": False},
            {"only_on_create": True},
            "cannot be written at creation",
        ),
        ({"at_creation": False, "at_update": False}, {"refusal_is_told": True}, "read-only"),
        ({"at_creation": False, "at_update": False}, {"direction": FROM_SALES}, None),
    ],
)
def test_a_field_is_written_only_when_the_service_takes_it(
    changes: dict[str, Any], field: dict[str, Any], reason: str | None
) -> None:
    mapping, _, sales = of(replace(NAME, **field))
    found = told(mapping, Side.SALES, with_column(sales, "sales_name", **changes))
    assert [reason in said for _, said, _ in found if reason] == ([True] if reason else [])
    assert bool(found) == bool(reason)


def test_a_mapping_that_creates_nothing_there_needs_no_right_to() -> None:
    mapping, _, sales = of(NAME, creates=False)
    assert told(mapping, Side.SALES, with_column(sales, "sales_name", at_creation=False)) == []


def test_stock_is_never_posted_and_no_record_renamed() -> None:
    stock = make_field("inventory", FieldType.DECIMAL, bc="inventory")
    mapping, bc, _ = of(stock, bc=TableRule("items", "id"))
    assert "posts stock" in one(mapping, Side.BC, bc)[1]
    assert (
        told(replace(mapping, bc=TableRule("customers", "id")), Side.BC, replace(bc, name="customers")) == []
    )
    down = replace(mapping, direction=TO_SALES, fields=(replace(stock, direction=TO_SALES),))
    assert told(down, Side.BC, bc) == []
    number = make_field("number", FieldType.CODE, bc="number", bc_length=20, sales_length=20)
    mapping, bc, _ = of(number, bc=TableRule("vendors", "id"))
    assert "renames" in one(mapping, Side.BC, bc)[1]
    once = replace(mapping, fields=(replace(number, only_on_create=True),))
    assert told(once, Side.BC, bc) == []
    late = replace(mapping, fields=(replace(number, only_on_create=True, after_create=True),))
    assert "renames" in one(late, Side.BC, bc)[1]


@pytest.mark.parametrize(
    ("type_", "kind", "fits"),
    [
        (FieldType.TEXT, Kind.TEXT, True), (FieldType.TEXT, Kind.CHOICE, False),
        (FieldType.CODE, Kind.INTEGER, False), (FieldType.DECIMAL, Kind.DECIMAL, True),
        (FieldType.DECIMAL, Kind.TEXT, False), (FieldType.INTEGER, Kind.DECIMAL, True),
        (FieldType.BOOLEAN, Kind.CHOICE, False), (FieldType.BOOLEAN, Kind.BOOLEAN, True),
        (FieldType.DATE, Kind.DAY, True), (FieldType.DATE_TIME, Kind.DAY, False),
        (FieldType.DATE_TIME, Kind.MOMENT, True), (FieldType.TEXT, Kind.OTHER, False),
        (FieldType.TEXT, Kind.LOOKUP, False), (FieldType.TEXT, Kind.ID, False),
    ],
)  # fmt: skip
def test_a_column_must_hold_the_fields_type(type_: FieldType, kind: Kind, fits: bool) -> None:
    mapping, _, sales = of(make_field("it", type_, TO_SALES), direction=TO_SALES)
    found = told(mapping, Side.SALES, with_column(sales, "sales_it", kind=kind))
    assert bool(found) is not fits
    if found:
        assert kind in found[0][1]
        assert type_ in found[0][1]


def test_a_fraction_does_not_go_into_a_whole_number() -> None:
    for places, fits in ((2, False), (0, True)):
        mapping, _, sales = of(
            make_field("it", FieldType.DECIMAL, TO_SALES, places=places), direction=TO_SALES
        )
        assert bool(told(mapping, Side.SALES, with_column(sales, "sales_it", kind=Kind.INTEGER))) is not fits


def test_a_rule_may_read_what_the_field_could_not_hold() -> None:
    rules = (Rule("date", (("date", "dd.MM.yyyy"),)),)
    mapping, bc, sales = of(make_field("it", FieldType.DATE, TO_SALES, rules=rules), direction=TO_SALES)
    assert told(mapping, Side.BC, with_column(bc, "bc_it", kind=Kind.TEXT)) == []
    assert "cannot be a date" in one(mapping, Side.SALES, with_column(sales, "sales_it", kind=Kind.TEXT))[1]


def test_a_day_kept_as_an_instant_is_said_to_be_one() -> None:
    mapping, _, sales = of(make_field("it", FieldType.DATE, user_local=True))
    assert (
        one(mapping, Side.SALES, with_column(sales, "sales_it", kind=Kind.DAY))[2] == "Leave user_local out."
    )
    mapping, _, sales = of(make_field("it", FieldType.DATE))
    assert (
        "user_local = true" in one(mapping, Side.SALES, with_column(sales, "sales_it", kind=Kind.MOMENT))[2]
    )


def test_options_and_constants_must_be_choices_there_are() -> None:
    option = make_field("kind", FieldType.OPTION, options=(("Item", 1), ("Service", 2)))
    mapping, bc, sales = of(option)
    assert one(mapping, Side.BC, with_column(bc, "bc_kind", choices=("Item", "Work"))) == (
        "bc_kind", "bc_kind has no choice “Service”", "Write one of Item, Work.",
    )  # fmt: skip
    assert "“2”" in one(mapping, Side.SALES, with_column(sales, "sales_kind", choices=(1, 3)))[1]
    constant = make_field("three", FieldType.CONSTANT, TO_SALES, bc=None, constant=3)
    mapping, _, sales = of(constant, direction=TO_SALES)
    table = with_column(sales, "sales_three", kind=Kind.CHOICE, choices=(1, 2))
    assert one(mapping, Side.SALES, table)[1] == "sales_three has no choice “3”"
    table = with_column(sales, "sales_three", kind=Kind.BOOLEAN)
    assert "true or false" in one(mapping, Side.SALES, table)[1]


def test_the_options_true_and_false_are_those_of_a_truth_value() -> None:
    option = make_field("blocked", FieldType.OPTION, options=(("true", 1), ("false", 0)))
    mapping, bc, _ = of(option)
    assert told(mapping, Side.BC, with_column(bc, "bc_blocked", kind=Kind.BOOLEAN)) == []
    assert "holds a choice" in one(mapping, Side.BC, with_column(bc, "bc_blocked", kind=Kind.CHOICE))[1]


def test_options_may_be_numbers_of_a_column_that_is_no_choice() -> None:
    mapping, _, sales = of(make_field("places", FieldType.OPTION, options=(("2", 2),)))
    assert told(mapping, Side.SALES, with_column(sales, "sales_places", kind=Kind.INTEGER)) == []
    assert told(mapping, Side.SALES, with_column(sales, "sales_places", kind=Kind.TEXT))


def test_a_constant_that_is_a_record_goes_into_a_lookup() -> None:
    team = make_field("team", FieldType.CONSTANT, TO_SALES, bc=None, constant="t", target="teams")
    mapping, _, sales = of(team, direction=TO_SALES)
    assert told(mapping, Side.SALES, with_column(sales, "sales_team", kind=Kind.LOOKUP)) == []
    assert told(mapping, Side.SALES, with_column(sales, "sales_team", kind=Kind.TEXT))


def test_a_constant_must_be_short_enough() -> None:
    constant = make_field("mark", FieldType.CONSTANT, TO_SALES, bc=None, constant="A-B-C")
    mapping, _, sales = of(constant, direction=TO_SALES)
    assert "the constant has more" in one(mapping, Side.SALES, with_column(sales, "sales_mark", length=4))[1]


CURRENCY = make_field("currency", FieldType.LOOKUP, lookup=("CURRENCY",), target="transactioncurrencies")
CURRENCIES = replace(
    make_mapping(), name="CURRENCY", bc=TableRule("currencies", "id"),
    sales=TableRule("transactioncurrencies", "transactioncurrencyid"),
)  # fmt: skip


def test_a_lookup_must_lead_to_the_table_its_mapping_keeps() -> None:
    mapping, bc, sales = of(CURRENCY)
    assert told(mapping, Side.SALES, sales, CURRENCIES) == []
    elsewhere = with_column(sales, "sales_currency", targets=(Target("transactioncurrency"), Target("uoms")))
    assert one(mapping, Side.SALES, elsewhere, CURRENCIES) == (
        "sales_currency",
        "sales_currency leads to transactioncurrency, uoms, not to transactioncurrencies",
        "Did you mean “transactioncurrency”?",
    )
    other = replace(CURRENCIES, sales=TableRule("uoms", "uomid"))
    assert one(mapping, Side.SALES, sales, other)[2] == "Write target = “uoms”."
    terms = with_column(bc, "bc_currency", targets=(Target("paymentTerms"),))
    assert "leads to paymentTerms, not to currencies" in one(mapping, Side.BC, terms, CURRENCIES)[1]
    assert (
        told(mapping, Side.BC, with_column(bc, "bc_currency", targets=(Target("currencies"),)), CURRENCIES)
        == []
    )


def test_a_lookup_is_written_by_the_name_of_its_navigation() -> None:
    mapping, _, sales = of(CURRENCY)
    table = with_column(sales, "sales_currency", targets=(Target("transactioncurrencies", "Sales_Currency"),))
    assert one(mapping, Side.SALES, table)[2] == "Write navigation = “Sales_Currency”."
    named = replace(mapping, fields=(replace(CURRENCY, navigation="Sales_Currency"),))
    assert told(named, Side.SALES, table) == []


def test_a_further_table_of_a_lookup_must_be_one_it_leads_to_by_its_name() -> None:
    also = FurtherTarget("PEOPLE", "systemusers", "sales_currency_systemuser")
    mapping, _, sales = of(replace(CURRENCY, lookup=("CURRENCY", "PEOPLE"), also=(also,)))
    people = replace(CURRENCIES, name="PEOPLE", sales=TableRule("systemusers", "systemuserid"))
    assert told(mapping, Side.SALES, sales, CURRENCIES, people) == []
    teams = replace(people, sales=TableRule("teams", "teamid"))
    assert "keeps teams" in one(mapping, Side.SALES, sales, CURRENCIES, teams)[1]
    own = Target("transactioncurrencies")
    alone = with_column(sales, "sales_currency", targets=(own,))
    assert "not to systemusers" in one(mapping, Side.SALES, alone, CURRENCIES, people)[1]
    other = with_column(sales, "sales_currency", targets=(own, Target("systemusers", "Other")))
    assert one(mapping, Side.SALES, other, CURRENCIES, people)[2] == "Write navigation = “Other”."


def test_a_lookup_that_leads_to_a_choice_goes_through_the_choices_own_options() -> None:
    terms = make_field("terms", FieldType.LOOKUP, lookup=("TERMS",))
    mapping, _, sales = of(terms)
    for options, fits in (("account.sales_terms", True), ("account.other", False)):
        kept = replace(make_mapping(), name="TERMS", sales=TableRule(f"options:{options}", "value"))
        assert bool(told(mapping, Side.SALES, sales, kept)) is not fits
    assert "leads to no table" in one(mapping, Side.SALES, sales, replace(CURRENCIES, name="TERMS"))[1]
    assert "target" in one(mapping, Side.SALES, with_column(sales, "sales_terms", kind=Kind.LOOKUP))[2]


def test_a_code_is_no_id() -> None:
    mapping, bc, _ = of(CURRENCY)
    assert "by_reference = true" in one(mapping, Side.BC, with_column(bc, "bc_currency", kind=Kind.TEXT))[2]


def test_the_last_mapping_of_a_lookup_with_a_fallback_is_not_the_columns_own() -> None:
    people = replace(CURRENCIES, name="PEOPLE", sales=TableRule("systemusers", "systemuserid"))
    either = replace(CURRENCY, lookup=("CURRENCY", "PEOPLE"))
    mapping, _, sales = of(either)
    assert "keeps systemusers" in one(mapping, Side.SALES, sales, CURRENCIES, people)[1]
    mapping, _, sales = of(replace(either, sales_fallback="other"))
    assert told(mapping, Side.SALES, sales, CURRENCIES, people) == []
    assert one(mapping, Side.SALES, without_column(sales, "other"), CURRENCIES)[0] == "other"


def test_a_state_takes_numbers_of_both_its_columns() -> None:
    states = (("Won", 1, 3), ("Lost", 2, 4))
    state = make_field("state", FieldType.STATE, TO_SALES, sales=("state", "reason"), states=states)
    mapping, _, sales = of(state, direction=TO_SALES)
    assert "“2”" in one(mapping, Side.SALES, with_column(sales, "state", choices=(0, 1)))[1]
    assert "“3”" in one(mapping, Side.SALES, with_column(sales, "reason", choices=(4, 5)))[1]
    assert told(mapping, Side.SALES, with_column(sales, "reason", choices=(3, 4))) == []


def test_what_reopens_a_row_is_a_column_of_it() -> None:
    table = TableRule("invoices", "invoiceid", reopened_by=(("statecode", 0),))
    mapping, _, sales = of(NAME, sales=table)
    assert one(mapping, Side.SALES, sales)[0] == "statecode"


LINES = Lines(
    "orderLines", "order_details", "salesorderdetails", "salesorderdetailid", "sequence",
    (make_field("text", direction=TO_SALES, bc_length=50, sales_length=100, after_create=True),),
)  # fmt: skip


def test_lines_are_written_once_and_need_no_stamp() -> None:
    mapping = replace(make_mapping(NAME, direction=TO_SALES), lines=LINES)
    bc_columns = {name: ColumnDescription(name, Kind.TEXT) for name in ("id", "bc_text", "sequence")}
    bc = TableDescription("orderLines", "id", bc_columns, stamp="lastModifiedDateTime")
    text = ColumnDescription("sales_text", Kind.TEXT, 100, at_update=False)
    sales = TableDescription("salesorderdetails", "salesorderdetailid", {"sales_text": text}, tracked=False)
    assert line_faults(mapping, bc, sales) == []
    assert line_faults(replace(mapping, lines=None), bc, sales) == []
    found = [
        *line_faults(mapping, without_column(bc, "sequence"), with_column(sales, "sales_text", length=10)),
        *line_faults(mapping, bc, with_column(sales, "sales_text", at_creation=False)),
        *line_faults(mapping, NoTable("orderLines"), sales),
    ]
    assert [each.field for each in found] == ["sequence", "sales_text", "sales_text", ""]


def test_a_code_may_be_one_of_another_table() -> None:
    mapping, bc, _ = of(replace(CURRENCY, by_reference=True))
    table = with_column(bc, "bc_currency", targets=(Target("paymentTerms"),))
    assert told(mapping, Side.BC, table, CURRENCIES) == []


def test_all_faults_are_told_at_once() -> None:
    mapping, bc, sales = of(NAME, make_field("phone", bc_length=30, sales_length=30))
    faults = faults_of(
        mapping,
        without_column(bc, "bc_name"),
        with_column(without_column(sales, "sales_name"), "sales_phone", length=1),
    )
    assert [(each.side, each.field, each.name) for each in faults] == [
        (Side.BC, "bc_name", "name"), (Side.SALES, "sales_name", "name"),
        (Side.SALES, "sales_phone", "phone"),
    ]  # fmt: skip


IDS = [f"{each.name}-{each.bc.api or 'v2.0'}-{len(each.fields)}" for each in EVERY]


@pytest.mark.parametrize("mapping", EVERY, ids=IDS)
def test_every_mapping_of_the_catalogue_fits_what_it_asks_for(mapping: Mapping) -> None:
    assert faults_of(mapping, fitting(mapping, Side.BC), fitting(mapping, Side.SALES)) == []


def broken(mapping: Mapping, side: Side, each: FieldMapping, name: str) -> list[TableDescription]:
    """The table with one column of the field broken in each way that must be told."""
    table = fitting(mapping, side)
    others = [one for one in mapping.fields if one is not each and name in written_names(one, side)]
    tables = [without_column(table, name), with_column(table, name, kind=Kind.OTHER)]
    tables.append(with_column(table, name, readable=False))
    if each.direction.flows_to(side):
        tables.append(with_column(table, name, at_creation=False, at_update=False))
    if each.direction.flows_to(side) and each.type in TEXTS:
        length = each.length_on(side)
        assert length, f"{each.name} says no length"
        tables.append(with_column(table, name, length=length - 1))
    if each.type is FieldType.LOOKUP and side is Side.SALES and each.target and not others:
        tables.append(with_column(table, name, targets=(Target("elsewhere"),)))
    return tables


@pytest.mark.parametrize("mapping", EVERY, ids=IDS)
def test_every_field_of_the_catalogue_is_missed_when_its_column_is_broken(mapping: Mapping) -> None:
    for side in Side:
        for each in mapping.fields:
            for name in written_names(each, side):
                for table in broken(mapping, side, each, name):
                    found = told(mapping, side, table)
                    assert name in {field for field, _, _ in found}, (each.name, table.columns.get(name))
                    assert all(reason and suggestion for _, reason, suggestion in found)


@pytest.mark.parametrize("mapping", EVERY, ids=IDS)
def test_every_name_a_mapping_reads_is_looked_up(mapping: Mapping) -> None:
    for side in Side:
        table = fitting(mapping, side)
        derived = {f"{name}type" for each in mapping.fields if each.navigation for name in each.sales}
        for name in table.columns.keys() - derived - {mapping.side(side).key}:
            assert name in {field for field, _, _ in told(mapping, side, without_column(table, name))}


def test_case_does_not_count_in_what_was_meant() -> None:
    assert closest("DISPLAYNAME", ["displayName", "number"], "") == "Did you mean “displayName”?"
    assert closest("number", ["Phone", "NUMBER"], "") == "Did you mean “NUMBER”?"


@given(st.text(max_size=300), st.lists(st.text(max_size=30), max_size=8))
def test_a_suggestion_is_a_name_there_is(name: str, known: list[str]) -> None:
    said = closest(name, known, "none")
    assert said == "none" or any(said == f"Did you mean “{each}”?" for each in known)
