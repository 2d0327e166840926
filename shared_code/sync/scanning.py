"""Scanning everything: as many pages together as one look at storage is good for.

Rows of Sales come in no order that storage knows, so the couplings of a page are looked up along the whole
partition.  Several pages together cost one such look and not one each.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from shared_code.core.records import Side
from shared_code.sync.parts import ConnectionParts
from shared_code.systems.interface import Cursor, Page, Sighting, SystemFault, Table

MOST_SEEN = 20_000
"""Records that are looked at together: what Business Central gives in one page."""


def read_pages(at: ConnectionParts, side: Side, table: Table, cursor: Cursor | None) -> Page:
    """The pages from ``cursor`` on as one, as long as another fits in; the last sight of a record counts.

    What stops a further page stops the one who goes on from there.  Raises ``SystemFault``.
    """
    system = at.systems[side]
    page = system.scan(table, cursor)
    size = len(page.seen)
    with suppress(SystemFault):
        while page.next is not None and size and len(page.seen) + size <= MOST_SEEN:
            page = _joined(page, system.scan(table, page.next))
    return page


def _joined(page: Page, following: Page) -> Page:
    again = {each.id for each in following.seen} | set(following.deleted)
    return Page(
        (*_without(again, page.seen), *following.seen),
        (*(each for each in page.deleted if each not in again), *following.deleted),
        following.next,
        following.watermark,
    )


def _without(ids: set[str], seen: Iterable[Sighting]) -> Iterable[Sighting]:
    return (each for each in seen if each.id not in ids)
