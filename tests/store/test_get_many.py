"""How many rows are read: along their range while it is dense, one by one where it is not."""

from __future__ import annotations

import uuid

import pytest

from shared_code.runtime import ThreadRuntime
from shared_code.store.azure_tables import AzureTables, connect
from shared_code.store.tables import Entity, Insert, in_chunks

pytestmark = pytest.mark.storage

TABLE = "ManyRows"
ROWS = [f"{n:05}" for n in range(3_000)]


@pytest.fixture(scope="module")
def filled(storage: dict[str, str]) -> tuple[AzureTables, str]:
    tables, partition = AzureTables(ThreadRuntime(), connect(storage)), uuid.uuid4().hex
    tables.ensure([TABLE])
    for chunk in in_chunks([Insert(Entity(partition, row, {"v": row})) for row in ROWS]):
        tables.transact(TABLE, chunk)
    return tables, partition


def singles(tables: AzureTables, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rows that are read one by one from now on."""
    asked: list[str] = []
    single = tables.get

    def noting(table: str, partition: str, row: str) -> Entity | None:
        asked.append(row)
        return single(table, partition, row)

    monkeypatch.setattr(tables, "get", noting)
    return asked


@pytest.mark.parametrize(
    ("wanted", "ordered", "one_by_one"),
    [
        (ROWS[::10], False, 0),  # 300 spread over 3,000: three pages instead of 300 requests
        (ROWS[100:160], True, 0),
        (ROWS[::40], True, 50),  # 1 in 40: after one page the other 50 cost less one by one
        (ROWS[:150], False, 0),  # a small partition, or neighbours: one small page instead of 150 requests
        (ROWS[::100], False, 28),  # 30 far apart: a page of 150 tells, with two of them on it
        (ROWS[:20], False, 0),  # a small partition: one small page instead of 20 requests
        (ROWS[::600], False, 3),  # 5 far apart: two small pages tell
        (ROWS[:3], False, 3),  # few
        ([ROWS[0], *ROWS[1_500:2_500]], True, 0),  # one that lies apart: after the gap they are neighbours
        ([ROWS[0], ROWS[900], *ROWS[1_200:1_300]], True, 0),
        ([*ROWS[::100], *(f"{row}x" for row in ROWS[::15])], False, 0),  # most are not there: a page tells
    ],
)
def test_the_range_is_left_where_it_is_sparse(
    filled: tuple[AzureTables, str],
    monkeypatch: pytest.MonkeyPatch,
    wanted: list[str],
    ordered: bool,
    one_by_one: int,
) -> None:
    tables, partition = filled
    asked = singles(tables, monkeypatch)
    found = tables.get_many(TABLE, partition, wanted, ordered=ordered)
    assert set(found) == set(wanted) & set(ROWS)
    assert len(asked) == one_by_one
