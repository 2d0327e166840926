"""The table and queue services under test: the in-memory twin and Azure Storage (the emulator)."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from shared_code.runtime import ThreadRuntime
from shared_code.store import azure_queue, azure_tables
from shared_code.store.azure_queue import AzureQueue
from shared_code.store.azure_tables import AzureTables
from shared_code.store.memory import MemoryTables
from shared_code.store.memory_queue import MemoryQueue
from shared_code.store.overlay import OverlayTables
from shared_code.store.queue import Queue
from shared_code.store.table_list import TABLES
from shared_code.store.tables import Tables
from tests.store.answering import Server


@dataclass(slots=True)
class Clock:
    """A clock that moves when it is told to."""

    time_s: float = 1_800_000_000.0

    def now(self) -> float:
        return self.time_s

    def move(self, seconds: float) -> None:
        self.time_s += seconds


@dataclass(frozen=True, slots=True)
class Place:
    """A queue of its own and the way time passes there."""

    queue: Queue
    name: str
    let_pass: Callable[[float], None]

    def eventually[T](self, look: Callable[[], T], limit_s: float = 10) -> T:
        """The first true answer, looking again every tenth of a second of the queue's time."""
        for _ in range(int(limit_s * 10)):
            if found := look():
                return found
            self.let_pass(0.1)
        raise AssertionError(f"nothing came within {limit_s} s")


@pytest.fixture(scope="session")
def storage() -> dict[str, str]:
    """The settings that lead to a storage account."""
    connection = os.environ.get("AzureWebJobsStorage")  # noqa: SIM112 (the Functions host's name)
    if not connection:
        pytest.fail(
            "These tests need storage: start Azurite and set AzureWebJobsStorage to its connection string."
        )
    return {"AzureWebJobsStorage": connection}


@pytest.fixture(scope="session")
def table() -> str:
    """The name of a table that no other run uses."""
    return f"test{uuid.uuid4().hex}"


@pytest.fixture(scope="session")
def azure(storage: dict[str, str], table: str) -> AzureTables:
    tables = AzureTables(ThreadRuntime(), azure_tables.connect(storage))
    tables.ensure([table])
    return tables


@pytest.fixture
def memory(table: str) -> MemoryTables:
    tables = MemoryTables()
    tables.ensure([table])
    return tables


@pytest.fixture
def overlay(memory: MemoryTables) -> OverlayTables:
    """A table service laid over the in-memory one: it keeps the same promises."""
    tables = OverlayTables(memory, "overlaid")
    tables.ensure([])
    return tables


@pytest.fixture(params=["memory", "azure", "overlay"])
def tables(request: pytest.FixtureRequest) -> Tables:
    found: Tables = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def partition() -> str:
    """A partition key that no other test uses."""
    return uuid.uuid4().hex


@pytest.fixture(scope="session")
def azure_queues(storage: dict[str, str]) -> AzureQueue:
    return AzureQueue(ThreadRuntime(), azure_queue.connect(storage))


@pytest.fixture(params=["memory", "azure"])
def place(request: pytest.FixtureRequest) -> Place:
    name = f"test-{uuid.uuid4().hex}"
    clock = Clock()
    if request.param == "memory":
        found = Place(MemoryQueue(clock.now), name, clock.move)
    else:
        found = Place(request.getfixturevalue("azure_queues"), name, time.sleep)
    found.queue.ensure([name])
    return found


@pytest.fixture(scope="session")
def azure_concepts(storage: dict[str, str]) -> AzureTables:
    made = AzureTables(ThreadRuntime(), azure_tables.connect(storage))
    made.ensure(TABLES)
    return made


@pytest.fixture(params=["memory", "azure"])
def stored(request: pytest.FixtureRequest) -> Tables:
    if request.param == "azure":
        found: Tables = request.getfixturevalue("azure_concepts")
        return found
    memory = MemoryTables()
    memory.ensure(TABLES)
    return memory


@pytest.fixture
def connection() -> str:
    """A connection that no other test uses."""
    return f"t{uuid.uuid4().hex}"


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.listening.close()
