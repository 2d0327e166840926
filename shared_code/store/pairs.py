"""Who was coupled with whom: a second record of it, apart from the couplings.

Couplings may get lost, as a whole (a table deleted or emptied) or in part (an older backup).  Their records
would then look like new ones and get second partners.  Before a partner is created this is asked first.
Rows of a partition (connection and mapping)::

    b|<bc id>       the Sales id, and whether the coupling ended
    s|<sales id>    the BC id
    whole           there since the mapping was first released: its absence tells that this is lost too

A pair is put here before its coupling is committed, and may never have come to be; so it only says where to
look.  A pair counts when both of its rows name each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from shared_code.core.records import Side
from shared_code.store.codec import escape_key
from shared_code.store.tables import AlreadyExists, Entity, Insert, Tables, Upsert, in_chunks

TABLE = "Pairs"
_WHOLE = "whole"
_PREFIX = {Side.BC: "b|", Side.SALES: "s|"}


class PairStore:
    """The pairs of one connection and mapping."""

    def __init__(self, tables: Tables, connection: str, mapping: str) -> None:
        self._tables = tables
        self._partition = escape_key(f"{connection}|{mapping}")

    def note(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Put (BC id, Sales id) on file; repeatable.

        Nearly all are new: inserting costs less than replacing what may be there.
        """
        for chunk in in_chunks(_unique([each for bc, sales in pairs for each in self._rows(bc, sales)])):
            try:
                self._tables.transact(TABLE, [Insert(each.entity) for each in chunk])
            except AlreadyExists:
                self._tables.transact(TABLE, chunk)

    def end(self, pairs: Iterable[tuple[str, str]]) -> None:
        """These are coupled no more, and are not to be coupled again by what is on file here."""
        rows = _unique([each for bc, sales in pairs for each in self._rows(bc, sales, ended=True)])
        for chunk in in_chunks(rows):
            self._tables.transact(TABLE, chunk)

    def partners(
        self, side: Side, ids: Sequence[str], *, ordered: bool = False
    ) -> tuple[dict[str, str], bool]:
        """The partners of these records of ``side``, and whether this store is whole.

        ``ordered``: the ids lie close together, as those of a full scan do, and are read along their range.
        """
        found = self._get({_PREFIX[side] + each for each in ids}, ordered)
        named = {row[2:]: str(e.values["partner"]) for row, e in found.items() if _is_living(e)}
        back = self._get({_PREFIX[side.other] + each for each in named.values()}, ordered)
        return {
            own: other
            for own, other in named.items()
            if (entity := back.get(_PREFIX[side.other] + other)) and entity.values["partner"] == own
        }, self.is_whole()

    def living(self) -> Iterator[tuple[str, str]]:
        """Every pair of which nobody knows that it ended, as (BC id, Sales id)."""
        pointers = self._tables.query_prefix(TABLE, self._partition, "s|")
        back = {each.row[2:]: each.values["partner"] for each in pointers}
        for each in self._tables.query_prefix(TABLE, self._partition, "b|"):
            sales_id = str(each.values["partner"])
            if not each.values["ended"] and back.get(sales_id) == each.row[2:]:
                yield each.row[2:], sales_id

    def is_whole(self) -> bool:
        return self._tables.get(TABLE, self._partition, _WHOLE) is not None

    def set_whole(self) -> None:
        self._tables.upsert(TABLE, Entity(self._partition, _WHOLE, {"partner": ""}))

    def _rows(self, bc_id: str, sales_id: str, *, ended: bool = False) -> list[Upsert]:
        both = (("b|" + bc_id, sales_id), ("s|" + sales_id, bc_id))
        return [Upsert(Entity(self._partition, row, {"partner": p, "ended": ended})) for row, p in both]

    def _get(self, rows: set[str], ordered: bool) -> Mapping[str, Entity]:
        return self._tables.get_many(TABLE, self._partition, sorted(rows), ordered=ordered) if rows else {}


def _unique(rows: Iterable[Upsert]) -> list[Upsert]:
    """The last of each row: no transaction may name one twice."""
    return list({each.entity.row: each for each in rows}.values())


def _is_living(entity: Entity) -> bool:
    return not entity.values["ended"]
