"""Couplings and problems of a mapping read along a range of ids, one after the other: nothing is held."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from shared_code.store.coupling_rows import WITHOUT_BASE, coupling_of
from shared_code.store.couplings import TABLE, problem_row
from shared_code.store.tables import Entity, Tables


class Listed(NamedTuple):
    """That a record is listed with a problem of this code."""

    side: Side
    record_id: str
    code: str


class CouplingRanges:
    """The rows of one partition of couplings.  ``whole`` as in ``CouplingStore.load``."""

    def __init__(self, tables: Tables, partition: str) -> None:
        self._tables = tables
        self._partition = partition

    def between(self, first: str, before: str | None, *, whole: bool) -> Iterator[Coupling]:
        """The couplings, ended ones too, whose BC ids lie from one text on and before another (``None``: to
        the end), in that order."""
        last = _past("b|") if before is None else "b|" + before
        return map(coupling_of, self._rows("b|" + first, last, None, whole=whole))

    def page(self, start: str, limit: int, *, whole: bool) -> tuple[list[Coupling], str]:
        """Up to ``limit`` couplings, ended ones too, from a BC id on, and the id to go on from; blank at the
        end."""
        found = list(map(coupling_of, self._rows("b|" + start, _past("b|"), limit + 1, whole=whole)))
        return found[:limit], found[limit].bc_id if len(found) > limit else ""

    def listed(
        self, side: Side | None = None, first: str = "", before: str | None = None, limit: int | None = None
    ) -> Iterator[Listed]:
        """Which records are listed with which problem: those of a side in a range of ids, else all."""
        prefix = problem_row(side, "") if side else "p|"
        last = _past(prefix) if before is None else prefix + before
        rows = self._tables.query(
            TABLE, self._partition, first=prefix + first, last=last, limit=limit, select=["code"]
        )
        return (_listed(each) for each in rows if each.row < last)

    def _rows(self, first: str, last: str, limit: int | None, *, whole: bool) -> Iterator[Entity]:
        select = None if whole else WITHOUT_BASE
        found = self._tables.query(TABLE, self._partition, first=first, last=last, limit=limit, select=select)
        return (each for each in found if each.row < last)


def _past(prefix: str) -> str:
    """Behind all rows that begin so; the prefix ends with a stroke, which no such row is greater than."""
    return prefix[:-1] + "}"


def _listed(entity: Entity) -> Listed:
    _, side, record_id = entity.row.split("|", 2)
    return Listed(Side(side), record_id, str(entity.values["code"]))
