"""The storage emulator as a child process."""

from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueServiceClient

from local.dev.azurite import all_listening, start_azurite
from local.dev.processes import Processes


def test_it_is_ready_when_all_three_services_listen() -> None:
    ready = all_listening()
    line = "Azurite {} service is successfully listening at http://127.0.0.1:{}\n"
    assert ready("Azurite Blob service is starting at http://127.0.0.1:0\n") is None
    assert ready(line.format("Blob", 11)) is None
    assert ready(line.format("Queue", 12)) is None
    assert ready(line.format("Table", 13)) == {"Blob": 11, "Queue": 12, "Table": 13}


@pytest.mark.storage
def test_two_emulators_are_two_empty_accounts_with_tables_and_queues(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        first, second = (start_azurite(processes, name) for name in ("first", "second"))
        tables = [TableServiceClient.from_connection_string(one) for one in (first, second)]
        tables[0].create_table("people").upsert_entity({"PartitionKey": "a", "RowKey": "1", "n": 1})
        assert tables[0].get_table_client("people").get_entity("a", "1")["n"] == 1
        assert list(tables[1].list_tables()) == []
        queue = QueueServiceClient.from_connection_string(second).create_queue("work")
        queue.send_message("hello")
        assert [message.content for message in queue.receive_messages()] == ["hello"]
