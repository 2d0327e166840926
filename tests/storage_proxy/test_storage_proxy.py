"""The proxy before storage: unseen while nothing fails, as strict as Azure, and faulty on demand."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from azure.core.exceptions import AzureError, HttpResponseError, ServiceResponseError
from azure.data.tables import TableClient, TableServiceClient
from azure.storage.queue import QueueClient, QueueServiceClient

from local.dev.processes import Processes
from local.environment.storage import HostStorage, start_proxies
from local.simulators.faults import Fault
from local.simulators.wire import Request
from local.storage_proxy.answers import QUEUE, TABLE, refusal
from local.storage_proxy.forwarding import Forwarding
from local.storage_proxy.limits import COMPARISONS, MESSAGE_BYTES, OPERATIONS, refused

pytestmark = pytest.mark.storage
ONCE: Mapping[str, Any] = {"retry_total": 0}
STORAGE = "AzureWebJobsStorage"
LONGEST_S = 1


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostStorage]:
    with Processes(tmp_path_factory.mktemp("logs")) as processes:
        yield start_proxies(processes, "", os.environ[STORAGE], LONGEST_S)


@pytest.fixture
def table(proxied: HostStorage) -> TableClient:
    service = TableServiceClient.from_connection_string(proxied.connection, **ONCE)
    return service.create_table(f"t{uuid.uuid4().hex}")


@pytest.fixture
def queue(proxied: HostStorage) -> QueueClient:
    service = QueueServiceClient.from_connection_string(proxied.connection, **ONCE)
    return service.create_queue(f"q-{uuid.uuid4().hex}")


@pytest.fixture(autouse=True)
def no_fault_is_left(proxied: HostStorage) -> Iterator[None]:
    yield
    for control in proxied.controls.values():
        assert control.get("faults")["waiting"] == 0
        control.faults({})


def row(key: str, value: str = "") -> dict[str, str]:
    return {"PartitionKey": "p", "RowKey": key, "v": value}


def rows(table: TableClient) -> dict[str, str]:
    return {str(each["RowKey"]): str(each["v"]) for each in table.list_entities()}


def texts(queue: QueueClient) -> list[str]:
    return [str(each.content) for each in queue.receive_messages(visibility_timeout=1)]


def test_rows_and_transactions_pass_as_they_are(table: TableClient) -> None:
    table.create_entity(row("a", "Ærø 東京 '\"&"))
    table.submit_transaction([("create", row(str(number))) for number in range(OPERATIONS)])
    assert rows(table) == {"a": "Ærø 東京 '\"&", **{str(number): "" for number in range(OPERATIONS)}}


def test_messages_pass_as_they_are(queue: QueueClient) -> None:
    queue.send_message("<b>Ærø</b> & 東京")
    assert texts(queue) == ["<b>Ærø</b> & 東京"]


def test_a_long_delay_is_cut_short_and_a_short_one_is_kept(queue: QueueClient) -> None:
    queue.send_message("later", visibility_timeout=3600)
    queue.send_message("now")
    assert texts(queue) == ["now"]
    deadline = time.monotonic() + 10
    while "later" not in texts(queue):
        assert time.monotonic() < deadline


@pytest.mark.parametrize(("kind", "status"), [(Fault.STATUS_503, 503), (Fault.STATUS_500, 500)])
def test_a_refusal_has_the_shape_of_the_service_and_nothing_is_done(
    proxied: HostStorage, table: TableClient, queue: QueueClient, kind: Fault, status: int
) -> None:
    codes = {500: "InternalError", 503: "ServerBusy"}
    for control in proxied.controls.values():
        control.fail_next(kind, method="POST")
    for call in (lambda: table.create_entity(row("a")), lambda: queue.send_message("a")):
        with pytest.raises(HttpResponseError) as caught:
            call()
        assert caught.value.status_code == status
        assert codes[status] in str(caught.value)
    assert (rows(table), texts(queue)) == ({}, [])


@pytest.mark.parametrize(("kind", "done"), [(Fault.RESET_BEFORE, False), (Fault.ANSWER_LOST, True)])
def test_a_connection_ends_before_or_after_the_request_was_done(
    proxied: HostStorage, table: TableClient, kind: Fault, done: bool
) -> None:
    proxied.controls[TABLE].fail_next(kind, method="POST", path=table.table_name)
    with pytest.raises(ServiceResponseError):
        table.create_entity(row("a"))
    assert rows(table) == ({"a": ""} if done else {})


def test_a_message_can_be_sent_twice(proxied: HostStorage, queue: QueueClient) -> None:
    proxied.controls[QUEUE].fail_next(Fault.DUPLICATE, method="POST", path="/messages")
    queue.send_message("twice")
    assert texts(queue) == ["twice", "twice"]


def test_an_emulator_that_is_gone_is_a_lost_connection(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Processes(tmp_path_factory.mktemp("gone")) as processes:
        nowhere = "QueueEndpoint=http://127.0.0.1:9/a;TableEndpoint=http://127.0.0.1:9/a;"
        text = f"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;{nowhere}"
        found = start_proxies(processes, "", text, None)
        service = TableServiceClient.from_connection_string(found.connection, **ONCE)
        with pytest.raises(AzureError):
            service.create_table("t")


@pytest.mark.parametrize("address", ["https://127.0.0.1:1", "http://127.0.0.1", "127.0.0.1:1"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="no http address"):
        Forwarding(TABLE, address)


def post(body: bytes, target: str = "/a/q/messages") -> Request:
    return Request("POST", target, {}, body)


def test_a_message_may_have_64_kib() -> None:
    text = b"<QueueMessage><MessageText>%s</MessageText></QueueMessage>"
    assert refused(QUEUE, post(text % (b"x" * MESSAGE_BYTES))) is None
    answer = refused(QUEUE, post(text % (b"x" * (MESSAGE_BYTES + 1))))
    assert answer is not None
    assert (answer.status, answer.headers["x-ms-error-code"]) == (413, "RequestBodyTooLarge")


def test_a_transaction_may_have_100_operations_and_four_mebibytes() -> None:
    part = b"--changeset\r\nContent-Type: application/http\r\n\r\nPOST /a\r\n"
    assert refused(TABLE, post(part * OPERATIONS, "/a/$batch")) is None
    answer = refused(TABLE, post(part * (OPERATIONS + 1), "/a/$batch"))
    assert answer is not None
    assert json.loads(answer.body)["odata.error"]["code"] == "InvalidInput"
    answer = refused(TABLE, post(b"x" * (4 * 1024 * 1024 + 1), "/a/$batch"))
    assert answer is not None
    assert answer.status == 413


def test_a_filter_may_have_15_comparisons() -> None:
    def asked(count: int) -> Request:
        terms = ["PartitionKey%20eq%20'a%20eq%20b%20and%20c%20ne%20''d'"] * count
        return Request("GET", f"/a/T()?$filter={'%20or%20'.join(terms)}")

    assert refused(TABLE, asked(COMPARISONS)) is None
    answer = refused(TABLE, asked(COMPARISONS + 1))
    assert answer is not None
    assert answer.status == 400


def test_a_refusal_may_say_when_to_come_again() -> None:
    assert refusal(TABLE)(503, 7).headers["Retry-After"] == "7"
    assert "Retry-After" not in refusal(QUEUE)(500, None).headers
