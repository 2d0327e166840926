"""The benchmark's stand-in for Table storage answers the app's own client as the service does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.dev.azurite import connection_string
from local.simulators.server import serve
from local.simulators.table_storage import TableStorage
from shared_code.runtime import ThreadRuntime
from shared_code.store import azure_tables
from shared_code.store.azure_service import CONNECTION
from shared_code.store.azure_tables import AzureTables
from shared_code.store.tables import AlreadyExists, Changed, Delete, Entity, Insert, Replace, Upsert

TABLE, PLACE = "Couplings", "cronus|CUSTOMER"
ODD = 'a line\r\nand "another", --changes_b\r\nPUT /x HTTP/1.1\r\n\r\n{} \\ æøå 😀'


@pytest.fixture
def tables() -> Iterator[AzureTables]:
    with serve(TableStorage()) as server:
        settings = {CONNECTION: connection_string({"Blob": 0, "Queue": 0, "Table": server.port})}
        tables = AzureTables(ThreadRuntime(), azure_tables.connect(settings))
        tables.ensure([TABLE])
        yield tables


def entity(row: str, text: str, etag: str = "") -> Entity:
    return Entity(PLACE, row, {"text": text, "number": 2**40, "part": 0.5, "yes": True, "none": ""}, etag)


def test_a_transaction_of_all_kinds_is_done_whole_and_read_back_as_it_was_sent(tables: AzureTables) -> None:
    first = tables.insert(TABLE, entity("b|1", "old"))
    tables.insert(TABLE, entity("b|2", "gone"))
    done = [
        Replace(entity("b|1", ODD, first.etag)), Delete(PLACE, "b|2", None), Insert(entity("b|3", ODD)),
        Upsert(entity("b|4", "")),
    ]  # fmt: skip
    tables.transact(TABLE, done)
    found = {each.row: dict(each.values) for each in tables.query(TABLE, PLACE)}
    assert found == {
        row: dict(entity(row, text).values) for row, text in (("b|1", ODD), ("b|3", ODD), ("b|4", ""))
    }


def test_a_transaction_of_which_a_part_is_refused_does_nothing(tables: AzureTables) -> None:
    tables.insert(TABLE, entity("b|1", "there"))
    with pytest.raises(AlreadyExists) as refused:
        tables.transact(TABLE, [Insert(entity("b|0", ODD)), Insert(entity("b|1", ODD))])
    assert refused.value.index == 1
    with pytest.raises(Changed):
        tables.replace(TABLE, entity("b|1", ODD, 'W/"older"'))
    assert [each.row for each in tables.query(TABLE, PLACE)] == ["b|1"]
