"""I20: within an hour no more records are carried over, or count as deleted, than the mapping's brake lets.

Judged is the time until the faults end: then a person releases the brakes.  What came to a batch in another
way than by a look at its own side is left out: a look at the other side reads it too, what is listed is tried
again by itself, and a full synchronisation that a person starts carries over whatever it meets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from local.simulate.evidence import Evidence
from local.simulate.fields import Pair
from local.simulate.observing import Key, Write
from local.simulate.people import Token, tokens_in
from local.simulate.policies import BRAKES, FEW
from shared_code.core.jobs import Job, JobKind

NAME = "I20 brakes"
MANY_JOBS = 10_000
LOOKED_AT_AGAIN_S = 300.0
"""A record that a person wrote so shortly before may be looked at once more."""


def check(evidence: Evidence) -> list[str]:
    plan = evidence.simulation.incidents.plan
    if plan.clerk:
        return []  # What a person asks for, no brake holds.
    return [
        line
        for pair in evidence.pairs.values()
        if (brake := plan.policies.brake_of(pair.mapping))
        for side in ("bc", "sales")
        if (line := _too_many(evidence, pair, side, brake))
    ]


def _too_many(evidence: Evidence, pair: Pair, side: str, brake: str) -> str | None:
    if brake == "changed":
        percent, seen = BRAKES[brake].changed_percent, _carried(evidence, pair, side)
    else:
        percent, seen = BRAKES[brake].deleted_percent, _concluded(evidence, pair, side)
    coupled = _coupled(evidence, pair)
    most = max(FEW, coupled * percent // 100)
    if len(seen) <= most:
        return None
    otherwise = _tried_again(evidence, pair, side) | _met_from_the_other_side(evidence, pair, seen)
    otherwise |= _met_in_full(evidence, pair, seen)
    seen = {each: at for each, at in seen.items() if each.id not in otherwise}
    if len(seen) <= most:
        return None
    what = f"{len(seen)} {brake} in {side} were believed within an hour"
    return f"{pair.mapping}: {what}, of {coupled}; {most} may be"


def _tried_again(evidence: Evidence, pair: Pair, side: str) -> set[str]:
    """The records that were listed and came to a batch because of that."""
    return {
        record_id
        for at in evidence.connections
        for job in at.jobs.newest(MANY_JOBS)
        if job.kind is JobKind.RETRY and job.mapping == pair.mapping
        for batch in at.jobs.batches(job.id)
        if batch.side.value == side
        for record_id in batch.ids
    }


def _met_from_the_other_side(evidence: Evidence, pair: Pair, seen: Mapping[Key, float]) -> set[str]:
    """The records whose partner came to a batch by a look at changes there shortly before: what moves it
    (stock does) need not be a write of the record itself."""
    given = _given(evidence, pair, lambda job: job.kind is JobKind.SCHEDULED)
    return {
        key.id
        for key, at_s in seen.items()
        if _is_given(given, at_s, {each.id for each in _partners(evidence, key)})
    }


def _met_in_full(evidence: Evidence, pair: Pair, seen: Mapping[Key, float]) -> set[str]:
    """The records that a full synchronisation met shortly before, which counts nothing."""
    given = _given(evidence, pair, lambda job: bool(job.full_sync))
    return {
        key.id
        for key, at_s in seen.items()
        if _is_given(given, at_s, {key.id, *(each.id for each in _partners(evidence, key))})
    }


def _given(evidence: Evidence, pair: Pair, counts: Callable[[Job], bool]) -> list[tuple[float, str]]:
    """The ids of records that came to a batch of such jobs, and when their job began."""
    return [
        (job.created_at_s, record_id)
        for at in evidence.connections
        for job in at.jobs.newest(MANY_JOBS)
        if counts(job) and job.mapping == pair.mapping
        for batch in at.jobs.batches(job.id)
        for record_id in batch.ids
    ]


def _is_given(given: list[tuple[float, str]], at_s: float, ids: set[str]) -> bool:
    return any(each in ids and 0 <= at_s - then_s <= LOOKED_AT_AGAIN_S for then_s, each in given)


def _coupled(evidence: Evidence, pair: Pair) -> int:
    """How many pairs there ever were: at no moment more."""
    tables = (pair.bc, pair.sales)
    return sum((bc.table, s.table) == tables for bc, s in evidence.simulation.conclusions.coupled)


def _carried(evidence: Evidence, pair: Pair, side: str) -> dict[Key, float]:
    """The records of this side whose values we wrote on the other one, and when first."""
    other, found = "sales" if side == "bc" else "bc", dict[Key, float]()
    for write in evidence.our_writes():
        if write.at >= evidence.simulation.calm_from_s or write.kind != "updated":
            continue
        if (write.key.side, write.key.table) == (other, pair.table(other)):
            tokens = {token for _, after in write.changed.values() for token in tokens_in(after)}
            written = [each for token in tokens if (each := evidence.ledger.tokens.get(token))]
            mine = [each for each in written if _was_looked_at(evidence, each, write, pair.table(side))]
            found = dict.fromkeys((each.key for each in mine), write.at) | found
    return found


def _was_looked_at(evidence: Evidence, token: Token, write: Write, table: str) -> bool:
    """Whether a value of a record of this table was carried by a look at it, not by one at its partner."""
    since = token.at - LOOKED_AT_AGAIN_S
    return token.key.table == table and not _is_written(evidence, write.key, since, write.at)


def _concluded(evidence: Evidence, pair: Pair, side: str) -> dict[Key, float]:
    """The records that count as deleted on this side.  Business Central's are only found by a complete look,
    which counts for itself."""
    if side == "bc":
        return {}
    calm, told = evidence.simulation.calm_from_s, evidence.simulation.conclusions.concluded
    mine = [(at, key) for at, key in told if at < calm and key.table == pair.sales]
    return {
        key: at
        for at, key in mine
        if not any(_is_written(evidence, each, 0.0, at) for each in _partners(evidence, key))
    }


def _partners(evidence: Evidence, key: Key) -> list[Key]:
    pairs = evidence.simulation.conclusions.coupled
    return [each for pair in pairs if key in pair for each in pair if each != key]


def _is_written(evidence: Evidence, key: Key, since: float, until: float) -> bool:
    """Whether a person wrote the record in that time, so that a look at it reads its partner too."""
    return any(
        each.key == key and since <= each.at <= until and not each.who.startswith("tandem")
        for each in evidence.observer.writes
    )
