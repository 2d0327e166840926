"""What changed since a preview was made: records for which the run would not be the one that was shown.

The preview's couplings name the version of both records that it went by; the systems are asked what each is
now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import batched

from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from shared_code.sync.parts import ConnectionParts, table_of
from shared_code.sync.previewing.paper import real_etag

READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ChangedRecord:
    """A record that changed since the preview, or (``gone``) that is not there any more."""

    mapping: str
    side: Side
    record_id: str
    gone: bool


def changed_since(at: ConnectionParts, on_paper: ConnectionParts, mapping: str) -> Iterator[ChangedRecord]:
    """The records of a mapping's pairs that are not as the preview found them.

    ``at`` is the connection as it is, ``on_paper`` as the preview left it.  One request a side for 500 pairs,
    as they are consumed.  A record that came since has no pair: the next preview shows it.
    """
    for pairs in batched(on_paper.couplings(mapping).all_coupled(), READ_AT_ONCE, strict=False):
        for side in Side:
            yield from _changed(at, mapping, side, pairs)


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
