"""Weighing what a full scan saw of a share of the ids against what is on file of that share.

Both come from the same range of ids, so nothing is looked up: a pair that was seen at the version on file is
accounted for at once, another one is work, and what was not seen is missed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from shared_code.core import filters
from shared_code.core.conversion import converted_fields, foreign_currency
from shared_code.core.coupling import Coupling, CouplingState, Intent
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side, Version
from shared_code.sync import rules
from shared_code.sync.brakes import found_deleted, lives_on
from shared_code.sync.parts import ConnectionParts
from shared_code.sync.selecting import DELETED
from shared_code.systems.interface import Sighting


class Known(NamedTuple):
    """A living pair, by its id on the side that is scanned.  ``settled``: nothing is to be done as long as
    the record is at ``version``.  ``living_on``: its record of Business Central went where it lives on."""

    id: str
    bc_id: str
    version: Version | None
    settled: bool
    living_on: bool


def known_of(
    at: ConnectionParts, mapping: Mapping, side: Side, couplings: Iterable[Coupling]
) -> Iterator[Known]:
    """The living ones of some couplings, which were read ``whole`` where ``needs_base`` says so."""
    for each in couplings:
        if each.state is CouplingState.COUPLED:
            settled = each.in_step and rules.is_made_under(at, mapping.name, each.rules)
            settled = settled and not (side is Side.BC and _can_move(mapping, each))
            version = each.version_on(side)
            yield Known(each.id_on(side), each.bc_id, version, settled, lives_on(mapping, each))


def needs_base(mapping: Mapping, side: Side) -> bool:
    """Whether what a pair's records held tells more than its versions do."""
    can_move = bool(converted_fields(mapping) or mapping.bc.unstamped_while or mapping.bc.moved_by)
    return mapping.bc.lives_on is not None or (side is Side.BC and can_move)


def _can_move(mapping: Mapping, pair: Coupling) -> bool:
    """Whether BC's record can have changed at the same version: a converted amount changes with a rate, and
    so does what is left to be paid of an invoice."""
    if pair.base is None:
        return False
    return foreign_currency(mapping, pair.base) is not None or filters.can_move_unstamped(
        mapping, pair.base.bc
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What a scan saw of a share: each record as it was seen last, what was told as deleted, what was given
    to batches already, and whether a record without a partner may get one."""

    records: MappingOf[str, Sighting]
    deleted: Collection[str]
    given: Collection[str]
    may_be_inside: Callable[[Sighting], bool]


@dataclass(slots=True)
class Found:
    """What came of a share: what batches are given, and what is accounted for at once.

    ``changed`` are the pairs at another version than the one on file.  ``coupled`` counts all pairs, ``gone``
    the records that were missed, ``news`` those pairs among them that nobody found deleted before.
    """

    work: list[Sighting] = field(default_factory=list)
    unchanged: list[Sighting] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    coupled: int = 0
    gone: int = 0
    news: int = 0


class Weighing:
    """One share of one side.  ``miss`` takes the id of each record that was not seen, as they are found."""

    def __init__(
        self, at: ConnectionParts, mapping: Mapping, side: Side, seen: Seen, miss: Callable[[str], None]
    ) -> None:
        self._at = at
        self._mapping = mapping
        self._side = side
        self._seen = seen
        self._miss = miss
        self._known = set[str]()
        self._found = Found()

    def weigh(self, known: Iterable[Known], listed: Iterable[str]) -> Found:
        """What comes of the share, in id order, so that a batch's couplings lie close together in storage.

        ``listed`` are the ids of the records of this side that are listed with a problem.
        """
        for each in known:
            self._pair(each)
        problems = set[str]()
        for record_id in listed:
            self._listed(record_id, problems)
        if self._side in self._mapping.watched:
            self._found.work += self._uncoupled(problems)
            self._found.work += self._deleted(problems)
        self._found.work.sort(key=_by_id)
        self._found.unchanged.sort(key=_by_id)
        return self._found

    def _pair(self, pair: Known) -> None:
        self._found.coupled += not pair.living_on
        sighting = self._seen.records.get(pair.id)
        if sighting is None and pair.id not in self._seen.deleted:
            self._missed(pair)
            return
        self._known.add(pair.id)
        if sighting is None or pair.id in self._seen.given:
            return
        if self._side not in self._mapping.watched:
            self._found.unchanged.append(sighting)
            return
        is_same = pair.version == sighting.version
        (self._found.unchanged if pair.settled and is_same else self._found.work).append(sighting)
        if not is_same:
            self._found.changed.add(pair.id)

    def _missed(self, pair: Known) -> None:
        if pair.living_on:
            return
        self._known.add(pair.id)
        self._found.gone += 1
        self._found.news += pair.bc_id not in self._found_deleted
        self._miss(pair.id)

    @cached_property
    def _found_deleted(self) -> set[str]:
        return found_deleted(self._at, self._mapping)

    def _listed(self, record_id: str, problems: set[str]) -> None:
        """Nothing is written for an uncoupled record that is gone; it only need not be listed any more."""
        if record_id in self._seen.records or record_id in self._seen.deleted:
            problems.add(record_id)
        elif record_id not in self._known:
            self._found.gone += 1
            self._miss(record_id)

    def _uncoupled(self, problems: set[str]) -> Iterator[Sighting]:
        """A listed record is work outside the filter too: then it need not be listed any more."""
        if not self._mapping.may_create(self._side.other):
            return
        for record_id, each in self._seen.records.items():
            if record_id in self._known or record_id in self._seen.given:
                continue
            if record_id in problems or self._seen.may_be_inside(each):
                yield each

    def _deleted(self, problems: set[str]) -> Iterator[Sighting]:
        """A deleted record is work where it has a partner, may get one, or is listed with a problem."""
        wanted = [each for each in self._seen.deleted if each not in self._seen.given]
        others = [each for each in wanted if each not in self._known and each not in problems]
        store = self._at.couplings(self._mapping.name)
        begun = store.load(self._side, others, whole=False) if others else {}
        for each in wanted:
            if each in self._known or each in problems or isinstance(begun.get(each), Intent):
                yield Sighting(each, DELETED)


def _by_id(seen: Sighting) -> str:
    return seen.id
