"""What was interrupted half-way ends all the same: expired pages, pairs with a problem."""

from __future__ import annotations

import pytest

from local.simulation.world import CLIENT, PERSON
from local.simulators.business_central import Permissions
from local.simulators.wire import Request
from shared_code.core.records import Side
from shared_code.store.full_syncs import LineStatus
from shared_code.store.tables import Entity
from shared_code.sync import scanning
from shared_code.sync.detect import RENEWAL_S
from shared_code.sync.dispatch import handle
from shared_code.sync.messages import DETECTION_QUEUE
from shared_code.sync.tick import tick
from shared_code.systems import dataverse
from tests.sync import worlds


@pytest.mark.bulk
def test_a_full_synchronisation_whose_page_expires_begins_that_scan_anew_and_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dataverse, "PAGE_SIZE", 2)
    monkeypatch.setattr(scanning, "MOST_SEEN", 2)
    world = worlds.synced()
    wire = worlds.tap(world, Side.SALES)
    org = world.sales.org

    seen = 0

    def second_page_of_the_scan(request: Request) -> bool:
        """The first one is read for matching, the second one is the scan's."""
        nonlocal seen
        seen += "accounts?" in request.target and "skiptoken" in request.target
        return seen == 2

    def expire() -> None:
        org.schema.tables["account"].changed_at_version = org.store.next_version()

    wire.before = worlds.once(expire, second_page_of_the_scan)
    lines = worlds.full(world)
    worlds.cycles(world, 4, 100)
    assert sum("accounts?" in each.target and "skiptoken" in each.target for each in wire.seen) > 2
    assert world.at.full_syncs.running() == []
    assert {line["jobQueueEntryStatus"] for line in lines.values()} <= set(LineStatus)
    worlds.assert_jobs_add_up(world)


@pytest.mark.bulk
def test_a_look_at_everything_whose_pages_always_expire_does_not_run_in_circles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dataverse, "PAGE_SIZE", 2)
    monkeypatch.setattr(scanning, "MOST_SEEN", 2)
    world = worlds.synced()
    wire = worlds.tap(world, Side.SALES)
    org = world.sales.org

    def expire(request: Request) -> None:
        if "accounts?" in request.target:
            org.schema.tables["account"].changed_at_version = org.store.next_version()

    wire.before = expire
    worlds.cycles(world, 10)
    assert sum("accounts?" in each.target for each in wire.seen) < 60
    wire.before = lambda request: None
    worlds.new_account(world, "Seen in the end")
    worlds.cycles(world, 10, 300)
    assert "Seen in the end" in {each["displayName"] for each in worlds.customers(world)}


def test_an_edit_in_sales_that_bc_denied_goes_over_when_the_right_is_there_again() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    options = world.bc.env.options
    everything = frozenset(world.bc.env.types)
    options.users = {CLIENT: Permissions(write=everything - {"customers"}), PERSON: Permissions()}
    worlds.edit_sales(world, pair, telephone1="+44 7")
    worlds.cycle(world)
    assert worlds.codes(world) == ["access_denied"]

    options.users = None
    world.at.schedules.change("CUSTOMER", 60, disabled_because="", next_due_s=0.0)
    worlds.cycles(world, 4, 400)
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 7"
    assert worlds.codes(world) == []


def test_a_full_scan_that_got_lost_while_it_renewed_a_watermark_is_begun_again() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    org = world.sales.org
    org.schema.tables["account"].changed_at_version = org.store.next_version()
    worlds.edit_sales(world, pair, telephone1="+44 9")
    world.clock.now += 60
    tick(world.parts)
    while (messages := world.queue.receive(DETECTION_QUEUE, 32, 60)) and not any(
        '"mode":"full"' in each.body for each in messages
    ):
        for message in messages:
            handle(world.parts, DETECTION_QUEUE, message.body)
            world.queue.delete(DETECTION_QUEUE, message)
    for message in messages:
        world.queue.delete(DETECTION_QUEUE, message)
    worlds.cycles(world, 3)
    assert worlds.customer_of(world, pair)["phoneNumber"] != "+44 9"

    world.clock.now += RENEWAL_S
    worlds.cycles(world, 3)
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 9"


def test_a_finished_full_synchronisation_that_stayed_on_the_list_is_taken_off_by_the_next_tick() -> None:
    world = worlds.synced()
    (finished,) = {
        each.partition.split("|")[1]
        for each in world.tables.scan("FullSynchronizations", limit=100)
        if each.row == "header"
    }
    world.tables.upsert("FullSynchronizations", Entity("cronus|running", finished, {}))
    worlds.cycle(world)
    assert world.at.full_syncs.running() == []
