"""The in-memory twin of the table service: its hooks, and the same behaviour as the real one."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared_code.store.azure_tables import AzureTables
from shared_code.store.memory import MemoryTables
from shared_code.store.tables import (
    ConditionFailed,
    Delete,
    Entity,
    Insert,
    Operation,
    Replace,
    StorageUnavailable,
    Tables,
    Upsert,
)

type Step = tuple[str, str, int, int]
"""A kind of operation, a row, a value and which of the row's etags, 0 being the latest."""


ROWS = ("a", "b", "c")


class Lost(StorageUnavailable):
    """An injected failure."""


def fail(wanted: str) -> Callable[[str, str], None]:
    def hook(operation: str, _place: str) -> None:
        if operation == wanted:
            raise Lost("injected", maybe_done=True)

    return hook


def test_a_failure_before_an_operation_leaves_nothing_done(memory: MemoryTables, table: str) -> None:
    memory.before = fail("transact")
    with pytest.raises(Lost):
        memory.transact(table, [Insert(Entity("p", "r"))])
    assert memory.get(table, "p", "r") is None


def test_a_failure_after_an_operation_is_a_lost_answer(memory: MemoryTables, table: str) -> None:
    memory.after = fail("insert")
    with pytest.raises(Lost):
        memory.insert(table, Entity("p", "r"))
    assert memory.get(table, "p", "r") is not None


def test_the_hooks_see_each_request_with_its_place(memory: MemoryTables, table: str) -> None:
    seen: list[tuple[str, str]] = []
    memory.before = lambda operation, place: seen.append((operation, place))
    memory.get_many(table, "p", ["a", "b"])
    list(memory.query(table, "p"))
    memory.delete(table, "p", "a")
    assert seen == [(operation, table) for operation in ("get", "get", "query", "delete")]


def test_a_page_is_read_when_it_is_needed(memory: MemoryTables, table: str) -> None:
    for number in range(1_001):
        memory.insert(table, Entity("p", f"{number:05}"))
    reading = memory.query(table, "p")
    next(reading)
    memory.insert(table, Entity("p", "00000a"))
    memory.insert(table, Entity("p", "99999"))
    rest = [entity.row for entity in reading]
    assert "00000a" not in rest
    assert rest[-1] == "99999"


def operation_of(step: Step, partition: str, etags: list[str]) -> Operation:
    """``etags`` are those the row has had, the latest first."""
    kind, row, value, chosen = step
    entity = Entity(partition, row, {"v": value}, etags[min(chosen, len(etags) - 1)])
    match kind:
        case "insert":
            return Insert(entity)
        case "replace":
            return Replace(entity)
        case "upsert":
            return Upsert(entity)
    return Delete(partition, row, entity.etag if kind == "delete" else None)


def carry_out(tables: Tables, table: str, operation: Operation) -> Any:
    match operation:
        case Insert(entity):
            return tables.insert(table, entity).etag
        case Replace(entity):
            return tables.replace(table, entity).etag
        case Upsert(entity):
            return tables.upsert(table, entity).etag
        case Delete(partition, row, etag):
            return tables.delete(table, partition, row, etag)


def history(tables: Tables, table: str, partition: str, groups: list[list[Step]]) -> list[Any]:
    """What an observer sees, in terms that do not depend on the texts of etags.

    A group of one is carried out by itself, a longer one as a transaction.
    """
    foreign = tables.upsert(table, Entity(partition + "other", "r")).etag
    etags = {row: [foreign] for row in ROWS}
    seen: list[Any] = []
    for group in groups:
        operations = [operation_of(step, partition, etags[step[1]]) for step in group]
        try:
            if len(operations) == 1:
                given = [carry_out(tables, table, operations[0])]
            else:
                given = list(tables.transact(table, operations))
            for step, etag in zip(group, given, strict=True):
                etags[step[1]][:0] = [etag] if etag else []
            seen.append([bool(etag) for etag in given])
        except ConditionFailed as error:
            seen.append((type(error).__name__, error.index))
        seen.append(
            [(e.row, dict(e.values), etags[e.row].index(e.etag)) for e in tables.query(table, partition)]
        )
    return seen


steps = st.tuples(
    st.sampled_from(["insert", "replace", "upsert", "delete", "delete any"]),
    st.sampled_from(ROWS),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(0, 2),
)
groups = st.lists(steps, min_size=1, max_size=3, unique_by=lambda step: step[1])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(groups, min_size=1, max_size=8))
def test_the_twin_answers_as_the_service_does(
    azure: AzureTables, table: str, sequence: list[list[Step]]
) -> None:
    twin = MemoryTables()
    twin.ensure([table])
    partition = uuid.uuid4().hex
    assert history(twin, table, partition, sequence) == history(azure, table, partition, sequence)
