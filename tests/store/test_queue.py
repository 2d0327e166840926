"""The promises of ``Queue``, kept alike by the in-memory twin and by Azure Queue storage."""

from __future__ import annotations

import json
import uuid

import pytest

from local.dev.places import ROOT
from shared_code.runtime import ThreadRuntime
from shared_code.store import azure_queue
from shared_code.store.azure_queue import AzureQueue
from shared_code.store.queue import MAX_BODY_BYTES, MAX_DELAY_S
from shared_code.store.tables import Changed, Missing, StorageRefused, Unstorable
from tests.store.conftest import Place


@pytest.mark.parametrize(
    "body",
    ['{"a": [1]}', "Ærø \U0001f6b2 שלום", "<&>]]>\"'", " a b ", "aGk=", "a" * MAX_BODY_BYTES, "&" * 9000],
)
def test_a_body_arrives_as_it_was_sent(place: Place, body: str) -> None:
    place.queue.send(place.name, body)
    (message,) = place.queue.receive(place.name, 1, 30)
    assert message.body == body
    assert message.dequeue_count == 1


def test_a_leased_message_is_invisible_and_comes_again_when_the_lease_ends(place: Place) -> None:
    place.queue.send(place.name, "work")
    (first,) = place.queue.receive(place.name, 32, 1)
    assert place.queue.receive(place.name, 32, 1) == []
    (second,) = place.eventually(lambda: place.queue.receive(place.name, 32, 30))
    assert (second.id, second.body, second.dequeue_count) == (first.id, "work", 2)
    with pytest.raises(Changed):
        place.queue.delete(place.name, first)
    place.queue.delete(place.name, second)
    assert place.queue.length(place.name) == 0


def test_a_deleted_message_is_gone(place: Place) -> None:
    place.queue.send(place.name, "work")
    (message,) = place.queue.receive(place.name, 32, 30)
    place.queue.delete(place.name, message)
    with pytest.raises(Missing):
        place.queue.delete(place.name, message)


def test_a_delayed_message_counts_and_arrives_later(place: Place) -> None:
    place.queue.send(place.name, "later", delay_s=0.6)
    assert place.queue.length(place.name) == 1
    assert place.queue.receive(place.name, 32, 30) == []
    (message,) = place.eventually(lambda: place.queue.receive(place.name, 32, 30))
    assert message.body == "later"


def test_a_message_may_wait_seven_days_and_no_longer(place: Place) -> None:
    place.queue.send(place.name, "next week", delay_s=MAX_DELAY_S)
    for delay_s in (MAX_DELAY_S + 1, -1, float("nan")):
        with pytest.raises(Unstorable):
            place.queue.send(place.name, "never", delay_s=delay_s)
    assert place.queue.length(place.name) == 1


@pytest.mark.parametrize(
    "body",
    [
        "a" * (MAX_BODY_BYTES + 1),
        "é" * (MAX_BODY_BYTES // 2 + 1),
        "\ud83d",
        "",
        " ",
        "a\x00",
        "a\r\n",
        "\ufffe",
    ],
)
def test_a_body_the_service_cannot_hold_is_refused(place: Place, body: str) -> None:
    with pytest.raises(Unstorable):
        place.queue.send(place.name, body)
    assert place.queue.length(place.name) == 0


def test_messages_are_received_up_to_the_limit_and_each_once(place: Place) -> None:
    for number in range(40):
        place.queue.send(place.name, str(number))
    taken = [len(found) for found in (place.queue.receive(place.name, limit, 60) for limit in (5, 32, 32))]
    assert taken == [5, 32, 3]
    assert place.queue.length(place.name) == 40


@pytest.mark.parametrize(("limit", "lease_s"), [(0, 30), (33, 30), (1, 0), (1, MAX_DELAY_S + 1)])
def test_a_request_outside_the_limits_is_refused(place: Place, limit: int, lease_s: float) -> None:
    with pytest.raises(Unstorable):
        place.queue.receive(place.name, limit, lease_s)


def test_ensuring_a_queue_again_keeps_its_messages(place: Place) -> None:
    place.queue.send(place.name, "work")
    place.queue.ensure([place.name])
    assert place.queue.length(place.name) == 1


@pytest.mark.parametrize("name", ["ab", "Upper", "a--b", "-abc", "abc-", "a_b", "a" * 64])
def test_a_queue_name_the_service_refuses_is_refused(place: Place, name: str) -> None:
    with pytest.raises(Unstorable):
        place.queue.ensure([name])


def test_a_queue_that_was_not_made_is_refused(place: Place) -> None:
    with pytest.raises(StorageRefused):
        place.queue.send("no-such-queue", "work")
    with pytest.raises(StorageRefused):
        place.queue.length("no-such-queue")


def test_the_functions_host_finds_plain_text_that_never_expires(storage: dict[str, str]) -> None:
    service = azure_queue.connect(storage)
    name = f"test-{uuid.uuid4().hex}"
    queue = AzureQueue(ThreadRuntime(), service)
    queue.ensure([name])
    queue.send(name, "é")
    (raw,) = service.get_queue_client(name).peek_messages()
    assert raw.content == "é"
    assert (
        json.loads((ROOT / "host.json").read_text("utf-8"))["extensions"]["queues"]["messageEncoding"]
        == "none"
    )
    assert raw.expires_on is not None
    assert raw.expires_on.year == 9999
