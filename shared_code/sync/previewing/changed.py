"""What changed since a preview was made: records for which the run would not be the one that was shown.

The preview's couplings name the version of both records that it went by; the systems are asked what each is
now.  The preview's watermarks say where its scans ended: what the systems tell since then and the run would
look at are records that came, or that had no partner.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import batched

from shared_code.core.coupling import Coupling
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.sync.parts import ConnectionParts, table_of
from shared_code.sync.previewing.paper import real_etag
from shared_code.sync.processing.committing import is_coupled
from shared_code.sync.selecting import DELETED, has_moved, select
from shared_code.systems.interface import Cursor, CursorExpired, Page, Sighting

READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ChangedRecord:
    """A record that changed or came since the preview, or (``gone``) that is not there any more."""

    mapping: str
    side: Side
    record_id: str
    gone: bool


def changed_since(at: ConnectionParts, on_paper: ConnectionParts, mapping: str) -> Iterator[ChangedRecord]:
    """The records of a mapping that are not as the preview found them, each once.

    ``at`` is the connection as it is, ``on_paper`` as the preview left it.  One request a side for 500 pairs
    and one for what changed, as they are consumed.
    """
    for pairs in batched(on_paper.couplings(mapping).all_coupled(), READ_AT_ONCE, strict=False):
        for side in Side:
            yield from _changed(at, mapping, side, pairs)
    for side in Side:
        yield from _others(at, on_paper, on_paper.mapping(mapping), side)


def _changed(
    at: ConnectionParts, mapping: str, side: Side, pairs: Sequence[Coupling]
) -> Iterator[ChangedRecord]:
    seen = {each.id_on(side): real_etag(each.version_on(side)) for each in pairs}
    real = {record_id: etag for record_id, etag in seen.items() if etag}
    rows = at.systems[side].read(table_of(at.mapping(mapping), side), sorted(real)) if real else {}
    for record_id, etag in real.items():
        row = rows.get(record_id)
        if row is None or row.version.etag != etag:
            yield ChangedRecord(mapping, side, record_id, row is None)


def _others(
    at: ConnectionParts, on_paper: ConnectionParts, mapping: Mapping, side: Side
) -> Iterator[ChangedRecord]:
    """What has no partner on paper, and coupled records that something else moved at their very version."""
    told = set[str]()
    for page in _pages(at, on_paper, mapping, side):
        work = select(on_paper, mapping, side, page).work
        known = on_paper.couplings(mapping.name).load(side, [each.id for each in work])
        for each in work:
            pair = known.get(each.id)
            is_new = not isinstance(pair, Coupling) or not is_coupled(pair) or _is_moved(mapping, pair, each)
            if is_new and each.id not in told:
                told.add(each.id)
                yield ChangedRecord(mapping.name, side, each.id, each.version == DELETED)


def _is_moved(mapping: Mapping, pair: Coupling, seen: Sighting) -> bool:
    """A pair's own versions are compared elsewhere."""
    same = real_etag(pair.version_on(Side.BC)) == seen.version.etag
    return seen.moved and same and has_moved(mapping, pair, seen)


def _pages(at: ConnectionParts, on_paper: ConnectionParts, mapping: Mapping, side: Side) -> Iterator[Page]:
    """What changed on a side since the preview scanned it; nothing where that is not known any more."""
    text = on_paper.watermarks.get(mapping.name, side).cursor
    cursor = Cursor(text) if text else None
    while cursor is not None:
        try:
            page = at.systems[side].scan(table_of(mapping, side), cursor)
        except CursorExpired:
            return
        yield page
        cursor = page.next
