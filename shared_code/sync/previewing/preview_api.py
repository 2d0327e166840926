"""What the HTTP functions for previews answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import islice
from urllib.parse import urlencode

from shared_code.core.records import Side
from shared_code.store.mapping_files import MappingFile
from shared_code.store.previews import Kind, PlannedWrite, Preview, PreviewStore, Sheet
from shared_code.sync import faults, views
from shared_code.sync.api import Answer
from shared_code.sync.api_input import (
    MAX_ID,
    BadInput,
    NotFound,
    connection_of,
    document_of,
    id_of,
    names_of,
    number_of,
    refuse_unknown,
    refuse_unknown_parameters,
)
from shared_code.sync.full_sync import Request
from shared_code.sync.mapping_file_api import refusal
from shared_code.sync.mapping_files import put_file
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.previewing import previews
from shared_code.sync.previewing.changed import ChangedRecord, changed_since
from shared_code.sync.views import View, instant

DEFAULT_WRITES, MAX_WRITES = 100, 1000
"""Planned writes on one page."""

SAMPLES = 5
"""Planned writes that a preview shows of each mapping; the rest is a page of its own."""

MAX_CHANGED = 1000
"""Changed records that one answer lists."""


def start(parts: Parts, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /previews: begin one; 202 with its address."""
    refuse_unknown_parameters(query, "connection")
    document = document_of(body)
    refuse_unknown(document, {"connection", "mappings", "release", "mappingFile"})
    at = connection_of(parts, document.get("connection", query.get("connection")))
    request = Request(names_of(at, document, "mappings"), names_of(at, document, "release"))
    file, refused = _file(parts, document.get("mappingFile"))
    if refused:
        return refused
    begun = previews.start(parts, at, request, file)
    address = {"Location": f"/api/previews/{begun.id}?connection={at.name}"}
    return Answer(202, {"id": begun.id, "connection": at.name, "status": "In Process"}, address)


def _file(parts: Parts, given: object) -> tuple[MappingFile | None, Answer | None]:
    """The checked mapping file to try, or why it cannot be used."""
    if given is None:
        return None, None
    if not isinstance(given, dict) or given.keys() != {"name", "text"}:
        raise BadInput("mappingFile", "it must be an object of a name and a text")
    name, text = given["name"], given["text"]
    if not isinstance(name, str) or not isinstance(text, str):
        raise BadInput("mappingFile", "its name and its text must be texts")
    refused = refusal(lambda: put_file(parts, name, text, only_check=True), "mappingFile")
    return MappingFile(name, text, parts.runtime.now()), refused


def list_all(parts: Parts, query: Mapping[str, str]) -> Answer:
    """GET /previews: those that are kept, the newest first."""
    refuse_unknown_parameters(query, "connection")
    at = connection_of(parts, query.get("connection"))
    return Answer(200, {"previews": [_head(at, each) for each in PreviewStore(at.tables, at.name).all()]})


def get(parts: Parts, preview_id: str, query: Mapping[str, str]) -> Answer:
    """GET /previews/{id}: what the run would do, counted per mapping, with samples."""
    refuse_unknown_parameters(query, "connection")
    at, preview = _found(parts, preview_id, query)
    on_paper = previews.parts_of(parts, at, preview)
    paper_at, sheet = on_paper.connection(at.name), Sheet(parts.tables, preview.table)
    found, counts = paper_at.full_syncs.get(preview.full_sync), sheet.counts()
    shown = views.full_sync_view(paper_at, *found, faults.why_not(parts, at))["lines"] if found else []
    lines = [{**each, **_planned_of(sheet, counts, each["mapping"])} for each in shown]
    return Answer(200, {**_head(at, preview), "lines": lines, "writes": _sums(counts)})


