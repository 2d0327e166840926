"""The default mappings, and what a mapping document may not say."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from shared_code.core.catalogue import MappingInvalid, parse_mapping
from shared_code.core.features import Feature, choose
from shared_code.core.mapping import Direction, Mapping
from shared_code.core.records import Side
from tests.unit.mappings.native import State, native_of_mapping, state_of

FOLDER = Path(__file__).parents[2] / "shared_code" / "mappings"


def _document(name: str) -> dict[str, Any]:
    """What the file says for a company without the extension."""
    chosen = choose(tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")), frozenset())
    assert chosen is not None
    return dict(chosen)


def _mapping(name: str) -> Mapping:
    return parse_mapping(_document(name))


def _conditions(mapping: Mapping, side: Side) -> set[tuple[str, str, tuple[Any, ...]]]:
    return {(each.field, each.op, each.values) for each in mapping.side(side).filter}


def _assert_fields(mapping: Mapping) -> None:
    """Every field of the built-in default is carried in its direction, or listed as not carried."""
    for native in native_of_mapping(mapping.name):
        assert state_of(native, mapping) is not State.NEITHER, native


@pytest.mark.conforms("139162.DefaultTableMappingCustomer", "139183.CustomerMappedToCRMAccount")
def test_the_default_for_customers() -> None:
    mapping = _mapping("customer")
    assert (mapping.bc.table, mapping.sales.table) == ("customers", "accounts")
    assert mapping.direction is Direction.BIDIRECTIONAL
    assert _conditions(mapping, Side.BC) == {("blocked", "is_blank", (True,))}
    assert _conditions(mapping, Side.SALES) == {("statecode", "is", (0,)), ("customertypecode", "is", (3,))}
    assert {"CURRENCY", "PAYMENT TERMS", "SHIPMENT METHOD"} <= set(mapping.depends_on)
    _assert_fields(mapping)


@pytest.mark.conforms("139162.DefaultTableMappingVendor")
def test_the_default_for_vendors() -> None:
    chosen = choose(
        tomllib.loads((FOLDER / "vendor.toml").read_text(encoding="utf-8")),
        frozenset({Feature.VENDORS, Feature.EXTENSION}),
    )
    assert chosen is not None
    mapping = parse_mapping(chosen)
    assert (mapping.bc.table, mapping.sales.table) == ("vendors", "accounts")
    assert mapping.direction is Direction.BIDIRECTIONAL
    assert _conditions(mapping, Side.BC) == {("blocked", "is_blank", (True,))}
    assert _conditions(mapping, Side.SALES) == {("statecode", "is", (0,)), ("customertypecode", "is", (11,))}
    _assert_fields(mapping)


@pytest.mark.conforms("139162.DefaultTableMappingContact")
def test_the_default_for_contacts() -> None:
    mapping = _mapping("contact")
    assert (mapping.bc.table, mapping.sales.table) == ("contacts", "contacts")
    assert mapping.direction is Direction.BIDIRECTIONAL
    assert {("type", "is", ("Person",)), ("companyNumber", "is_not_blank", (True,))} <= _conditions(
        mapping, Side.BC
    )
    assert _conditions(mapping, Side.SALES) == {
        ("statecode", "is", (0,)),
        ("parentcustomeridtype", "is", ("account",)),
    }
    assert "CUSTOMER" in mapping.depends_on
    _assert_fields(mapping)


@pytest.mark.conforms("139162.DefaultTableMappingSalesPerson", "139195.DefaultTableMappingSalesPerson")
def test_the_default_for_salespeople() -> None:
    mapping = _mapping("salespeople")
    assert (mapping.bc.table, mapping.sales.table) == ("salespeoplePurchasers", "systemusers")
    assert mapping.direction is Direction.FROM_SALES
    assert _conditions(mapping, Side.BC) == set()
    assert _conditions(mapping, Side.SALES) == {
        ("isdisabled", "is", (False,)),
        ("islicensed", "is", (True,)),
        ("isintegrationuser", "is", (False,)),
    }
    assert not mapping.creates
    _assert_fields(mapping)


@pytest.mark.conforms("139180.CRMSetupDefaultMakesCustomerCountryCodeMappingDirectionBidirectional")
def test_the_country_of_a_customer_goes_both_ways() -> None:
    (country,) = [each for each in _mapping("customer").fields if each.bc == "country"]
    assert (country.direction, country.sales) == (Direction.BIDIRECTIONAL, ("address1_country",))


def _problems(document: dict[str, Any]) -> str:
    with pytest.raises(MappingInvalid) as caught:
        parse_mapping(document)
    return "; ".join(caught.value.problems)


@pytest.mark.conforms("139165.MissingFieldMappingFailsHard", "139183.SyncTableWithAllDisabledFields")
def test_a_mapping_without_fields_is_refused() -> None:
    assert "fields must list between 1 and" in _problems({**_document("customer"), "fields": [], "match": []})


@pytest.mark.conforms(
    "139195.ManIntTableMappingEmptyIntegrationTableID", "139195.ManIntTableMappingEmptyTableId"
)
@pytest.mark.parametrize("side", list(Side))
def test_a_mapping_without_a_table_is_refused(side: Side) -> None:
    document = _document("customer")
    document[side] = {name: value for name, value in document[side].items() if name != "table"}
    assert f"{side}.table is missing" in _problems(document)


@pytest.mark.conforms("139160.IntegrationTableMappingNameCannotBeBlank")
@pytest.mark.parametrize("blank", [None, "", "  "])
def test_a_mapping_without_a_name_is_refused(blank: str | None) -> None:
    document = {name: value for name, value in _document("customer").items() if name != "name"}
    assert "name" in _problems(document if blank is None else {**document, "name": blank})


DIRECTIONS = [
    ("bidirectional", "bidirectional", True),
    ("bidirectional", "to_sales", True),
    ("from_sales", "from_sales", True),
    ("to_sales", "to_sales", True),
    ("to_sales", "bidirectional", False),
    ("to_sales", "from_sales", False),
    ("from_sales", "to_sales", False),
]


@pytest.mark.conforms(
    "139183.IntegrationTableMappingTestIsEnabledForBidirectionalTableAndField",
    "139183.IntegrationTableMappingTestIsEnabledForFromIntegrationTableAndField",
    "139183.IntegrationTableMappingTestIsEnabledForToIntegrationTableAndBidirectionalField",
    "139183.IntegrationTableMappingTestIsEnabledForToIntegrationTableAndFromField",
)
@pytest.mark.parametrize(("table", "field", "fits"), DIRECTIONS)
def test_a_field_flows_where_its_mapping_flows_and_a_document_that_says_more_is_refused(
    table: str, field: str, fits: bool
) -> None:
    entry = {"name": "name", "bc": "displayName", "sales": "name", "direction": field}
    document = {
        "name": "M", "direction": table, "bc": {"table": "customers"},
        "sales": {"table": "accounts", "key": "accountid"}, "fields": [entry],
    }  # fmt: skip
    if not fits:
        assert "its direction exceeds the mapping's" in _problems(document)
        return
    (read,) = parse_mapping(document).fields
    flows = {side for side in Side if read.direction.flows_to(side)}
    assert flows == {"bidirectional": set(Side), "to_sales": {Side.SALES}, "from_sales": {Side.BC}}[field]
