"""Previewing: a full synchronisation that runs over paper.

The steps, batches and lines of a preview are those of a run, done by the same use cases.  Only what they are
given differs: their storage is an overlay that nobody else sees, their systems are read for real and written
on paper, and their messages name the preview.  So a preview shows what the run would write because it is the
run, up to what only a service can know.
"""

from __future__ import annotations

import math
from collections.abc import Mapping as MappingOf
from dataclasses import replace
from functools import partial

from shared_code.core.catalogue import for_connection
from shared_code.core.mapping import Mapping
from shared_code.store.mapping_files import MappingFile, MappingFileStore
from shared_code.store.overlay import OverlayTables
from shared_code.store.previews import Preview, PreviewStore, Sheet
from shared_code.store.tables import ConditionFailed
from shared_code.sync import full_sync, rule_changes, rules
from shared_code.sync.messages import Advance, BatchDue, Message
from shared_code.sync.parts import ConnectionParts, Parts, UnknownName
from shared_code.sync.previewing.paper import PaperSystem

KEEP_S = 7 * 86_400.0
"""How long a preview can be looked at: by then both systems have moved on."""

MOST = 5
"""Previews of one connection that are kept at a time; the oldest goes for a new one."""


def start(
    parts: Parts, at: ConnectionParts, request: full_sync.Request, file: MappingFile | None = None
) -> Preview:
    """Put a preview on file and let it begin; with a mapping's ``file``, as if that were stored.

    The file must have been checked.
    """
    store = PreviewStore(parts.tables, at.name)
    for old in store.all()[MOST - 1 :]:
        store.remove(old)
    preview = Preview(parts.new_job_id(), parts.runtime.now(), file=file.name if file else "")
    store.add(preview)
    if file:
        MappingFileStore(OverlayTables(parts.tables, preview.table)).put(file)
    on_paper = parts_of(parts, at, preview)
    full_sync_id = _begin(on_paper, on_paper.connection(at.name), request, preview)
    begun = replace(_read(store, preview.id), full_sync=full_sync_id)
    store.put(begun)
    return begun


def _begin(parts: Parts, at: ConnectionParts, request: full_sync.Request, preview: Preview) -> str:
    """Begin on paper what the request, or the new rules of a mapping, would begin."""
    if preview.file and preview.file in at.mappings:
        mapping = at.mapping(preview.file)
        schedule = at.schedules.get(mapping.name, mapping.interval_s)
        rule_changes.bring_into_force(parts, at, mapping, schedule)
        if begun := at.full_syncs.running():
            return begun[0]
        request = replace(request, mappings=request.mappings or (mapping.name,))
    return full_sync.start(parts, at, request).id


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
    return parts_of(parts, at, preview, message)


def parts_of(parts: Parts, at: ConnectionParts, preview: Preview, message: Message | None = None) -> Parts:
    """Parts over paper, for the work of a message.

    What is seen there says nothing about the real systems, so no witness is kept.  No request is on its way
    there that could still run, so whoever finds a creation unfinished need not wait.
    """
    tables = OverlayTables(parts.tables, preview.table)
    seen = replace(at, tables=tables, mappings=_mappings(parts, at, preview, tables))
    paper = partial(
        PaperSystem,
        sheet=Sheet(parts.tables, preview.table),
        mapping=_mapping_of(seen, message),
        connection=at.name,
        now_s=parts.runtime.now,
    )
    seen = replace(seen, systems={side: paper(each) for side, each in at.systems.items()})
    return replace(
        parts,
        tables=tables,
        connections={at.name: seen},
        preview=preview.id,
        newest={},
        witnessed={at.name: math.inf},
        started_s=parts.runtime.now(),
        settle_s=0.0,
        renew=lambda: None,
    )


def _mappings(
    parts: Parts, at: ConnectionParts, preview: Preview, tables: OverlayTables
) -> MappingOf[str, Mapping]:
    """The mappings as they are, or as they would be with the preview's file."""
    if not preview.file:
        return at.mappings
    files = MappingFileStore(tables).all()
    chosen = parts.catalogue.select({name: each.text for name, each in files.items()})
    return {each.name: for_connection(each, at.connection) for each in chosen.mappings}


def _mapping_of(at: ConnectionParts, message: Message | None) -> Mapping | None:
    """The mapping whose records a message's work writes, if it writes any."""
    if not isinstance(message, BatchDue):
        return None
    batch = at.jobs.batch(message.job, message.batch)
    return at.mapping(batch.mapping) if batch else None


def look_after(parts: Parts, at: ConnectionParts) -> None:
    """Each minute: have running previews go on where a message was lost, note the finished, drop the old."""
    store = PreviewStore(parts.tables, at.name)
    for preview in store.all():
        if preview.created_at_s < parts.runtime.now() - KEEP_S:
            store.remove(preview)
        elif preview.full_sync and not preview.finished:
            _look_after_one(parts, at, store, preview)


def _bring_rules_into_force(parts: Parts, at: ConnectionParts, preview: Preview) -> None:
    """A preview that was begun under rules which no process has any more goes on under the present ones."""
    on_paper = parts_of(parts, at, preview)
    seen = on_paper.connection(at.name)
    for name, schedule in seen.schedules.all().items():
        if name in seen.mappings and not rules.is_made_under(seen, name, schedule.rules):
            rule_changes.bring_into_force(on_paper, seen, seen.mapping(name), schedule)


def _look_after_one(parts: Parts, at: ConnectionParts, store: PreviewStore, preview: Preview) -> None:
    header = replace(at, tables=OverlayTables(parts.tables, preview.table)).full_syncs.get(preview.full_sync)
    if header is None or not header[0].finished:
        _bring_rules_into_force(parts, at, preview)
        parts.send(Advance(at.name, preview.full_sync, nudge=True, preview=preview.id))
        return
    try:
        store.put(replace(preview, finished=True))
    except ConditionFailed:
        return  # Another tick noted it, or it was removed.
