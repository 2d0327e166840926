"""Forged messages: what is none of ours is kept as poison, changes nothing and writes to neither system."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.records import Side
from shared_code.store import poison
from shared_code.sync.dispatch import handle, keep_poison
from shared_code.sync.messages import BATCH_QUEUE, DETECTION_QUEUE, QUEUES
from tests.security.texts import HOSTILE
from tests.sync import worlds

MAX_HANDLED_CHARS = 49_152

NO_MESSAGES = [
    "",
    "null",
    "[]",
    "1",
    "{",
    "[" * 40_000,
    '{"v":1,"type":' + "[" * 40_000,
    '{"v":1,"type":[]}',
    '{"v":1,"type":{}}',
    '{"v":1,"type":null}',
    '{"v":[1],"type":"scan"}',
    '{"v":1,"type":"scan"}',
    '{"v":1,"type":"drop"}',
    '{"v":2,"type":"advance","connection":"cronus","full_sync":"1"}',
    '{"v":1,"type":"advance","connection":"cronus","full_sync":"1","nudge":"yes"}',
    '{"v":1,"type":"advance","connection":"cronus","full_sync":"1","also":1}',
    '{"v":1,"type":"advance","connection":"cronus","full_sync":' + "9" * 40_000 + "}",
    "\x00",
    "\ufffd" * 100,
    "<xml/>",
    "a" * MAX_HANDLED_CHARS,
]


def scan(**changes: Any) -> dict[str, Any]:
    plain = {"connection": "cronus", "mapping": "CUSTOMER", "side": "bc", "job": "1", "kind": "full",
             "mode": "full", "number": 0, "full_sync": ""}  # fmt: skip
    return {"v": 1, "type": "scan", **plain, **changes}


def forged() -> list[str]:
    """Messages of our form that name what is not there."""
    found: list[dict[str, Any]] = []
    for text in HOSTILE:
        found += [scan(**{name: text}) for name in ("connection", "mapping", "side", "kind", "mode")]
        found.append({"v": 1, "type": "advance", "connection": text, "full_sync": "1"})
        plain = {"v": 1, "type": "batch", "connection": "cronus", "job": "1", "batch": "1"}
        found += [{**plain, name: text} for name in ("connection", "job", "batch")]
    found += [scan(number=n) for n in (-1, 10**9, 10**4000)]
    return [json.dumps(each) for each in found] + [
        json.dumps(scan(number=n)).replace(f'"number": {n}', f'"number": {text}')
        for n, text in ((0, "true"), (0, "1.5"), (0, "1e3"), (0, '"1"'), (0, "null"))
    ]


@pytest.fixture(scope="module")
def world() -> World:
    return worlds.synced()


def unchanged(world: World, call: Callable[[], None]) -> None:
    """A call changes no table but ``Poison``, queues nothing and writes to neither system."""
    wires = {side: worlds.tap(world, side) for side in Side}
    before = contents(world)
    call()
    assert contents(world) == before
    assert not [r.target for wire in wires.values() for r in wire.seen if worlds.is_write(r)]


def contents(world: World) -> tuple[list[Any], list[int]]:
    tables = [
        (name, each.partition, each.row, dict(each.values))
        for name in sorted(world.tables._tables)
        if name not in (poison.TABLE, "Permits")
        for each in world.tables.scan(name, limit=100_000)
    ]
    return tables, [world.queue.length(name) for name in QUEUES]


@pytest.mark.parametrize("text", NO_MESSAGES, ids=lambda text: repr(text[:40]))
@pytest.mark.parametrize("queue", QUEUES)
def test_what_is_no_message_is_kept_and_done_with(world: World, queue: str, text: str) -> None:
    unchanged(world, lambda: handle(world.parts, queue, text))
    kept = [each.values["text"] for each in poison.kept(world.tables, queue, 10_000)]
    assert text[: poison.MAX_TEXT] in kept


@pytest.mark.parametrize("text", forged(), ids=lambda text: repr(text[:90]))
def test_a_message_that_names_what_is_not_there_is_kept_and_done_with(world: World, text: str) -> None:
    unchanged(world, lambda: handle(world.parts, BATCH_QUEUE, text))
    kept = [each.values["text"] for each in poison.kept(world.tables, BATCH_QUEUE, 10_000)]
    assert text[: poison.MAX_TEXT] in kept


@pytest.mark.parametrize("text", HOSTILE)
def test_what_failed_again_and_again_is_kept_and_not_acted_upon(world: World, text: str) -> None:
    unchanged(world, lambda: keep_poison(world.parts, DETECTION_QUEUE, text))


def test_a_genuine_message_still_works(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, displayName="still here")
    worlds.cycle(world)
    assert worlds.account_of(world, pair)["name"] == "still here"
