"""What the HTTP functions for undoing answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from shared_code.core.coupling import Coupling
from shared_code.core.journal import Entry
from shared_code.core.records import Side
from shared_code.core.undo import Otherwise
from shared_code.store.undos import UNDO_ID, Undo, UndoLine, UndoneRecord
from shared_code.sync.api import Answer, problem
from shared_code.sync.api_input import (
    MAX_ID,
    BadInput,
    NotFound,
    connection_of,
    document_of,
    id_of,
    is_id,
    mapping_of,
    number_of,
    refuse_unknown,
    refuse_unknown_parameters,
)
from shared_code.sync.history import undos
from shared_code.sync.history.explaining import coupling_of, entries_of
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.views import View, instant, job_view

DEFAULT_RECORDS, MAX_RECORDS = 50, 500
"""Records on one page."""


def start(parts: Parts, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /undos: preview the undo of a job, a full synchronisation, or a record's part of a job."""
    refuse_unknown_parameters(query, "connection")
    document = document_of(body)
    refuse_unknown(document, {"connection", "job", "fullSynchronization", "mapping", "id"})
    at = connection_of(parts, document.get("connection", query.get("connection")))
    lines, record = _meant(parts, at, document)
    try:
        begun = undos.begin(parts, at, lines, record)
    except undos.NothingToUndo as error:
        raise NotFound(str(error)) from None
    address = {"Location": f"/api/undos/{begun.id}?connection={at.name}"}
    return Answer(202, {"id": begun.id, "connection": at.name, "status": "In Process"}, address)


def _meant(
    parts: Parts, at: ConnectionParts, document: Mapping[str, Any]
) -> tuple[list[tuple[str, str]], str]:
    """The jobs that are meant, with their mappings, and the record where only its part is."""
    if ("fullSynchronization" in document) + ("job" in document or "id" in document) != 1:
        raise BadInput("job", "name a job, a full synchronisation, or the mapping and id of a record")
    if "id" in document:
        return _of_record(parts, at, document)
    if "mapping" in document:
        raise BadInput("mapping", "it goes with the id of a record")
    if "job" in document:
        job = at.jobs.get(_id(document, "job"))
        if job is None:
            raise NotFound(f"there is no job {document['job']} of connection {at.name}")
        return [(job.mapping, job.id)], ""
    found = at.full_syncs.get(_id(document, "fullSynchronization"))
    if found is None:
        raise NotFound(f"there is no full synchronisation {document['fullSynchronization']}")
    return [(each.mapping, each.job) for each in found[1]], ""


def _of_record(
    parts: Parts, at: ConnectionParts, document: Mapping[str, Any]
) -> tuple[list[tuple[str, str]], str]:
    """A record's part of a job; without a job of the newest one that wrote it."""
    mapping = mapping_of(at, document.get("mapping"), "mapping").name
    pair = coupling_of(at, mapping, None, _id(document, "id").lower())
    if pair is None:
        raise NotFound(f"{mapping} has never coupled a record {document['id']}")
    job = _id(document, "job") if "job" in document else _newest_job(parts, at, mapping, pair)
    return [(mapping, job)], pair.bc_id


def _newest_job(parts: Parts, at: ConnectionParts, mapping: str, pair: Coupling) -> str:
    entries = entries_of(parts.runtime, at, mapping, pair)
    if not entries:
        raise NotFound(f"the journal tells of no write to {pair.bc_id}")
    return entries[0].job


def _id(document: Mapping[str, Any], name: str) -> str:
    given = document.get(name)
    if not isinstance(given, str) or not is_id(given):
        raise BadInput(name, "it must be an id")
    return given


def get(parts: Parts, undo_id: str, query: Mapping[str, str]) -> Answer:
    """GET /undos/{id}: how far it is, with the counters of each mapping."""
    refuse_unknown_parameters(query, "connection")
    at = connection_of(parts, query.get("connection"))
    return Answer(200, _view(at, _found(at, undo_id)))


