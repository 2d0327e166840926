"""Matching before a first full synchronisation: couple what is surely the same, mark what might be.

Both sides are scanned with the keys of matching and nothing is written to them.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace
from functools import partial
from itertools import batched

from shared_code.core import filters, transform
from shared_code.core.coupling import Origin, OriginKind
from shared_code.core.identity import partner_id
from shared_code.core.mapping import FieldMapping, FieldType, Mapping, native_of
from shared_code.core.matching import Matches, Records, is_number, key_value, match
from shared_code.core.outcome import NEVER_S, Outcome, Problem
from shared_code.core.records import Row, Side, Values
from shared_code.sync.absence import really_shown, refuse_empty
from shared_code.sync.coupling import NewPair, couple_pairs
from shared_code.sync.parts import ConnectionParts, Parts, table_of
from shared_code.sync.processing.committing import is_coupled
from shared_code.sync.processing.links import LinkTable
from shared_code.sync.scanning import read_pages
from shared_code.sync.selecting import may_be_inside
from shared_code.systems.interface import Sighting

MAX_UNCOUPLED = 200_000
"""Uncoupled records of one side that are matched in one go; their keys are held in memory."""


FIRST_LOOK = 500
"""Records of a side that are looked at first, where only whether there are any is asked."""

NOTED_AT_ONCE = 1_000
"""Pairs that are put on file together."""


class TooMany(Exception):
    """More uncoupled records than can be matched in one go."""


@dataclass(frozen=True, slots=True)
class MatchResult:
    """How many were coupled, how many stay uncoupled on each side, and which of those may be the same."""

    coupled: int
    left_bc: int
    left_sales: int
    candidates: int

    @property
    def both_sides_left(self) -> bool:
        return self.left_bc > 0 and self.left_sales > 0


def match_uncoupled(
    parts: Parts, at: ConnectionParts, mapping: Mapping, job: str, *, trusting: bool = False
) -> MatchResult:
    """Match the uncoupled records inside the filters.  A repeat finds the coupled ones coupled.

    Raises ``BrakeHolds`` where a side shows none of its coupled records, unless a person is ``trusting``.
    """
    outside: dict[Side, set[str]] = {side: set() for side in Side}
    held = set[tuple[int, str]]()
    read = partial(_uncoupled, at, mapping, trusting=trusting)
    in_sales = read(Side.SALES, outside[Side.SALES], held)
    # Where Sales holds nothing there is nothing to match with: a first page tells whether there is work.
    store = at.couplings(mapping.name)
    is_empty = not (in_sales or outside[Side.SALES] or any(store.all_coupled(limit=1)))
    records = {
        Side.BC: read(Side.BC, outside[Side.BC], held, first_page_only=is_empty),
        Side.SALES: in_sales,
    }
    made = _made_by_us(at, mapping, records, outside)
    taken = {side: {pair[n] for pair in made} | store.set_aside(side) for n, side in enumerate(Side)}
    bc, sales = (_without(records[side], taken[side]) for side in Side)
    matches = match(mapping.match, bc, sales, held)
    matches.pairs = [*made, *matches.pairs]
    found = [NewPair(*each) for each in matches.pairs]
    origin = Origin(OriginKind.FOUND, job, "", parts.runtime.now())
    coupled = len(couple_pairs(at, mapping.name, found, origin))
    _mark_candidates(parts, at, mapping, matches, records)
    beside = {side: sum(pair[n] not in records[side] for pair in made) for n, side in enumerate(Side)}
    left = {side: len(records[side]) + beside[side] - coupled for side in Side}
    marked = sum(len(each) for each in matches.candidates.values())
    return MatchResult(coupled, left[Side.BC], left[Side.SALES], marked)


def _made_by_us(
    at: ConnectionParts,
    mapping: Mapping,
    records: MappingOf[Side, Records],
    outside: MappingOf[Side, set[str]],
) -> list[tuple[str, str]]:
    """Where all of storage was lost: Sales rows whose id says for which BC record Tandem made them."""
    if at.pairs(mapping.name).is_whole():
        return []
    rows = {*records[Side.SALES], *outside[Side.SALES]}
    derived = {bc: partner_id(at.name, mapping.name, bc, 0) for bc in (*records[Side.BC], *outside[Side.BC])}
    return sorted((bc_id, sales_id) for bc_id, sales_id in derived.items() if sales_id in rows)


def _without(records: Records, ids: set[str]) -> Records:
    return {each: keys for each, keys in records.items() if each not in ids} if ids else records


def keep_pairs(at: ConnectionParts, mapping: Mapping) -> None:
    """See to it that the pairs are on file a second time, also those of before or after a loss."""
    store = at.pairs(mapping.name)
    if not store.is_whole():
        known = at.couplings(mapping.name).all_coupled(whole=False)
        for chunk in batched(known, NOTED_AT_ONCE, strict=False):
            store.note((each.bc_id, each.sales_id) for each in chunk)
        store.set_whole()


def _uncoupled(
    at: ConnectionParts,
    mapping: Mapping,
    side: Side,
    outside: set[str],
    held: set[tuple[int, str]],
    *,
    trusting: bool,
    first_page_only: bool = False,
) -> Records:
    """The uncoupled records inside the filter with the values of their keys.  ``first_page_only``: without
    values, those of a small page; where it has none, those of the next page.

    ``outside`` takes the ids of those outside the filter, ``held`` what all others are matched by.
    """
    keys = [each for each in mapping.fields if each.name in {n for key in mapping.match for n in key.fields}]
    natives = tuple(name for each in keys for name in native_of(each, side))
    table = table_of(mapping, side, natives)
    store, found, cursor, complete = at.couplings(mapping.name), dict[str, Values](), None, False
    shows_any, table = trusting, replace(table, most=FIRST_LOOK if first_page_only else 0)
    while not complete:
        page = (
            at.systems[side].scan(table, cursor) if first_page_only else read_pages(at, side, table, cursor)
        )
        inside = {each.id: each for each in page.seen if may_be_inside(at, mapping, side, each)}
        outside |= {each.id for each in page.seen if each.id not in inside}
        known = store.load(side, sorted(inside), ordered=True, whole=False)
        shows_any = shows_any or any(really_shown(each.id for each in page.seen))
        free = [each for each in inside.values() if not is_coupled(known.get(each.id))]
        if first_page_only:  # Only how many there are is asked for.
            found |= {each.id: {} for each in free}
        else:
            found |= _key_values(at, mapping, keys, side, free)
            held |= _beside(at, mapping, keys, side, [each for each in page.seen if each.id not in found])
        if len(found) > MAX_UNCOUPLED:
            raise TooMany(
                f"{mapping.title}: more than {MAX_UNCOUPLED:,} uncoupled records in {side.system_name}"
            )
        is_enough = first_page_only and (bool(found) or not table.most)
        cursor, complete, table = page.next, page.next is None or is_enough, replace(table, most=0)
    if not shows_any:
        refuse_empty(at, mapping, side)
    return found


def _beside(
    at: ConnectionParts, mapping: Mapping, keys: list[FieldMapping], side: Side, seen: list[Sighting]
) -> set[tuple[int, str]]:
    """What records that get no partner are matched by.  A number is made to tell records apart: an old record
    with the same one raises no doubt, one with the same e-mail address does.  One of another kind, as the
    company of a person, does not: it often has the address of whoever works there."""
    doubtful = [(n, key) for n, key in enumerate(mapping.match) if not (key.hints or is_number(mapping, key))]
    company = at.connection.company_id
    kin = [each for each in seen if _is_of_kind(mapping, side, each.values)]
    own = [each for each in kin if not filters.foreign(mapping, side, each.values, company)]
    values = _key_values(at, mapping, keys, side, own) if doubtful else {}
    return {(n, v) for n, key in doubtful for each in values.values() if (v := key_value(key, each))}


def _is_of_kind(mapping: Mapping, side: Side, values: Values) -> bool:
    """Whether a BC record may be what the mapping makes there, as far as its constants tell (a person)."""
    kinds = [each for each in mapping.fields if each.type is FieldType.CONSTANT and each.bc in values]
    return side is Side.SALES or all(values[str(each.bc)] == each.constant for each in kinds)


def _key_values(
    at: ConnectionParts, mapping: Mapping, keys: list[FieldMapping], side: Side, seen: list[Sighting]
) -> dict[str, Values]:
    links = LinkTable(at, mapping)
    if any(each.lookup for each in keys):
        links.load(side, [Row(each.id, each.version, each.values) for each in seen])
    return {s.id: {each.name: transform.get(each, side, s.values, links) for each in keys} for s in seen}


def _mark_candidates(
    parts: Parts, at: ConnectionParts, mapping: Mapping, matches: Matches, records: MappingOf[Side, Records]
) -> None:
    """Records that may have a partner wait for a person, also when the creation of the rest is released."""
    now = parts.runtime.now()
    store = at.couplings(mapping.name)
    for side, candidates in matches.candidates.items():
        known = store.problems(side, sorted(candidates), ordered=True)
        for record_id, others in candidates.items():
            if record_id not in known or known[record_id].code != CODE:
                names = {each: _called(records[side.other][each]) for each in others}
                name = _called(records[side][record_id])
                store.transact([store.problem_operation(_candidate(side, record_id, name, names, now))])


def _called(keys: Values) -> str:
    """What tells a person which record is meant: the values it is matched by."""
    return " ".join(str(value) for value in keys.values() if value is not None)


CODE = "possible_partner"


def _candidate(side: Side, record_id: str, name: str, others: MappingOf[str, str], now: float) -> Problem:
    system = side.other.system_name
    message = f"{system} holds a record that may be the same."
    if len(others) > 1:
        message = f"{system} holds {len(others)} records that may be the same."
    return Problem(
        side,
        record_id,
        Outcome.WAITING,
        CODE,
        message,
        details={"name": name, "candidates": list(others), "candidateNames": list(others.values())},
        attempts=1,
        next_attempt_at_s=NEVER_S,
        since_s=now,
    )
