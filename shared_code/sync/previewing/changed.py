"""What changed since a preview was made: records whose run would not be the one that was shown.

The preview's couplings name the version of both records that it went by; the systems are asked what each is now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched

from shared_code.core.coupling import Coupling
from shared_code.core.records import Row, Side, Version
from shared_code.store.previews import Kind, PlannedWrite
from shared_code.sync.parts import ConnectionParts, table_of

READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ChangedRecord:
    """A record that changed, or that is gone, since a write was planned for it or for its partner."""

    mapping: str
    side: Side
    record_id: str
    label: str
    gone: bool


def changed_since(
    at: ConnectionParts, on_paper: ConnectionParts, mapping: str, writes: Sequence[PlannedWrite]
) -> list[ChangedRecord]:
    """Those of the records behind these writes of one mapping that are not as the preview found them.

    ``at`` is the connection as it is, ``on_paper`` as the preview left it.  Two requests for 500 writes.
    """
    pairs = _pairs(on_paper, mapping, writes)
    return [each for side in Side for some in batched(pairs, READ_AT_ONCE) for each in _changed(at, mapping, side, some)]


type Pair = tuple[PlannedWrite, Coupling]


def _pairs(on_paper: ConnectionParts, mapping: str, writes: Sequence[PlannedWrite]) -> list[Pair]:
    found: dict[str, Pair] = {}
    store = on_paper.couplings(mapping)
    for side in Side:
        own = {each.record_id: each for each in writes if each.side is side}
        known = store.load(side, sorted(own), ordered=True)
        found |= {
            each.bc_id: (own[record_id], each)
            for record_id, each in known.items()
            if isinstance(each, Coupling)
        }
    return list(found.values())


def _changed(at: ConnectionParts, mapping: str, side: Side, pairs: Sequence[Pair]) -> Iterator[ChangedRecord]:
    seen = {each.id_on(side): (write, each.version_on(side)) for write, each in pairs}
    real = {i: (write, version.etag.partition("~")[0]) for i, (write, version) in seen.items() if _is_real(version)}
    rows = at.systems[side].read(table_of(at.mapping(mapping), side), sorted(real)) if real else {}
    for record_id, (write, etag) in real.items():
        row = rows.get(record_id)
        if row is None or row.version.etag != etag:
            yield ChangedRecord(mapping, side, record_id, write.label, row is None)


def _is_real(version: Version | None) -> bool:
    """A record that is on paper alone has no version of its service."""
    return version is not None and not version.etag.startswith("~") and version.etag != ""


