"""Queue functions through running hosts."""

import pytest

from tests.host.conftest import Starter
from tests.host.running import HostProcess, Probe, await_true

pytestmark = [pytest.mark.host, pytest.mark.storage]


def test_message_is_processed_once_and_deleted(start: Starter, probe: Probe) -> None:
    work = probe.queue("WORK_QUEUE")
    start("--listen", "queue")
    work.send_message("hello")
    await_true(lambda: probe.events("worked", text="hello"), "the run")
    await_true(lambda: work.get_queue_properties().approximate_message_count == 0, "an empty queue")
    (event,) = probe.events("work")
    assert event["tries"] == 1
    assert event["inserted"].startswith("2")


def test_failing_message_ends_in_the_poison_queue_after_the_last_try(start: Starter, probe: Probe) -> None:
    work = probe.queue("WORK_QUEUE")
    poison = probe.queue("WORK_QUEUE", "-poison")
    work.send_message("fail")
    start("--listen", "queue")
    assert await_true(lambda: probe.peek(poison), "the poison copy") == ["ZmFpbA=="]
    assert [event["tries"] for event in probe.events("work")] == [1, 2]
    await_true(lambda: work.get_queue_properties().approximate_message_count == 0, "an empty queue")


def test_undecodable_message_goes_to_the_poison_queue_without_a_run(start: Starter, probe: Probe) -> None:
    work = probe.queue("WORK_QUEUE", raw=True)
    work.send_message("no base64!")
    start("--listen", "queue")
    poison = probe.queue("WORK_QUEUE", "-poison")
    assert await_true(lambda: probe.peek(poison), "the poison copy") == ["no base64!"]
    assert probe.events("work") == []


def test_long_run_keeps_its_message_by_renewing(start: Starter, probe: Probe) -> None:
    start("--listen", "queue")  # the lease is 2 s
    probe.queue("WORK_QUEUE").send_message("slow 3.5")
    await_true(lambda: probe.events("worked"), "the end of the run")
    assert len(probe.events("work")) == 1


def test_output_array_becomes_several_messages(start: Starter, probe: Probe) -> None:
    relay, done = probe.queue("RELAY_QUEUE"), probe.queue("DONE_QUEUE")
    start("--listen", "queue")
    relay.send_message("one")
    texts = await_true(lambda: len(found := probe.peek(done)) == 2 and found, "two messages")
    assert sorted(texts) == ["b25l", "eyJ0cmllcyI6IDF9"]  # one, {"tries": 1}


def test_two_hosts_share_a_queue_without_doubles(start: Starter, probe: Probe) -> None:
    work = probe.queue("WORK_QUEUE")
    start("--listen", "queue")
    start("--listen", "queue")
    for number in range(24):
        work.send_message(f"slow 0.1 {number}")
    await_true(lambda: len(probe.events("worked")) >= 24, "24 runs")
    events = probe.events("work")
    assert len(events) == len({event["text"] for event in events}) == 24
    assert len({event["pid"] for event in events}) == 2


def test_message_of_a_killed_host_comes_back_after_its_lease(start: Starter, probe: Probe) -> None:
    work = probe.queue("WORK_QUEUE")
    first = start("--listen", "queue")
    work.send_message("slow 1.5")
    await_true(lambda: probe.events("work"), "the first try")
    first.kill()
    second = start("--listen", "queue")
    await_true(lambda: probe.events("worked"), "the second try")
    assert [(e["pid"], e["tries"]) for e in probe.events("work")] == [
        (first.process.pid, 1),
        (second.process.pid, 2),
    ]


def test_sigterm_finishes_what_is_running_and_takes_no_more(start: Starter, probe: Probe) -> None:
    work = probe.queue("WORK_QUEUE")
    running = start("--listen", "queue")
    work.send_message("slow 1")
    await_true(lambda: probe.events("work"), "the run")
    assert running.terminate() == 0
    assert probe.events("worked")
    assert work.get_queue_properties().approximate_message_count == 0


def test_queue_function_can_be_run_by_hand(host: HostProcess, shared_probe: Probe) -> None:
    assert host.run("work", "by hand").status_code == 202
    await_true(lambda: shared_probe.events("worked", text="by hand"), "the run")
