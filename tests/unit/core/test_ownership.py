"""Who owns new rows in Sales: one team of the company instead of the users of salespeople."""

from __future__ import annotations

import pytest

from shared_code.compose import default_mappings
from shared_code.core.catalogue import for_connection
from shared_code.core.features import Feature
from shared_code.core.fields import Direction, FieldType
from shared_code.core.mapping import Connection
from shared_code.core.ownership import OWNED, OWNER
from shared_code.core.records import Side

TEAM = "3c6fbd5c-8f0e-4b0c-9a53-9d5f2f1a7c10"
ALL = {each.name: each for each in default_mappings(frozenset(Feature))}
PLAIN = {each.name: each for each in default_mappings()}


@pytest.mark.parametrize("name", sorted(ALL))
def test_the_team_owns_new_rows_wherever_rows_have_an_owner_and_nothing_else_does(name: str) -> None:
    own = for_connection(ALL[name], Connection("cronus", "c", owning_team=TEAM))
    owners = [each for each in own.fields if OWNER in each.sales and each.direction.flows_to(Side.SALES)]
    if not ALL[name].may_create(Side.SALES, insists=True):
        assert own.fields == for_connection(ALL[name], Connection("cronus", "c")).fields
        return
    if ALL[name].sales.table not in OWNED:
        assert owners == []
        return
    (owner,) = owners
    assert (owner.type, owner.constant, owner.target) == (FieldType.CONSTANT, TEAM, "teams")
    assert owner.direction is Direction.TO_SALES
    assert owner.only_on_create, "who owns it later is for people to say"


@pytest.mark.parametrize("name", sorted(ALL))
def test_without_a_team_the_mapping_stays_as_it_is(name: str) -> None:
    own = for_connection(ALL[name], Connection("cronus", "c"))
    assert [each.name for each in own.fields] == [each.name for each in ALL[name].fields]


def test_a_table_of_ones_own_is_the_teams_where_its_file_writes_the_owner() -> None:
    contact = PLAIN["CONTACT"]
    assert not any(OWNER in each.sales for each in contact.fields)
    own = for_connection(contact, Connection("cronus", "c", owning_team=TEAM))
    assert [each.constant for each in own.fields if OWNER in each.sales] == [TEAM]
