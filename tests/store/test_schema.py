"""The version of what is stored: old data is brought up to date once, whatever dies meanwhile."""

from __future__ import annotations

from contextlib import suppress

import pytest

from shared_code.store import schema
from shared_code.store.memory import MemoryTables
from shared_code.store.schema import Step, StorageTooNew, bring_up_to_date, version_of
from shared_code.store.tables import Entity, StorageUnavailable, Tables

DATA = "Couplings"


def stored(*, data: bool) -> MemoryTables:
    tables = MemoryTables()
    tables.ensure((schema.TABLE, DATA))
    for row in "abc" if data else "":
        tables.insert(DATA, Entity("p", row, {"name": row}))
    return tables


def rename(tables: Tables) -> None:
    """A repeatable change: ``name`` becomes ``title``."""
    for entity in tables.scan(DATA, limit=1000):
        if "name" in entity.values:
            tables.replace(DATA, Entity("p", entity.row, {"title": entity.values["name"]}, entity.etag))


def double(tables: Tables) -> None:
    for entity in tables.scan(DATA, limit=1000):
        title = str(entity.values["title"])
        if len(title) == 1:
            tables.replace(DATA, Entity("p", entity.row, {"title": title * 2}, entity.etag))


STEPS = (Step(2, "names are titles", rename), Step(3, "titles are doubled", double))


def titles(tables: MemoryTables) -> list[object]:
    return [each.values.get("title") for each in tables.scan(DATA, limit=1000)]


def test_an_empty_account_is_of_the_present_version_and_nothing_is_changed() -> None:
    tables = stored(data=False)
    assert bring_up_to_date(tables, [DATA], STEPS) == []
    assert version_of(tables) == 3


def test_data_without_a_version_is_of_the_first_and_goes_through_every_step() -> None:
    tables = stored(data=True)
    assert bring_up_to_date(tables, [DATA], STEPS) == ["names are titles", "titles are doubled"]
    assert titles(tables) == ["aa", "bb", "cc"]
    assert version_of(tables) == 3


def test_what_is_up_to_date_costs_one_read() -> None:
    asked: list[tuple[str, str]] = []
    tables = stored(data=True)
    bring_up_to_date(tables, [DATA], STEPS)
    tables.before = lambda operation, place: asked.append((operation, place))
    bring_up_to_date(tables, [DATA], STEPS)
    assert len(asked) == 1


def test_it_goes_on_where_another_release_stopped() -> None:
    tables = stored(data=True)
    bring_up_to_date(tables, [DATA], STEPS[:1])
    assert bring_up_to_date(tables, [DATA], STEPS) == ["titles are doubled"]


@pytest.mark.parametrize("at", range(1, 16))
@pytest.mark.parametrize("late", [True, False])
def test_a_process_that_dies_anywhere_leaves_what_the_next_one_finishes(at: int, late: bool) -> None:
    tables = stored(data=True)
    seen = 0

    def die(_operation: str, _place: str) -> None:
        nonlocal seen
        seen += 1
        if seen == at:
            raise StorageUnavailable("the process dies here")

    setattr(tables, "after" if late else "before", die)
    with suppress(StorageUnavailable):
        bring_up_to_date(tables, [DATA], STEPS)
    tables.before = tables.after = lambda _operation, _place: None
    bring_up_to_date(tables, [DATA], STEPS)
    assert titles(tables) == ["aa", "bb", "cc"]
    assert version_of(tables) == 3


def test_two_at_once_end_with_the_same() -> None:
    tables = stored(data=True)
    others: list[list[str]] = []

    def other_first(tables: Tables) -> None:
        if not others:
            others.append([])
            others[0] = bring_up_to_date(tables, [DATA], STEPS)
        rename(tables)

    steps = (Step(2, "names are titles", other_first), STEPS[1])
    assert bring_up_to_date(tables, [DATA], steps) == []
    assert others == [["names are titles", "titles are doubled"]]
    assert titles(tables) == ["aa", "bb", "cc"]


def test_a_newer_form_is_left_alone_and_told_with_what_to_do() -> None:
    tables = stored(data=True)
    bring_up_to_date(tables, [DATA], STEPS)
    with pytest.raises(StorageTooNew, match="version 3, this release knows 2") as caught:
        bring_up_to_date(tables, [DATA], STEPS[:1])
    assert "Deploy the newer release again" in str(caught.value)
    assert titles(tables) == ["aa", "bb", "cc"]


def test_the_steps_of_this_release_are_numbered_without_a_gap() -> None:
    assert [each.to for each in schema.STEPS] == list(range(2, schema.present() + 1))
