"""The journal: every field Tandem wrote, with the value it replaced and what decided it.

A partition holds one mapping's entries of one month, so that a month that is past its time goes as a
whole.  Rows of a partition::

    <bc id>|<side>|<version>    one write to a record that was there: found with one prefix query per month;
                                after a restore with ~~<era> at its end, which no escape makes
    made|<batch>|<digest>       up to some hundreds of records that one batch created, a line of JSON each:
                                one entity for all of them, because the initial load pays for each entity

A coupling names the batch that created its record and when (``Origin``), so a creation is found too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from shared_code.core.identity import digest
from shared_code.core.journal import Entry, Reason, joined
from shared_code.core.records import Side
from shared_code.store.codec import escape_key, unescape_key
from shared_code.store.divided_text import as_values, text_of
from shared_code.store.json_values import dump, load, load_values
from shared_code.store.made_rows import made_entities, made_entries, made_values
from shared_code.store.tables import (
    AlreadyExists,
    Changed,
    Delete,
    Entity,
    Insert,
    Missing,
    Operation,
    Scalar,
    Tables,
    Unstorable,
    Upsert,
    in_chunks,
)

TABLE = "Journal"

KEEP_MONTHS = 13
"""How many months the journal remembers where no setting says otherwise, the present one included."""

EMPTY_MONTHS = 12
"""After so many empty months none is older: a month without a write does not end the clean-up."""

LATELY_S = 86_400.0
"""What a process that died has written is met within minutes; after a longer stop it is not looked for."""

JOIN_TRIES = 5
"""How often an entry is read anew because another worker wrote it meanwhile."""

MADE_AT_ONCE = 2
"""Rows of creations in one transaction: below its 4 MiB, however odd the text."""

_MADE = "made|"
_ERA = "~~"


def month(at_s: float, back: int = 0) -> str:
    """The month of a moment, or one ``back`` months before it, as text that sorts by time."""
    return _month_of_day(int(at_s // 86_400), back)


@lru_cache(1024)
def _month_of_day(day: int, back: int) -> str:
    at = datetime.fromtimestamp(day * 86_400, UTC)
    years, months = divmod(at.year * 12 + at.month - 1 - back, 12)
    return f"{years:04d}-{months + 1:02d}"


def month_after(of_month: str) -> str:
    """The month after one."""
    year, number = map(int, of_month.split("-"))
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


@dataclass(frozen=True, slots=True)
class Written:
    """Pairs (BC ids) that a job updated or created, and the row to go on from; blank at the end."""

    updated: list[str]
    created: list[str]
    going_on: str


@dataclass(frozen=True, slots=True)
class Announced:
    """An entry on file, the version of its row, and what the row told before, if it was there."""

    entry: Entry
    etag: str
    before: Mapping[str, Scalar] | None = None


class JournalStore:
    """The journal of one connection."""

    def __init__(self, tables: Tables, connection: str, keep_months: int = KEEP_MONTHS) -> None:
        self._tables = tables
        self._connection = connection
        self._keep_months = keep_months

    def announce(self, mapping: str, entries: Sequence[Entry]) -> list[Announced]:
        """Put entries on file before their writes go out.

        One that is there tells of a write that an earlier attempt, or another worker, may have carried out:
        it is joined and not replaced.
        """
        announced: list[Announced] = []
        for partition, rows in self._by_partition(mapping, entries).items():
            for chunk in in_chunks(list(rows.items())):
                announced += self._announce(mapping, partition, chunk)
        return announced

    def _announce(self, mapping: str, partition: str, chunk: Sequence[tuple[str, Entry]]) -> list[Announced]:
        inserts = [Insert(Entity(partition, row, _values(each))) for row, each in chunk]
        try:
            etags = self._tables.transact(TABLE, inserts)
        except (AlreadyExists, Unstorable):  # One is there already, or all together are too long.
            return [self._join(mapping, partition, row, each) for row, each in chunk]
        return [Announced(each, etag) for (_, each), etag in zip(chunk, etags, strict=True)]

    def _join(self, mapping: str, partition: str, row: str, entry: Entry) -> Announced:
        """Raises ``AlreadyExists`` or ``Changed`` where others go on writing the same row."""
        for left in reversed(range(JOIN_TRIES)):
            known = self._tables.get(TABLE, partition, row)
            try:
                if known is None:
                    fresh = self._tables.insert(TABLE, Entity(partition, row, _values(entry)))
                    return Announced(entry, fresh.etag)
                values = _values(joined(_entry(mapping, known), entry))
                stored = self._tables.replace(TABLE, replace(known, values=values))
                return Announced(entry, stored.etag, known.values)
            except (AlreadyExists, Changed, Missing):
                if not left:
                    raise
        raise AssertionError("unreachable")

    def withdraw(self, mapping: str, announced: Sequence[Announced]) -> None:
        """Take back what was announced of writes that surely did not happen; fine if it is not there.

        What another worker announced since, for the same version, tells of that one's write and stays.
        """
        for each in announced:
            partition, row = self._partition(mapping, month(each.entry.at_s)), _row(each.entry)
            with suppress(Changed, Missing):
                if each.before is None:
                    self._tables.delete(TABLE, partition, row, each.etag)
                else:
                    self._tables.replace(TABLE, Entity(partition, row, each.before, each.etag))

    def add(self, mapping: str, entries: Sequence[Entry]) -> None:
        """Put entries on file as they are now known."""
        for partition, rows in self._by_partition(mapping, entries).items():
            operations: list[Operation] = [Upsert(Entity(partition, r, _values(e))) for r, e in rows.items()]
            for chunk in in_chunks(operations):
                self._put(chunk)

    def _put(self, operations: Sequence[Operation]) -> None:
        """All at once, or one by one where long texts make them too much for one transaction."""
        try:
            self._tables.transact(TABLE, operations)
        except Unstorable:
            for each in operations:
                self._tables.transact(TABLE, [each])

    def add_made(self, mapping: str, entries: Sequence[Entry]) -> None:
        """Put what one batch created on file: a row for all of it."""
        for of_month in sorted({month(each.at_s) for each in entries}):
            made = [each for each in entries if month(each.at_s) == of_month]
            row = f"{_MADE}{made[0].batch}|{digest(each.bc_id for each in made)}"
            rows = [
                Upsert(Entity(self._partition(mapping, of_month), f"{row}|{number:03d}", values))
                for number, values in enumerate(made_entities(made))
            ]
            for chunk in in_chunks(rows, MADE_AT_ONCE):
                self._tables.transact(TABLE, chunk)

    def of_record(self, mapping: str, bc_id: str, now_s: float) -> Iterator[Entry]:
        """What was written on a pair of records that was there, the newest month first."""
        for of_month in self.months(now_s):
            yield from self.of_record_in(mapping, bc_id, of_month)

    def of_record_in(self, mapping: str, bc_id: str, of_month: str) -> list[Entry]:
        """What was written in a month on a pair of records that was there."""
        found = self._tables.query_prefix(TABLE, self._partition(mapping, of_month), f"{bc_id}|")
        return [_entry(mapping, entity) for entity in found]

    def since_version(self, mapping: str, bc_id: str, side: Side, stamp: str, now_s: float) -> list[Entry]:
        """What was lately announced for a record at this version of a side, or at a later one."""
        months = dict.fromkeys(month(at_s) for at_s in (now_s - LATELY_S, now_s))
        first, last = f"{bc_id}|{side}|{escape_key(stamp)}", f"{bc_id}|{side}|~"
        return [
            _entry(mapping, entity)
            for of_month in months
            for entity in self._tables.query(
                TABLE, self._partition(mapping, of_month), first=first, last=last
            )
        ]

    def of_range(self, mapping: str, first: str, last: str, since_s: float, now_s: float) -> list[Entry]:
        """What was written since a moment on the pairs from one BC id to another, the oldest first."""
        found = (
            _entry(mapping, entity)
            for of_month in self.months(now_s)
            if of_month >= month(since_s)
            for entity in self._tables.query(
                TABLE, self._partition(mapping, of_month), first=f"{first}|", last=f"{last}|~"
            )
        )
        return sorted(found, key=lambda each: each.at_s)

    def records_of_job(self, mapping: str, of_month: str, job: str, start: str, looked_at: int) -> Written:
        """The pairs that a job wrote in a month, among ``looked_at`` rows from one on."""
        updated: dict[str, None] = {}
        created: list[str] = []
        rows = self._tables.query(
            TABLE, self._partition(mapping, of_month), first=start or None, limit=looked_at + 1
        )
        for number, entity in enumerate(rows):
            bc_id = entity.row.split("|", 1)[0]
            if number >= looked_at and (bc_id == "made" or start.startswith(f"{bc_id}|")):
                return Written(list(updated), created, entity.row)
            if number >= looked_at:
                updated.pop(bc_id, None)  # The next page begins with all of its rows.
                return Written(list(updated), created, f"{bc_id}|")
            if entity.values["job"] != job:
                continue
            if entity.row.startswith(_MADE):
                created += [each.bc_id for each in made_entries(mapping, entity)]
            else:
                updated[bc_id] = None
        return Written(list(updated), created, "")

    def made_by(self, mapping: str, batch: str, at_s: float) -> Iterator[Entry]:
        """The creations of one batch, committed at that moment."""
        partition = self._partition(mapping, month(at_s))
        for entity in self._tables.query_prefix(TABLE, partition, f"{_MADE}{batch}|"):
            yield from made_entries(mapping, entity)

    def erase(self, mapping: str, bc_id: str, now_s: float) -> int:
        """Remove all values of a pair of records, and keep that there were some; how many entries."""
        found = [each for each in self.of_record(mapping, bc_id, now_s) if not each.erased_at_s]
        self.add(mapping, [_erased(each, now_s) for each in found])
        return len(found) + sum(self._erase_made(mapping, m, bc_id, now_s) for m in self.months(now_s))

    def _erase_made(self, mapping: str, of_month: str, bc_id: str, now_s: float) -> int:
        """Creations are looked through one by one: erasing is rare, and the pair may be uncoupled by now."""
        partition, erased = self._partition(mapping, of_month), 0
        for entity in list(self._tables.query_prefix(TABLE, partition, _MADE)):
            entries = list(made_entries(mapping, entity))
            kept = [_erased(e, now_s) if e.bc_id == bc_id and not e.erased_at_s else e for e in entries]
            if kept != entries:
                self._tables.replace(TABLE, replace(entity, values=made_values(kept)))
                erased += sum(one is not other for one, other in zip(kept, entries, strict=True))
        return erased

    def remove_past(self, mapping: str, now_s: float) -> int:
        """Remove the months that are past their time; how many rows."""
        removed, back, empty = 0, self._keep_months, 0
        while empty < EMPTY_MONTHS:
            rows = self._remove(mapping, month(now_s, back))
            removed, back, empty = removed + rows, back + 1, 0 if rows else empty + 1
        return removed

    def _remove(self, mapping: str, past: str) -> int:
        partition = self._partition(mapping, past)
        rows = [each.row for each in self._tables.query(TABLE, partition, select=("at_s",))]
        for chunk in in_chunks([Delete(partition, row) for row in rows]):
            self._tables.transact(TABLE, chunk)
        return len(rows)

    def months(self, now_s: float) -> Iterable[str]:
        """The months that are remembered, the newest first."""
        return (month(now_s, back) for back in range(self._keep_months))

    def _by_partition(self, mapping: str, entries: Iterable[Entry]) -> dict[str, dict[str, Entry]]:
        found: dict[str, dict[str, Entry]] = {}
        for each in entries:
            found.setdefault(self._partition(mapping, month(each.at_s)), {})[_row(each)] = each
        return found

    def _partition(self, mapping: str, of_month: str) -> str:
        return escape_key(f"{self._connection}|{mapping}|{of_month}")


def _erased(each: Entry, now_s: float) -> Entry:
    return replace(each, old={}, new={}, sent={}, erased_at_s=now_s)


def _row(each: Entry) -> str:
    era = f"{_ERA}{each.era}" if each.era else ""
    return f"{each.bc_id}|{each.side}|{escape_key(each.version)}{era}"


def _values(each: Entry) -> dict[str, Scalar]:
    values: dict[str, Scalar] = {
        "at_s": float(each.at_s),
        "job": each.job,
        "batch": each.batch,
        **as_values("old", dump(each.old)),
        **as_values("new", dump(each.new)),
        "because": dump(_by_reason(each)),
        "rules": each.rules,
    }
    optional: dict[str, Scalar] = {
        "overruled": ",".join(each.overruled),
        "by": each.by,
        "erased_at_s": float(each.erased_at_s),
    }
    if each.sent:
        optional |= as_values("sent", dump(each.sent))
    return values | {name: value for name, value in optional.items() if value}


def _by_reason(each: Entry) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, reason in each.because.items():
        found.setdefault(reason.value, []).append(name)
    return found


def _entry(mapping: str, entity: Entity) -> Entry:
    bc_id, side, place = entity.row.split("|", 2)
    version, _, era = place.partition(_ERA)
    values = entity.values
    return Entry(
        mapping,
        bc_id,
        Side(side),
        unescape_key(version),
        float(values["at_s"]),
        str(values["job"]),
        str(values["batch"]),
        load_values(text_of("old", values)),
        load_values(text_of("new", values)),
        {name: Reason(why) for why, names in load(str(values["because"])).items() for name in names},
        tuple(filter(None, str(values.get("overruled", "")).split(","))),
        str(values.get("by", "")),
        str(values["rules"]),
        float(values.get("erased_at_s", 0.0)),
        int(era or 0),
        load_values(text_of("sent", values) or "{}"),
    )
