"""Who waits for whom: found by what they wait for, and taken off together."""

from __future__ import annotations

import pytest

from shared_code.core.records import Side
from shared_code.store.memory import MemoryTables
from shared_code.store.tables import Tables
from shared_code.store.waiters import Waiter, WaiterStore

pytestmark = pytest.mark.storage


@pytest.mark.parametrize("key", ["simple", "a|b", "a/b\\c#d?e", "ü 😀", "x" * 300])
def test_a_waiter_is_found_whatever_it_waits_for(stored: Tables, connection: str, key: str) -> None:
    waiting = WaiterStore(stored, connection)
    made = Waiter("CUSTOMER", key, "CONTACT", Side.SALES, "s1")
    waiting.add([made, made])
    assert waiting.of("CUSTOMER") == [made]
    assert waiting.of("CONTACT") == []
    waiting.remove([made])
    waiting.remove([made])
    assert waiting.of("CUSTOMER") == []


def test_many_waiters_are_removed_together_also_where_some_are_gone_already(
    stored: Tables, connection: str
) -> None:
    waiting = WaiterStore(stored, connection)
    made = [Waiter("CUSTOMER", f"k{n}", "CONTACT", Side.BC, f"b{n}") for n in range(230)]
    other = Waiter("VENDOR", "k1", "CONTACT", Side.BC, "b1")
    stays = Waiter("CUSTOMER", "k1", "CONTACT", Side.BC, "another")
    waiting.add([*made, other, stays])
    waiting.remove(made[5:6])
    waiting.remove([*made, made[0], other])
    assert waiting.of("CUSTOMER") == [stays]
    assert waiting.of("VENDOR") == []


def test_a_hundred_waiters_are_removed_with_one_request() -> None:
    asked: list[str] = []
    tables = MemoryTables(after=lambda operation, _: asked.append(operation))
    tables.ensure(["Waiters"])
    waiting = WaiterStore(tables, "cronus")
    made = [Waiter("CUSTOMER", f"k{n}", "CONTACT", Side.BC, f"b{n}") for n in range(100)]
    waiting.add(made)
    asked.clear()
    waiting.remove(made)
    assert asked == ["transact"]
