"""A transaction as one request: what it says word for word, and how each kind of answer is read."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import pytest

from shared_code.runtime import ThreadRuntime
from shared_code.store.azure_requests import NotAnswered
from shared_code.store.azure_service import attempt
from shared_code.store.azure_transaction import transact
from shared_code.store.azure_wire import Reply
from shared_code.store.tables import (
    AlreadyExists,
    Delete,
    Entity,
    Insert,
    Operation,
    Replace,
    StorageUnavailable,
    Upsert,
)

OPERATIONS: list[Operation] = [
    Insert(Entity("p", "new", {"text": "Ж\n--", "yes": True, "whole": 5, "part": 1.0})),
    Upsert(Entity("p", "it's 1/2", {})),
    Replace(Entity("p", "old", {}, 'W/"1"')),
    Delete("p", "gone"),
]
DONE = "--x\r\nHTTP/1.1 204 No Content\r\n{etag}DataServiceVersion: 1.0;\r\n\r\n\r\n"
REFUSED = (
    "--x\r\nHTTP/1.1 409 Conflict\r\nContent-Type: application/json\r\n\r\n"
    '{"odata.error":{"code":"EntityAlreadyExists","message":{"lang":"en-US","value":"2:It exists.\\nTime"}}}'
)


class Service:
    """What ``transact`` asks of the wire; answers what it was made with."""

    url = "https://account.table.core.windows.net"

    def __init__(self, text: str, status: int = 202) -> None:
        self.sent: list[bytes] = []
        self._reply = Reply(status, {}, text)

    def send(self, method: str, path: str, headers: Mapping[str, str], content: bytes) -> Reply:
        assert (method, path) == ("POST", "$batch")
        self.sent.append(content)
        return self._reply


def sent(text: str, status: int = 202) -> list[str]:
    return transact(Service(text, status), "Couplings", OPERATIONS)  # type: ignore[arg-type]


def test_etags_come_in_the_order_of_the_operations_and_none_for_a_deletion() -> None:
    etags = ["ETag: W/\"datetime'a'\"\r\n", "etag: b\r\n", "Etag: c\r\n", ""]
    assert sent("".join(DONE.format(etag=each) for each in etags)) == ["W/\"datetime'a'\"", "b", "c", ""]


def test_the_refused_operation_is_named() -> None:
    with pytest.raises(NotAnswered) as raised:
        sent(REFUSED)
    assert (raised.value.status_code, raised.value.error_code, raised.value.index) == (
        409,
        "EntityAlreadyExists",
        2,
    )


def test_a_refusal_is_told_in_the_words_of_the_store() -> None:
    with pytest.raises(AlreadyExists) as raised:
        attempt(ThreadRuntime(), "transaction", lambda: sent(REFUSED))
    assert raised.value.index == 2


@pytest.mark.parametrize(
    ("text", "status"),
    [(DONE.format(etag="") * 3, 202), ("", 202), ("<html>", 500), ("{", 502), ('{"odata.error": 5}', 500)],
)
def test_an_answer_that_does_not_tell_all_may_have_been_carried_out(text: str, status: int) -> None:
    runtime = SimpleNamespace(sleep=lambda seconds: None, random=lambda: 0.5)
    with pytest.raises(StorageUnavailable) as raised:
        attempt(runtime, "transaction", lambda: sent(text, status))  # type: ignore[arg-type]
    assert raised.value.maybe_done


def test_the_request_says_what_is_asked_word_for_word() -> None:
    service = Service(DONE.format(etag="") * 4)
    transact(service, "Couplings", OPERATIONS)  # type: ignore[arg-type]
    (content,) = service.sent
    lines = content.decode().split("\r\n")
    place = "https://account.table.core.windows.net/Couplings"
    assert [each for each in lines if " HTTP/1.1" in each] == [
        f"POST {place} HTTP/1.1",
        f"PUT {place}(PartitionKey='p',RowKey='it%27%27s%201%2F2') HTTP/1.1",
        f"PUT {place}(PartitionKey='p',RowKey='old') HTTP/1.1",
        f"DELETE {place}(PartitionKey='p',RowKey='gone') HTTP/1.1",
    ]
    assert [each for each in lines if each.startswith("If-Match")] == ['If-Match: W/"1"', "If-Match: *"]
    assert (
        '{"PartitionKey":"p","RowKey":"new","text":"\\u0416\\n--","yes":true,"whole":"5",'
        '"whole@odata.type":"Edm.Int64","part":1.0,"part@odata.type":"Edm.Double"}'
    ) in lines
