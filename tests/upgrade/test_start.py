"""A process brings stored data up to date before it works, and says so where it is too old for them."""

from __future__ import annotations

import json

import pytest

from local.simulators.wire import ManualClock
from shared_code import compose
from shared_code.store import schema
from shared_code.store.memory import MemoryTables
from shared_code.store.memory_queue import MemoryQueue
from shared_code.store.schema import StorageTooNew, version_of
from shared_code.sync import api
from tests.unit.test_settings import GOOD


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> MemoryTables:
    """Storage in memory in place of Azure's."""
    tables, queue = MemoryTables(), MemoryQueue(ManualClock().time)
    for module, twin, name in (
        (compose.azure_tables, tables, "AzureTables"),
        (compose.azure_queue, queue, "AzureQueue"),
    ):
        monkeypatch.setattr(module, "connect", lambda _settings: None)
        monkeypatch.setattr(module, name, lambda _runtime, _service, twin=twin: twin)
    return tables


def test_the_first_start_notes_the_version(tables: MemoryTables) -> None:
    compose.compose(GOOD)
    assert version_of(tables) == schema.present()


def test_a_start_on_newer_data_is_refused_and_the_health_says_what_to_do(tables: MemoryTables) -> None:
    tables.ensure((schema.TABLE,))
    tables.upsert(schema.TABLE, schema.row_of(schema.present() + 1))
    with pytest.raises(StorageTooNew):
        compose.compose(GOOD)
    answer = api.get_health(lambda: compose.compose(GOOD).parts, {})
    assert answer.status == 503
    assert "Deploy the newer release again" in json.dumps(json.loads(answer.text()))
