"""A scan of everything on one side, in steps that each hold a share of it however large the table is.

Services give records in an order that storage does not know.  So a scan of several pages first keeps what it
saw by how the ids begin, then takes the ids in turn, each share of what was seen beside the same share of
what is on file (``weighing``).  Pairs are on file by their BC ids: for a scan of Sales they are kept by the
ids of Sales in between.  What was missed is concluded last, when all of it is counted.  Where a step leads is
in the ``next`` of the step before: a cursor of the service, or one of the places below.

A scan of one page is weighed at once.  So is the first page where nothing is coupled yet: its batches are
worked on while the scan goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile

from shared_code.core.mapping import Mapping
from shared_code.core.records import Side, Version
from shared_code.core.sorting import shares
from shared_code.store.coupling_ranges import CouplingRanges
from shared_code.store.jobs import RESTART, Step
from shared_code.store.sorted_records import Kind, Record, SortedRecords
from shared_code.sync import scanning
from shared_code.sync.brakes import refuse_missing
from shared_code.sync.messages import ScanStep
from shared_code.sync.parts import ConnectionParts, Parts, table_of
from shared_code.sync.scan_lines import line_of_pair, lines_of_page, pair_of_line, seen_in, seen_of_lines
from shared_code.sync.selecting import DELETED, is_told, may_be_inside
from shared_code.sync.weighing import Found, Known, Weighing, known_of, needs_base
from shared_code.systems.interface import Cursor, CursorExpired, Page, Sighting

PAIRS, SHARE, MISSED = "@pairs|", "@share|", "@missed|"
"""Places: the BC id from which pairs are kept, the number of a share, the row from which missed records are
given.  No cursor begins so."""

COMPLETE = ""
_NO_VERSION = Version("", "")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a step came to: what batches are given, what is accounted for at once, the step itself, and which
    records were told as deleted or are at another version than the one on file."""

    work: Sequence[Sighting]
    unchanged: Sequence[Sighting]
    step: Step
    deleted: Collection[str] = ()
    changed: Collection[str] = ()