def writes(parts: Parts, preview_id: str, query: Mapping[str, str]) -> Answer:
    """GET /previews/{id}/writes: the planned writes page by page, of one mapping or of all."""
    refuse_unknown_parameters(query, "connection", "mapping", "limit", "cursor")
    at, preview = _found(parts, preview_id, query)
    limit = number_of(query, "limit", DEFAULT_WRITES, MAX_WRITES)
    mapping, cursor = query.get("mapping", ""), query.get("cursor", "")
    if not cursor.isprintable() or len(cursor) > MAX_CURSOR:
        raise BadInput("cursor", "it is none of ours: follow the link “next” of the page before")
    found = list(Sheet(parts.tables, preview.table).writes(mapping, cursor, limit + 1))
    link = None
    if len(found) > limit:
        more = {"connection": at.name, "limit": limit, "cursor": found[limit - 1].row}
        more |= {"mapping": mapping} if mapping else {}
        link = f"/api/previews/{preview.id}/writes?{urlencode(more)}"
    return Answer(200, {"writes": [write_view(each) for each in found[:limit]], "next": link})


MAX_CURSOR = 1024


def changed(parts: Parts, preview_id: str, query: Mapping[str, str]) -> Answer:
    """GET /previews/{id}/changed: the records of a mapping that changed since it was previewed."""
    refuse_unknown_parameters(query, "connection", "mapping")
    at, preview = _found(parts, preview_id, query)
    on_paper = previews.parts_of(parts, at, preview).connection(at.name)
    mapping = query.get("mapping", "")
    if mapping not in at.mappings or mapping not in on_paper.mappings:
        raise BadInput("mapping", f"name one of {', '.join(sorted(at.mappings))}")
    found = list(islice(changed_since(at, on_paper, mapping), MAX_CHANGED + 1))
    view = [_changed_view(each) for each in found[:MAX_CHANGED]]
    return Answer(200, {"changed": view, "more": len(found) > MAX_CHANGED})


def remove(parts: Parts, preview_id: str, query: Mapping[str, str]) -> Answer:
    """DELETE /previews/{id}: forget it; one that still runs ends."""
    refuse_unknown_parameters(query, "connection")
    at, preview = _found(parts, preview_id, query)
    PreviewStore(parts.tables, at.name).remove(preview)
    return Answer(200, {"id": preview.id, "removed": True})


def _found(parts: Parts, preview_id: str, query: Mapping[str, str]) -> tuple[ConnectionParts, Preview]:
    at = connection_of(parts, query.get("connection"))
    preview = PreviewStore(parts.tables, at.name).get(id_of(preview_id))
    if preview is None:
        raise NotFound(f"there is no preview {preview_id[:MAX_ID]} of connection {at.name}")
    return at, preview


def _head(at: ConnectionParts, preview: Preview) -> View:
    return {
        "id": preview.id,
        "connection": at.name,
        "createdAt": instant(preview.created_at_s),
        "status": "Finished" if preview.finished else "In Process",
        "mappingFile": preview.file or None,
    }


type Counts = Counter[tuple[str, Side, Kind]]


def _planned_of(sheet: Sheet, counts: Counts, mapping: str) -> View:
    own = Counter({key: number for key, number in counts.items() if key[0] == mapping})
    samples = [write_view(each) for each in sheet.writes(mapping, limit=SAMPLES)] if own else []
    return {"writes": _sums(own), "samples": samples}


def _sums(counts: Counts) -> View:
    """How many writes of each kind, by side."""
    sums: Counter[tuple[Side, Kind]] = Counter()
    for (_, side, kind), number in counts.items():
        sums[side, kind] += number
    return {side.value: {kind.value: sums[side, kind] for kind in Kind} for side in Side}


def write_view(each: PlannedWrite) -> View:
    """One planned write as people and programs read it."""
    return {
        "mapping": each.mapping,
        "side": each.side.value,
        "kind": each.kind.value,
        "id": each.record_id,
        "label": each.label,
        "fields": {
            name: {"old": each.old.get(name), "new": each.new.get(name)} for name in {**each.old, **each.new}
        },
        "lines": [dict(line) for line in each.lines],
    }


def _changed_view(each: ChangedRecord) -> View:
    return {"mapping": each.mapping, "side": each.side.value, "id": each.record_id, "gone": each.gone}
