"""Previewing: a full synchronisation that runs over paper.

The steps, batches and lines of a preview are those of a run, done by the same use cases.  Only what they are
given differs: their storage is an overlay that nobody else sees, their systems are read for real and written
on paper, and their messages name the preview.  So a preview shows what the run would write because it is the
run, up to what only a service can know.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from shared_code.core.records import Side
from shared_code.store.overlay import OverlayTables
from shared_code.store.previews import Preview, PreviewStore, Sheet
from shared_code.store.tables import ConditionFailed
from shared_code.sync import full_sync
from shared_code.sync.messages import Advance, BatchDue, Message
from shared_code.sync.parts import ConnectionParts, Parts, UnknownName
from shared_code.sync.previewing.paper import PaperSystem
from shared_code.systems.interface import System

KEEP_S = 7 * 86_400.0
"""How long a preview can be looked at: by then both systems have moved on."""

MOST = 5
"""Previews of one connection that are kept at a time; the oldest goes for a new one."""


def start(parts: Parts, at: ConnectionParts, request: full_sync.Request) -> Preview:
    """Put a preview on file and let it begin."""
    store = PreviewStore(parts.tables, at.name)
    for old in store.all()[MOST - 1 :]:
        store.remove(old)
    preview = Preview(parts.new_job_id(), parts.runtime.now())
    store.add(preview)
    on_paper = parts_of(parts, at, preview)
    started = full_sync.start(on_paper, on_paper.connection(at.name), request)
    preview = replace(_read(store, preview.id), full_sync=started.id)
    store.put(preview)
    return preview


class PreviewEnded(UnknownName):
    """The preview is not there any more: its work is done with."""


def _read(store: PreviewStore, preview_id: str) -> Preview:
    found = store.get(preview_id)
    if found is None:
        raise PreviewEnded(f"there is no preview {preview_id}")
    return found


def parts_for(parts: Parts, message: Message) -> Parts:
    """What a message's work is given: the real parts, or those of its preview.

    Raises ``PreviewEnded``.
    """
    if not message.preview:
        return parts
    at = parts.connection(message.connection)
    preview = _read(PreviewStore(parts.tables, at.name), message.preview)
    return parts_of(parts, at, preview, _mapping_of(at, preview, parts, message))


def _mapping_of(at: ConnectionParts, preview: Preview, parts: Parts, message: Message) -> str:
    """The mapping a message is about; blank for one that writes nothing."""
    if isinstance(message, BatchDue):
        batch = replace(at, tables=OverlayTables(parts.tables, preview.table)).jobs.batch(
            message.job, message.batch
        )
        return batch.mapping if batch else ""
    return ""


def parts_of(parts: Parts, at: ConnectionParts, preview: Preview, mapping: str = "") -> Parts:
    """Parts over paper.  What was seen there says nothing about the real systems, so no witness is kept."""
    tables = OverlayTables(parts.tables, preview.table)
    paper = partial(
        PaperSystem,
        sheet=Sheet(parts.tables, preview.table),
        mapping=at.mapping(mapping) if mapping else None,
        connection=at.name,
        now_s=parts.runtime.now,
    )
    systems: Mapping[Side, System] = {side: paper(each) for side, each in at.systems.items()}
    seen = replace(at, tables=tables, systems=systems)
    return replace(
        parts,
        tables=tables,
        connections={at.name: seen},
        preview=preview.id,
        newest={},
        witnessed={at.name: math.inf},
        renew=lambda: None,
    )


def look_after(parts: Parts, at: ConnectionParts) -> None:
    """Each minute: have running previews go on where a message was lost, note the finished, drop the old."""
    store = PreviewStore(parts.tables, at.name)
    for preview in store.all():
        if preview.created_at_s < parts.runtime.now() - KEEP_S:
            store.remove(preview)
        elif preview.full_sync and not preview.finished:
            _look_after_one(parts, at, store, preview)


def _look_after_one(parts: Parts, at: ConnectionParts, store: PreviewStore, preview: Preview) -> None:
    header = replace(at, tables=OverlayTables(parts.tables, preview.table)).full_syncs.get(preview.full_sync)
    if header is None or not header[0].finished:
        parts.send(Advance(at.name, preview.full_sync, nudge=True, preview=preview.id))
        return
    try:
        store.put(replace(preview, finished=True))
    except ConditionFailed:
        return  # Another tick noted it, or it was removed.
