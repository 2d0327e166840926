"""Who was coupled with whom: a second record of it, apart from the couplings.

Couplings may get lost, as a whole (a table deleted or emptied) or in part (an older backup).  Their records
would then look like new ones and get second partners.  Before a partner is created this is asked first.
Three partitions of each connection and mapping, so that none is larger than it must be::

    ...     whole       there since the mapping was first released: its absence tells that this is lost too
    ...~b   <bc id>     the Sales id, and whether the coupling ended
    ...~s   <sales id>  the BC id

A pair is put here before its coupling is committed, and may never have come to be; so it only says where to
look.  A pair counts when both of its rows name each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from shared_code.core.frozen import frozen
from shared_code.core.records import Side
from shared_code.store.codec import escape_key
from shared_code.store.tables import AlreadyExists, Entity, Insert, Tables, Upsert, in_chunks

TABLE = "Pairs"
_WHOLE = "whole"


@frozen
class Partners:
    """What is on file about some records: the partner of each, whom those were coupled with whose pair has
    ended, and whether the store is whole."""

    living: Mapping[str, str]
    former: Mapping[str, str]
    is_whole: bool


class PairStore:
    """The pairs of one connection and mapping."""

    def __init__(self, tables: Tables, connection: str, mapping: str) -> None:
        self._tables = tables
        self._partition = escape_key(f"{connection}|{mapping}")
        # No escaped text holds a bare "~".
        self._of = {Side.BC: f"{self._partition}~b", Side.SALES: f"{self._partition}~s"}

    def note(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Put (BC id, Sales id) on file; repeatable.

        Nearly all are new: inserting costs less than replacing what may be there.
        """
        for chunk in self._chunks(pairs, ended=False):
            try:
                self._tables.transact(TABLE, [Insert(each.entity) for each in chunk])
            except AlreadyExists:
                self._tables.transact(TABLE, chunk)

    def end(self, pairs: Iterable[tuple[str, str]]) -> None:
        """These are coupled no more, and are not to be coupled again by what is on file here."""
        for chunk in self._chunks(pairs, ended=True):
            self._tables.transact(TABLE, chunk)

    def correct(self, ended: tuple[str, str], living: Iterable[tuple[str, str]]) -> None:
        """One pair is none, and its records have these partners.  Each row is written once: a living pair
        never counts as ended, wherever a process dies."""
        pairs = list(living)
        by_side = {Side.BC: (ended, pairs), Side.SALES: (ended[::-1], [each[::-1] for each in pairs])}
        for side, ((own, other), others) in by_side.items():
            rows = {own: (other, True)} | {mine: (its, False) for mine, its in others}
            operations = [
                Upsert(Entity(self._of[side], row, {"partner": partner, "ended": is_over}))
                for row, (partner, is_over) in rows.items()
            ]
            self._tables.transact(TABLE, operations)

    def partners(self, side: Side, ids: Sequence[str], *, ordered: bool = False) -> Partners:
        """The partners of these records of ``side``.

        ``ordered``: the ids lie close together, as those of a full scan do, and are read along their range.
        """
        found = self._get(side, ids, ordered)
        named = {own: str(each.values["partner"]) for own, each in found.items()}
        former = {own: other for own, other in named.items() if not _is_living(found[own])}
        back = self._get(side.other, [named[own] for own in named.keys() - former], ordered)
        living = {
            own: other
            for own, other in named.items()
            if own not in former and (entity := back.get(other)) and entity.values["partner"] == own
        }
        return Partners(living, former, self.is_whole())

    def noted(self) -> Iterator[str]:
        """The BC ids of the pairs that did not end as far as this row tells (``partners`` asks both), in
        order."""
        rows = self._tables.query(TABLE, self._of[Side.BC], select=["ended"])
        return (each.row for each in rows if _is_living(each))

    def is_whole(self) -> bool:
        return self._tables.get(TABLE, self._partition, _WHOLE) is not None

    def set_whole(self) -> None:
        self._tables.upsert(TABLE, Entity(self._partition, _WHOLE, {"partner": ""}))

    def _chunks(self, pairs: Iterable[tuple[str, str]], *, ended: bool) -> Iterator[Sequence[Upsert]]:
        """Transactions of both rows of each pair; the last counts where an id comes twice."""
        both = list(pairs)
        for side, partners in ((Side.BC, dict(both)), (Side.SALES, {sales: bc for bc, sales in both})):
            rows = (
                Entity(self._of[side], own, {"partner": other, "ended": ended})
                for own, other in partners.items()
            )
            yield from in_chunks([Upsert(each) for each in rows])

    def _get(self, side: Side, ids: Iterable[str], ordered: bool) -> Mapping[str, Entity]:
        wanted = sorted(set(ids))
        return self._tables.get_many(TABLE, self._of[side], wanted, ordered=ordered) if wanted else {}


def _is_living(entity: Entity) -> bool:
    return not entity.values["ended"]
