"""What the HTTP functions of the journal answer: why a field holds its value, what was written, erasing."""

from __future__ import annotations

from collections.abc import Mapping

from shared_code.core.journal import WORDS, Entry
from shared_code.core.records import Side
from shared_code.core.why import Held, how_coupled
from shared_code.store.compares import CompareStore
from shared_code.store.previews import PreviewStore
from shared_code.store.undos import UndoStore
from shared_code.sync.api import Answer
from shared_code.sync.api_input import (
    MAX_ID,
    BadInput,
    NotFound,
    connection_of,
    document_of,
    is_id,
    mapping_of,
    number_of,
    refuse_unknown,
    refuse_unknown_parameters,
    side_of,
)
from shared_code.sync.conflicts.conflict_api import edited_view
from shared_code.sync.history.explaining import (
    FieldWhy,
    RecordWhy,
    coupling_of,
    entries_of,
    explain,
    is_living,
)
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.record_links import Links
from shared_code.sync.views import View, instant, problem_view

MAX_ENTRIES = 1000
"""Entries of one record that one answer lists."""


def why(parts: Parts, query: Mapping[str, str]) -> Answer:
    """GET /why: why the fields of a record hold what they hold, and what would happen next."""
    refuse_unknown_parameters(query, "connection", "mapping", "id", "side", "field")
    at = connection_of(parts, query.get("connection"))
    mapping, side, record_id = _record(at, query)
    wanted = query.get("field")
    known = {name for each in at.mapping(mapping).fields for name in (each.name, each.group)}
    if wanted is not None and wanted not in known:
        raise BadInput(
            "field", f"{mapping} has no field “{wanted[:MAX_ID]}”; there are {', '.join(sorted(known))}"
        )
    found = explain(parts, at, mapping, side, record_id)
    if found is None:
        raise NotFound(f"{mapping} knows no record {record_id}: it is neither coupled nor listed")
    return Answer(200, _why_view(at, mapping, found, wanted))


def _record(at: ConnectionParts, given: Mapping[str, object]) -> tuple[str, Side | None, str]:
    """The mapping, side (none: either) and id that a caller names."""
    mapping, record_id = mapping_of(at, given.get("mapping"), "mapping").name, given.get("id")
    side = side_of(given["side"], "side") if given.get("side") is not None else None
    if not isinstance(record_id, str) or not is_id(record_id):
        raise BadInput("id", "it must be the id of a record in Business Central or Sales")
    return mapping, side, record_id.lower()


def _why_view(at: ConnectionParts, mapping: str, found: RecordWhy, wanted: str | None) -> View:
    pair = found.coupling
    origin = pair.origin if pair else None
    coupled = how_coupled(origin) if origin else ("before pairs remembered how" if pair else "")
    links = Links(at)
    ids = {side: pair.id_on(side) for side in Side} if pair else {}
    chosen = [each for each in found.fields if wanted in (None, each.field.name, each.field.group)]
    return {
        "mapping": mapping,
        "connection": at.name,
        "name": found.name,
        "coupled": pair is not None,
        "bcId": pair.bc_id if pair else None,
        "salesId": pair.sales_id if pair else None,
        **links.view(mapping, ids, found.rows),
        "coupledBecause": coupled,
        "notRead": [each.value for each in found.unread],
        "bcChanged": edited_view(found.edited[Side.BC]) if found.edited else None,
        "salesChanged": edited_view(found.edited[Side.SALES]) if found.edited else None,
        "problem": problem_view(mapping, found.problem, links) if found.problem else None,
        "fields": [_field_view(each) for each in chosen],
    }


def _field_view(each: FieldWhy) -> View:
    return {
        "field": each.field.name,
        "group": each.field.group,
        "direction": each.field.direction.value,
        "bc": _held_view(each.bc),
        "sales": _held_view(each.sales),
        "next": each.next,
    }


def _held_view(each: Held) -> View:
    return {
        "value": each.value,
        "base": each.base,
        "writtenBy": each.author.value,
        "why": each.text,
        "job": each.entry.job if each.entry else None,
        "writtenAt": instant(each.entry.at_s) if each.entry else None,
    }


def journal(parts: Parts, query: Mapping[str, str]) -> Answer:
    """GET /journal: what was written on a record, the newest first."""
    refuse_unknown_parameters(query, "connection", "mapping", "id", "side", "limit")
    at = connection_of(parts, query.get("connection"))
    mapping, side, record_id = _record(at, query)
    limit = number_of(query, "limit", 100, MAX_ENTRIES)
    pair = coupling_of(at, mapping, side, record_id)
    if pair is None:
        raise NotFound(f"{mapping} has never coupled a record {record_id}")
    entries = entries_of(parts.runtime, at, mapping, pair)
    view = {
        "mapping": mapping, "bcId": pair.bc_id, "salesId": pair.sales_id, "coupled": is_living(pair),
        "entries": [entry_view(each) for each in entries[:limit]], "more": len(entries) > limit,
    }  # fmt: skip
    return Answer(200, view)


def entry_view(each: Entry) -> View:
    """One write: run, rules, side, time, and for each field both values and what decided it."""
    return {
        "at": instant(each.at_s),
        "side": each.side.value,
        "job": each.job,
        "rules": each.rules,
        "decidedBy": each.by or None,
        "erasedAt": instant(each.erased_at_s),
        "fields": [
            {
                "field": name,
                "old": each.old.get(name),
                "new": each.new.get(name),
                "because": reason.value,
                "why": WORDS[reason],
                "overruled": name in each.overruled,
            }
            for name, reason in each.because.items()
        ],
    }


def erase(parts: Parts, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /journal/erase: remove the values of a record from the journal; that there were some stays.

    What undos and compares tell of it goes, too.  Previews and the mapping's matching reports hold values of
    all records, for days only: they are removed.
    """
    refuse_unknown_parameters(query, "connection")
    document = document_of(body)
    refuse_unknown(document, {"connection", "mapping", "id", "side"})
    at = connection_of(parts, document.get("connection", query.get("connection")))
    mapping, side, record_id = _record(at, document)
    pair = coupling_of(at, mapping, side, record_id)
    bc_id = pair.bc_id if pair else record_id
    erased = at.journal.erase(mapping, bc_id, parts.runtime.now())
    ids = {each: pair.id_on(each) for each in Side} if pair else {side or Side.BC: record_id}
    notes = UndoStore(at.tables, at.name).erase(mapping, bc_id)
    notes += CompareStore(at.tables, at.name).erase(mapping, ids)
    removed = _remove_copies(at, mapping)
    view = {"mapping": mapping, "bcId": bc_id, "erased": erased, "notes": notes, "removed": removed}
    return Answer(200, view)


def _remove_copies(at: ConnectionParts, mapping: str) -> int:
    """Remove what holds values of all records and can be made again; how many there were."""
    previews = PreviewStore(at.tables, at.name)
    made = previews.all()
    for preview in made:
        previews.remove(preview)
    reports = [each for each in at.match_reports.newest(MOST_REPORTS) if each.mapping == mapping]
    for report in reports:
        at.match_reports.remove(report.id)
    return len(made) + len(reports)


MOST_REPORTS = 10_000
"""More matching reports than anybody makes in the month that they are kept."""
