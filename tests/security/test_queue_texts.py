"""Whatever stands on a queue of the running product ends in the Poison table, and the work goes on.

At the end storage itself is stopped: calls say so.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
import requests

from local.dev.processes import Processes
from local.environment import HEART, Environment, Generated, Options, start
from shared_code.store.poison import MAX_TEXT, TABLE
from shared_code.sync.messages import BATCH_QUEUE, DETECTION_QUEUE
from tests.security.conftest import synchronise
from tests.security.stored import Stored
from tests.webhooks.conftest import await_true

pytestmark = [pytest.mark.host, pytest.mark.storage]

WORK = (DETECTION_QUEUE, BATCH_QUEUE)
TEXTS = {
    "nothing": "",
    "no base64": "no base64!",
    "base64 of rubbish": base64.b64encode(b"rubbish \x00\x01").decode(),
    "base64 of no UTF-8": base64.b64encode(b"\xff\xfe\xfa").decode(),
    "base64 of a message": base64.b64encode(
        b'{"v":1,"type":"advance","connection":"x","full_sync":"1"}'
    ).decode(),
    "JSON of another shape": '[{"v": 1}]',
    "a number": "17",
    "a message without its fields": '{"v":1,"type":"batch"}',
    "an unknown kind": '{"v":1,"type":"drop","connection":"cronus"}',
    "a message of another version": '{"v":99,"type":"advance","connection":"cronus","full_sync":"1"}',
    "64 KB of text": "x" * 65_536,
    "letters of every kind": "Ærø 🚲 שלום <&>",
}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    options = Options(scope=HEART, records=Generated(2, 2), sales=(), label="queue-texts-")
    with Processes(tmp_path_factory.mktemp("logs")) as processes, start(processes, options) as running:
        running.api.get("health")  # the first call composes the app, which makes tables and queues
        yield running


def test_any_text_ends_in_the_poison_table_and_on_no_other_queue(environment: Environment) -> None:
    stored = Stored(environment.addresses.storage)
    for queue in WORK:
        stored.create_queue(f"{queue}-poison")
    for queue in (*WORK, *(f"{each}-poison" for each in WORK)):
        for name, text in TEXTS.items():
            stored.send(queue, f"{queue} {text}" if name == "letters of every kind" else text)
    kept = {(queue, text[:MAX_TEXT]) for queue in WORK for text in TEXTS.values()}
    kept -= {(queue, TEXTS["letters of every kind"]) for queue in WORK}
    kept |= {(q, f"{q}{end} {TEXTS['letters of every kind']}") for q in WORK for end in ("", "-poison")}

    def found() -> set[tuple[str, str]]:
        return {(row["PartitionKey"], row["text"]) for row in stored.table(TABLE)}

    await_true(lambda: found() == kept, f"{len(kept)} rows of poison")
    await_true(lambda: not any(stored.lengths().values()), "empty queues")
    assert not [name for name in stored.lengths() if name.endswith("-poison-poison")]


def test_the_work_goes_on_beside_it(environment: Environment) -> None:
    ended = synchronise(environment, mappings=["CURRENCY"])
    assert {line["jobQueueEntryStatus"] for line in ended["lines"]} == {"Finished"}


def test_without_storage_every_call_answers_a_503_problem(environment: Environment) -> None:
    environment.processes.stop_one("queue-texts-azurite")
    headers = {"x-functions-key": environment.keys.functions}
    for method, path in (("GET", "jobs"), ("POST", "full-synchronizations"), ("GET", "health")):
        answer = requests.request(method, f"{environment.host.url}/api/{path}", headers=headers, timeout=60)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert "did not answer" in answer.text
