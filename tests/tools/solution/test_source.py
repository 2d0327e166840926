"""What cannot be packed is refused, with everything that is wrong at once."""

from pathlib import Path
from typing import Any

import pytest

from tests.tools.solution.sources import COLUMNS, KEYS, MANIFEST, RESOURCES, ROLE, plant
from tools.solution.source import SourceError, read

COLUMN, KEY, RESOURCE = COLUMNS[0], KEYS[0], RESOURCES[0]
PUBLISHER = MANIFEST["publisher"]


def test_the_small_solution_can_be_packed(tmp_path: Path) -> None:
    assert read(plant(tmp_path)).tables == ["account", "salesorderdetail"]


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"columns": [{**COLUMN, "table": "acount"}]}, "nothing is known of the table"),
    ({"columns": [{**COLUMN, "schema_name": "smp_Other"}]}, "is to differ in upper and lower case only"),
    ({"columns": [{**COLUMN, "logical_name": "x", "schema_name": "x"}]}, "does not begin with smp_"),
    ({"columns": [{**COLUMN, "type": "Lookup"}]}, "Lookup is none of"),
    ({"columns": [{**COLUMN, "max_length": 4001}]}, "a max_length from 1 to 4000 is needed"),
    ({"columns": [{**COLUMN, "max_length": 0}]}, "a max_length from 1 to 4000 is needed"),
    ({"columns": [COLUMN, COLUMN]}, "account.smp_externalid is there 2 times"),
    ({"keys": [{**KEY, "columns": ["smp_missing"]}]}, "there are no columns smp_missing"),
    ({"keys": [{**KEY, "columns": []}]}, "has 0 columns"),
    ({"keys": [{**KEY, "logical_name": "k"}]}, "does not begin with smp_"),
    ({"columns": [{**COLUMN, "max_length": 451}, *COLUMNS[1:]]}, "at most 900 are allowed"),
    (
        {"keys": [{**KEY, "logical_name": f"smp_key{n}"} for n in range(11)]},
        "account has 11 keys; at most 10",
    ),
    ({"role": {**ROLE, "tables": {"acount": ["read"]}}}, "nothing is known of the table acount"),
    ({"role": {**ROLE, "tables": {"account": ["look"]}}}, "account has unknown rights look"),
    ({"role": {**ROLE, "id": "one"}}, "one is no id in lower case"),
    ({"resources": [{**RESOURCE, "id": ROLE["id"]}]}, "is used 2 times"),
    ({"resources": [{**RESOURCE, "name": "availability.js"}]}, "does not begin with smp_"),
    ({"solution": {**MANIFEST, "version": "1.2"}}, "1.2 is no version of four numbers"),
    ({"solution": {**MANIFEST, "unique_name": "My Solution"}}, "My Solution is no unique name"),
    ({"solution": {**MANIFEST, "publisher": {**PUBLISHER, "prefix": "mscrmx"}}}, "mscrmx is no prefix"),
    (
        {"solution": {**MANIFEST, "publisher": {**PUBLISHER, "option_value_prefix": 1}}},
        "1 is no prefix of option",
    ),
]


@pytest.mark.parametrize(("changed", "says"), BROKEN)
def test_what_dataverse_would_refuse_is_refused_here(
    tmp_path: Path, changed: dict[str, Any], says: str
) -> None:
    with pytest.raises(SourceError, match=says):
        read(plant(tmp_path, **changed))


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    root = plant(tmp_path, columns=[{**COLUMN, "type": "Lookup"}], solution={**MANIFEST, "version": "1"})
    with pytest.raises(SourceError) as caught:
        read(root)
    assert len(str(caught.value).splitlines()) == 2
