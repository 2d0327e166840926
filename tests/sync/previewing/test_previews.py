"""Previews leave no trace but their own, survive what any work survives, and end when they are removed."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.records import Side
from shared_code.store import poison
from shared_code.store import previews as store
from shared_code.store.mapping_files import MappingFile
from shared_code.store.previews import Kind, PreviewStore, Sheet
from shared_code.store.table_list import TABLES
from shared_code.store.tables import StorageRefused
from shared_code.sync.full_sync import Request
from shared_code.sync.messages import BATCH_QUEUE, QUEUES
from shared_code.sync.previewing import previews
from shared_code.sync.previewing.changed import changed_since
from shared_code.sync.retries import queue_records
from tests.sync import worlds
from tests.sync.previewing.paper_worlds import ended, planned, previewed
from tests.sync.test_rule_changes import deployed, phone_elsewhere, scans_only
from tests.sync.worlds import Operations


def stored(world: World) -> dict[str, list[Any]]:
    """Everything in storage but what previews keep of themselves and how fast the services are asked."""
    kept = [name for name in TABLES if name not in (store.TABLE, "Permits")]
    return {name: list(world.tables.scan(name, limit=100_000)) for name in kept}


def of_services(world: World) -> tuple[list[Any], list[Any]]:
    return worlds.customers(world), worlds.accounts(world)


def test_a_preview_changes_nothing_in_either_system_and_nothing_in_storage() -> None:
    world = worlds.synced()
    worlds.new_account(world, "Newcomer Ltd.")
    worlds.edit_bc(world, worlds.pair(world), phoneNumber="111")
    wires = {side: worlds.tap(world, side) for side in Side}
    before, records = stored(world), of_services(world)
    preview = previewed(world)
    assert {each.kind for each in planned(world, preview)} == {Kind.CREATE, Kind.UPDATE}
    assert stored(world) == before
    assert of_services(world) == records
    assert [r.target for wire in wires.values() for r in wire.seen if worlds.is_write(r)] == []


def test_a_planned_write_tells_both_values_and_what_the_record_is_called() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, city="Here")
    there = worlds.account_of(world, pair)["address1_city"]
    [write] = planned(world, previewed(world))
    assert (write.mapping, write.side, write.kind, write.record_id) == (
        "CUSTOMER",
        Side.SALES,
        "update",
        pair.sales_id,
    )
    assert (write.old, write.new) == ({"address1_city": there}, {"address1_city": "Here"})
    assert write.label == "10000 The Cannon Group PLC"


def test_when_nothing_is_to_do_nothing_is_planned() -> None:
    world = worlds.synced()
    assert planned(world, previewed(world)) == []


def test_two_new_accounts_with_the_same_values_become_two_customers() -> None:
    world = worlds.synced()
    for _ in range(2):
        worlds.new_account(world, "Twin Ltd.")
    writes = planned(world, previewed(world))
    made = {each.record_id for each in writes if each.kind is Kind.CREATE and each.side is Side.BC}
    assert len(made) == 2


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_a_process_may_die_at_any_operation_of_a_preview(late: bool) -> None:
    world = worlds.synced()
    worlds.only_customers(world)
    worlds.new_account(world, "Newcomer Ltd.", telephone1="333")
    worlds.new_customer(world, "Another Newcomer")
    worlds.edit_bc(world, worlds.pair(world), city="Here")
    request = Request(("CUSTOMER",))
    wanted = {each.row for each in planned(world, previewed(world, request))}
    assert len(wanted) == 4
    operations = Operations(world)
    for at in range(1 + late, 100_000, 7):
        started = previews.start(world.parts, world.at, request)
        operations.arm(at, late)
        died = worlds.deliver(world)
        operations.disarm()
        for _ in range(3):
            world.clock.now += 100
            previews.look_after(world.parts, world.at)
            worlds.deliver(world)
        assert {each.row for each in planned(world, ended(world, started))} == wanted, operations.log[at - 1]
        if not died:
            break
    assert at > 50


def test_a_message_that_was_lost_is_sent_again() -> None:
    world = worlds.synced()
    worlds.edit_bc(world, worlds.pair(world), city="Here")
    started = previews.start(world.parts, world.at, Request())
    for name in QUEUES:
        for message in world.queue.receive(name, 32, 30):
            world.queue.delete(name, message)
    for _ in range(3):
        world.clock.now += 100
        previews.look_after(world.parts, world.at)
        worlds.deliver(world)
    assert len(planned(world, ended(world, started))) == 1


def test_a_row_that_is_made_for_real_while_it_is_made_on_paper_does_not_hold_the_preview_up() -> None:
    world = worlds.synced()
    made = world.person_in_bc().call("POST", "customers", {"displayName": "Newcomer Ltd."})
    started = previews.start(world.parts, world.at, Request())

    def is_made_on_paper(request: Any) -> bool:
        on_paper = Sheet(world.tables, started.table).made(Side.SALES, "accounts")
        return "/accounts?" in request.target and any(on_paper)

    def make() -> None:
        queue_records(world.parts, world.at, "CUSTOMER", Side.BC, [made["id"]])
        worlds.deliver(world)

    worlds.tap(world, Side.SALES).before = worlds.once(make, is_made_on_paper)
    worlds.deliver(world)
    assert len(worlds.accounts(world)) == len(worlds.CUSTOMERS) + 1
    worlds.settled(world)
    ended(world, started)
    worlds.assert_whole(world)


def test_a_removed_preview_ends_without_a_trace() -> None:
    world = worlds.synced()
    started = previews.start(world.parts, world.at, Request())
    PreviewStore(world.tables, world.at.name).remove(started)
    assert worlds.deliver(world) == 0
    assert [poison.count(world.tables, queue).number for queue in QUEUES] == [0, 0]
    with pytest.raises(StorageRefused):
        list(Sheet(world.tables, started.table).writes())


def test_the_five_newest_are_kept_for_a_week() -> None:
    world = worlds.synced()
    made = []
    for _ in range(7):
        world.clock.now += 60
        made.append(previewed(world))
    listed = PreviewStore(world.tables, world.at.name)
    assert [each.id for each in listed.all()] == [each.id for each in reversed(made[2:])]
    world.clock.now += previews.KEEP_S + 1
    previews.look_after(world.parts, world.at)
    assert listed.all() == []


def test_what_changed_since_is_listed_by_side_and_record() -> None:
    world = worlds.synced()
    one, two, three = (worlds.pair(world, number) for number in worlds.CUSTOMERS)
    worlds.edit_bc(world, one, city="Here")
    preview = previewed(world)
    on_paper = previews.parts_of(world.parts, world.at, preview).connection(world.at.name)
    assert list(changed_since(world.at, on_paper, "CUSTOMER")) == []
    worlds.edit_bc(world, one, city="Elsewhere")
    worlds.edit_sales(world, two, telephone1="222")
    worlds.delete_customer(world, three.bc_id)
    found = {(each.side, each.record_id, each.gone) for each in changed_since(world.at, on_paper, "CUSTOMER")}
    assert found == {
        (Side.BC, one.bc_id, False),
        (Side.SALES, two.sales_id, False),
        (Side.BC, three.bc_id, True),
    }


def test_records_that_came_since_and_ones_without_a_partner_are_listed_too() -> None:
    world = worlds.new_world(sales={"account": worlds.sales_rows("overlap_accounts")})
    preview = previewed(world)
    on_paper = previews.parts_of(world.parts, world.at, preview).connection(world.at.name)
    assert list(changed_since(world.at, on_paper, "CUSTOMER")) == []
    apart = next(
        each.record_id
        for each in on_paper.couplings("CUSTOMER").all_problems(500)
        if each.side is Side.SALES and not on_paper.couplings("CUSTOMER").load(Side.SALES, [each.record_id])
    )
    world.clock.now += 60
    world.person_in_sales.edit(f"accounts({apart})", telephone1="222")
    new = worlds.new_account(world, "Newcomer Ltd."), worlds.new_customer(world, "Another Newcomer")
    found = [(each.side, each.record_id, each.gone) for each in changed_since(world.at, on_paper, "CUSTOMER")]
    assert sorted(found) == sorted(
        [(Side.SALES, apart, False), (Side.SALES, new[0], False), (Side.BC, new[1], False)]
    )


def test_a_changed_mapping_is_previewed_as_if_its_file_were_stored() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    text = world.parts.catalogue.texts["CUSTOMER"]
    file = MappingFile("CUSTOMER", text + NEW_FIELD, world.clock.now)
    world.person_in_bc().edit(f"customers({pair.bc_id})", taxRegistrationNumber="GB123456789")
    worlds.settled(world)
    assert "fax" not in {name for each in planned(world, previewed(world)) for name in each.new}
    writes = planned(world, previewed(world, Request(), file))
    assert {"fax": "GB123456789"} in [each.new for each in writes if each.record_id == pair.sales_id]
    assert "tax_number" not in {each.name for each in world.at.mapping("CUSTOMER").fields}
    assert worlds.account_of(world, pair)["fax"] is None


def test_a_preview_goes_on_under_rules_that_come_into_force_while_it_runs() -> None:
    """Its storage is its own: nobody else brings them into force there."""
    world = worlds.synced()
    worlds.new_account(world, "Newcomer Ltd.")
    started = previews.start(world.parts, world.at, Request())
    for _ in range(40):
        scans_only(world)
        if world.queue.length(BATCH_QUEUE):
            break
    after = deployed(world, **phone_elsewhere(world))
    worlds.settled(after)
    ended(after, started)
    assert worlds.waiting_messages(after) == 0


NEW_FIELD = """
[[fields]]
name = "tax_number"
type = "code"
direction = "to_sales"
bc = "taxRegistrationNumber"
sales = "fax"
bc_length = 20
sales_length = 50
"""
