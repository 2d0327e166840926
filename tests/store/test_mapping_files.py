"""Stored mapping files: kept word for word, and every change is seen by whoever asks for versions."""

from __future__ import annotations

import uuid

import pytest

from shared_code.runtime import ThreadRuntime
from shared_code.store import mapping_files
from shared_code.store.azure_tables import AzureTables, connect
from shared_code.store.mapping_files import TABLE, MappingFile, MappingFileStore
from shared_code.store.memory import MemoryTables
from shared_code.store.tables import Tables


@pytest.fixture(params=["memory", "azure"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> MappingFileStore:
    tables: Tables = MemoryTables()
    if request.param == "azure":
        tables = AzureTables(ThreadRuntime(), connect(request.getfixturevalue("storage")))
    monkeypatch.setattr(mapping_files, "_PARTITION", uuid.uuid4().hex)
    tables.ensure([TABLE])
    return MappingFileStore(tables)


@pytest.mark.parametrize("text", ["", "name = 1\r\n", "Ж😀" * 20_000, "x" * 15_000, "x" * 15_001])
def test_a_file_comes_back_word_for_word(store: MappingFileStore, text: str) -> None:
    file = MappingFile("ODD / name?#", text, 5.0)
    store.put(file)
    assert store.all() == {"ODD / name?#": file}


def test_a_shorter_file_leaves_nothing_of_a_longer_one(store: MappingFileStore) -> None:
    store.put(MappingFile("A", "x" * 40_000, 5.0))
    store.put(MappingFile("A", "y", 6.0))
    assert store.all()["A"].text == "y"


def test_every_change_is_another_version(store: MappingFileStore) -> None:
    seen = [store.versions()]
    for change in (
        lambda: store.put(MappingFile("A", "1", 5.0)),
        lambda: store.put(MappingFile("A", "2", 6.0)),
        lambda: store.put(MappingFile("A", "1", 7.0)),
        lambda: store.put(MappingFile("B", "1", 7.0)),
        lambda: store.remove("A"),
    ):
        change()
        assert store.versions() not in seen
        seen.append(store.versions())
    store.remove("A")
    assert store.versions() == seen[-1]
