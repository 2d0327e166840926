"""Witnesses: whether a system was put back to an earlier state, from a backup or by a copy.

Its ids are then the known ones, but records come at versions older than Tandem has seen, or are gone, and
what is on file would make old values look like somebody's edits.  The newest records that were seen tell:
a version never goes back by itself.  A replica that lags looks the same for a moment, so the finding must
last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from heapq import nlargest
from itertools import chain

from shared_code.core.reconcile import Known
from shared_code.core.records import Side
from shared_code.store.identities import Identity, Witness
from shared_code.sync import put_back
from shared_code.sync.parts import ConnectionParts, Parts, table_of

MOST = 10
"""Witnesses kept for each side: some were perhaps created since the backup, or edited right after it."""

LATE_CLOCK_S = 10.0
"""Business Central stamps versions with a server's clock, which may be late by so much."""

LASTS_S = 60.0
"""How long a finding must last before it is believed; a lagging replica has caught up by then."""


def remember(parts: Parts, at: ConnectionParts, mapping: str, states: Iterable[tuple[Side, object]]) -> None:
    """Take note of coupled records that were read or written."""
    if len(at.mapping(mapping).watched) < len(Side):
        return  # Only where both sides are edited can old values pass for somebody's edits.
    seen: dict[Side, list[Known]] = {}
    for side, state in states:
        if isinstance(state, Known):
            seen.setdefault(side, []).append(state)
    for side, found in seen.items():
        newest = nlargest(MOST, found, key=lambda each: each.version.stamp)
        told = [Witness(mapping, each.id, each.version.stamp) for each in newest]
        parts.newest[at.name, side] = _newest(parts.newest.get((at.name, side), ()), told)
    if parts.runtime.now() - parts.witnessed.get(at.name, 0.0) >= STORED_EVERY_S:
        _store(parts, at)


STORED_EVERY_S = 60.0
"""How often a process that works puts them on file: it may not live until the systems are asked again."""


def _store(parts: Parts, at: ConnectionParts) -> None:
    """Put them on file, unless something is wrong with the systems or another instance is doing so."""
    stored = at.identities.get()
    if stored.went_back or stored.accepted != parts.accepted.get(at.name, 0):
        # Noticed or accepted elsewhere since: this process asks again before it goes on.
        parts.confirmed.pop(at.name, None)
    sound = stored.known and not (stored.stopped_because or stored.suspected_since_s)
    if sound and stored.accepted == parts.accepted.get(at.name, 0):
        found = _all(parts, at, stored)
        if found != stored.witnesses:
            at.identities.put(replace(stored, witnesses=found))
        parts.witnessed[at.name] = parts.runtime.now()


def _newest(*groups: Sequence[Witness]) -> tuple[Witness, ...]:
    # A version that is older than one seen before is what a restore is noticed by: it replaces nothing.
    by_record = {(w.mapping, w.id): w for w in sorted(chain(*groups), key=_stamp)}
    return tuple(sorted(by_record.values(), key=_stamp, reverse=True)[:MOST])


def _stamp(witness: Witness) -> str:
    return witness.stamp


def examine(parts: Parts, at: ConnectionParts, stored: Identity) -> Identity:
    """The identity with what the witnesses say now.  Raises what the systems raise.

    Where a system was put back for sure, every other connection that works with it has been stopped.
    """
    now = parts.runtime.now()
    back = [side for side in Side if _went_back(parts, at, stored, side)]
    if not back:
        return replace(stored, witnesses=_all(parts, at, stored), suspected_since_s=0.0)
    since_s = stored.suspected_since_s or now
    if now - since_s < LASTS_S:
        return replace(stored, suspected_since_s=since_s)
    for side in back:
        put_back.stop_others(parts, at, stored.known, side, _reason(side))
    return replace(stored, suspected_since_s=since_s, went_back=_reason(back[0]))


def _all(parts: Parts, at: ConnectionParts, stored: Identity) -> dict[Side, tuple[Witness, ...]]:
    both = {s: (stored.witnesses.get(s, ()), parts.newest.get((at.name, s), ())) for s in Side}
    return {side: found for side, groups in both.items() if (found := _newest(*groups))}


def _went_back(parts: Parts, at: ConnectionParts, stored: Identity, side: Side) -> bool:
    """Whether a witness that is there is older than it was."""
    asked = _all(parts, at, stored).get(side, ())
    present = _present_stamps(at, side, asked)
    return any(_is_older(side, present[w.id], w.stamp) for w in asked if w.id in present)


def _is_older(side: Side, stamp: str, before: str) -> bool:
    if side is Side.SALES:
        return stamp < before
    late = datetime.fromisoformat(before) - datetime.fromisoformat(stamp)
    return late.total_seconds() > LATE_CLOCK_S


def _present_stamps(at: ConnectionParts, side: Side, asked: Sequence[Witness]) -> dict[str, str]:
    """The versions that witnesses have now; a record that is not there any more proves nothing."""
    found: dict[str, str] = {}
    for name in sorted({each.mapping for each in asked} & at.mappings.keys()):
        ids = [each.id for each in asked if each.mapping == name]
        rows = at.systems[side].read(table_of(at.mapping(name), side), ids)
        found |= {row.id: row.version.stamp for row in rows.values()}
    return found


def _reason(side: Side) -> str:
    return (
        f"{side.system_name} holds older versions of records than it held before: it was restored from a "
        "backup, or this is a copy. Nothing is synchronised. If it is meant to be used as it is now, start a "
        "full synchronisation with acceptSystems: what is equal is coupled again, and what differs is listed "
        "as a conflict."
    )
