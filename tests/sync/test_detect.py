"""Detection: what changed is found once, and a watermark never passes what is not durably queued."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from unittest.mock import Mock

import pytest

from local.simulation.world import CLIENT, PERSON, World
from local.simulators.business_central import Permissions
from local.simulators.business_central import control as bc_control
from local.simulators.faults import AimedFault, Fault, Scope
from shared_code.core.jobs import JobKind
from shared_code.core.records import Row, Side
from shared_code.store.jobs import JobStore
from shared_code.sync import detect, scanning, tick
from shared_code.sync.messages import ScanMode, ScanStep
from shared_code.sync.parts import table_of
from shared_code.sync.retries import queue_records
from shared_code.systems import dataverse
from shared_code.systems.interface import AccessDenied, Table
from tests.sync import worlds
from tests.sync.density import places


@pytest.fixture
def world() -> World:
    return worlds.synced()


def expire(world: World, table: str = "account") -> None:
    """Change tokens given so far are of no use any more, as after a change of the table."""
    org = world.sales.org
    org.schema.tables[table].changed_at_version = org.store.next_version()


def test_a_look_where_nothing_changed_is_one_request_for_each_side_and_mapping(world: World) -> None:
    world.settle(2)
    world.reset_requests()
    worlds.cycle(world)
    assert Counter(world.requests["bc"]) == {"scan": 5}
    assert Counter(world.requests["sales"]) == {"scan": 3}
    assert world.at.jobs.newest(1)[0].kind is not JobKind.SCHEDULED


def test_the_look_back_repeats_what_was_seen_and_it_is_dropped(world: World) -> None:
    worlds.edit_bc(world, worlds.pair(world), phoneNumber="+44 1")
    worlds.cycle(world)
    before = [job.id for job in world.at.jobs.newest(50)]
    worlds.cycles(world, 5)
    assert [job.id for job in world.at.jobs.newest(50)] == before


def test_an_expired_token_leads_to_a_full_compare_that_loses_no_change(world: World) -> None:
    pair = worlds.pair(world)
    expire(world)
    worlds.edit_sales(world, pair, telephone1="+44 1")
    worlds.cycles(world, 2)
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 1"
    worlds.edit_sales(world, pair, telephone1="+44 2")
    worlds.cycle(world)
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 2"
    worlds.assert_whole(world)


@pytest.mark.parametrize("fault", [Fault.STATUS_503, Fault.STATUS_429, Fault.HTML_INSTEAD, Fault.ANSWER_LOST])
def test_changes_are_still_found_when_the_compare_after_an_expired_token_fails_at_first(
    world: World, fault: Fault
) -> None:
    pair = worlds.pair(world)
    expire(world)
    worlds.edit_sales(world, pair, telephone1="+44 1")
    first_page = re.compile(r"/accounts\?(?!.*deltatoken)")
    # A web page in place of an answer twice in a row means that the sign-in is refused.
    for _ in range(1 if fault is Fault.HTML_INSTEAD else 12):
        world.faults["sales"].aim(AimedFault(fault, Scope("GET", first_page)))
    worlds.cycles(world, 20)
    assert world.faults["sales"].report()["waiting"] == 0
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 1"


def test_changes_are_still_found_when_the_process_dies_after_an_expired_token(world: World) -> None:
    worlds.only_customers(world)
    operations = worlds.Operations(world)
    for late in (False, True):
        for at in itertools.takewhile(lambda each: each < 40, places()):
            pair = worlds.pair(world)
            expire(world)
            worlds.edit_sales(world, pair, telephone1=f"+44 {at} {int(late)}")
            world.clock.now += 60
            tick.tick(world.parts)
            operations.arm(at, late)
            worlds.deliver(world)
            operations.disarm()
            worlds.cycles(world, 3)
            assert worlds.customer_of(world, pair)["phoneNumber"] == f"+44 {at} {int(late)}", (at, late)


@pytest.mark.parametrize("late_s", [30.0, 300.0, 500.0])
def test_what_business_central_commits_late_is_found(late_s: float) -> None:
    world = worlds.synced(bc_options={"late_commit_s": 0.0})
    pair = worlds.pair(world)
    bc_control.set_options(world.bc.env, {"late_commit_s": late_s})
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    bc_control.set_options(world.bc.env, {"late_commit_s": 0.0})
    worlds.edit_bc(world, worlds.pair(world, "20000"), phoneNumber="+44 2")
    worlds.cycles(world, 12)
    assert worlds.account_of(world, pair)["telephone1"] == "+44 1"
    worlds.assert_whole(world)


def test_a_stale_read_undoes_no_write_and_an_edit_arrives_once_the_replica_has_it() -> None:
    world = worlds.synced(bc_options={"replica_lag_s": 90.0})
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, telephone1="+44 1")
    worlds.cycle(world)
    worlds.cycles(world, 2, 20)
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 1"
    worlds.edit_bc(world, pair, phoneNumber="+44 2")
    worlds.cycles(world, 5)
    assert worlds.account_of(world, pair)["telephone1"] == "+44 2"
    worlds.settled(world)
    worlds.assert_whole(world)


@pytest.mark.bulk
@pytest.mark.parametrize("times", [1, 3])
def test_a_read_older_than_what_the_scan_saw_is_not_taken_for_the_present(
    world: World, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """The replica that is read has not heard of the edit that the scan told of."""
    pair, system = worlds.pair(world), world.at.systems[Side.SALES]
    read = system.read
    before = read(table_of(world.at.mapping("CUSTOMER"), Side.SALES), [pair.sales_id])
    stale = iter([before] * times)
    monkeypatch.setattr(system, "read", lambda table, ids: next(stale, None) or read(table, ids))
    worlds.edit_sales(world, pair, telephone1="+44 1")
    worlds.cycles(world, 5)
    assert next(stale, None) is None
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 1"
    worlds.assert_whole(world)


@pytest.mark.bulk
def test_a_read_older_than_what_a_problem_is_about_does_not_solve_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The replica that is read when the record is tried again has not heard of the edit that was listed."""
    pair, system = worlds.pair(world), world.at.systems[Side.SALES]
    read = system.read
    before = read(table_of(world.at.mapping("CUSTOMER"), Side.SALES), [pair.sales_id])
    options = world.bc.env.options
    everything = frozenset(world.bc.env.types)
    options.users = {CLIENT: Permissions(write=everything - {"customers"}), PERSON: Permissions()}
    worlds.edit_sales(world, pair, telephone1="+44 1")
    worlds.cycle(world)
    assert worlds.codes(world) == ["access_denied"]

    options.users = None
    world.at.schedules.change("CUSTOMER", 60, disabled_because="")
    stale = iter([before] * 2)
    monkeypatch.setattr(system, "read", lambda table, ids: next(stale, None) or read(table, ids))
    queue_records(world.parts, world.at, "CUSTOMER", Side.BC, [pair.bc_id])
    worlds.cycles(world, 5)
    assert next(stale, None) is None
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 1"
    worlds.assert_whole(world)


