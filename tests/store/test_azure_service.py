"""Settings, errors and repeats of the Azure implementations, with faults put in at the transport."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.client import BadStatusLine
from types import SimpleNamespace
from typing import Any

import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseError,
)

from shared_code.runtime import ThreadRuntime
from shared_code.store import azure_queue, azure_tables
from shared_code.store.azure_service import ATTEMPTS, MAX_WAIT_S, attempt, problem_of
from shared_code.store.azure_signing import signing_of
from shared_code.store.azure_tables import AzureTables
from shared_code.store.azure_wire import Reply, Wire
from shared_code.store.tables import (
    AlreadyExists,
    Changed,
    Delete,
    Entity,
    Insert,
    Replace,
    StorageRefused,
    StorageUnavailable,
    StoreError,
    Unstorable,
)


@dataclass(slots=True)
class Unhurried(ThreadRuntime):
    """A runtime that notes its waits instead of waiting."""

    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def random(self) -> float:
        return 0.5


class Faulty(Wire):
    """A wire with faults to come: an exception before sending, after it, or none."""

    faults: list[str]

    def send(self, method: str, path: str, headers: Mapping[str, str], content: bytes | None = None) -> Reply:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "unsent":
            raise ServiceRequestError("no connection")
        answer = super().send(method, path, headers, content)
        if fault == "lost":
            raise ServiceResponseError("connection aborted")
        return answer


@dataclass(slots=True)
class Weak:
    """Tables over a faulty connection."""

    tables: AzureTables
    wire: Faulty
    runtime: Unhurried


@pytest.fixture
def weak(storage: dict[str, str], azure: AzureTables) -> Weak:
    service, runtime = azure_tables.connect(storage), Unhurried()
    wire = Faulty(service.url, signing_of(service.credential, runtime.now), 5.0, 30.0)
    wire.faults = []
    return Weak(AzureTables(runtime, service, wire), wire, runtime)


def answer(status: int, code: str = "", **headers: str) -> HttpResponseError:
    """The library's error for an answer of the service."""
    error = HttpResponseError(f"refused\nErrorCode:{code}")
    error.status_code = status
    error.response = SimpleNamespace(headers=headers)
    return error


def calls(*results: Exception | str) -> Callable[[], str]:
    left = list(results)

    def call() -> str:
        result = left.pop(0)
        if isinstance(result, Exception):
            raise result
        return result

    return call


def test_a_busy_service_is_asked_again_after_growing_waits() -> None:
    runtime = Unhurried()
    assert attempt(runtime, "x", calls(*[answer(503, "ServerBusy")] * 3, "done")) == "done"
    assert runtime.waits == [0.25, 0.5, 1.0]


def test_attempts_are_bounded_and_a_busy_service_has_done_nothing() -> None:
    runtime = Unhurried()
    with pytest.raises(StorageUnavailable) as caught:
        attempt(runtime, "x", calls(*[answer(503, "ServerBusy")] * ATTEMPTS, "too late"))
    assert not caught.value.maybe_done
    assert len(runtime.waits) == ATTEMPTS - 1


def test_the_wait_the_service_asks_for_is_kept_within_bounds() -> None:
    runtime = Unhurried()
    busy = [answer(429, "", **{"Retry-After": seconds}) for seconds in ("7", "3600", "soon")]
    assert attempt(runtime, "x", calls(*busy, "done")) == "done"
    assert runtime.waits == [7.0, MAX_WAIT_S, 1.0]


@pytest.mark.parametrize(
    ("error", "maybe_done"),
    [
        (ServiceRequestError("no connection"), False),
        (ServiceResponseError("reset"), True),
        (answer(500), True),
        (answer(408), True),
        (answer(503), False),
        (answer(429), False),
        (BadStatusLine("x"), True),
        (ClientAuthenticationError("no token from the identity"), False),
        (answer(409, "TableBeingDeleted"), False),
    ],
)
def test_a_failure_says_whether_the_work_may_have_been_done(error: Any, maybe_done: bool) -> None:
    problem = problem_of("x", error)
    assert isinstance(problem, StorageUnavailable)
    assert problem.maybe_done == maybe_done


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (409, "EntityAlreadyExists", AlreadyExists),
        (412, "UpdateConditionNotSatisfied", Changed),
        (412, "", Changed),
        (404, "TableNotFound", StorageRefused),
        (403, "AuthorizationPermissionMismatch", StorageRefused),
        (401, "", StorageRefused),
        (400, "InvalidInput", Unstorable),
        (413, "RequestBodyTooLarge", Unstorable),
    ],
)
def test_an_answer_is_told_in_our_words_at_once(status: int, code: str, kind: type[StoreError]) -> None:
    runtime = Unhurried()
    with pytest.raises(kind):
        attempt(runtime, "x", calls(answer(status, code)))
    assert runtime.waits == []


