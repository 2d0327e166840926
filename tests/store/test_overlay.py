"""A table service laid over another: it behaves like a copy of what lies below, which stays as it is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.store.memory import MemoryTables
from shared_code.store.overlay import OverlayTables
from shared_code.store.tables import (
    AlreadyExists,
    Changed,
    ConditionFailed,
    Delete,
    Entity,
    Insert,
    Missing,
    Replace,
    StorageRefused,
    Upsert,
)

TABLE, ABOVE, P = "things", "preview", "p"


def below_with(*rows: str) -> MemoryTables:
    tables = MemoryTables()
    tables.ensure([TABLE, ABOVE])
    for row in rows:
        tables.insert(TABLE, Entity(P, row, {"v": f"below {row}"}))
    return tables


def content(tables: MemoryTables | OverlayTables) -> dict[str, object]:
    return {each.row: each.values["v"] for each in tables.query(TABLE, P)}


def test_what_lies_below_is_read_through_and_never_written() -> None:
    below = below_with("a", "b", "c")
    overlay = OverlayTables(below, ABOVE)
    found = overlay.get(TABLE, P, "a")
    assert found is not None
    overlay.replace(TABLE, Entity(P, "a", {"v": "new a"}, found.etag))
    overlay.delete(TABLE, P, "b")
    overlay.insert(TABLE, Entity(P, "aa", {"v": "new aa"}))
    assert list(content(overlay).items()) == [("a", "new a"), ("aa", "new aa"), ("c", "below c")]
    assert content(below) == {each: f"below {each}" for each in "abc"}


def test_what_was_deleted_above_can_be_inserted_again() -> None:
    overlay = OverlayTables(below_with("a"), ABOVE)
    overlay.delete(TABLE, P, "a")
    with pytest.raises(Missing):
        overlay.transact(TABLE, [Delete(P, "a")])
    overlay.insert(TABLE, Entity(P, "a", {"v": "again"}))
    assert content(overlay) == {"a": "again"}


def test_an_etag_of_below_guards_until_somebody_wrote_above() -> None:
    below = below_with("a")
    one, other = OverlayTables(below, ABOVE), OverlayTables(below, ABOVE)
    found = below.get(TABLE, P, "a")
    assert found is not None
    one.replace(TABLE, Entity(P, "a", {"v": "first"}, found.etag))
    with pytest.raises(Changed):
        other.replace(TABLE, Entity(P, "a", {"v": "second"}, found.etag))


def test_a_change_below_is_seen_and_makes_an_older_etag_void() -> None:
    below = below_with("a")
    overlay, found = OverlayTables(below, ABOVE), below.get(TABLE, P, "a")
    assert found is not None
    below.upsert(TABLE, Entity(P, "a", {"v": "moved"}))
    assert content(overlay) == {"a": "moved"}
    with pytest.raises(Changed):
        overlay.delete(TABLE, P, "a", found.etag)


@pytest.mark.parametrize(("operation", "told"), [(Insert, AlreadyExists), (Replace, Changed)])
def test_who_comes_between_the_look_and_the_write_is_not_overwritten(
    operation: type[Insert] | type[Replace], told: type[ConditionFailed]
) -> None:
    below = below_with(*([] if operation is Insert else ["a"]))
    found = below.get(TABLE, P, "a")
    entity = Entity(P, "a", {"v": "mine"}, found.etag if found else "")

    def come_between(name: str, table: str) -> None:
        if name == "transact":
            below.before = lambda *_: None
            OverlayTables(below, ABOVE).upsert(TABLE, Entity(P, "a", {"v": "theirs"}))

    below.before = come_between
    overlay = OverlayTables(below, ABOVE)
    with pytest.raises(told) as refused:
        overlay.transact(TABLE, [Upsert(Entity(P, "x", {"v": 1})), operation(entity)])
    assert refused.value.index == 1
    assert content(overlay) == {"a": "theirs"}


def test_an_overlay_removes_no_table_that_lies_below() -> None:
    below = below_with("a")
    with pytest.raises(StorageRefused):
        OverlayTables(below, ABOVE).drop(TABLE)
    below.drop(ABOVE)
    with pytest.raises(StorageRefused):
        OverlayTables(below, ABOVE).get(TABLE, P, "a")


ROWS = st.sampled_from("abcd")
ONE = st.one_of(
    st.builds(lambda row, v: ("insert", row, v), ROWS, st.integers(0, 9)),
    st.builds(lambda row, v: ("replace", row, v), ROWS, st.integers(0, 9)),
    st.builds(lambda row, v: ("upsert", row, v), ROWS, st.integers(0, 9)),
    st.builds(lambda row: ("delete", row, 0), ROWS),
)


def done(tables: MemoryTables | OverlayTables, steps: Sequence[tuple[str, str, int]]) -> str:
    """One transaction; what came of it."""
    kinds = {"insert": Insert, "replace": Replace, "upsert": Upsert}
    present = {each.row: each.etag for each in tables.query(TABLE, P)}
    operations = [
        Delete(P, row) if kind == "delete" else kinds[kind](Entity(P, row, {"v": v}, present.get(row, "x")))
        for kind, row, v in steps
    ]
    try:
        tables.transact(TABLE, operations)
    except ConditionFailed as failed:
        return f"{type(failed).__name__} {failed.index}"
    return "done"


@given(
    st.sets(ROWS),
    st.lists(st.lists(ONE, min_size=1, max_size=4, unique_by=lambda step: step[1]), max_size=12),
)
def test_an_overlay_behaves_like_a_copy(
    rows: set[str], transactions: list[list[tuple[str, str, int]]]
) -> None:
    below, copy = below_with(*rows), below_with(*rows)
    overlay = OverlayTables(below, ABOVE)
    for steps in transactions:
        assert done(overlay, steps) == done(copy, steps)
        assert list(content(overlay).items()) == list(content(copy).items())
        assert overlay.get_many(TABLE, P, list("abcd")).keys() == content(copy).keys()
        first_two = [each.row for each in overlay.query(TABLE, P, first="b", limit=2)]
        assert first_two == [each.row for each in copy.query(TABLE, P, first="b", limit=2)]
    assert content(below) == {row: f"below {row}" for row in rows}
