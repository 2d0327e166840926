"""Reading mappings: what a document may say, and that all its faults are told at once, by field."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_code.core.catalogue import MappingInvalid, for_connection, parse_mapping
from shared_code.core.document_shape import MAX_FIELDS
from shared_code.core.mapping import (
    IN_FORCE,
    BySide,
    Condition,
    ConflictRule,
    Connection,
    Direction,
    FieldType,
    MatchKey,
    NotCarried,
    native_of,
)
from shared_code.core.policies import DeletionRule
from shared_code.core.records import Side

type Document = dict[str, Any]

DOCUMENT: Document = {
    "name": "CUSTOMER",
    "direction": "bidirectional",
    "depends_on": ["CURRENCY"],
    "bc": {"table": "customers", "display": ["number"], "filter": [{"field": "blocked", "is_blank": True}]},
    "sales": {"table": "accounts", "key": "accountid", "company_column": "company"},
    "match": [{"field": "name", "hints": True}],
    "not_carried": [{"field": "Fax No.", "reason": "no such field"}],
    "fields": [
        {"name": "name", "bc": "displayName", "sales": "name", "bc_length": 100},
        {"name": "currency", "type": "lookup", "lookup": "CURRENCY", "bc": "currencyId", "sales": "cur"},
    ],
}


def changed(path: str, value: Any) -> Document:
    """The document with one thing changed; ``path`` leads there, ``...`` as value takes the thing away."""
    document = copy.deepcopy(DOCUMENT)
    *way, last = path.split(".")
    place: Any = document
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    if value is ...:
        del place[int(last) if last.isdigit() else last]
    elif last == "+":
        place.append(value)
    else:
        place[int(last) if last.isdigit() else last] = value
    return document


def problems_of(document: Document) -> list[str]:
    with pytest.raises(MappingInvalid) as caught:
        parse_mapping(document)
    assert all(problem in str(caught.value) for problem in caught.value.problems)
    return caught.value.problems


def test_what_the_document_says_is_what_the_mapping_says() -> None:
    mapping = parse_mapping(DOCUMENT)
    assert (mapping.name, mapping.title, mapping.direction) == (
        "CUSTOMER",
        "CUSTOMER",
        Direction.BIDIRECTIONAL,
    )
    assert mapping.bc.filter == (Condition("blocked", "is_blank", (True,)),)
    assert (mapping.bc.key, mapping.sales.key) == ("id", "accountid")
    assert mapping.match == (MatchKey("name", hints=True),)
    assert mapping.not_carried == (NotCarried("Fax No.", "no such field"),)
    assert [each.type for each in mapping.fields] == [FieldType.TEXT, FieldType.LOOKUP]
    assert [each.group for each in mapping.fields] == ["name", "currency"]


def test_what_the_document_leaves_out_is_the_careful_choice() -> None:
    mapping = parse_mapping(DOCUMENT)
    assert (mapping.conflict, mapping.deletion) == (ConflictRule.ASK, DeletionRule.ASK)
    assert (mapping.creates, mapping.shared) == (True, False)
    assert {each.direction for each in mapping.fields} == {Direction.BIDIRECTIONAL}


def test_every_native_name_is_read_once() -> None:
    mapping = parse_mapping(changed("bc.display", ["displayName", "number"]))
    assert list(mapping.native_names(Side.BC)) == ["displayName", "currencyId", "number", "blocked"]
    assert list(mapping.native_names(Side.SALES)) == ["name", "cur", "company"]


def test_the_sides_that_values_flow_from_are_watched() -> None:
    assert parse_mapping(DOCUMENT).watched == (Side.BC, Side.SALES)
    assert parse_mapping(changed("direction", "to_sales")).watched == (Side.BC,)
    assert parse_mapping(changed("direction", "from_sales")).watched == (Side.SALES,)


def test_a_number_with_a_fraction_is_exact() -> None:
    constant = {"name": "c", "type": "constant", "direction": "to_sales", "sales": "x", "constant": 0.1}
    assert parse_mapping(changed("fields.+", constant)).fields[-1].constant == Decimal("0.1")


def test_the_connection_fills_in_its_company() -> None:
    constant = {
        "name": "c",
        "type": "constant",
        "direction": "to_sales",
        "sales": "x",
        "constant": "{company_id}",
    }
    number = {"name": "n", "type": "constant", "direction": "to_sales", "sales": "y", "constant": 3}
    document = changed("fields.+", constant)
    document["fields"].append(number)
    mapping = parse_mapping(document)
    filled = for_connection(mapping, Connection("cronus", "the-company"))
    assert [each.constant for each in filled.fields] == [None, None, "the-company", 3]
    assert mapping.fields[2].constant == "{company_id}"


def test_the_template_of_new_records_is_the_connections() -> None:
    constant = {
        "name": "t", "type": "constant", "direction": "from_sales", "bc": "templateCode",
        "constant": "{template}", "only_on_create": True,
    }  # fmt: skip
    mapping = parse_mapping(changed("fields.+", constant))
    named = Connection("cronus", "the-company", templates={mapping.name: "EU", "OTHER": "US"})
    assert for_connection(mapping, named).fields[-1].constant == "EU"
    assert for_connection(mapping, Connection("cronus", "the-company")).fields[-1].constant is None


FAULTS: list[tuple[str, Any, str]] = [
    ("name", ..., "the mapping needs a name"),
    ("name", 7, "the mapping: name is 7 and must be a text"),
    ("direction", "both", "direction is “both” and must be one of to_sales, from_sales, bidirectional"),
    ("conflict", "guess", "conflict is “guess” and must be one of ask, bc_wins, sales_wins"),
    (
        "deletion",
        "guess",
        "deletion is “guess” and must be one of ask, uncouple, restore, delete, deactivate",
    ),
    ("deletion", {"bc": "guess"}, "deletion: bc is “guess” and must be one of ask, uncouple, restore"),
    ("deletion", {"here": "ask"}, "deletion has an unknown key “here”"),
    ("deletion", 7, "deletion is “7” and must be one of"),
    ("sales.new", {"set": {}}, "sales: new is {'set': {}} and must be a list"),
    ("sales.new", [{"set": {}}], "sales.new: set is {} and must be a table of fields with values"),
    ("sales.new", [{"when": "a"}], "sales.new.set is missing"),
    ("sales.new", [{"set": {"a": 1}, "when": 7}], "sales.new: when is 7 and must be a text or a list"),
    ("bc.deactivate", {}, "bc: deactivate is {} and must be a table of fields with values"),
    ("bc.deactivate", {"blocked": ["All"]}, "bc: deactivate of blocked must be one value"),
    ("interval_s", "soon", "the mapping: interval_s is soon and must be a whole number"),
    ("creates", "no", "the mapping: creates is no and must be true or false"),
    ("depends_on", "CURRENCY", "the mapping: depends_on is CURRENCY and must be a list"),
    ("colour", "red", "the mapping has an unknown key “colour”"),
    ("bc", ..., "bc.table is missing"),
    ("bc", "customers", "the mapping: bc is customers and must be a table"),
    ("sales.table", ..., "sales.table is missing"),
    ("sales.colour", 1, "sales has an unknown key “colour”"),
    ("bc.filter.0", {"field": "blocked"}, "bc.filter: each condition names a field and one of"),
    ("bc.filter.0", {"is": 1}, "bc.filter: each condition names a field and one of"),
    (
        "bc.filter.0",
        {"field": "a", "is": 1, "is_not": 2},
        "bc.filter: each condition names a field and one of",
    ),
    ("bc.filter.0", {"field": "a", "is": 1, "or": 2}, "bc.filter has an unknown key “or”"),
    ("bc.filter.0", {"field": "a", "is_blank": False}, "bc.filter: is_blank of a can only be true"),
    ("bc.filter.0", 7, "bc: an entry of filter is 7 and must be a text or a table"),
    ("bc.filter.0", " ", "bc.filter is blank; leave it out to take in all records"),
    ("bc.filter", 7, "bc: filter is 7 and must be a text or a list"),
    ("bc.filter", "", "bc.filter is blank; leave it out to take in all records"),
    ("bc.filter.0", {"where": "a", "field": "b"}, "bc.filter: each condition names a field and one of"),
    ("bc.filter.0", {"where": 7}, "bc.filter: where is 7 and must be a text"),
    ("fields", [], f"fields must list between 1 and {MAX_FIELDS} entries"),
    ("fields", ..., f"fields must list between 1 and {MAX_FIELDS} entries"),
    ("fields", [{}] * (MAX_FIELDS + 1), f"fields must list between 1 and {MAX_FIELDS} entries"),
    ("fields.0", "name", "the mapping: an entry of fields is name and must be a table"),
    ("fields.0.name", ..., "every field needs a name"),
    ("fields.0.type", "txt", "field name: type is “txt” and must be one of text, code"),
    ("fields.0.direction", "up", "field name: direction is “up” and must be one of"),
    ("fields.0.colour", "red", "field name has an unknown key “colour”"),
    ("fields.0.bc_length", "long", "field name: bc_length is long and must be a whole number"),
    ("fields.0.bc_length", True, "field name: bc_length is True and must be a whole number"),
    ("fields.0.bc", 5, "field name: bc is 5 and must be a text"),
    ("fields.0.sales", 5, "field name: sales is 5 and must be a text or a list of texts"),
    ("fields.0.keep_when_blank", "yes", "field name: keep_when_blank is yes and must be true or false"),
    ("fields.0.options", ["a"], "field name: options is ['a'] and must be a table"),
    ("fields.0.options", {"a": "b"}, "field name: the option a is b and must be a whole number"),
    ("fields.0.constant", [1], "field name: constant must be one value"),
    ("fields.0.states", {"Won": 1}, "field name: Won must be two numbers, state and status reason"),
    ("lines", {"bc": "l"}, "lines.sales is missing"),
    ("lines", {"colour": "red"}, "lines has an unknown key “colour”"),
    ("sales.reopened_by", {"statecode": "open"}, "sales: the option statecode is open and must be a whole"),
    ("bc.creates_when", [{"field": "a"}], "bc.creates_when: each condition names a field and one of"),
    ("match.0", {"hints": True}, "match: every key names a field"),
    ("match.0.colour", "red", "match has an unknown key “colour”"),
    ("match.0.hints", "yes", "match: hints is yes and must be true or false"),
    ("not_carried.0", {"field": "Fax No."}, "not_carried: Fax No. needs a reason"),
    ("not_carried.0.colour", "red", "not_carried has an unknown key “colour”"),
]


@pytest.mark.parametrize(("path", "value", "problem"), FAULTS)
def test_a_fault_is_told(path: str, value: Any, problem: str) -> None:
    assert any(each.startswith(problem) for each in problems_of(changed(path, value)))


def field(**entry: Any) -> Document:
    return {"name": "f", "bc": "b", "sales": "s", **entry}


ONE_WAY = {"direction": "to_sales"}
CONTRADICTIONS: list[tuple[Document, str]] = [
    (field(lookup="CURRENCY"), "a lookup names the mapping it goes through, and only a lookup does"),
    (field(type="lookup"), "a lookup names the mapping it goes through, and only a lookup does"),
    (field(type="lookup", lookup=["CURRENCY", "ITEM"]), "the mapping it looks up must be in depends_on"),
    (field(type="lookup", lookup="ITEM"), "the mapping it looks up must be in depends_on"),
    (field(sales=[]), "it has no Sales column"),
    ({"name": "f", "sales": "s"}, "it has no BC field"),
    ({"name": "f", "type": "constant", "sales": "s", "constant": 1}, "a constant flows one way"),
    (field(sales=["s", "t"]), "a name in parts has a first and a last name"),
    (field(type="person_name", sales=["s", "t", "u"]), "a name in parts has a first and a last name"),
    (field(bc_within="number"), "only a lookup by reference is within another record"),
    (field(type="option"), "an option needs its options"),
    (field(type="state", **ONE_WAY), "a state has two columns, its states, and flows to Sales"),
    (
        field(type="state", sales=["s", "t"], states={"Won": [1, 3]}),
        "a state has two columns, its states, and flows to Sales",
    ),
    (
        field(type="lookup", lookup="CURRENCY", sales_fallback="t"),
        "only a lookup has sales_fallback, which leads through a second mapping",
    ),
    (field(bc_when="c"), "bc_when is for a constant record that flows to Sales"),
    (
        field(refusal_is_told=True, only_on_create=True),
        "what is written at creation only is never refused",
    ),
    (field(keep_when_blank=True), "what is kept when blank flows one way"),
    (field(same_in="name"), "same_in must name a lookup of the mapping, and “name” is none"),
    (
        field(type="local_amount", lookup="CURRENCY", bc_currency="c"),
        "a local amount has its currency and flows to Sales",
    ),
    (
        field(type="local_amount", lookup="CURRENCY", **ONE_WAY),
        "a local amount has its currency and flows to Sales",
    ),
]


@pytest.mark.parametrize(("entry", "problem"), CONTRADICTIONS)
def test_a_contradiction_is_told(entry: Document, problem: str) -> None:
    assert problems_of(changed("fields.+", entry)) == [f"field f: {problem}"]


@pytest.mark.parametrize(
    "entry",
    [
        field(type="lookup", lookup="CUSTOMER"),
        field(type="lookup", lookup=["CUSTOMER", "CURRENCY"]),
        field(type="constant", constant=1, **ONE_WAY),
        field(type="person_name", sales=["s", "t"]),
        field(type="person_name"),
        field(type="option", options={"Open": 1}),
        field(keep_when_blank=True, **ONE_WAY),
        field(refusal_is_told=True),
        field(type="local_amount", lookup="CURRENCY", bc_currency="c", **ONE_WAY),
    ],
)
def test_what_contradicts_nothing_is_read(entry: Document) -> None:
    each = parse_mapping(changed("fields.+", entry)).fields[-1]
    assert "s" in native_of(each, Side.SALES)


@pytest.mark.parametrize("own", ["from_sales", "bidirectional"])
def test_a_fields_direction_does_not_exceed_the_mappings(own: str) -> None:
    document = changed("fields.0.direction", own)
    document["direction"] = "to_sales"
    assert problems_of(document) == ["field name: its direction exceeds the mapping's"]


def test_a_field_is_there_once() -> None:
    document = changed("fields.+", DOCUMENT["fields"][0])
    assert problems_of(document) == ["field name is there twice"]


def test_a_match_key_is_a_field() -> None:
    assert problems_of(changed("match.0.field", "colour")) == ["match: there is no field colour"]


IN_FORCE_KEYS = {
    "within": ["list", "item"],
    "place": ["unit", "quantity"],
    "begins": "from",
    "ends": "to",
    "amount": "price",
}


def dated(**changes: Any) -> dict[str, Any]:
    """The document with lines that are one record, and two conditions: of the place and of a line."""
    document = changed("bc.in_force", {**IN_FORCE_KEYS, **changes})
    document["bc"]["filter"] = [
        {"field": "quantity", "is": 0, "otherwise": "No place for it."},
        {"field": "status", "is": "Active"},
    ]
    return document


def test_conditions_on_the_place_are_the_records_and_the_others_those_of_a_line() -> None:
    rule = parse_mapping(dated()).bc
    assert rule.in_force is not None
    assert rule.in_force.conditions == (Condition("status", "is", ("Active",)),)
    assert [each.field for each in rule.filter] == ["quantity", "status", IN_FORCE]
    assert rule.filter[0].otherwise == "No place for it."


def test_a_line_is_not_told_of_alone() -> None:
    document = dated()
    document["bc"]["filter"][1]["otherwise"] = "Not active."
    assert problems_of(document) == [
        "bc.in_force: a condition with otherwise must be on a field of the place, not on status"
    ]


@pytest.mark.parametrize("key", IN_FORCE_KEYS)
def test_every_key_of_in_force_is_needed(key: str) -> None:
    document = dated()
    del document["bc"]["in_force"][key]
    assert f"bc.in_force.{key} is missing" in problems_of(document)


def test_only_lines_of_business_central_are_one_record() -> None:
    document = changed("sales.in_force", IN_FORCE_KEYS)
    assert problems_of(document) == ["sales has an unknown key “in_force”"]


def test_only_a_mapping_to_sales_removes_what_leaves() -> None:
    assert problems_of(changed("leaving", "remove")) == [
        "leaving: only rows of a mapping to Sales are removed"
    ]


BUYER: Document = {
    "name": "buyer", "type": "lookup", "lookup": "CURRENCY", "bc": "customerId", "sales": "customerid",
    "target": "accounts", "navigation": "customerid_account",
    "also": [{"lookup": "CUSTOMER", "target": "contacts", "navigation": "customerid_contact"}],
}  # fmt: skip
ONLY_A_LOOKUP = (
    "field buyer: only a lookup with target and navigation leads also elsewhere, and has no sales_fallback"
)
TWICE = "field buyer: it leads to one table, and through one mapping, twice"


def test_a_lookup_may_lead_to_a_further_table_through_a_mapping_of_its_own() -> None:
    field = parse_mapping(changed("fields.+", BUYER)).fields[-1]
    assert field.lookup == ("CURRENCY", "CUSTOMER")
    found = [field.target_of(name) for name in ("CURRENCY", "CUSTOMER")]
    assert found == ["accounts", "contacts"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"target": None}, ONLY_A_LOOKUP),
        ({"navigation": None}, ONLY_A_LOOKUP),
        ({"sales_fallback": "other"}, ONLY_A_LOOKUP),
        ({"lookup": "CUSTOMER"}, TWICE),
        ({"target": "contacts"}, TWICE),
    ],
)
def test_where_a_lookup_leads_cannot_be_mistaken(given: Document, problem: str) -> None:
    field = {name: value for name, value in {**BUYER, **given}.items() if value is not None}
    assert problems_of(changed("fields.+", field)) == [problem]


@pytest.mark.parametrize("key", ["lookup", "target", "navigation"])
def test_a_further_table_is_told_whole(key: str) -> None:
    also = {name: value for name, value in BUYER["also"][0].items() if name != key}
    problems = problems_of(changed("fields.+", {**BUYER, "also": [also]}))
    assert problems == [f"also: every table needs a {key}"]


def test_all_faults_are_told_at_once_with_the_fields_names() -> None:
    document = changed("fields.0.type", "txt")
    document["fields"][1] |= {"direction": "up", "colour": "red", "places": "two"}
    document |= {"conflict": "guess", "deletion": "guess", "colour": "red", "not_carried": [{"field": "x"}]}
    del document["bc"]["table"]
    problems = problems_of(document)
    expected = ["field name: type", "field currency: direction", "field currency has an unknown key",
                "field currency: places", "conflict", "deletion", "the mapping has an unknown key",
                "not_carried: x", "bc.table is missing"]  # fmt: skip
    for start in expected:
        assert sum(each.startswith(start) for each in problems) == 1, start
    assert len(problems) == len(expected)


def test_all_contradictions_are_told_at_once() -> None:
    document = changed("fields.0.lookup", "ITEM")
    document["match"][0]["field"] = "colour"
    document["fields"].append({"name": "g", "sales": "s"})
    starts = [
        "field name: a lookup",
        "field name: the mapping it looks up",
        "field g: it has no BC field",
        "match:",
    ]
    problems = problems_of(document)
    assert len(problems) == len(starts)
    assert all(each.startswith(start) for each, start in zip(problems, starts, strict=True))


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["field", "name", "is", "x"]), inner, max_size=3),
    ),
    max_leaves=5,
)
places = [path for path, _, _ in FAULTS] + ["fields.1.lookup", "fields.1.constant", "title", "bc.reference"]


@settings(max_examples=300, deadline=None)
@given(path=st.sampled_from(places), value=anything)
def test_whatever_stands_in_a_document_it_is_read_or_refused(path: str, value: Any) -> None:
    try:
        mapping = parse_mapping(changed(path, value))
    except MappingInvalid as error:
        assert error.problems
    else:
        for side in Side:
            assert all(isinstance(name, str) for name in mapping.native_names(side))


def test_an_api_of_its_own_is_a_route_of_business_central() -> None:
    assert parse_mapping(changed("bc.api", "tandem/sync/v1.0")).bc.api == "tandem/sync/v1.0"
    wrong = "must be a route such as publisher/group/v1.0"
    assert problems_of(changed("bc.api", "../v2.0")) == [f"bc: api is “../v2.0” and {wrong}"]
    assert problems_of(changed("sales.api", "a/b/v1.0")) == ["sales has an unknown key “api”"]


def test_a_deletion_has_one_rule_or_one_by_side() -> None:
    assert parse_mapping(changed("deletion", "restore")).deletion is DeletionRule.RESTORE
    by_side = parse_mapping(changed("deletion", {"sales": "delete"})).deletion
    assert by_side == BySide(DeletionRule.ASK, DeletionRule.DELETE)


DEACTIVATIONS: list[tuple[dict[str, Any], list[str]]] = [
    ({"bc.deactivate": {"blocked": "All"}}, []),
    ({}, ["deletion: deactivate needs bc.deactivate, the values that take a record out of use"]),
    (
        {"bc.deactivate": {"blocked": ""}},
        ["deletion: a record with bc.deactivate must be outside of bc.filter"],
    ),
    (
        {"bc.deactivate": {"name": "x"}},
        ["deletion: a record with bc.deactivate must be outside of bc.filter"],
    ),
]


@pytest.mark.parametrize(("changes", "problems"), DEACTIVATIONS)
def test_what_takes_a_record_out_of_use_takes_it_out_of_the_filter(
    changes: dict[str, Any], problems: list[str]
) -> None:
    """Else it would be taken for a new record."""
    document = changed("deletion", {"sales": "deactivate"})
    for path, value in changes.items():
        side, key = path.split(".")
        document[side][key] = value
    if problems:
        assert problems_of(document) == problems
    else:
        assert dict(parse_mapping(document).bc.deactivate) == {"blocked": "All"}


def test_a_deletion_goes_no_way_that_values_do_not_go() -> None:
    document = changed("deletion", {"sales": "delete"})
    document |= {"direction": "to_sales"}
    assert problems_of(document) == [
        "deletion: delete when Sales deletes needs a direction to Business Central"
    ]


def test_a_records_id_is_no_value_of_it() -> None:
    field = {"name": "own", "bc": "id", "sales": "description", "bc_length": 36, "sales_length": 100}
    document = changed("fields.+", field)
    assert problems_of(document) == [
        "field own: id is the record's id and no value of it; look the record up by what it is known by "
        "(by_reference)"
    ]
    assert problems_of(changed("sales.filter", [{"field": "accountid", "is_not_blank": True}])) == [
        "sales.filter: accountid is the record's id and no value of it"
    ]


def test_a_page_is_found_by_the_id_unless_it_says_otherwise() -> None:
    page = parse_mapping(changed("bc.page", {"number": 21, "table": "Customer"})).bc.page
    assert page is not None
    assert (page.number, page.table, page.field, page.value) == (21, "Customer", "SystemId", "id")


def test_a_page_by_a_field_that_no_record_is_read_with_is_refused() -> None:
    by_name = {"number": 21, "table": "Customer", "field": "Search Name", "value": "searchName"}
    assert problems_of(changed("bc.page", by_name)) == [
        "bc.page: a record is not read with searchName: name it in bc.display"
    ]
    assert parse_mapping(changed("bc.page", by_name | {"field": "No.", "value": "number"})).bc.page


@pytest.mark.parametrize("page", [{"number": 0, "table": "Customer"}, {"table": "Customer"}, {"number": 21}])
def test_a_page_needs_its_number_and_table(page: Document) -> None:
    assert any("page" in each for each in problems_of(changed("bc.page", page)))