def test_a_refusal_after_a_lost_answer_is_doubtful_for_a_write_only() -> None:
    lost, exists = ServiceResponseError("reset"), answer(412)
    with pytest.raises(StorageUnavailable) as caught:
        attempt(Unhurried(), "x", calls(lost, exists))
    assert caught.value.maybe_done
    with pytest.raises(Changed):
        attempt(Unhurried(), "x", calls(lost, exists), writes=False)
    with pytest.raises(Changed):
        attempt(Unhurried(), "x", calls(answer(503), exists))


def test_an_unsent_insert_is_repeated(weak: Weak, table: str, partition: str) -> None:
    weak.wire.faults = ["unsent", "unsent"]
    weak.tables.insert(table, Entity(partition, "r"))
    assert len(weak.runtime.waits) == 2


def test_an_insert_whose_answer_was_lost_is_never_told_as_somebody_elses(
    weak: Weak, table: str, partition: str
) -> None:
    weak.wire.faults = ["lost"]
    with pytest.raises(StorageUnavailable) as caught:
        weak.tables.insert(table, Entity(partition, "r"))
    assert caught.value.maybe_done
    assert weak.tables.get(table, partition, "r") is not None


def test_a_transaction_whose_answer_was_lost_is_doubtful(weak: Weak, table: str, partition: str) -> None:
    read = weak.tables.insert(table, Entity(partition, "r", {"v": 1}))
    weak.wire.faults = ["lost"]
    with pytest.raises(StorageUnavailable) as caught:
        weak.tables.transact(table, [Insert(Entity(partition, "s")), Replace(replace(read, values={"v": 2}))])
    assert caught.value.maybe_done
    assert [found.row for found in weak.tables.query(table, partition)] == ["r", "s"]


def test_an_upsert_a_deletion_and_reads_survive_a_lost_answer(weak: Weak, table: str, partition: str) -> None:
    weak.wire.faults = ["lost"]
    written = weak.tables.upsert(table, Entity(partition, "r", {"v": 1}))
    weak.wire.faults = ["lost"]
    assert weak.tables.get(table, partition, "r") == written
    weak.wire.faults = ["lost"]
    assert list(weak.tables.query(table, partition)) == [written]
    weak.wire.faults = ["lost"]
    weak.tables.delete(table, partition, "r", written.etag)
    assert len(weak.runtime.waits) == 4
    assert weak.tables.get(table, partition, "r") is None


def test_a_query_goes_on_from_the_page_that_failed(weak: Weak, table: str, partition: str) -> None:
    rows = [f"{n:05}" for n in range(1_200)]
    for start in range(0, 1_200, 100):
        weak.tables.transact(table, [Insert(Entity(partition, row)) for row in rows[start : start + 100]])
    reading = weak.tables.query(table, partition)
    seen = [next(reading).row]
    weak.wire.faults = ["unsent", "lost"]
    seen += [found.row for found in reading]
    assert seen == rows
    weak.tables.transact(table, [Delete(partition, row) for row in rows[:100]])


def test_an_unreachable_service_is_given_up(weak: Weak, table: str, partition: str) -> None:
    weak.wire.faults = ["unsent"] * ATTEMPTS
    with pytest.raises(StorageUnavailable) as caught:
        weak.tables.get(table, partition, "r")
    assert not caught.value.maybe_done
    assert partition not in str(caught.value)


def test_identity_settings_give_addresses_as_the_functions_host_reads_them() -> None:
    identity = {
        "AzureWebJobsStorage__credential": "managedidentity",
        "AzureWebJobsStorage__clientId": "some-id",
    }
    named = identity | {"AzureWebJobsStorage__accountName": "acct"}
    assert azure_tables.connect(named).url == "https://acct.table.core.windows.net"
    assert azure_queue.connect(named).url.rstrip("/") == "https://acct.queue.core.windows.net"
    own = {"Sync__tableServiceUri": "https://t.example", "Sync__queueServiceUri": "https://q.example"}
    assert azure_tables.connect(own, "Sync").url == "https://t.example"
    assert azure_queue.connect(own, "Sync").url.rstrip("/") == "https://q.example"


def test_without_settings_the_message_names_them() -> None:
    for connect in (azure_tables.connect, azure_queue.connect):
        with pytest.raises(StorageRefused, match="AzureWebJobsStorage__accountName"):
            connect({})