class FullScan:
    """One step of a scan.  ``take`` names what this attempt keeps."""

    def __init__(self, parts: Parts, at: ConnectionParts, mapping: Mapping, step: ScanStep) -> None:
        self._at = at
        self._mapping = mapping
        self._step = step
        self._side = step.side
        self._take = parts.runtime.new_id()[:8]
        self._kept = SortedRecords(at.tables, at.name, step.job, step.side)
        self._ranges = CouplingRanges(at.tables, at.couplings(mapping.name).partition)

    def take(self, cursor: Cursor | None) -> Taken:
        """Take the step.  Raises ``SystemFault`` or ``BrakeHolds``."""
        place = cursor.text if cursor else ""
        if place.startswith(PAIRS):
            return self._keep_pairs(place.removeprefix(PAIRS))
        if place.startswith(SHARE):
            return self._weigh_share(int(place.removeprefix(SHARE)))
        if place.startswith(MISSED):
            return self._give_missed(place.removeprefix(MISSED))
        return self._look(cursor)

    def forget(self, cursor: Cursor | None, taken: Step) -> None:
        """What the step, which was taken, needed is not needed any more."""
        place = cursor.text if cursor else ""
        if place.startswith(SHARE):
            share = self._shares[int(place.removeprefix(SHARE))]
            self._kept.remove(Kind.SEEN, *share)
            self._kept.remove(Kind.PAIR, *share)
        elif place.startswith(MISSED) and taken.next == COMPLETE:
            self._kept.remove(Kind.GONE)

    def _look(self, cursor: Cursor | None) -> Taken:
        """Read pages, and weigh them at once or keep what they show."""
        if cursor is not None and not (self._named and self._named[-1].take):
            raise CursorExpired(f"An older Tandem began to scan {self._mapping.name}; it begins anew.")
        page = scanning.read_pages(self._at, self._side, table_of(self._mapping, self._side), cursor)
        mark = page.watermark.text if page.watermark and self._side in self._mapping.watched else ""
        if cursor is None and page.next is None and (alone := self._weigh_alone(page)) is not None:
            return replace(alone, step=Step(COMPLETE, mark))
        found = self._begin_load(page) if cursor is None else Found()
        given = {each.id for each in (*found.work, *found.unchanged)}
        counts = self._keep(Kind.SEEN, lines_of_page(page, given, self._may_be_inside))
        following = page.next.text if page.next else self._after_pages()
        return _taken(found, Step(following, mark, take=self._take, counts=counts))

    def _after_pages(self) -> str:
        return PAIRS if self._side is Side.SALES else SHARE + "0"

    def _weigh_alone(self, page: Page) -> Taken | None:
        """Weigh all there is; ``None`` where more is missing than one step should hold."""
        gone: list[str] = []
        known = self._known("", None)
        weighing = Weighing(
            self._at, self._mapping, self._side, seen_in(page, self._may_be_inside), gone.append
        )
        found = weighing.weigh(_while_few(known, gone), self._listed("", None))
        if len(gone) > scanning.MOST_SEEN:
            return None
        refuse_missing(self._at, self._mapping, self._side, self._step.full_sync, found.news, found.coupled)
        return replace(_taken(found, Step()), work=[*found.work, *_unversioned(gone)])

    def _begin_load(self, page: Page) -> Found:
        """What the first of several pages gives where nothing is coupled: all that has a place there."""
        store = self._at.couplings(self._mapping.name)
        if self._side not in self._mapping.watched or any(store.all_coupled(limit=1, whole=False)):
            return Found()
        weighing = Weighing(
            self._at, self._mapping, self._side, seen_in(page, self._may_be_inside), lambda missed: None
        )
        return weighing.weigh((), self._listed("", None))

    def _keep_pairs(self, start: str) -> Taken:
        """Keep pairs by the ids of Sales, as the scan does what it saw."""
        whole = needs_base(self._mapping, self._side)
        found, following = self._ranges.page(start, scanning.MOST_SEEN, whole=whole)
        known = known_of(self._at, self._mapping, self._side, found)
        counts = self._keep(Kind.PAIR, map(line_of_pair, known))
        place = PAIRS + following if following else SHARE + "0"
        return Taken((), (), Step(place, take=self._take, counts=counts))

    def _weigh_share(self, number: int) -> Taken:
        share, named = self._shares, self._named
        first, before = share[number]
        takes = {each.take for each in named}
        gone = _Gone(self._kept, self._step.number, self._take)
        seen = seen_of_lines(self._kept.between(Kind.SEEN, first, before, takes))
        weighing = Weighing(self._at, self._mapping, self._side, seen, gone.miss)
        known: Iterable[Known]
        if self._side is Side.SALES:
            known = map(pair_of_line, self._kept.between(Kind.PAIR, first, before, takes))
        else:
            known = self._known(first, before)
        found = weighing.weigh(known, self._listed(first, before))
        gone.keep()
        counts = {"coupled": found.coupled, "gone": found.gone, "news": found.news}
        own = Step(SHARE + str(number + 1), take=self._take, counts=counts)
        if number + 1 == len(share):
            missed = found.gone + sum(each.counts.get("gone", 0) for each in self._weighed())
            own = replace(own, next=MISSED) if missed else self._completed(own)
        return _taken(found, own)

    def _give_missed(self, start: str) -> Taken:
        """Give what was missed, once all of it is counted: too much of it is not believed."""
        weighed = self._weighed()
        if not start:
            news, coupled = (sum(each.counts[name] for each in weighed) for name in ("news", "coupled"))
            refuse_missing(self._at, self._mapping, self._side, self._step.full_sync, news, coupled)
        takes = {each.take for each in weighed}
        records, following = self._kept.page(Kind.GONE, start, scanning.MOST_SEEN, takes)
        own = Step(MISSED + following) if following else self._completed(Step())
        return Taken(_unversioned(each[0] for each in records), (), own)

    def _completed(self, own: Step) -> Step:
        """The last step, with the watermark that the last page ended with."""
        marks = [each.watermark for each in self._named if each.watermark]
        return replace(own, next=COMPLETE, watermark=marks[-1] if marks else "")

    def _keep(self, kind: Kind, lines: Iterable[Record]) -> dict[str, int]:
        return dict(self._kept.keep(kind, self._step.number, self._take, lines))

    def _known(self, first: str, before: str | None) -> Iterator[Known]:
        """The pairs of a share of the BC ids, as they are on file."""
        whole = needs_base(self._mapping, self._side)
        found = self._ranges.between(first, before, whole=whole)
        return known_of(self._at, self._mapping, self._side, found)

    def _listed(self, first: str, before: str | None) -> Iterator[str]:
        return (each.record_id for each in self._ranges.listed(self._side, first, before))

    def _may_be_inside(self, seen: Sighting) -> bool:
        at, mapping = self._at, self._mapping
        return may_be_inside(at, mapping, self._side, seen) or is_told(mapping, self._side, seen)

    @cached_property
    def _named(self) -> list[Step]:
        """The steps of this very scan before this one.

        Another attempt of a step may have seen an earlier state: what was deleted since must not count as
        seen, because the watermark that follows from this scan no longer tells of it.
        """
        steps = self._at.jobs.steps(self._step.job, self._side)[: self._step.number]
        begun = max((n + 1 for n, each in enumerate(steps) if each.next == RESTART), default=0)
        return steps[begun:]

    def _weighed(self) -> list[Step]:
        """The steps that weighed a share."""
        return [each for each in self._named if "coupled" in each.counts]

    @cached_property
    def _shares(self) -> list[tuple[str, str | None]]:
        """The shares, as the steps cut them that kept what the pages showed and what is on file."""
        return shares(
            [each.counts for each in self._named if "coupled" not in each.counts], scanning.MOST_SEEN
        )


def _taken(found: Found, own: Step) -> Taken:
    deleted = {each.id for each in found.work if each.version == DELETED}
    return Taken(found.work, found.unchanged, own, deleted, found.changed)


def _while_few(known: Iterator[Known], gone: list[str]) -> Iterator[Known]:
    """The pairs, as long as one step can hold what was missed."""
    return takewhile(lambda each: len(gone) <= scanning.MOST_SEEN, known)


def _unversioned(ids: Iterable[str]) -> list[Sighting]:
    return [Sighting(each, _NO_VERSION) for each in sorted(set(ids))]


class _Gone:
    """Keeps what was missed, some at a time."""

    def __init__(self, kept: SortedRecords, step: int, take: str) -> None:
        self._kept = kept
        self._step = step
        self._take = take
        self._ids: list[str] = []
        self._parts = 0

    def miss(self, record_id: str) -> None:
        self._ids.append(record_id)
        if len(self._ids) >= scanning.MOST_SEEN:
            self.keep()

    def keep(self) -> None:
        self._kept.keep(Kind.GONE, self._step, self._take, ((each,) for each in self._ids), self._parts)
        self._ids, self._parts = [], self._parts + 1
