"""Comparing both sides with what is on file: cheap, on the queue, a page at a time.

Both sides are scanned for ids and versions, a few thousand a page, and compared with the couplings.  Records
at the version that is on file are not read.  What looks wrong is looked at a second time after a quarter of
an hour: what is wrong then at the same version was passed over, for the sides were looked at in between.
A step is taken once: its line is guarded by its etag, and a message of a step that is done sends the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from shared_code.core.compare import Finding
from shared_code.core.coupling import Coupling
from shared_code.core.jobs import Batch, Job, JobKind
from shared_code.core.mapping import Mapping
from shared_code.core.reconcile import Create, Decision, EndCoupling, Hold, Merge, PartnerDeleted, Remove
from shared_code.core.records import Side
from shared_code.store.compares import COMPARE_ID, CompareStore, Line, Phase, Suspect
from shared_code.sync.brakes import BrakeHolds
from shared_code.sync.messages import WalkStep
from shared_code.sync.parts import ConnectionParts, Parts, table_of
from shared_code.sync.processing.batch import load
from shared_code.sync.processing.committing import is_coupled
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.reading import read_missing
from shared_code.sync.processing.rounds import decide
from shared_code.sync.selecting import may_be_inside
from shared_code.systems.interface import (
    AccessDenied,
    Cursor,
    CursorExpired,
    Page,
    SettingWrong,
    SystemUnavailable,
    Table,
    Throttled,
)

CONFIRM_AFTER_S = 900.0
"""How long a change may take to be carried over before a second look calls it passed over."""

AGAIN_S = 30.0
"""When a step is tried again after its system did not answer."""

MOST = 10_000
"""Records of a mapping that are listed; where more look wrong, a full synchronisation is the answer."""

READ = 500
"""Records that one step reads."""

KEPT = 30
"""Compares that are kept: a month of nights."""


def store_of(at: ConnectionParts) -> CompareStore:
    return CompareStore(at.tables, at.name)


def start(parts: Parts, at: ConnectionParts, mappings: Sequence[str] = ()) -> str:
    """Begin a compare of these mappings (none: all); its id.  The oldest one goes."""
    store = store_of(at)
    for old, _ in store.newest(KEPT + 10)[KEPT - 1 :]:
        store.remove(old)
    compare = f"{COMPARE_ID}{parts.new_job_id()}"
    names = list(mappings) or list(at.mappings)
    store.add(compare, names, parts.runtime.now())
    for name in names:
        parts.send(WalkStep(at.name, name, compare))
    return compare


def take_step(parts: Parts, step: WalkStep) -> None:
    """Take one step of one mapping, and send the next."""
    at = parts.connection(step.connection)
    line = store_of(at).line(step.job, step.mapping)
    if line is None or line.phase is Phase.DONE or step.mapping not in at.mappings:
        return
    if line.number != step.number:
        # Done by an earlier delivery, which may have died before it sent the next one.
        if line.number > step.number:
            parts.send(replace(step, number=line.number))
        return
    try:
        following, delay_s = _advance(parts, at, line)
    except Throttled as throttled:
        parts.send(step, delay_s=throttled.retry_after_s)
        return
    except SystemUnavailable:
        parts.send(step, delay_s=AGAIN_S)
        return
    except CursorExpired:
        following, delay_s = Line(line.compare, line.mapping, started_at_s=line.started_at_s), AGAIN_S
    except (AccessDenied, SettingWrong, BrakeHolds) as reason:
        following, delay_s = replace(line, phase=Phase.DONE, message=str(reason)), 0.0
    _put(parts, at, step, line, following, delay_s)


def _put(
    parts: Parts, at: ConnectionParts, step: WalkStep, line: Line, following: Line, delay_s: float
) -> None:
    now_s = parts.runtime.now() if following.phase is Phase.DONE else 0.0
    moved = replace(following, number=line.number + 1, finished_at_s=now_s, etag=line.etag)
    if store_of(at).put(moved) and moved.phase is not Phase.DONE:
        parts.send(replace(step, number=moved.number), delay_s=delay_s)


def _advance(parts: Parts, at: ConnectionParts, line: Line) -> tuple[Line, float]:
    """The line after its next step, and how long the one after that waits."""
    mapping = at.mapping(line.mapping)
    match line.phase:
        case Phase.BC | Phase.SALES:
            return _scan(at, mapping, line, Side(line.phase.value)), 0.0
        case Phase.STORED:
            return _add_up(at, line), 0.0
        case Phase.ABSENT_BC:
            return _look_for_absent(at, mapping, line, Side.BC, Phase.ABSENT_SALES), 0.0
        case Phase.ABSENT_SALES:
            found = _look_for_absent(at, mapping, line, Side.SALES, Phase.CONFIRM)
            is_last = found.phase is Phase.CONFIRM
            if is_last and not found.suspects:
                return replace(found, phase=Phase.DONE), 0.0
            return found, CONFIRM_AFTER_S if is_last else 0.0
        case _:
            return _confirm(parts, at, line), 0.0


def _scan(at: ConnectionParts, mapping: Mapping, line: Line, side: Side) -> Line:
    """One page of a side.  Nobody follows these changes, so the service keeps no place for us."""
    table = replace(table_of(mapping, side), tracked=False)
    page = at.systems[side].scan(table, Cursor(line.cursor) if line.cursor else None)
    line = _take_page(at, mapping, line, side, page)
    if page.next:
        return replace(line, cursor=page.next.text)
    return replace(line, cursor="", phase=Phase.SALES if side is Side.BC else Phase.STORED)


def _take_page(at: ConnectionParts, mapping: Mapping, line: Line, side: Side, page: Page) -> Line:
    ids = [each.id for each in page.seen]
    known = at.couplings(mapping.name).load(side, ids, ordered=True, whole=False)
    sums, uncoupled, suspects = line.coupled[side], line.uncoupled[side], list[Suspect]()
    follows = side in mapping.watched
    for each in page.seen:
        pair = known.get(each.id)
        if isinstance(pair, Coupling) and is_coupled(pair):
            sums = sums.plus(each.id, each.version)
            if follows and pair.version_on(side) != each.version:
                suspects.append(_suspect(mapping, side, each.id, each.version.etag, Finding.DIFFERS))
        elif pair is None and may_be_inside(at, mapping, side, each):
            uncoupled += 1
            if mapping.may_create(side.other):
                suspects.append(_suspect(mapping, side, each.id, each.version.etag, Finding.NOT_CREATED))
    line = _noted(at, line, _unlisted(at, mapping, side, suspects))
    return replace(
        line,
        seen={**line.seen, side: line.seen[side] + len(page.seen)},
        uncoupled={**line.uncoupled, side: uncoupled},
        coupled={**line.coupled, side: sums},
    )


def _suspect(mapping: Mapping, side: Side, record_id: str, version: str, kind: Finding) -> Suspect:
    return Suspect(mapping.name, side, record_id, version, kind)


def _unlisted(
    at: ConnectionParts, mapping: Mapping, side: Side, suspects: Sequence[Suspect]
) -> list[Suspect]:
    """Those of which no problem tells: a listed record is known not to be in step."""
    bare = [each.id for each in suspects if each.kind is Finding.NOT_CREATED]
    listed = at.couplings(mapping.name).problems(side, bare, ordered=True) if bare else {}
    return [each for each in suspects if each.id not in listed]


def _noted(at: ConnectionParts, line: Line, suspects: Sequence[Suspect]) -> Line:
    kept = suspects[: max(0, MOST - line.suspects)]
    store_of(at).note(line.compare, kept)
    more = line.more or len(kept) < len(suspects)
    return replace(line, suspects=line.suspects + len(kept), more=more)


def _add_up(at: ConnectionParts, line: Line) -> Line:
    """The sums of what is on file; a side that shows all of it need not be asked for absent records."""
    stored = line.stored
    for pair in at.couplings(line.mapping).all_coupled(whole=False):
        stored = {side: stored[side].plus(pair.id_on(side), pair.version_on(side)) for side in Side}
    return replace(line, stored=stored, phase=Phase.ABSENT_BC)


def _look_for_absent(at: ConnectionParts, mapping: Mapping, line: Line, side: Side, then: Phase) -> Line:
    """Where the sums tell that coupled records were not seen, one page of them is asked for by id."""
    if line.coupled[side].same_records(line.stored[side]) or mapping.side(side).in_force:
        return replace(line, phase=then, cursor="")
    store = at.couplings(mapping.name)
    bc_ids, following = store.coupled_page(READ, line.cursor)
    pairs = [
        each for each in store.load(Side.BC, bc_ids, ordered=True).values() if isinstance(each, Coupling)
    ]
    ids = [each.id_on(side) for each in pairs]
    shown = at.systems[side].read(_bare(mapping, side), ids) if ids else {}
    absent = [_suspect(mapping, side, each, "", Finding.MISSING) for each in ids if each not in shown]
    line = _noted(at, line, absent)
    return replace(line, cursor=following) if following else replace(line, phase=then, cursor="")


def _bare(mapping: Mapping, side: Side) -> Table:
    """The table without columns: only whether the record is there counts."""
    return replace(table_of(mapping, side), columns=(), scan_columns=(), lines=None)


def _confirm(parts: Parts, at: ConnectionParts, line: Line) -> Line:
    """Look a second time at some records; those that are still wrong at the same version are findings."""
    store = store_of(at)
    page, following = store.records(line.compare, line.mapping, READ, line.cursor)
    confirmed: list[Suspect] = []
    for side in Side:
        confirmed += _still_wrong(parts, at, side, [each for each in page if each.side is side])
    kept = {(each.side, each.id) for each in confirmed}
    store.note(line.compare, confirmed)
    store.drop(line.compare, [each for each in page if (each.side, each.id) not in kept])
    line = replace(line, findings=line.findings + len(confirmed), cursor=following)
    return line if following else replace(line, phase=Phase.DONE)


def _still_wrong(
    parts: Parts, at: ConnectionParts, side: Side, suspects: Sequence[Suspect]
) -> Iterable[Suspect]:
    """Both records are read, and the planner says what would be done with them: nothing is all right."""
    if not suspects:
        return []
    by_id = {each.id: each for each in suspects}
    job = Job("compare", suspects[0].mapping, JobKind.RETRY, parts.runtime.now())
    batch = Batch("compare", "compare", job.mapping, side, tuple(by_id), rules=at.digests[job.mapping])
    schedule = at.schedules.get(job.mapping, at.mapping(job.mapping).interval_s)
    work = load(parts, at, job, batch, schedule)
    listed = {each.id for each in work.items if each.problem}
    for item in work.items:
        item.states.clear()
    read_missing(work)
    found: list[Suspect] = []
    for item in work.items:
        if item.id in listed or item.settled or not _is_unmoved(item, side, by_id[item.id]):
            continue
        if text := _wrong(decide(work, item)):
            kind = by_id[item.id].kind
            found.append(replace(by_id[item.id], finding=kind.value, text=f"{work.label(item)}: {text}"))
    return found


def _is_unmoved(item: Item, side: Side, suspect: Suspect) -> bool:
    """Whether the record is as it was at the first look: what moved since is being worked on."""
    if suspect.kind is Finding.MISSING:
        return item.coupling is not None and item.known(side) is None
    version = item.version_on(side)
    return version is not None and version.etag == suspect.version


def _wrong(decision: Decision) -> str:
    """What a look would do about the record, blank where it is all right."""
    match decision:
        case Merge() as merge:
            fields = sorted({*merge.to_bc, *merge.to_sales, *(n for c in merge.conflicts for n in c.fields)})
            return f"differs in {', '.join(fields)}" if fields else ""
        case Create(side) | Hold(side):
            return f"it has no partner in {side.system_name}, and no problem tells why"
        case PartnerDeleted(side) | Remove(side):
            return (
                f"the record of {side.system_name} is gone"
                if isinstance(decision, PartnerDeleted)
                else (f"its row in {side.system_name} is to be removed")
            )
        case EndCoupling():
            return "the record is gone"
    return ""
