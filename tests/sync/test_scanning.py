"""Pages of a full scan are looked at together as far as they fit."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast
from unittest.mock import Mock

import pytest

from shared_code.core.records import Side, Version
from shared_code.sync import scanning
from shared_code.sync.parts import ConnectionParts
from shared_code.sync.scanning import read_pages
from shared_code.systems.interface import Cursor, CursorExpired, Page, Sighting, Table, Throttled

TABLE = Table("accounts", "accountid", ())
END = Cursor("end")


def seen(*ids: str, stamp: str = "1") -> tuple[Sighting, ...]:
    return tuple(Sighting(each, Version(stamp, stamp)) for each in ids)


def at(*pages: Page | Exception) -> ConnectionParts:
    system = SimpleNamespace(scan=Mock(side_effect=pages))
    return cast(ConnectionParts, SimpleNamespace(systems={Side.SALES: system}))


def ids(page: Page) -> list[str]:
    return [each.id for each in page.seen]


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "MOST_SEEN", 4)


def test_pages_are_joined_up_to_the_end_of_the_scan() -> None:
    of = at(Page(seen("a", "b"), next=Cursor("1")), Page(seen("c"), ("x",), None, END))
    assert read_pages(of, Side.SALES, TABLE, None) == Page(seen("a", "b", "c"), ("x",), None, END)


def test_as_many_pages_are_joined_as_fit_and_the_scan_goes_on_after_them() -> None:
    of = at(Page(seen("a", "b"), next=Cursor("1")), Page(seen("c", "d"), next=Cursor("2")))
    page = read_pages(of, Side.SALES, TABLE, None)
    assert (ids(page), page.next) == (["a", "b", "c", "d"], Cursor("2"))


def test_a_record_that_changed_between_two_pages_counts_once_as_it_was_seen_last() -> None:
    of = at(Page(seen("a", "b"), next=Cursor("1")), Page(seen("a", stamp="2"), (), None, END))
    assert read_pages(of, Side.SALES, TABLE, None).seen == (*seen("b"), *seen("a", stamp="2"))


def test_a_record_that_was_deleted_between_two_pages_counts_as_deleted() -> None:
    of = at(Page(seen("a", "b"), next=Cursor("1")), Page((), ("a",), None, END))
    page = read_pages(of, Side.SALES, TABLE, None)
    assert (ids(page), page.deleted) == (["b"], ("a",))


@pytest.mark.parametrize("fault", [CursorExpired("gone"), Throttled("wait", 3.0)])
def test_what_stops_a_further_page_stops_only_who_goes_on_from_there(fault: Exception) -> None:
    page = read_pages(at(Page(seen("a"), next=Cursor("1")), fault), Side.SALES, TABLE, None)
    assert (ids(page), page.next) == (["a"], Cursor("1"))


def test_what_stops_the_first_page_is_told() -> None:
    with pytest.raises(CursorExpired):
        read_pages(at(CursorExpired("gone")), Side.SALES, TABLE, Cursor("1"))
