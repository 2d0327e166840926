"""A world with much on file: pairs and problems are copies of real ones, under ids of their own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

from local.costs.measuring import whole_world
from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.core.outcome import Problem
from shared_code.core.records import Side
from shared_code.store.couplings import TABLE, CouplingStore
from shared_code.store.tables import in_chunks
from shared_code.sync.comparing import compare_api
from shared_code.sync.full_sync import Request, start

SHARES = {"CUSTOMER": 40, "CONTACT": 60}
"""Of all pairs and problems, in percent."""
TOO_LONG = "x" * 150


@dataclass(frozen=True)
class Filled:
    """The world, and ids of what pages show: a record in step, one in conflict, a job, a run, a compare."""

    world: World
    couplings: int
    problems: int
    in_step: str
    conflict: str


def filled(couplings: int, problems: int) -> Filled:
    """A first full synchronisation of the published records, a conflict, a value too long; then copies."""
    world = whole_world()
    start(world.parts, world.at, Request())
    world.settle(6)
    conflict, in_step = _disagreeing(world)
    compare_api.begin(world.parts, b"{}", {})
    world.drain()
    for name, share in SHARES.items():
        store = world.at.couplings(name)
        _copy_pairs(world, store, couplings * share // 100)
    _copy_problems(world, problems)
    return Filled(world, couplings, problems, in_step, conflict)


def _disagreeing(world: World) -> tuple[str, str]:
    """The ids of two customers, in conflict and in step; a third has a name too long for Business Central."""
    store = world.at.couplings("CUSTOMER")
    pairs = sorted(store.all_coupled(), key=lambda each: each.bc_id)[:3]
    conflict, too_long, in_step = pairs
    world.person_in_bc().edit(f"customers({conflict.bc_id})", displayName="One name")
    world.person_in_sales.edit(f"accounts({conflict.sales_id})", name="Another name")
    world.person_in_sales.edit(f"accounts({too_long.sales_id})", name=TOO_LONG)
    world.settle(3)
    return conflict.bc_id, in_step.bc_id


def _copy_pairs(world: World, store: CouplingStore, count: int) -> None:
    pattern = next(iter(store.all_coupled()))
    for number in range(count):
        store.transact(store.insert_operations(_pair(pattern, number)))


def _pair(pattern: Coupling, number: int) -> Coupling:
    bc_id, sales_id = (str(uuid.uuid5(uuid.NAMESPACE_OID, f"{side} {number}")) for side in Side)
    reference = f"M{number:07}" if pattern.reference else ""
    return replace(pattern, bc_id=bc_id, sales_id=sales_id, reference=reference, etag="")


def _copy_problems(world: World, count: int) -> None:
    patterns = world.at.couplings("CUSTOMER").all_problems(10)
    assert len({each.code for each in patterns}) >= 2, "a conflict and a value that is too long"
    for name, share in SHARES.items():
        store = world.at.couplings(name)
        copies = list(_problems(patterns, count * share // 100))
        for chunk in in_chunks([store.problem_operation(each) for each in copies], 100):
            world.tables.transact(TABLE, chunk)


def _problems(patterns: list[Problem], count: int) -> Iterator[Problem]:
    """The records of the first copied pairs, one after the other each pattern."""
    for number in range(count):
        record = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{Side.BC} {number}"))
        yield replace(patterns[number % len(patterns)], side=Side.BC, record_id=record, etag="")
