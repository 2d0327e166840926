"""Making a matching report, step by step on the queue: both sides are scanned, joined key by key, and listed.

Nothing is written to either system and nothing is coupled.  A step holds some thousand records, however many
there are.  Its number is the report's: a step that is delivered twice writes the same rows again, and only
one of them moves the report on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import replace
from itertools import batched, chain

from shared_code.core import filters, match_report, transform
from shared_code.core.labels import label_of
from shared_code.core.mapping import Mapping, MatchKey, native_of
from shared_code.core.match_join import Keyed, bucket_of, buckets_for, digests, join
from shared_code.core.match_report import Candidate, MatchLine, Phase, Report, Result, candidates_of
from shared_code.core.matching import is_number
from shared_code.core.records import Row, Side
from shared_code.store.match_reports import Scanned
from shared_code.sync.messages import MatchStep
from shared_code.sync.parts import ConnectionParts, Parts, UnknownName, table_of
from shared_code.sync.processing.committing import is_coupled
from shared_code.sync.processing.links import LinkTable
from shared_code.sync.selecting import may_be_inside
from shared_code.systems.interface import (
    AccessDenied,
    Cursor,
    CursorExpired,
    SettingWrong,
    Sighting,
    Table,
    Throttled,
)

LEAF = 2000
"""Scanned records that are kept together."""

STEP_RECORDS = 20_000
"""Records that a step of joining or listing takes at most, roughly."""

MAX_RECORDS = 1_000_000
"""Uncoupled records of one side that a report takes in."""


def begin(parts: Parts, at: ConnectionParts, mapping: Mapping, keys: Sequence[MatchKey]) -> Report:
    """Put a report on file and let it begin."""
    report = Report(parts.new_job_id(), mapping.name, parts.runtime.now(), tuple(keys))
    at.match_reports.add(report)
    parts.send(MatchStep(at.name, report.id))
    return report


def take_step(parts: Parts, step: MatchStep) -> None:
    """Take the step a message names and send the next.  A repeat moves nothing on."""
    at = parts.connection(step.connection)
    report = at.match_reports.get(step.report)
    if report is None:
        raise UnknownName(f"there is no matching report {step.report}")
    if report.phase in (Phase.READY, Phase.FAILED):
        at.match_reports.end_work(report.id)
        return
    if report.step == step.number:
        try:
            moved = at.match_reports.put(_taken(parts, at, report))
        except Throttled as throttled:
            parts.send(step, delay_s=throttled.retry_after_s)
            return
        report = moved or report
    if report.step > step.number:
        parts.send(MatchStep(at.name, report.id, report.step))


def _taken(parts: Parts, at: ConnectionParts, report: Report) -> Report:
    """The report after one more step."""
    now = parts.runtime.now()
    if report.mapping not in at.mappings:
        return _failed(report, "The mapping was taken back or set aside.", now)
    try:
        after = _STEPS[report.phase](at, report, now)
    except (AccessDenied, SettingWrong) as fault:
        return _failed(report, str(fault), now)
    except CursorExpired:
        nothing = dict.fromkeys(Side, 0)
        after = replace(report, phase=Phase.SCAN, side=Side.BC, cursor="", leaves=nothing, records=nothing)
    return replace(after, step=report.step + 1)


def _failed(report: Report, message: str, now: float) -> Report:
    return replace(report, phase=Phase.FAILED, message=message, finished_at_s=now, step=report.step + 1)


def _scan(at: ConnectionParts, report: Report, now: float) -> Report:
    """One page of one side: its uncoupled records inside the filter, with the digests of their keys."""
    mapping, side = at.mapping(report.mapping), report.side
    table = _table(mapping, side, report.keys)
    page = at.systems[side].scan(table, Cursor(report.cursor) if report.cursor else None)
    free = _free(at, mapping, side, page.seen)
    taken = _alike(at, mapping, side, page.seen, free)
    own = _rows(at, mapping, side, report.keys, free, is_free=True)
    rows = chain(own, _rows(at, mapping, side, report.keys, taken, is_free=False))
    leaves = list(batched(rows, LEAF, strict=False))
    at.match_reports.put_leaves(report.id, side, report.leaves[side], leaves)
    after = replace(
        report,
        leaves={**report.leaves, side: report.leaves[side] + len(leaves)},
        records={**report.records, side: report.records[side] + len(free)},
        cursor=page.next.text if page.next else "",
    )
    if after.records[side] > MAX_RECORDS:
        what = f"more than {MAX_RECORDS:,} uncoupled records in {side.system_name}"
        return _failed(report, f"{mapping.title}: {what}. Narrow the mapping's filter.", now)
    if page.next:
        return after
    if side is Side.BC:
        return replace(after, side=Side.SALES)
    return match_report.after_scan(replace(after, buckets=buckets_for(max(after.records.values()))))


def _table(mapping: Mapping, side: Side, keys: Sequence[MatchKey]) -> Table:
    names = {name for key in keys for name in key.fields}
    natives = (native for each in mapping.fields if each.name in names for native in native_of(each, side))
    return table_of(mapping, side, (*natives, *mapping.side(side).display))


def _free(at: ConnectionParts, mapping: Mapping, side: Side, seen: Iterable[Sighting]) -> list[Sighting]:
    inside = [each for each in seen if may_be_inside(at, mapping, side, each)]
    known = at.couplings(mapping.name).load(side, sorted(each.id for each in inside), ordered=True)
    return [each for each in inside if not is_coupled(known.get(each.id))]


def _alike(
    at: ConnectionParts, mapping: Mapping, side: Side, seen: Iterable[Sighting], free: Iterable[Sighting]
) -> list[Sighting]:
    """The others of this company: a value that one of them holds, too, is not unique."""
    own, company = {each.id for each in free}, at.connection.company_id
    others = (each for each in seen if each.id not in own)
    return [each for each in others if not filters.foreign(mapping, side, each.values, company)]


def _rows(
    at: ConnectionParts,
    mapping: Mapping,
    side: Side,
    keys: Sequence[MatchKey],
    seen: Sequence[Sighting],
    *,
    is_free: bool,
) -> Iterable[Scanned]:
    names = {name for key in keys for name in key.fields}
    fields = [each for each in mapping.fields if each.name in names]
    links = LinkTable(at, mapping)
    if any(each.lookup for each in fields):
        links.load(side, [Row(each.id, each.version, each.values) for each in seen])
    for each in seen:
        values = {one.name: transform.get(one, side, each.values, links) for one in fields}
        yield each.id, label_of(mapping.side(side), each.values), is_free, digests(keys, values)


def _leaves_of_step(report: Report) -> range:
    first = report.place
    return range(first, min(report.leaves[report.side], first + max(1, STEP_RECORDS // LEAF)))


def _spread(at: ConnectionParts, report: Report, now: float) -> Report:
    """Some leaves of one side: what no key has paired yet, spread over buckets by the digest of this key."""
    store, side, key = at.match_reports, report.side, report.key
    leaves = _leaves_of_step(report)
    # A number is made to tell records apart: an old record with the same one raises no doubt.
    only_free = is_number(at.mapping(report.mapping), report.keys[key])
    buckets: dict[int, list[Keyed]] = {}
    for leaf in leaves:
        taken = store.taken(report.id, side, leaf)
        for own, name, is_free, keys in store.leaf(report.id, side, leaf):
            if own not in taken and keys[key] and (is_free or not only_free):
                bucket = bucket_of(keys[key], report.buckets)
                buckets.setdefault(bucket, []).append(Keyed(own, name, leaf, keys[key], is_free))
    store.put_buckets(report.id, key, side, leaves.start, buckets)
    return match_report.after_spread(report, leaves.stop)


def _join(at: ConnectionParts, report: Report, now: float) -> Report:
    """Some buckets: equal values of both sides."""
    store, key = at.match_reports, report.key
    stop, records = report.place, 0
    lines: list[MatchLine] = []
    taken: dict[tuple[Side, int], list[str]] = {}
    alike: dict[tuple[Side, int], list[tuple[str, Keyed]]] = {}
    while stop < report.buckets and records < STEP_RECORDS:
        own = {side: store.bucket(report.id, key, stop, side) for side in Side}
        found = join(own, hints=report.keys[key].hints)
        for bc, sales in found.pairs:
            lines.append(_pair_line(Result.EXACT, bc.id, bc.name, Candidate(sales.id, sales.name, key)))
            taken.setdefault((Side.BC, bc.leaf), []).append(bc.id)
            taken.setdefault((Side.SALES, sales.leaf), []).append(sales.id)
        for side, one, other in found.alike:
            alike.setdefault((side, one.leaf), []).append((one.id, other))
        records += sum(map(len, own.values()))
        stop += 1
    store.put_found(report.id, key, report.place, taken, alike)
    store.put_lines(report.id, f"join{key:02d}-{report.place:06d}", lines)
    return match_report.after_join(report.counted(lines), stop)


def _pair_line(result: Result, bc_id: str, name: str, partner: Candidate) -> MatchLine:
    return MatchLine(result, Side.BC, bc_id, name, (partner,))


def _lines(at: ConnectionParts, report: Report, now: float) -> Report:
    """Some leaves of one side: whatever no key has paired."""
    leaves = _leaves_of_step(report)
    names: dict[str, str] = {}
    found: dict[str, tuple[Candidate, ...]] = {}
    for leaf in leaves:
        taken = at.match_reports.taken(report.id, report.side, leaf)
        alike = at.match_reports.alike(report.id, report.side, leaf)
        rows = at.match_reports.leaf(report.id, report.side, leaf)
        rest = {own: name for own, name, is_free, _ in rows if is_free and own not in taken}
        names |= rest
        found |= {own: candidates_of(alike.get(own, ())) for own in rest}
    lines = list(_rest_lines(report.side, names, found, _mutual(at, report, found)))
    at.match_reports.put_lines(report.id, f"rest-{leaves.start:06d}", lines)
    return match_report.after_lines(report.counted(lines), leaves.stop, now)


def _rest_lines(
    side: Side, names: MappingOf[str, str], found: MappingOf[str, tuple[Candidate, ...]], mutual: set[str]
) -> Iterable[MatchLine]:
    for own, name in names.items():
        if own not in mutual:
            result = Result.SEVERAL if found[own] else Result.NONE
            yield MatchLine(result, side, own, name, found[own])
        elif side is Side.BC:
            yield _pair_line(Result.POSSIBLE, own, name, found[own][0])


def _mutual(at: ConnectionParts, report: Report, found: MappingOf[str, Sequence[Candidate]]) -> set[str]:
    """Records with one candidate that has no other candidate than them and no partner."""
    single = {own: each[0].id for own, each in found.items() if len(each) == 1}
    if not single:
        return set()
    store, side = at.match_reports, report.side.other
    back: dict[str, set[str]] = {other: set() for other in single.values()}
    paired = {each for each in store.all_taken(report.id, side) if each in back}
    for other, one in store.all_alike(report.id, side):
        if other in back:
            back[other].add(one.id)
    return {own for own, other in single.items() if back[other] == {own} and other not in paired}


_STEPS = {Phase.SCAN: _scan, Phase.SPREAD: _spread, Phase.JOIN: _join, Phase.LINES: _lines}