def test_two_edits_in_the_same_millisecond_are_both_seen(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    tick.look(world.parts, world.at, world.at.mapping("CUSTOMER"), (Side.BC,))
    worlds.deliver(world)
    worlds.edit_bc(world, pair, email="new@example.com")
    worlds.cycle(world)
    assert worlds.account_of(world, pair)["telephone1"] == "+44 1"
    assert worlds.account_of(world, pair)["emailaddress1"] == "new@example.com"


def test_a_step_delivered_twice_registers_its_work_once(world: World) -> None:
    worlds.new_customer(world, "Fresh Ltd.")
    step = ScanStep(
        world.at.name, "CUSTOMER", Side.BC, world.parts.new_job_id(), JobKind.SCHEDULED, ScanMode.CHANGES
    )
    detect.take_step(world.parts, step)
    detect.take_step(world.parts, step)
    assert len(list(world.at.jobs.batches(step.job))) == 1
    worlds.deliver(world)
    worlds.assert_whole(world)


def test_a_mapping_that_was_never_synchronised_in_full_is_not_looked_at() -> None:
    world = worlds.new_world()
    worlds.new_customer(world, "Fresh Ltd.")
    worlds.cycles(world, 2)
    assert worlds.accounts(world) == []
    assert world.requests["bc"].count("scan") == 0


@pytest.mark.bulk
def test_a_mapping_without_privilege_is_disabled_alone_and_says_why(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = world.at.systems[Side.BC]
    scan = system.scan

    def refuse(table: object, cursor: object) -> object:
        if getattr(table, "name", "") == "contacts":
            raise AccessDenied("Business Central: no permission to read contacts")
        return scan(table, cursor)  # type: ignore[arg-type]

    monkeypatch.setattr(system, "scan", refuse)
    worlds.edit_bc(world, worlds.pair(world), phoneNumber="+44 1")
    worlds.cycles(world, 2)
    disabled = {n: s.disabled_because for n, s in world.at.schedules.all().items() if s.disabled_because}
    assert disabled == {"CONTACT": "Business Central: no permission to read contacts"}
    assert worlds.account_of(world, worlds.pair(world))["telephone1"] == "+44 1"


def test_a_look_of_a_side_that_does_not_answer_loses_nothing(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1")
    for _ in range(40):
        world.faults["bc"].aim(AimedFault(Fault.STATUS_503, Scope("GET", re.compile("customers"))))
    worlds.cycle(world)
    worlds.cycles(world, 15)
    assert worlds.account_of(world, pair)["telephone1"] == "+44 1"
    worlds.assert_whole(world)


@pytest.mark.bulk
def test_a_full_scan_of_several_pages_whose_steps_come_twice_takes_each_page_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from shared_code.systems import business_central_scan

    monkeypatch.setattr(business_central_scan, "PAGE_SIZE", 2)
    monkeypatch.setattr(dataverse, "PAGE_SIZE", 2)
    monkeypatch.setattr(scanning, "MOST_SEEN", 2)
    world = worlds.new_world()
    send, sent = world.queue.send, set[str]()

    def send_twice(name: str, body: str, *, delay_s: float = 0) -> None:
        for _ in range(1 if body in sent else 2):
            send(name, body, delay_s=delay_s)
        sent.add(body)

    world.queue.send = send_twice  # type: ignore[method-assign]
    lines = worlds.full(world)
    world.queue.send = send  # type: ignore[method-assign]
    assert lines["CUSTOMER"]["toSales"]["inserted"] == 3
    assert lines["CUSTOMER"]["toSales"]["given"] == 3
    worlds.settled(world)
    worlds.assert_whole(world)


def compare(world: World, full_sync: str = "") -> ScanStep:
    """The first step of a full scan of the accounts."""
    job, kind = world.parts.new_job_id(), JobKind.FULL if full_sync else JobKind.SCHEDULED
    return ScanStep(world.at.name, "CUSTOMER", Side.SALES, job, kind, ScanMode.FULL, full_sync=full_sync)


def delete_account(world: World, sales_id: str) -> None:
    world.person_in_sales.call("DELETE", f"accounts({sales_id})")


@pytest.mark.bulk
def test_what_is_deleted_between_two_attempts_of_a_step_counts_as_missing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first attempt saw the account, and the change token of the second one no longer tells of it."""
    step = compare(world)
    with monkeypatch.context() as dying:
        dying.setattr(JobStore, "take_step", Mock(side_effect=worlds.Crash))
        with pytest.raises(worlds.Crash):
            detect.take_step(world.parts, step)
    delete_account(world, worlds.pair(world).sales_id)
    detect.take_step(world.parts, step)
    worlds.cycles(world, 2)
    assert worlds.codes(world) == ["partner_deleted"]


@pytest.mark.bulk
def test_what_is_deleted_before_a_full_scan_begins_anew_counts_as_missing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataverse, "PAGE_SIZE", 2)
    monkeypatch.setattr(scanning, "MOST_SEEN", 2)
    (first, *_) = sorted(each["accountid"] for each in worlds.accounts(world))
    step = compare(world, full_sync="any")
    detect.take_step(world.parts, step)
    expire(world)
    delete_account(world, first)
    for number in range(1, 4):
        detect.take_step(world.parts, replace(step, number=number))
    worlds.cycles(world, 2)
    assert worlds.codes(world) == ["partner_deleted"]


def test_a_message_of_another_version_of_the_table_is_no_step(world: World) -> None:
    step = ScanStep(world.at.name, "CUSTOMER", Side.BC, "no-such-job", JobKind.SCHEDULED, ScanMode.CHANGES, 7)
    detect.take_step(world.parts, replace(step))
    assert worlds.deliver(world) == 0


def test_a_row_that_is_told_as_deleted_and_still_shown_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read may be older than the change feed: the row must not be listed again by what it shows."""
    world = worlds.new_world()
    account = worlds.new_account(world, "Short-lived")
    worlds.full(world)
    assert account in {each["id"] for each in worlds.problems(world)}
    system, shown = world.at.systems[Side.SALES], dict[str, Row]()
    read, stale_reads = type(system).read, False

    def stale(self: object, table: Table, ids: Sequence[str]) -> Mapping[str, Row]:
        found: Mapping[str, Row] = read(self, table, ids)  # type: ignore[arg-type]
        shown.update({key: row for key, row in found.items() if key == account})
        return {**found, **{key: row for key, row in shown.items() if key in ids and stale_reads}}

    monkeypatch.setattr(type(system), "read", stale)
    world.person_in_sales.edit(f"accounts({account})", telephone1="555")
    worlds.cycles(world, 1)
    world.person_in_sales.call("DELETE", f"accounts({account})")
    stale_reads = True
    worlds.cycles(world, 1)
    stale_reads = False
    world.settle(2)
    assert account not in {each["id"] for each in worlds.problems(world)}
