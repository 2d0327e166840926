"""The JSON Schema of mapping files: what it lets pass, and that it refuses what the reading refuses."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from shared_code.core.document_reading import read
from shared_code.core.document_shape import MAPPING, SHAPES, Inner, Inners
from shared_code.core.mapping_schema import mapping_schema
from tests.unit.core.test_catalogue import DOCUMENT, FAULTS, anything, changed

SCHEMA = mapping_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
TEXTS = {
    each.name: each.read_text("utf-8")
    for each in resources.files("shared_code.mappings").iterdir()
    if each.name.endswith(".toml")
}


def is_accepted(document: Any) -> bool:
    return bool(VALIDATOR.is_valid(document))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_every_mapping_of_the_catalogue_validates(name: str) -> None:
    assert [each.message for each in VALIDATOR.iter_errors(tomllib.loads(TEXTS[name]))] == []


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_misspelt_key_anywhere_in_a_catalogue_file_is_refused(name: str) -> None:
    document = tomllib.loads(TEXTS[name])
    for table in (document, document["bc"], document["sales"], document["fields"][0]):
        table["colour"] = "red"
        assert not is_accepted(document)
        del table["colour"]
    assert is_accepted(document)


@pytest.mark.parametrize(("path", "value", "problem"), FAULTS)
def test_each_class_of_fault_that_the_reading_tells_is_refused(path: str, value: Any, problem: str) -> None:
    assert not is_accepted(changed(path, value)), problem


RULES: list[Any] = [
    "uper", {"uper": 1}, {"replace": "", "with": "x"}, {"replace": "a"}, {"cut": 0}, {"cut": 4001},
    {"cut": "9"}, {"date_format": "YYYY-MM"}, {"date_format": "%YYYYMMDD"}, {"regex": "a" * 201, "with": ""},
    {"table": {}}, {"table": {"a": 1}}, {"table": {"a": "b"}, "otherwise": "guess"}, {"join": []},
    {"split": "", "part": 1}, {"template": "a", "colour": "red"}, {}, 7,
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_rule_that_is_refused_by_the_reading_is_refused_by_the_schema(rule: Any) -> None:
    document = changed("fields.0.rules", [rule])
    assert read(MAPPING, document)[1]
    assert not is_accepted(document)


def _paths(document: Any, path: str = "") -> list[str]:
    """Every place in a document, as ``changed`` takes it."""
    entries = document.items() if isinstance(document, dict) else enumerate(document)
    found = []
    for key, value in entries:
        place = f"{path}.{key}" if path else str(key)
        found += [place, *(_paths(value, place) if isinstance(value, dict | list) else [])]
    return found


def _without_whole_fractions(value: Any) -> Any:
    """JSON Schema takes 1.0 for a whole number, a mapping's file does not: no schema can tell them apart."""
    if isinstance(value, float):
        return None
    if isinstance(value, dict):
        return {key: _without_whole_fractions(each) for key, each in value.items()}
    return [_without_whole_fractions(each) for each in value] if isinstance(value, list) else value


GRAMMAR = re.compile(r"(: |it ends )at character \d+")
"""Faults in the words of a filter: its grammar is beyond a schema, for which it is a text."""


KEYS = sorted({name for shape in SHAPES for name in shape.keys} - {"when"} | {"colour"})
"""A choice by feature (``when``) is made before a document is read."""
PLACES = [
    *_paths(DOCUMENT),
    *(f"{table}.{key}" for table in ("bc", "sales", "fields.0") for key in KEYS),
    *KEYS,
]


@settings(max_examples=600, deadline=None)
@given(path=st.sampled_from(PLACES), value=st.one_of(st.just(...), anything))
def test_what_the_reading_refuses_the_schema_refuses(path: str, value: Any) -> None:
    try:
        document = changed(path, value if value is ... else _without_whole_fractions(value))
    except (KeyError, IndexError):
        return
    faults = [each for each in read(MAPPING, document)[1] if not GRAMMAR.search(each)]
    if faults:
        assert not is_accepted(document), faults


@settings(max_examples=300, deadline=None)
@given(path=st.sampled_from(PLACES), value=anything)
def test_what_the_schema_refuses_the_reading_refuses(path: str, value: Any) -> None:
    """But for a null, which a file cannot hold, and numbers that no service knows."""
    document = changed(path, _without_whole_fractions(value))
    if not is_accepted(document) and not _holds_null(document):
        assert read(MAPPING, document)[1]


def _holds_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_null, value.values()))
    return any(map(_holds_null, value)) if isinstance(value, list) else value is None


def test_every_key_says_what_it_does() -> None:
    for shape in SHAPES:
        for name, key in shape.keys.items():
            assert key.does.endswith("."), (shape.name, name)


def test_every_table_of_a_document_is_in_the_schema() -> None:
    kinds = [key.kind for shape in SHAPES for key in shape.keys.values()]
    inner = {each.shape.name for each in kinds if isinstance(each, Inner | Inners)}
    assert inner | {MAPPING.name} == {each.name for each in SHAPES}
