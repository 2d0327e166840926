"""The page of mappings tells both ends of each field as the services do; mappings say the same lengths."""

from __future__ import annotations

from dataclasses import replace

import pytest

from local.environment.scope import NEEDS_EXTENSION
from shared_code.compose import default_mappings
from shared_code.core.descriptions import TableDescription
from shared_code.core.features import Feature, Features
from shared_code.core.fitting import written_names
from shared_code.core.fitting_types import TEXTS
from shared_code.core.mapping import FieldMapping, Mapping
from shared_code.core.records import Side
from shared_code.sync.parts import table_of
from tools.docs.ends import _described, types_of

EVERYTHING = frozenset(Feature)
VARIANTS: dict[str, Features] = {
    "plain": frozenset(),
    "everything": EVERYTHING,
    "API v2.0": EVERYTHING - NEEDS_EXTENSION,
    "classic prices": EVERYTHING - {Feature.PRICE_LISTS},
}
CASES = [(title, each.name) for title, features in VARIANTS.items() for each in default_mappings(features)]


def mapping_of(title: str, name: str) -> Mapping:
    return next(each for each in default_mappings(VARIANTS[title]) if each.name == name)


@pytest.mark.parametrize(("title", "name"), CASES)
def test_both_ends_of_every_field_are_told(title: str, name: str) -> None:
    mapping = mapping_of(title, name)
    for each, of_line in fields_of(mapping):
        for side in Side:
            told = types_of(mapping, each, side, of_line=of_line)
            assert bool(told) is bool(written_names(each, side)), each.name


@pytest.mark.parametrize(("title", "name"), CASES)
def test_a_length_that_a_mapping_says_is_the_services(title: str, name: str) -> None:
    """A shorter one would refuse what fits, a longer one would be refused by the service."""
    mapping = mapping_of(title, name)
    for each, of_line in fields_of(mapping):
        for side in Side if each.type in TEXTS else ():
            table = table_of(mapping, side)
            told = _described((table.lines if of_line else None) or table, side)
            assert isinstance(told, TableDescription)
            for column in (told.columns[name] for name in written_names(each, side)):
                assert each.length_on(side) in (None, column.length) or column.length is None, each.name


def fields_of(mapping: Mapping) -> list[tuple[FieldMapping, bool]]:
    lines = mapping.lines.fields if mapping.lines else ()
    return [*((each, False) for each in mapping.fields), *((each, True) for each in lines)]


def test_what_a_service_does_not_have_is_not_told() -> None:
    mapping = mapping_of("plain", "CUSTOMER")
    field = replace(mapping.fields[0], sales=("nosuchcolumn",))
    with pytest.raises(LookupError):
        types_of(mapping, field, Side.SALES)
    gone = replace(mapping, bc=replace(mapping.bc, table="nosuchtable"))
    with pytest.raises(LookupError, match="nosuchtable"):
        types_of(gone, mapping.fields[0], Side.BC)


def test_read_only_and_creation_only_are_told() -> None:
    customer = mapping_of("everything", "CUSTOMER")
    found = {each.name: types_of(customer, each, Side.BC) for each in customer.fields}
    assert found["number"] == "text 20 (at creation only)"
    assert found["contact_name"] == "text 100 (after creation only)"
    assert found["parent_account"] == "id (read-only)"
    assert found["company"] == ""
