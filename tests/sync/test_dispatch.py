"""From the queue to the use case: what cannot be done is kept as poison and harms nothing."""

from __future__ import annotations

import json

import pytest

from local.simulation.world import World
from shared_code.core.jobs import JobKind
from shared_code.core.records import Side
from shared_code.store import poison
from shared_code.sync.dispatch import handle, keep_poison
from shared_code.sync.messages import (
    BATCH_QUEUE,
    DETECTION_QUEUE,
    QUEUES,
    Advance,
    BatchDue,
    Message,
    ScanMode,
    ScanStep,
    to_text,
)
from tests.sync import worlds
from tests.sync.test_messages import BAD


@pytest.fixture(scope="module")
def world() -> World:
    return worlds.synced()


def kept(world: World, queue: str = BATCH_QUEUE) -> list[str]:
    return [str(each.values["text"]) for each in poison.kept(world.tables, queue, 1000)]


def step(connection: str = "cronus", mapping: str = "CUSTOMER") -> ScanStep:
    return ScanStep(connection, mapping, Side.BC, "job", JobKind.SCHEDULED, ScanMode.CHANGES)


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_a_message_that_is_none_of_ours_is_kept_and_done_with(world: World, text: str) -> None:
    handle(world.parts, BATCH_QUEUE, text)
    start = text[:100].encode("utf-8", "backslashreplace").decode()
    assert any(each.startswith(start) for each in kept(world))
    assert worlds.waiting_messages(world) == 0


UNKNOWN: list[Message] = [
    step(connection="nobody"),
    step(mapping="VENDOR"),
    BatchDue("cronus", "no-job", "no-batch"),
    BatchDue("nobody", "no-job", "no-batch"),
    Advance("nobody", "x"),
]


@pytest.mark.parametrize("message", UNKNOWN, ids=str)
def test_a_message_that_names_what_does_not_exist_is_kept_and_done_with(
    world: World, message: Message
) -> None:
    handle(world.parts, DETECTION_QUEUE, to_text(message))
    assert to_text(message) in kept(world, DETECTION_QUEUE)


def test_an_unknown_full_synchronisation_is_nothing_to_advance(world: World) -> None:
    before = worlds.waiting_messages(world)
    handle(world.parts, DETECTION_QUEUE, to_text(Advance("cronus", "no-such-one", True)))
    assert worlds.waiting_messages(world) == before


def test_the_same_poison_delivered_twice_is_kept_once(world: World) -> None:
    for _ in range(2):
        keep_poison(world.parts, BATCH_QUEUE, "the same again")
    assert kept(world).count("the same again") == 1


@pytest.mark.parametrize("text", ["x" * 48_000, "\ud800" * 48_000, "😀" * 24_000, "\x00\x1f\ufffe"])
def test_any_text_can_be_kept_however_long_and_odd(world: World, text: str) -> None:
    before = len(kept(world))
    keep_poison(world.parts, BATCH_QUEUE, text)
    assert len(kept(world)) == before + 1


def test_poison_harms_nothing_that_is_in_step(world: World) -> None:
    for text in BAD.values():
        for queue in QUEUES:
            handle(world.parts, queue, text)
    worlds.edit_bc(world, worlds.pair(world), phoneNumber="+44 1")
    worlds.cycle(world)
    assert worlds.account_of(world, worlds.pair(world))["telephone1"] == "+44 1"
    worlds.assert_whole(world)


def test_a_message_carries_no_value_of_a_record(world: World) -> None:
    sent: list[str] = []
    send = world.queue.send
    world.queue.send = lambda name, body, *, delay_s=0: (
        sent.append(body),
        send(name, body, delay_s=delay_s),
    )[1]  # type: ignore[method-assign]
    worlds.new_customer(world, "Secret Ltd.", email="secret@example.com")
    worlds.cycles(world, 2)
    world.queue.send = send  # type: ignore[method-assign]
    assert sent
    assert not any("ecret" in body for body in sent)
    assert all(len(body.encode()) < 2_000 and json.loads(body) for body in sent)
