"""Texts that mean something in a filter of tables, or that keys may not hold: each finds its own row alone.

On the in-memory twin and on Azure Storage (the emulator).
"""

from __future__ import annotations

import os
import uuid

import pytest

from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from shared_code.runtime import ThreadRuntime
from shared_code.store import azure_tables, couplings, poison, waiters
from shared_code.store.azure_tables import AzureTables
from shared_code.store.codec import escape_key, unescape_key
from shared_code.store.couplings import CouplingStore
from shared_code.store.memory import MemoryTables
from shared_code.store.tables import Entity, Tables, Unstorable
from shared_code.store.waiters import Waiter, WaiterStore
from tests.security.texts import HOSTILE

pytestmark = pytest.mark.storage

ODD = ["", " ", "~", "~2f", "\ud800", "\uffff", "k" * 300, "A", "a", "😀", "é", "e\u0301"]
TEXTS = list(dict.fromkeys([*HOSTILE, *ODD]))
RAW_KEYS = [text for text in TEXTS if escape_key(text) == text]
TABLES = (couplings.TABLE, waiters.TABLE, poison.TABLE)


@pytest.fixture(scope="module")
def azure() -> AzureTables:
    return AzureTables(ThreadRuntime(), azure_tables.connect(os.environ))


@pytest.fixture(params=["memory", "azure"])
def tables(request: pytest.FixtureRequest) -> Tables:
    found: Tables = MemoryTables() if request.param == "memory" else request.getfixturevalue("azure")
    found.ensure(TABLES)
    return found


@pytest.fixture
def name() -> str:
    """A connection that no other test uses, one of the form that settings allow."""
    return f"c-{uuid.uuid4().hex[:20]}"


def coupling_of(number: int, reference: str) -> Coupling:
    key = f"00000000-0000-4000-8000-{number:012x}"
    return Coupling(key, key.replace("4000", "5000"), reference=reference)


def test_a_reference_leads_to_its_own_coupling_and_to_no_other(tables: Tables, name: str) -> None:
    store, other = CouplingStore(tables, name, "CUSTOMER"), CouplingStore(tables, name, "CONTACT")
    planted = {text: coupling_of(n, text) for n, text in enumerate(TEXTS) if text not in ("", "\ud800")}
    for each in planted.values():
        store.transact(store.insert_operations(each))
    other.transact(other.insert_operations(coupling_of(999, "other")))
    for text, each in planted.items():
        assert {c.bc_id for c in store.by_reference([text]).values()} == {each.bc_id}, repr(text)
        assert store.by_reference([f"{text}~"]) == {}
    assert {c.bc_id for c in store.by_reference(planted).values()} == {c.bc_id for c in planted.values()}
    assert other.by_reference(planted) == {}


def test_a_coupling_is_found_by_ids_alone(tables: Tables, name: str) -> None:
    store = CouplingStore(tables, name, "CUSTOMER")
    store.transact(store.insert_operations(coupling_of(1, "")))
    for text in TEXTS:
        for side in Side:
            try:
                assert store.load(side, [text]) == {}
            except Unstorable:
                assert escape_key(text) != text or len(text) > 250


@pytest.mark.parametrize("text", RAW_KEYS)
def test_a_partition_of_a_hostile_name_holds_its_own_rows_alone(tables: Tables, name: str, text: str) -> None:
    table = waiters.TABLE
    tables.insert(table, Entity(name, "row", {"a": "planted"}))
    for partition in (text, f"{name}' or PartitionKey eq '{name}", f"{name}' or '1' eq '1"):
        own = f"{name}{text}"[:200]
        assert not [e for e in tables.query(table, partition) if e.partition != partition]
        assert not [e for e in tables.query_prefix(table, partition, text) if e.partition != partition]
        assert tables.get(table, partition, own) is None
        tables.insert(table, Entity(partition, own, {"a": text}))
        assert tables.get_many(table, partition, [own, "row"]).keys() == {own}
        tables.delete(table, partition, own)
    assert [e.values["a"] for e in tables.query(table, name)] == ["planted"]


def test_bounds_of_a_query_are_texts_and_nothing_more(tables: Tables, name: str) -> None:
    for row in ("a", "b"):
        tables.insert(waiters.TABLE, Entity(name, row, {}))
    for text in ["x' or RowKey ge '", "z') or (RowKey ge '", "c' or '1' eq '1"]:
        assert list(tables.query(waiters.TABLE, name, first=text)) == []
        assert list(tables.query_prefix(waiters.TABLE, name, text)) == []


def test_what_a_record_waits_for_is_kept_as_it_is(tables: Tables, name: str) -> None:
    store = WaiterStore(tables, name)
    planted = [Waiter("CUSTOMER", text, "CONTACT", Side.BC, "1") for text in TEXTS if text != "\ud800"]
    store.add(planted)
    assert sorted(w.key for w in store.of("CUSTOMER")) == sorted(w.key for w in planted)
    assert store.of("CUSTOMER' or PartitionKey ge '") == []
    store.remove(planted[:1])
    assert sorted(w.key for w in store.of("CUSTOMER")) == sorted(w.key for w in planted[1:])


def test_a_poisoned_message_is_kept_as_it_is(tables: Tables, name: str) -> None:
    for text in [*TEXTS, "😀" * 15_000, "\x00" * 48_000, "<script>" * 6000]:
        poison.keep(tables, name, text, 1.0)
    kept = [str(each.values["text"]) for each in poison.kept(tables, name, limit=1000)]
    assert len(kept) == len(TEXTS) + 3
    assert {text for text in TEXTS if text != "\ud800"} <= set(kept)


@pytest.mark.parametrize("text", TEXTS)
def test_an_escaped_text_is_a_key_and_comes_back(tables: Tables, name: str, text: str) -> None:
    row = escape_key(text)
    if len(row) <= 500:
        tables.upsert(waiters.TABLE, Entity(name, f"k{row}", {}))
        assert [unescape_key(e.row[1:]) for e in tables.query(waiters.TABLE, name)] == [text]
