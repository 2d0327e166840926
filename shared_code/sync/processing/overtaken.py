"""A worker that was overtaken after a write was confirmed and before that was on file.

Somebody stored the pair meanwhile, who knew nothing of the write.  Were it forgotten, the value that was
written would look like a person's edit once the record is read again, or would never be read again at all:
where the other side went back to what it held before, nothing there tells of any difference.  So what was
written is put into the base that is on file now, and both sides are read before anything else is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from shared_code.core.base import confirm_base
from shared_code.core.coupling import Coupling, CouplingState
from shared_code.core.records import Side, Version
from shared_code.store.tables import AlreadyExists, Changed, Missing
from shared_code.sync import rules
from shared_code.sync.processing.items import Confirmed, Item
from shared_code.sync.processing.work import Work

TRIES = 3
"""How often what was written is put on file where somebody else is there first each time."""


def keep_written(work: Work, item: Item) -> None:
    """Put what was written on file with the pair as it is stored now."""
    before = work.stored.get(item.id)
    if not item.confirmed or before is None or before.state is not CouplingState.COUPLED:
        return
    for _ in range(TRIES):
        present = work.store.load(Side.BC, [before.bc_id]).get(before.bc_id)
        if not isinstance(present, Coupling) or not _is_same_pair(work, before, present):
            return
        told = with_written(present, item.confirmed)
        if told is present:
            return
        with suppress(AlreadyExists, Changed, Missing):
            work.store.transact(work.store.update_operations(told, present))
            return


def _is_same_pair(work: Work, before: Coupling, present: Coupling) -> bool:
    """Whether it is the pair that was written to, and its values mean the same."""
    living = present.state is CouplingState.COUPLED and present.sales_id == before.sales_id
    return living and rules.is_made_under(work.at, work.mapping.name, present.rules)


def with_written(pair: Coupling, written: Sequence[Confirmed]) -> Coupling:
    """The pair as it is stored, with what was written and whoever stored it had not seen."""
    for each in written:
        if _is_newer(each.version, pair.version_on(each.side)):
            versions = {Side.BC: pair.bc_version, Side.SALES: pair.sales_version, each.side: each.version}
            pair = replace(
                pair, base=confirm_base(pair.base, each.side, each.sent, each.returned), in_step=False,
                bc_version=versions[Side.BC], sales_version=versions[Side.SALES],
            )  # fmt: skip
    return pair


def _is_newer(written: Version, known: Version | None) -> bool:
    """Whether what was written came after what is on file.  Of a pair that is to be looked at as if nothing
    were known of it, because a system was put back, no version is."""
    return known is not None and written.stamp >= known.stamp and written.etag != known.etag