def _found(at: ConnectionParts, undo_id: str) -> Undo:
    found = undos.store_of(at).get(id_of(undo_id)) if undo_id.startswith(UNDO_ID) else None
    if found is None:
        raise NotFound(f"there is no undo {undo_id[:MAX_ID]} of connection {at.name}")
    return found


def _view(at: ConnectionParts, undo: Undo) -> View:
    return {
        "id": undo.id,
        "connection": at.name,
        "createdAt": instant(undo.created_at_s),
        "phase": undo.phase.value,
        "status": "Finished" if undo.done else "In Process",
        "record": undo.record or None,
        "otherwise": undo.otherwise.value,
        "lines": [_line_view(at, each) for each in undo.lines],
    }


def _line_view(at: ConnectionParts, line: UndoLine) -> View:
    """The job that is taken back, and the one that does it."""
    job = at.jobs.get(line.by) if line.by else None
    return {"mapping": line.mapping, "job": line.job, "undoneBy": job_view(at, job) if job else None}


def run(parts: Parts, undo_id: str, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /undos/{id}/run: do what the preview told; 202."""
    refuse_unknown_parameters(query, "connection")
    document = document_of(body)
    refuse_unknown(document, {"connection", "otherwise"})
    at = connection_of(parts, document.get("connection", query.get("connection")))
    otherwise = document.get("otherwise", Otherwise.LIST.value)
    if otherwise not in tuple(Otherwise):
        raise BadInput("otherwise", f"it must be one of {', '.join(Otherwise)}")
    try:
        undos.run(parts, at, _found(at, undo_id), Otherwise(otherwise))
    except undos.NotPreviewed as error:
        return problem(409, "The undo cannot be run now.", str(error))
    return Answer(202, {"id": undo_id, "connection": at.name, "status": "In Process"})


def records(parts: Parts, undo_id: str, query: Mapping[str, str]) -> Answer:
    """GET /undos/{id}/records: what would become, or became, of each record."""
    refuse_unknown_parameters(query, "connection", "limit", "cursor")
    at = connection_of(parts, query.get("connection"))
    undo = _found(at, undo_id)
    limit = number_of(query, "limit", DEFAULT_RECORDS, MAX_RECORDS)
    prefix = f"record|{undo.id}|{undo.phase}|"
    start = query.get("cursor", "")
    if start and not start.startswith(prefix):
        raise BadInput("cursor", "it is none of ours: follow the link “next” of the page before")
    page, following = undos.store_of(at).records(undo.id, undo.phase, limit, start)
    more = {"connection": at.name, "limit": limit, "cursor": following}
    link = f"/api/undos/{undo.id}/records?{urlencode(more)}" if following else None
    jobs = {each.mapping: each for each in undo.lines}
    shown = [_record_view(parts, at, jobs[each.mapping], each) for each in page]
    return Answer(200, {"phase": undo.phase.value, "records": shown, "next": link})


def _record_view(parts: Parts, at: ConnectionParts, line: UndoLine, each: UndoneRecord) -> View:
    now_s = parts.runtime.now()
    entries = at.journal.of_range(each.mapping, each.bc_id, each.bc_id, line.since_s, now_s)
    own = [entry for entry in entries if entry.job == line.job]
    return {
        "mapping": each.mapping,
        "bcId": each.bc_id,
        "name": each.name,
        "outcome": each.outcome.value,
        "removed": each.removed or None,
        "withdrawn": each.withdrawn or None,
        "fields": [_field_view(own, Side(s), name) for s, names in each.fields.items() for name in names],
        "left": each.left,
    }


def _field_view(own: list[Entry], side: Side, name: str) -> View:
    """A value that is put back, from the journal; blank where it was erased since."""
    entries = [each for each in own if each.side is side and name in each.because]
    return {
        "side": side.value,
        "field": name,
        "from": entries[-1].new.get(name) if entries else None,
        "to": entries[0].old.get(name) if entries else None,
    }
