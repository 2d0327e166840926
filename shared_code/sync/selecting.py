"""Which records of a scan's page are work, and which are accounted for at once."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from decimal import Decimal

from shared_code.core import filters, transform
from shared_code.core.conditions import fields_of
from shared_code.core.conversion import foreign_currency
from shared_code.core.coupling import Coupling, CouplingState, Intent
from shared_code.core.mapping import Mapping
from shared_code.core.outcome import Problem
from shared_code.core.records import Side, Value, Version
from shared_code.sync import rules
from shared_code.sync.messages import ScanMode
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


def select(
    at: ConnectionParts, mapping: Mapping, side: Side, mode: ScanMode, page: Page
) -> tuple[list[Sighting], list[Sighting]]:
    """The sightings of a page that are work, deletions included (as sightings without a version), and
    those of a full scan that are in step at the very version seen: they are accounted for at once.

    Both come in id order, so that a batch's couplings lie close together in storage.
    """
    ids = [each.id for each in page.seen] + list(page.deleted)
    store = at.couplings(mapping.name)
    ordered = mode is ScanMode.FULL
    # Only what Business Central's records held then is looked at.
    known = store.load(side, ids, ordered=ordered, whole=side is Side.BC)
    uncoupled = [each for each in ids if not _coupled(known.get(each))]
    problems = store.problems(side, uncoupled, ordered=ordered)
    given = [each for each in page.seen if _is_work(at, mapping, side, mode, each, known, problems)]
    # A deleted record is work where it has a partner, may get one, or is listed with a problem.
    gone = [
        Sighting(each, DELETED)
        for each in page.deleted
        if _coupled(known.get(each)) or isinstance(known.get(each), Intent) or each in problems
    ]
    unchanged = {
        each.id
        for each in given
        if mode is ScanMode.FULL and _in_step(at, mapping, known.get(each.id), side, each)
    }
    work = [each for each in given if each.id not in unchanged] + gone
    return sorted(work, key=_by_id), sorted((each for each in given if each.id in unchanged), key=_by_id)


def present(at: ConnectionParts, mapping: Mapping, side: Side, page: Page) -> list[Sighting]:
    """The coupled records of a page, in id order."""
    known = at.couplings(mapping.name).load(side, [each.id for each in page.seen], ordered=True, whole=False)
    return sorted((each for each in page.seen if _coupled(known.get(each.id))), key=_by_id)


def _by_id(seen: Sighting) -> str:
    return seen.id


def _in_step(
    at: ConnectionParts, mapping: Mapping, known: Coupling | Intent | None, side: Side, seen: Sighting
) -> bool:
    """Whether nothing can have changed.  A converted amount changes with a rate at the same version, and so
    does what is left to be paid of an invoice."""
    if not isinstance(known, Coupling) or not rules.is_made_under(at, mapping.name, known.rules):
        return False
    if not (known.in_step and known.version_on(side) == seen.version):
        return False
    if side is Side.SALES or known.base is None:
        return True
    return foreign_currency(mapping, known.base) is None and not filters.can_move_unstamped(
        mapping, known.base.bc
    )


def _is_work(
    at: ConnectionParts,
    mapping: Mapping,
    side: Side,
    mode: ScanMode,
    seen: Sighting,
    known: MappingOf[str, Coupling | Intent],
    problems: MappingOf[str, Problem],
) -> bool:
    coupling = known.get(seen.id)
    if isinstance(coupling, Coupling) and coupling.state is CouplingState.COUPLED:
        # The version we know is our own write or was dealt with: the look-back repeats it, nothing changed.
        known_version = coupling.version_on(side) == seen.version
        return (
            mode is ScanMode.FULL or not known_version or (seen.moved and has_moved(mapping, coupling, seen))
        )
    if not mapping.may_create(side.other):
        return False
    problem = problems.get(seen.id)
    if problem and mode is ScanMode.CHANGES and problem.stamp == seen.version.stamp:
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
