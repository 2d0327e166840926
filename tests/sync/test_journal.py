"""What is journalled of a write: run, rule, record, field, both values, side and time; nothing is missing."""

from __future__ import annotations

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling, OriginKind
from shared_code.core.journal import Entry, Reason
from shared_code.core.mapping import ConflictRule
from shared_code.core.records import Side
from shared_code.store.journal import TABLE
from tests.conformance import scenes
from tests.sync import worlds


@pytest.fixture
def world() -> World:
    return worlds.synced()


def entries(world: World, pair: Coupling) -> list[Entry]:
    """What was written on the pair since it is one, the newest first."""
    found = world.at.journal.of_record("CUSTOMER", pair.bc_id, world.clock.now)
    return sorted(found, key=lambda each: -each.at_s)


def creation(world: World, pair: Coupling) -> Entry:
    assert pair.origin is not None
    made = world.at.journal.made_by("CUSTOMER", pair.origin.batch, pair.origin.at_s)
    (found,) = [each for each in made if each.bc_id == pair.bc_id]
    return found


def test_a_creation_tells_its_job_and_every_value_that_was_sent(world: World) -> None:
    pair = worlds.pair(world)
    assert pair.origin is not None
    assert (pair.origin.kind, pair.origin.side) == (OriginKind.CREATED, Side.SALES)
    found = creation(world, pair)
    assert found.new["name"] == worlds.customer_of(world, pair)["displayName"]
    assert set(found.because.values()) == {Reason.CREATED}
    assert world.at.jobs.get(found.job) is not None
    assert entries(world, pair) == []


@pytest.mark.bulk
def test_the_creations_of_a_batch_take_one_entity() -> None:
    world = worlds.new_world()
    worlds.only_customers(world)
    worlds.full(world)
    found = [row for row in world.tables.scan(TABLE, limit=100) if "CUSTOMER" in row.partition]
    assert len(list(world.at.couplings("CUSTOMER").all_coupled())) == 3
    assert len([row for row in found if row.row.startswith("made|")]) == 1


def test_a_creation_in_business_central_is_told_too(world: World) -> None:
    worlds.new_account(world, "Lindbergh Ltd.", telephone1="+44 7")
    worlds.cycles(world, 2)
    (pair,) = [
        c for c in world.at.couplings("CUSTOMER").all_coupled() if c.origin and c.origin.side is Side.BC
    ]
    assert creation(world, pair).new["phone"] == "+44 7"


def test_an_update_tells_job_field_both_values_and_why(world: World) -> None:
    pair = worlds.pair(world)
    before = worlds.account_of(world, pair)["telephone1"]
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.cycle(world)
    (found,) = entries(world, pair)
    assert (found.side, found.old["phone"], found.new["phone"]) == (Side.SALES, before, "+44 1")
    assert found.because == {"phone": Reason.CHANGED}
    assert found.overruled == ()
    assert found.job == world.at.jobs.newest(1)[0].id
    assert found.rules == world.at.digests["CUSTOMER"]


def test_what_a_person_wrote_into_a_one_way_field_is_kept_as_overruled(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, creditlimit=12345)
    worlds.cycle(world)
    (found,) = entries(world, pair)
    assert "12345" in str(found.old["credit_limit"])
    assert (found.new["credit_limit"], found.overruled) != (found.old["credit_limit"], ())
    assert found.because == {"credit_limit": Reason.ONE_WAY}


def test_the_journal_tells_what_the_service_made_of_a_value(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, address1_postalcode="w1 3al")
    worlds.cycle(world)
    assert worlds.customer_of(world, pair)["postalCode"] == entries(world, pair)[0].new["postal_code"]


def test_a_write_whose_process_died_before_its_commit_is_in_the_journal_once(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    wire = worlds.tap(world, Side.SALES)

    def die() -> None:
        raise worlds.Crash

    wire.after = worlds.once(die)
    assert worlds.cycle(world) == 1
    world.clock.now += 60
    worlds.cycles(world, 2)
    assert [each.new for each in entries(world, pair)] == [{"phone": "+44 1"}]
    worlds.assert_whole(world)


def test_a_write_that_was_refused_leaves_no_entry(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, address1_country="Atlantis", emailaddress1="no address")
    worlds.cycle(world)
    assert worlds.problems(world) != []
    assert all("country" not in each.new for each in entries(world, pair))


def test_a_write_that_came_too_late_leaves_no_entry(world: World) -> None:
    """Somebody edits the row between the look and the write: what goes out next is decided anew."""
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    wire = worlds.tap(world, Side.SALES)
    wire.before = worlds.once(lambda: worlds.edit_sales(world, pair, websiteurl="https://new.example"))
    worlds.cycles(world, 2)
    to_sales = [each for each in entries(world, pair) if each.side is Side.SALES]
    assert [each.new for each in to_sales] == [{"phone": "+44 1"}]
    assert worlds.account_of(world, pair)["websiteurl"] == "https://new.example"


def test_a_created_record_is_untouched_until_somebody_but_tandem_writes_it(world: World) -> None:
    pair = worlds.pair(world)
    assert pair.sales_version is not None
    assert pair.untouched == pair.sales_version.stamp
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    worlds.cycle(world)
    kept = worlds.pair(world)
    assert kept.sales_version is not None
    assert kept.untouched == kept.sales_version.stamp != pair.untouched
    worlds.edit_sales(world, pair, description="Calls on Mondays")
    worlds.edit_bc(world, pair, phoneNumber="+44 2")
    worlds.cycle(world)
    assert worlds.pair(world).untouched == ""


def test_the_newest_edit_wins_where_the_mapping_says_so(world: World) -> None:
    scenes.rules(world, conflict=ConflictRule.NEWEST_WINS)
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, city="Leeds")
    world.clock.now += 30
    worlds.edit_sales(world, pair, address1_city="York")
    worlds.cycle(world)
    assert (
        worlds.customer_of(world, pair)["city"] == worlds.account_of(world, pair)["address1_city"] == "York"
    )
    (found,) = entries(world, pair)
    assert (found.old["city"], found.overruled) == ("Leeds", ("city",))
    assert found.because == {"city": Reason.NEWEST_WINS}


def test_of_two_edits_at_about_the_same_time_none_is_the_newest(world: World) -> None:
    scenes.rules(world, conflict=ConflictRule.NEWEST_WINS)
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, city="Leeds")
    world.clock.now += 5
    worlds.edit_sales(world, pair, address1_city="York")
    worlds.cycle(world)
    assert worlds.codes(world) == ["conflict"]
