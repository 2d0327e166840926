"""Deleting where the right to delete lacks: what is still there is refused, what is gone is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared_code.core.records import Row, Side, Version
from shared_code.sync.processing import removing
from shared_code.sync.processing.work import Work
from shared_code.systems.interface import AccessDenied, Gone, Refused, Removal, Table

TABLE = Table("accounts", "accountid", ())
REMOVALS = [Removal(own, Version("1", "1")) for own in ("one", "two")]


class Denying:
    """A service that deletes the first record and refuses the next."""

    def __init__(self, hidden: bool = False) -> None:
        self.hidden = hidden

    def delete(self, table: Table, removals: Sequence[Removal]) -> Any:
        raise AccessDenied("prvDeleteAccount lacks")

    def read(self, table: Table, ids: Sequence[str]) -> Mapping[str, Row]:
        if self.hidden:
            raise AccessDenied("prvReadAccount lacks")
        return {"two": Row("two", Version("1", "1"), {})}


def work(system: Denying) -> Work:
    return cast(Work, SimpleNamespace(system=lambda side: system, table=lambda side: TABLE))


def test_what_is_still_there_is_refused_and_what_went_before_is_gone() -> None:
    found = removing.delete(work(Denying()), Side.SALES, REMOVALS)
    assert found == [Gone(), Refused(removing.DENIED, "prvDeleteAccount lacks")]


def test_where_nothing_may_be_read_either_the_whole_table_is_denied() -> None:
    with pytest.raises(AccessDenied, match="prvReadAccount"):
        removing.delete(work(Denying(hidden=True)), Side.SALES, REMOVALS)
