"""The solution fits the product: columns and rights for every mapping."""

import tomllib
from typing import Any

import pytest

from tools.checks.sources import ROOT
from tools.solution.customizations import privileges
from tools.solution.source import read
from tools.solution.tables import RIGHTS, TABLES

SETS = {
    "transactioncurrencies": "transactioncurrency",
    "territories": "territory",
    "opportunities": "opportunity",
    "customeraddresses": "customeraddress",
}
MAPPINGS = sorted((ROOT / "shared_code" / "mappings").glob("*.toml"))


def mapping(path: Any) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def table_of(facts: dict[str, Any]) -> str:
    """The table a mapping writes; for options of a choice column, the table that has the column."""
    name = str(facts["sales"]["table"]).removeprefix("options:").split(".")[0]
    return SETS.get(name, name.removesuffix("s"))


def named_columns(facts: dict[str, Any]) -> set[str]:
    names = {str(facts["sales"].get("company_column", ""))}
    names |= {str(field.get("sales", "")) for field in facts.get("fields", [])}
    return {name for name in names if name.startswith("tandem_")}


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_the_columns_that_a_mapping_names_are_in_the_solution(path: Any) -> None:
    facts = mapping(path)
    tables = {table_of(facts), str(facts["sales"].get("beside", {}).get("table", "")).removesuffix("s")}
    held = {one["logical_name"] for one in read(ROOT).columns if one["table"] in tables}
    assert named_columns(facts) <= held


def writes_rows(facts: dict[str, Any]) -> bool:
    """Whether columns of the table itself are written, and not only those of the row beside."""
    directions = [
        each.get("direction", facts["direction"])
        for each in facts.get("fields", [])
        if not each.get("beside")
    ]
    return any(direction != "from_sales" for direction in directions)


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_the_role_lets_a_mapping_do_what_it_does(path: Any) -> None:
    facts = mapping(path)
    table = table_of(facts)
    assert table in TABLES
    granted = set(read(ROOT).role["tables"][table])
    if facts["sales"]["table"].startswith("options:"):
        assert (
            "Attribute" in read(ROOT).role["definitions"]
        )  # options are read; nobody changes them from here
        return
    needed = {"read"} | ({"write"} if writes_rows(facts) else set())
    creates = facts.get("creates", True) and facts.get("creates_only_in") != "bc"
    needed |= {"create"} if facts["direction"] != "from_sales" and creates else set()
    assert needed <= granted


def test_the_role_deletes_nothing_but_prices_and_its_own_notifications() -> None:
    deletes = [name for name in privileges(read(ROOT)) if name.startswith(f"prv{RIGHTS['delete']}")]
    # Price list items have no right of their own: that of products covers them.
    assert sorted(deletes) == ["prvDeleteProduct", "prvDeleteSdkMessageProcessingStep"]


def test_the_role_shares_nothing_and_changes_no_definitions() -> None:
    names = privileges(read(ROOT))
    assert not [name for name in names if name.startswith("prvShare")]
    changing = ("prvCreate", "prvWrite", "prvDelete")
    definitions = (
        "Entity",
        "Attribute",
        "Relationship",
        "OptionSet",
        "EntityKey",
        "Organization",
        "User",
        "Role",
    )
    assert not [name for name in names if name.startswith(changing) and name.endswith(definitions)]
