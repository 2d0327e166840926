"""Whose the rows are that are made in Sales: the user of the salesperson, or one team of a business unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from local.simulation.world import CLIENT, World
from shared_code.settings import SettingError, read_settings
from shared_code.sync.doctor.examination import examine
from shared_code.sync.doctor.findings import Area, Level
from tests.conformance import scenes
from tests.conformance.test_connection import GIVEN
from tests.sync import worlds

TEAM, ACCESS = "3c6fbd5c-8f0e-4b0c-9a53-9d5f2f1a7c10", "3c6fbd5c-8f0e-4b0c-9a53-9d5f2f1a7c11"
UNIT, NOBODY = "11111111-aaaa-4b0c-9a53-9d5f2f1a7c10", "f0000000-0000-4000-8000-000000000000"
OTHER = "d6079f35-affb-5d00-b382-28fccf9e4a21"


def rows(unit: str = "CRONUS") -> dict[str, list[dict[str, Any]]]:
    teams = [
        {"teamid": TEAM, "name": "BCI - CRONUS", "teamtype": 0, "_businessunitid_value": UNIT},
        {"teamid": ACCESS, "name": "Deal 7", "teamtype": 1, "_businessunitid_value": UNIT},
    ]
    return {"businessunit": [{"businessunitid": UNIT, "name": unit}], "team": teams}


READS = ("Account", "Contact")
ROLE = "77a59c9b-5894-410a-90e7-9f6482470184"


def give_role(world: World, *reads: str) -> None:
    """An administrator gives the team a role that reads these tables."""
    roles = world.sales.org.people.roles
    world.sales.load({"role": [{"roleid": ROLE, "name": "Owner", "_businessunitid_value": UNIT}]})
    roles.held[ROLE] = frozenset(f"prvRead{each}" for each in reads)
    roles.given[TEAM] = {ROLE}


def world_of(team: str, reads: Sequence[str] = READS) -> World:
    made = worlds.new_world(sales=rows(), teams=f"cronus={team}" if team else "")
    if reads:
        give_role(made, *reads)
    worlds.full(made)
    made.settle(2)
    return made


def told(world: World, area: Area = Area.SETTINGS) -> list[tuple[Level, str]]:
    return [(each.level, each.text) for each in examine(world.parts, [world.at]) if each.area is area]


@pytest.mark.bulk
@pytest.mark.conforms(
    "139196.SavedOwnershipModelOnOpenPage",
    "139196.SavedCoupledBusinessUnitOnOpenPage",
    "139195.GetCoupledBusinessUnit",
)
def test_new_rows_are_the_teams_and_the_examination_tells_team_and_business_unit() -> None:
    world = world_of(TEAM)
    contacts = world.person_in_sales.call("GET", "contacts")["value"]
    for row in (*worlds.accounts(world), *contacts):
        assert (row["_ownerid_value"], row["_owningbusinessunit_value"]) == (TEAM, UNIT)
    expected = "new rows in Sales are owned by the team “BCI - CRONUS” of the business unit “CRONUS”"
    assert told(world) == [(Level.OK, expected)]
    assert {each.level for each in examine(world.parts, [world.at]) if each.area is Area.MAPPING} == {
        Level.OK
    }


@pytest.mark.conforms("139196.ActionIOwningTeamRoles")
def test_the_roles_of_the_team_are_told_where_they_let_it_own_all_that_is_made() -> None:
    world = worlds.new_world(sales=rows(), teams=f"cronus={TEAM}")
    give_role(world, *READS)
    assert told(world, Area.RIGHTS) == [
        (Level.OK, "the roles of the team “BCI - CRONUS” let it own them: Owner")
    ]


@pytest.mark.bulk
@pytest.mark.parametrize(
    ("reads", "words"),
    [
        ((), "the team “BCI - CRONUS” has no security role, so it can own nothing: accounts, contacts"),
        (("Account",), "the roles of the team “BCI - CRONUS” (Owner) do not let it own rows of contacts"),
    ],
)
def test_a_team_that_sales_lets_own_nothing_is_told_before_its_first_row_is_refused(
    reads: Sequence[str], words: str
) -> None:
    world = world_of(TEAM, reads)
    assert told(world, Area.RIGHTS) == [(Level.FAULT, words)]
    mapping = "CONTACT" if reads else "CUSTOMER"
    refused = [each for each in worlds.problems(world, mapping) if each["code"] == "refused"]
    assert refused
    assert all("does not hold required privileges" in each["message"] for each in refused)
    give_role(world, *READS)
    worlds.cycles(world, 3, 700)
    assert worlds.problems(world, mapping) == []
    assert [level for level, _ in told(world, Area.RIGHTS)] == [Level.OK]


def test_whose_roles_cannot_be_read_is_told_and_nothing_else_is_wrong() -> None:
    world = worlds.new_world(sales=rows(), teams=f"cronus={TEAM}")
    people = world.sales.org.people
    mine = people.by_client[CLIENT]
    fewer = {name: held for name, held in people.users[mine].privileges.items() if name != "role"}
    people.users[mine] = replace(people.users[mine], privileges=fewer)
    ((level, text),) = told(world, Area.RIGHTS)
    assert level is Level.WARNING
    assert "prvReadRole" in text
    assert [level for level, _ in told(world)] == [Level.OK]


@pytest.mark.bulk
@pytest.mark.conforms("139195.CheckOwningTeam")
def test_who_owns_a_row_later_is_a_persons_and_no_salesperson_changes_it() -> None:
    world = world_of(TEAM)
    pair = worlds.pair(world)
    user = next(iter(world.at.couplings("SALESPEOPLE").all_coupled())).sales_id
    world.person_in_sales.call(
        "PATCH", f"accounts({pair.sales_id})", {"ownerid@odata.bind": f"/systemusers({user})"}, if_match="*"
    )
    worlds.edit_bc(world, pair, salespersonCode="JO", city="Leeds")
    worlds.cycles(world, 2)
    row = worlds.account_of(world, pair)
    assert (row["_ownerid_value"], row["address1_city"]) == (user, "Leeds")
    assert worlds.problems(world) == []
    scenes.assert_nothing_to_do(world)


@pytest.mark.bulk
@pytest.mark.conforms("139196.DefaultOwnershipModelOnOpenPage")
def test_without_a_team_the_salespersons_user_owns_the_row_and_nothing_is_told() -> None:
    world = world_of("")
    users = {each.sales_id for each in world.at.couplings("SALESPEOPLE").all_coupled()}
    assert {each["_ownerid_value"] for each in worlds.accounts(world)} <= users
    assert told(world) == []


@pytest.mark.conforms("139195.SetOwningUserWithBusinessUnitCheck")
def test_the_salespersons_user_owns_the_row_in_whatever_business_unit_that_user_is() -> None:
    other = {"businessunitid": ACCESS, "name": "Elsewhere"}
    users = worlds.sales_setup()["systemuser"]
    units = dict(zip((each["systemuserid"] for each in users), (UNIT, ACCESS), strict=False))
    placed = [each | {"_businessunitid_value": units[each["systemuserid"]]} for each in users]
    world = worlds.synced(
        sales=rows() | {"businessunit": [*rows()["businessunit"], other], "systemuser": placed}
    )
    found = {each["_ownerid_value"]: each["_owningbusinessunit_value"] for each in worlds.accounts(world)}
    assert found.items() <= units.items()
    assert found


@pytest.mark.conforms("139195.CheckOwningUserWithBusinessUnitCheck")
def test_without_a_team_a_row_that_a_team_was_given_is_the_salespersons_users_again() -> None:
    world = worlds.synced(sales=rows())
    give_role(world, *READS)
    pair = worlds.pair(world)
    user = worlds.account_of(world, pair)["_ownerid_value"]
    owner = {"ownerid@odata.bind": f"/teams({TEAM})"}
    world.person_in_sales.call("PATCH", f"accounts({pair.sales_id})", owner, if_match="*")
    assert worlds.account_of(world, pair)["_ownerid_value"] == TEAM
    worlds.cycles(world, 2)
    assert worlds.account_of(world, pair)["_ownerid_value"] == user
    assert user in {each.sales_id for each in world.at.couplings("SALESPEOPLE").all_coupled()}
    scenes.assert_nothing_to_do(world)


@pytest.mark.parametrize(
    ("team", "words"), [(NOBODY, f"no team {NOBODY}"), (ACCESS, "“Deal 7” is an access team")]
)
def test_a_team_that_cannot_own_rows_is_found_by_the_examination(team: str, words: str) -> None:
    world = worlds.new_world(sales=rows(), teams=f"cronus={team}")
    ((level, text),) = told(world)
    assert level is Level.FAULT
    assert words in text


def teams_of(text: str) -> dict[str, str]:
    companies = f"{GIVEN['BUSINESS_CENTRAL_COMPANIES']},usa={OTHER}"
    given = {**GIVEN, "BUSINESS_CENTRAL_COMPANIES": companies, "OWNING_TEAMS": text}
    return dict(read_settings(given).owning_teams)


@pytest.mark.conforms(
    "139195.InsertBusinessUnitCoupling",
    "139195.ModifyBusinessUnitCoupling",
    "139195.DeleteBusinessUnitCoupling",
)
def test_each_company_has_the_team_that_the_setting_names_another_or_none() -> None:
    assert teams_of(f"cronus={TEAM}, usa={ACCESS}") == {"cronus": TEAM, "usa": ACCESS}
    assert teams_of(f"cronus={ACCESS}") == {"cronus": ACCESS}
    assert teams_of("") == {}


@pytest.mark.conforms("139195.InsertBusinessUnitCouplingFailure")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"cronus={TEAM},cronus={ACCESS}", "two teams"),
        ("cronus=BCI", "an id of the form"),
        ("cronus", "an id of the form"),
        (f"nobody={TEAM}", "no company “nobody”"),
    ],
)
def test_a_second_team_of_a_company_and_what_is_no_team_stop_the_start(text: str, words: str) -> None:
    with pytest.raises(SettingError, match="OWNING_TEAMS is wrong") as caught:
        teams_of(text)
    assert words in str(caught.value)
