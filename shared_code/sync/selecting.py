"""Which records of a page of changes are work."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from decimal import Decimal

from shared_code.core import filters, transform
from shared_code.core.conditions import fields_of
from shared_code.core.coupling import Coupling, CouplingState, Intent
from shared_code.core.mapping import Mapping
from shared_code.core.outcome import Problem
from shared_code.core.records import Side, Value, Version
from shared_code.sync.parts import ConnectionParts
from shared_code.systems.interface import Page, Sighting

DELETED = Version("", "~")
"""The version of a record that a change feed says is deleted: later than any it had, so that a read which
still shows the record is known to be stale.  (``~`` sorts behind all digits.)"""


class _NoLinks:
    """What entries move refers to nothing (``MovedBy``)."""

    def bc_key(self, mapping: str, sales_id: str, by_reference: bool) -> str | None:
        return None

    def sales_id(self, mapping: str, bc_key: str, by_reference: bool) -> str | None:
        return None

    def rate(self, mapping: str, bc_id: str) -> Decimal | None:
        return None

    def held(self, mapping: str, bc_key: str, by_reference: bool, field: str) -> Value:
        return None

    def is_there(self, mapping: str, bc_key: str) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Selected:
    """What a page of changes comes to: the sightings that are work, deletions included (as sightings without
    a version), and the pairs that entries name and that hold what they held.

    Work comes in id order, so that a batch's couplings lie close together in storage.
    """

    work: list[Sighting] = field(default_factory=list)
    unmoved: list[Coupling] = field(default_factory=list)


def select(at: ConnectionParts, mapping: Mapping, side: Side, page: Page) -> Selected:
    """What a page of changes comes to."""
    ids = [each.id for each in page.seen] + list(page.deleted)
    store = at.couplings(mapping.name)
    # Only what Business Central's records held then is looked at.
    known = store.load(side, ids, whole=side is Side.BC)
    problems = store.problems(side, [each for each in ids if not _coupled(known.get(each))])
    given = [each for each in page.seen if _is_work(at, mapping, side, each, known, problems)]
    # A deleted record is work where it has a partner, may get one, or is listed with a problem.
    gone = [
        Sighting(each, DELETED)
        for each in page.deleted
        if _coupled(known.get(each)) or isinstance(known.get(each), Intent) or each in problems
    ]
    return Selected(sorted(given + gone, key=_by_id), _unmoved(mapping, page, known, given))


def _unmoved(
    mapping: Mapping, page: Page, known: MappingOf[str, Coupling | Intent], given: Iterable[Sighting]
) -> list[Coupling]:
    """The pairs of which entries told that they moved and that are no work.  Not so where entries do not name
    what they move: each of them would stand for everything that may have moved."""
    if mapping.bc.moved_by is None or not mapping.bc.moved_by.names:
        return []
    at_work = {each.id for each in given}
    moved = (known.get(each.id) for each in page.seen if each.moved and each.id not in at_work)
    return [each for each in moved if isinstance(each, Coupling) and _coupled(each)]


def _by_id(seen: Sighting) -> str:
    return seen.id


def _is_work(
    at: ConnectionParts,
    mapping: Mapping,
    side: Side,
    seen: Sighting,
    known: MappingOf[str, Coupling | Intent],
    problems: MappingOf[str, Problem],
) -> bool:
    coupling = known.get(seen.id)
    if isinstance(coupling, Coupling) and coupling.state is CouplingState.COUPLED:
        # The version we know is our own write or was dealt with: the look-back repeats it, nothing changed.
        known_version = coupling.version_on(side) == seen.version
        return not known_version or (seen.moved and has_moved(mapping, coupling, seen))
    if not mapping.may_create(side.other):
        return False
    problem = problems.get(seen.id)
    if problem and problem.stamp == seen.version.stamp:
        return False
    # A listed record is work outside the filter too: then it need not be listed any more.
    return bool(problem) or may_be_inside(at, mapping, side, seen) or is_told(mapping, side, seen)


def has_moved(mapping: Mapping, coupling: Coupling, seen: Sighting) -> bool:
    """Whether what entries move is not what the pair held."""
    assert mapping.bc.moved_by is not None, "only such records are seen as moved"
    shown = [each for each in mapping.fields if each.bc in mapping.bc.moved_by.shows]
    if coupling.base is None:
        return True
    held = coupling.base.bc
    return any(transform.get(each, Side.BC, seen.values, _NoLinks()) != held.get(each.name) for each in shown)


def may_be_inside(at: ConnectionParts, mapping: Mapping, side: Side, seen: Sighting) -> bool:
    """Whether the mapping takes the uncoupled record in, as far as the scan's columns tell; the batch reads
    the rest."""
    rule = mapping.side(side)
    tests = (*rule.filter, *rule.creates_when)
    known = [each for each in tests if all(name in seen.values for name in fields_of((each,)))]
    company = at.connection.company_id
    return all(filters.meets(each, seen.values, side) for each in known) and not (
        filters.foreign(mapping, side, seen.values, company) and not mapping.shared
    )


def is_told(mapping: Mapping, side: Side, seen: Sighting) -> bool:
    """Whether a person is told that the record is not carried; only records made of lines are seen whole."""
    return mapping.side(side).in_force is not None and bool(filters.told(mapping, side, seen.values))


def _coupled(known: Coupling | Intent | None) -> bool:
    return isinstance(known, Coupling) and known.state is CouplingState.COUPLED
