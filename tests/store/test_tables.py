"""The promises of ``Tables``, kept alike by the in-memory twin and by Azure Table storage."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_code.core.records import Side
from shared_code.store.codec import escape_key, unescape_key
from shared_code.store.tables import (
    AlreadyExists,
    Changed,
    ConditionFailed,
    Delete,
    Entity,
    Insert,
    Missing,
    Operation,
    Replace,
    Scalar,
    StorageRefused,
    Tables,
    Unstorable,
    Upsert,
    in_chunks,
)


def fill(tables: Tables, table: str, partition: str, rows: list[str]) -> None:
    operations = [Upsert(Entity(partition, row, {"v": row})) for row in rows]
    for piece in in_chunks(operations):
        tables.transact(table, piece)


def rows_of(tables: Tables, table: str, partition: str) -> list[str]:
    return [entity.row for entity in tables.query(table, partition)]


def test_what_was_inserted_is_read_back_with_its_etag(tables: Tables, table: str, partition: str) -> None:
    values: dict[str, Scalar] = {
        "text": "a",
        "empty": "",
        "yes": True,
        "no": False,
        "half": 0.5,
        "two": 2.0,
        "n": 3,
    }
    written = tables.insert(table, Entity(partition, "r", values))
    found = tables.get(table, partition, "r")
    assert found == written
    assert found is not None
    assert found.etag
    assert {name: type(value) for name, value in found.values.items()} == {
        name: type(value) for name, value in values.items()
    }


@pytest.mark.parametrize("number", [0, -1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, -(2**63)])
def test_whole_numbers_keep_64_bits(tables: Tables, table: str, partition: str, number: int) -> None:
    tables.upsert(table, Entity(partition, "r", {"n": number}))
    found = tables.get(table, partition, "r")
    assert found is not None
    assert found.values["n"] == number
    assert type(found.values["n"]) is int


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, float("nan"), float("inf")])
def test_a_number_beyond_the_service_is_refused(
    tables: Tables, table: str, partition: str, number: float
) -> None:
    with pytest.raises(Unstorable):
        tables.upsert(table, Entity(partition, "r", {"n": number}))


@pytest.mark.parametrize(
    "text",
    [
        "Ærø \U0001f6b2",
        "שלום עולם",
        "e\u0301",
        "\u200b\ufeff",
        " lead, trail ",
        "a\r\n\tb",
        "\x00\x07",
        "'\"<&>",
    ],
)
def test_any_text_comes_back_as_it_was(tables: Tables, table: str, partition: str, text: str) -> None:
    tables.insert(table, Entity(partition, "r", {"t": text}))
    found = tables.get(table, partition, "r")
    assert found is not None
    assert found.values["t"] == text


def test_a_member_of_an_enumeration_is_stored_as_plain_text(
    tables: Tables, table: str, partition: str
) -> None:
    tables.insert(table, Entity(partition, "r", {"side": Side.BC}))
    found = tables.get(table, partition, "r")
    assert found is not None
    assert found.values["side"] == "bc"
    assert type(found.values["side"]) is str


@pytest.mark.parametrize(
    "text",
    [
        "a/b",
        "a\\b",
        "a#b?c",
        "50 %",
        "a%2fb",
        "~",
        "~2f",
        "it's",
        "''",
        "\U0001f600",
        "שלום",
        "a\tb",
        "\x7f\x85",
        "a+b &=",
        "",
        " ",
        "..",
        "$x",
        "\ud83d",
        "\uffff",
        "x" * 500,
    ],
)
def test_any_text_can_be_a_key_once_escaped(tables: Tables, table: str, partition: str, text: str) -> None:
    key = escape_key(text)
    own_partition = partition[:8] + key
    written = tables.insert(table, Entity(own_partition, key, {"v": 1}))
    assert tables.get(table, own_partition, key) == written
    assert [unescape_key(found.row) for found in tables.query(table, own_partition, first=key, last=key)] == [
        text
    ]
    assert [found.row for found in tables.query_prefix(table, own_partition, key)] == [key]
    again = tables.replace(table, replace(written, values={"v": 2}))
    tables.transact(table, [Replace(again)])
    tables.delete(table, own_partition, key)
    assert tables.get(table, own_partition, key) is None


@pytest.mark.parametrize("key", ["a/b", "a\\b", "a#b", "a?b", "a\nb", "a\x7f", "a\x9fb", "\ud83d", "é" * 513])
def test_a_key_the_service_refuses_is_refused_everywhere(
    tables: Tables, table: str, partition: str, key: str
) -> None:
    for entity in (Entity(key, "r"), Entity(partition, key)):
        with pytest.raises(Unstorable):
            tables.insert(table, entity)
        with pytest.raises(Unstorable):
            tables.get(table, entity.partition, entity.row)
        with pytest.raises(Unstorable):
            tables.delete(table, entity.partition, entity.row)
        with pytest.raises(Unstorable):
            tables.transact(table, [Delete(entity.partition, entity.row)])


def test_a_key_may_take_one_kibibyte(tables: Tables, table: str, partition: str) -> None:
    row = "é" * 512
    tables.insert(table, Entity(partition, row))
    assert rows_of(tables, table, partition) == [row]


def test_an_insert_never_overwrites(tables: Tables, table: str, partition: str) -> None:
    first = tables.insert(table, Entity(partition, "r", {"v": 1}))
    with pytest.raises(AlreadyExists):
        tables.insert(table, Entity(partition, "r", {"v": 2}))
    assert tables.get(table, partition, "r") == first


def test_of_two_writers_who_read_the_same_version_one_is_told(
    tables: Tables, table: str, partition: str
) -> None:
    read = tables.insert(table, Entity(partition, "r", {"v": 0}))
    winner = tables.replace(table, replace(read, values={"v": 1}))
    with pytest.raises(Changed):
        tables.replace(table, replace(read, values={"v": 2}))
    assert tables.get(table, partition, "r") == winner
    assert winner.etag != read.etag


def test_each_write_gives_a_new_etag_even_with_equal_values(
    tables: Tables, table: str, partition: str
) -> None:
    read = tables.insert(table, Entity(partition, "r", {"v": 0}))
    etags = {read.etag, tables.upsert(table, read).etag}
    etags |= set(tables.transact(table, [Upsert(read)]))
    assert len(etags) == 3


def test_replacing_removes_values_that_are_not_given(tables: Tables, table: str, partition: str) -> None:
    read = tables.insert(table, Entity(partition, "r", {"a": 1, "b": 2}))
    read = tables.replace(table, replace(read, values={"a": 1}))
    assert read.values == {"a": 1}
    tables.upsert(table, replace(read, values={"c": 1}))
    found = tables.get(table, partition, "r")
    assert found is not None
    assert found.values == {"c": 1}


def test_replacing_what_is_not_there_is_missing(tables: Tables, table: str, partition: str) -> None:
    read = tables.insert(table, Entity(partition, "r"))
    tables.delete(table, partition, "r")
    with pytest.raises(Missing):
        tables.replace(table, read)


@pytest.mark.parametrize("etag", ["", "*"])
def test_replacing_without_a_version_is_refused(
    tables: Tables, table: str, partition: str, etag: str
) -> None:
    tables.insert(table, Entity(partition, "r", {"v": 1}))
    with pytest.raises(Unstorable):
        tables.replace(table, Entity(partition, "r", {"v": 2}, etag))
    with pytest.raises(Unstorable):
        tables.transact(table, [Replace(Entity(partition, "r", {"v": 2}, etag))])


def test_deleting_what_is_not_there_is_fine(tables: Tables, table: str, partition: str) -> None:
    read = tables.insert(table, Entity(partition, "r"))
    tables.delete(table, partition, "r")
    tables.delete(table, partition, "r")
    tables.delete(table, partition, "r", read.etag)
    assert tables.get(table, partition, "r") is None


def test_deleting_a_version_that_passed_is_refused(tables: Tables, table: str, partition: str) -> None:
    old = tables.insert(table, Entity(partition, "r", {"v": 1}))
    new = tables.upsert(table, replace(old, values={"v": 2}))
    with pytest.raises(Changed):
        tables.delete(table, partition, "r", old.etag)
    assert tables.get(table, partition, "r") == new
    tables.delete(table, partition, "r", new.etag)
    assert tables.get(table, partition, "r") is None


def test_a_transaction_carries_out_every_kind_of_operation(
    tables: Tables, table: str, partition: str
) -> None:
    kept = tables.insert(table, Entity(partition, "replaced", {"v": 1}))
    gone = tables.insert(table, Entity(partition, "deleted"))
    tables.insert(table, Entity(partition, "deleted anyway"))
    etags = tables.transact(
        table,
        [
            Insert(Entity(partition, "inserted", {"v": "\U0001f6b2"})),
            Replace(replace(kept, values={"v": 2})),
            Upsert(Entity(partition, "upserted", {"v": 3})),
            Delete(partition, "deleted", gone.etag),
            Delete(partition, "deleted anyway"),
        ],
    )
    found = {entity.row: entity for entity in tables.query(table, partition)}
    assert {row: entity.values["v"] for row, entity in found.items()} == {
        "inserted": "\U0001f6b2",
        "replaced": 2,
        "upserted": 3,
    }
    assert etags == [found["inserted"].etag, found["replaced"].etag, found["upserted"].etag, "", ""]
    assert tables.transact(table, []) == []


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("insert", AlreadyExists),
        ("replace", Changed),
        ("delete", Changed),
        ("replace gone", Missing),
        ("delete gone", Missing),
        ("delete any gone", Missing),
    ],
)
def test_one_refused_operation_undoes_the_transaction_and_is_named(
    tables: Tables, table: str, partition: str, kind: str, error: type[ConditionFailed]
) -> None:
    old = tables.insert(table, Entity(partition, "there", {"v": 1}))
    present = tables.upsert(table, replace(old, values={"v": 2}))
    refused: dict[str, Operation] = {
        "insert": Insert(Entity(partition, "there")),
        "replace": Replace(old),
        "delete": Delete(partition, "there", old.etag),
        "replace gone": Replace(replace(old, row="gone")),
        "delete gone": Delete(partition, "gone", old.etag),
        "delete any gone": Delete(partition, "gone"),
    }
    before: list[Operation] = [Insert(Entity(partition, f"new {n}")) for n in range(3)]
    with pytest.raises(error) as caught:
        tables.transact(table, [*before, refused[kind], Upsert(Entity(partition, "last"))])
    assert caught.value.index == 3
    assert list(tables.query(table, partition)) == [present]


def test_outside_a_transaction_a_refusal_names_no_operation(
    tables: Tables, table: str, partition: str
) -> None:
    tables.insert(table, Entity(partition, "r"))
    with pytest.raises(AlreadyExists) as caught:
        tables.insert(table, Entity(partition, "r"))
    assert caught.value.index is None


def test_a_transaction_takes_a_hundred_operations(tables: Tables, table: str, partition: str) -> None:
    operations = [Insert(Entity(partition, f"{n:03}")) for n in range(101)]
    with pytest.raises(Unstorable):
        tables.transact(table, operations)
    assert len(tables.transact(table, operations[:100])) == 100
    assert rows_of(tables, table, partition) == [f"{n:03}" for n in range(100)]


def test_a_transaction_stays_in_one_partition_and_names_a_row_once(
    tables: Tables, table: str, partition: str
) -> None:
    with pytest.raises(Unstorable):
        tables.transact(table, [Insert(Entity(partition, "a")), Insert(Entity(partition + "x", "b"))])
    with pytest.raises(Unstorable):
        tables.transact(table, [Upsert(Entity(partition, "a")), Delete(partition, "a")])
    assert rows_of(tables, table, partition) == []


def test_a_transaction_near_four_mebibytes_passes_and_a_larger_one_is_refused(
    tables: Tables, table: str, partition: str
) -> None:
    def operations(letter: str, number: int) -> list[Operation]:
        return [Upsert(Entity(partition, str(n), {"a": letter * 32_000})) for n in range(number)]

    tables.transact(table, operations("a", 120 - 20))
    with pytest.raises(Unstorable):
        tables.transact(table, operations("é", 23))
    tables.transact(table, operations("é", 20))


def test_a_text_takes_32768_utf16_units(tables: Tables, table: str, partition: str) -> None:
    bicycles = "\U0001f6b2" * 16_384
    written = tables.insert(table, Entity(partition, "r", {"t": bicycles}))
    assert tables.get(table, partition, "r") == written
    with pytest.raises(Unstorable):
        tables.upsert(table, replace(written, values={"t": bicycles + "a"}))
    with pytest.raises(Unstorable):
        tables.upsert(table, replace(written, values={"t": "half a pair \ud83d"}))


def test_an_entity_takes_252_values_and_one_mebibyte(tables: Tables, table: str, partition: str) -> None:
    many: dict[str, Scalar] = {f"p{n}": n for n in range(252)}
    tables.insert(table, Entity(partition, "many", many))
    with pytest.raises(Unstorable):
        tables.insert(table, Entity(partition, "more", many | {"one_more": 1}))
    large: dict[str, Scalar] = {f"p{n}": "a" * 32_700 for n in range(16)}
    tables.insert(table, Entity(partition, "large", {name: large[name] for name in list(large)[:15]}))
    with pytest.raises(Unstorable):
        tables.insert(table, Entity(partition, "larger", large | {"p16": "a" * 2_000}))


@pytest.mark.parametrize(
    "name", ["", "a b", "1a", "å", "a-b", "a" * 256, "PartitionKey", "Timestamp", "etag"]
)
def test_a_name_the_service_refuses_is_refused(tables: Tables, table: str, partition: str, name: str) -> None:
    with pytest.raises(Unstorable):
        tables.insert(table, Entity(partition, "r", {name: 1}))


def test_a_query_is_in_order_of_utf16_units(tables: Tables, table: str, partition: str) -> None:
    rows = ["z", "a", "B", "10", "9", "é", "\ue000", "\U00010000", "a b", "a-b", "a|b", "Z", "aa"]
    fill(tables, table, partition, rows)
    assert rows_of(tables, table, partition) == sorted(rows, key=lambda row: row.encode("utf-16-be"))


def test_the_bounds_of_a_query_belong_to_it(tables: Tables, table: str, partition: str) -> None:
    fill(tables, table, partition, ["a", "b", "b!", "c", "d"])

    def between(first: str | None, last: str | None, limit: int | None = None) -> list[str]:
        return [found.row for found in tables.query(table, partition, first=first, last=last, limit=limit)]

    assert between("b", "c") == ["b", "b!", "c"]
    assert between("b", "b") == ["b"]
    assert between(None, "b") == ["a", "b"]
    assert between("bb", None) == ["c", "d"]
    assert between("c", "b") == []
    assert between("a", "d", limit=2) == ["a", "b"]
    assert between("a", "d", limit=0) == []


def test_a_prefix_finds_what_starts_with_it_and_nothing_else(
    tables: Tables, table: str, partition: str
) -> None:
    rows = [
        "b",
        "b|",
        "b|1",
        "b|\U0001f6b2",
        "b|\uffee",
        "b}",
        "c",
        "it's",
        "it's|1",
        "\ud7ff",
        "\ud7ffa",
        "\U00010000",
    ]
    fill(tables, table, partition, rows)

    def starting(prefix: str, limit: int | None = None) -> set[str]:
        return {found.row for found in tables.query_prefix(table, partition, prefix, limit=limit)}

    for prefix in ("b|", "b", "it's", "\ud7ff", "\U00010000", "", "nothing"):
        assert starting(prefix) == {row for row in rows if row.startswith(prefix)}
    assert starting("b|", limit=2) == {"b|", "b|1"}


def test_more_than_a_page_is_read_completely_and_in_order(tables: Tables, table: str, partition: str) -> None:
    rows = [f"b|{n:05}" for n in range(2_050)]
    fill(tables, table, partition, rows)
    assert rows_of(tables, table, partition) == rows
    assert [found.row for found in tables.query(table, partition, limit=1_500)] == rows[:1_500]
    assert [found.row for found in tables.query_prefix(table, partition, "b|01", limit=1_100)] == rows[
        1_000:2_000
    ]


def test_many_rows_are_read_as_points_and_as_a_range_alike(
    tables: Tables, table: str, partition: str
) -> None:
    rows = [f"{n:03}" for n in range(120)]
    fill(tables, table, partition, rows)
    asked = [*rows[10:110:2], "055x", "zzz", rows[10], "000", "it's"]
    points = tables.get_many(table, partition, asked)
    assert set(points) == {*rows[10:110:2], "000"}
    assert all(found.row == row and found.values == {"v": row} for row, found in points.items())
    assert tables.get_many(table, partition, asked, ordered=True) == points
    assert tables.get_many(table, partition, rows[:3], ordered=True).keys() == set(rows[:3])
    assert tables.get_many(table, partition, []) == {}


@pytest.mark.parametrize("ordered", [False, True])
def test_many_rows_are_found_whether_they_lie_close_together_or_far_apart(
    tables: Tables, table: str, partition: str, ordered: bool
) -> None:
    rows = [f"{n:05}" for n in range(2_300)]
    fill(tables, table, partition, rows)
    dense, sparse, both = (
        rows[1_100:1_350],
        rows[:2_200:11],
        [*rows[:60:2], *rows[60::50], *rows[2_000:2_250]],
    )
    absent = [f"{n:05}x" for n in range(0, 2_300, 9)]
    for asked in (dense, sparse, both, absent, [*absent, *dense], [*rows[:2_300:60], *absent]):
        found = tables.get_many(table, partition, asked, ordered=ordered)
        assert set(found) == set(asked) & set(rows)
        assert all(entity.values == {"v": row} for row, entity in found.items())


def test_a_selection_gives_only_the_named_values(tables: Tables, table: str, partition: str) -> None:
    written = tables.insert(table, Entity(partition, "r", {"a": 1, "b": "x"}))
    found = list(tables.query(table, partition, select=["b", "absent"]))
    assert found == [replace(written, values={"b": "x"})]
    assert list(tables.query_prefix(table, partition, "r", select=["a"])) == [
        replace(written, values={"a": 1})
    ]


@pytest.mark.parametrize("tables", ["memory", "azure"], indirect=True)
def test_a_scan_crosses_partitions_up_to_its_limit(tables: Tables, table: str) -> None:
    own = table + "scan"
    tables.ensure([own])
    for name in ("p2", "p1"):
        fill(tables, own, name, ["b", "a"])
    seen = [(found.partition, found.row) for found in tables.scan(own, limit=10)]
    assert seen == [("p1", "a"), ("p1", "b"), ("p2", "a"), ("p2", "b")]
    assert [found.row for found in tables.scan(own, limit=3)] == ["a", "b", "a"]


def test_partitions_are_apart(tables: Tables, table: str, partition: str) -> None:
    fill(tables, table, partition, ["a"])
    fill(tables, table, partition + "0", ["a", "b"])
    assert rows_of(tables, table, partition) == ["a"]
    tables.delete(table, partition, "a")
    assert rows_of(tables, table, partition + "0") == ["a", "b"]


def test_ensuring_a_table_again_keeps_its_content(tables: Tables, table: str, partition: str) -> None:
    fill(tables, table, partition, ["a"])
    tables.ensure([table, table])
    assert rows_of(tables, table, partition) == ["a"]


@pytest.mark.parametrize("name", ["ab", "1abc", "a-b-c", "a" * 64, "tables", ""])
def test_a_table_name_the_service_refuses_is_refused(tables: Tables, name: str) -> None:
    with pytest.raises(Unstorable):
        tables.ensure([name])


def test_a_table_that_was_not_made_is_refused_not_empty(tables: Tables, partition: str) -> None:
    with pytest.raises(StorageRefused):
        tables.get("nosuchtable", partition, "r")
    with pytest.raises(StorageRefused):
        list(tables.query("nosuchtable", partition))
    with pytest.raises(StorageRefused):
        tables.insert("nosuchtable", Entity(partition, "r"))
    with pytest.raises(StorageRefused):
        tables.transact("nosuchtable", [Insert(Entity(partition, "r"))])


def test_a_stored_entity_is_independent_of_the_callers_dictionary(
    tables: Tables, table: str, partition: str
) -> None:
    values: dict[str, Scalar] = {"v": 1}
    tables.insert(table, Entity(partition, "r", values))
    values["v"] = 2
    found = tables.get(table, partition, "r")
    assert found is not None
    assert found.values == {"v": 1}


def test_pieces_hold_everything_in_order() -> None:
    assert [list(piece) for piece in in_chunks(range(5), 2)] == [[0, 1], [2, 3], [4]]
    assert [len(piece) for piece in in_chunks(range(250))] == [100, 100, 50]
    assert list(in_chunks([])) == []
    with pytest.raises(ValueError, match="at least one"):
        list(in_chunks([1], 0))
