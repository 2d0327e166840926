"""Timer functions through running hosts."""

import pytest
from azure.data.tables import TableClient, TableServiceClient

from local.host.leases import TABLE_NAME
from tests.host.conftest import Starter
from tests.host.running import HostProcess, Probe, await_true

pytestmark = [pytest.mark.host, pytest.mark.storage]


def timer_table(probe: Probe) -> TableClient:
    """Where hosts keep leases and status."""
    return TableServiceClient.from_connection_string(probe.storage).create_table_if_not_exists(TABLE_NAME)


def store_status(probe: Probe, timer: str, schedule: str, following: str) -> None:
    """What a host that ran long ago left behind."""
    keys = {"PartitionKey": probe.environment["AzureFunctionsWebHost__hostid"], "RowKey": timer}
    left = {"Schedule": schedule, "Next": following, "Owner": "", "LeaseUntil": 0.0}
    timer_table(probe).upsert_entity({**keys, **left})


def test_timer_runs_on_schedule_once_on_one_of_two_hosts(start: Starter, probe: Probe) -> None:
    start("--listen", "timer")
    start("--listen", "timer")
    await_true(lambda: len(probe.events("tick")) >= 3, "three runs")
    events = probe.events("tick")[:3]
    assert len({event["pid"] for event in events}) == 1
    assert events[2]["at"] - events[0]["at"] > 1.0  # a second apart, give or take a busy machine
    assert not any(event["past_due"] for event in events)


def test_another_host_takes_over_when_the_one_that_ran_the_timer_dies(start: Starter, probe: Probe) -> None:
    hosts = [start("--listen", "timer") for _ in range(2)]
    first = await_true(lambda: probe.events("tick"), "a run")[0]["pid"]
    for running in hosts:
        if running.process.pid == first:
            running.kill()
    others = [running.process.pid for running in hosts if running.process.pid != first]
    await_true(lambda: probe.events("tick", pid=others[0]), "a run on the other host")


def test_graceful_stop_hands_the_timer_over_at_once(start: Starter, probe: Probe) -> None:
    first = start("--listen", "timer")
    await_true(lambda: probe.events("tick"), "a run")
    assert first.terminate() == 0
    row = timer_table(probe).get_entity(probe.environment["AzureFunctionsWebHost__hostid"], "tick")
    assert row["LeaseUntil"] == 0.0


def test_missed_runs_become_one_past_due_run(start: Starter, probe: Probe) -> None:
    store_status(probe, "nightly", probe.environment["NIGHTLY"], "2020-01-01T03:00:00+00:00")
    start("--listen", "timer")
    await_true(lambda: len(probe.events("tick")) >= 2, "two ticks")
    assert [event["past_due"] for event in probe.events("nightly")] == [True]


def test_changed_schedule_makes_nothing_past_due(start: Starter, probe: Probe) -> None:
    store_status(probe, "nightly", "0 0 4 1 1 *", "2020-01-01T04:00:00+00:00")
    start("--listen", "timer")
    await_true(lambda: len(probe.events("tick")) >= 2, "two ticks")
    assert probe.events("nightly") == []


def test_failed_startup_run_is_not_retried(host: HostProcess, shared_probe: Probe) -> None:
    await_true(lambda: len(shared_probe.events("tick")) >= 2, "two ticks")
    assert len(shared_probe.events("long_timer")) == 1


def test_timer_can_be_run_by_hand(host: HostProcess, shared_probe: Probe) -> None:
    assert host.run("nightly").status_code == 202
    event = await_true(lambda: shared_probe.events("nightly"), "the run")[0]
    assert event["past_due"] is False
    assert len(event["invocation"]) == 36
