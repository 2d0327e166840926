"""Writing to Business Central: creations, updates and deletions as parts of ``$batch``, and reading back.

Every write goes with ``continue-on-error``; a creation is never repeated by itself, because the service
chooses ids.  Source: Microsoft docs webservices/use-odata-batch.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from shared_code.core.records import Row
from shared_code.systems import business_central_batch as batch
from shared_code.systems import business_central_keys as creation_keys
from shared_code.systems import business_central_orders as orders
from shared_code.systems import business_central_tables as tables
from shared_code.systems import errors, odata
from shared_code.systems.business_central_batch import Part, PartAnswer
from shared_code.systems.business_central_place import Place
from shared_code.systems.chunked import read_chunks, write_chunks
from shared_code.systems.http import AnswerLost, Client
from shared_code.systems.interface import (
    ORDER_LINES,
    Change,
    Creation,
    Moved,
    OutcomeUnknown,
    ReadBack,
    Refused,
    Removal,
    Removed,
    SystemFault,
    Table,
    WriteResult,
    Written,
)


def create(
    client: Client, place: Place, table: Table, creations: Sequence[Creation], read: ReadBack
) -> list[WriteResult]:
    """Create records; one result per creation, in order."""
    url = _url(place, table, "")
    made = [_creation(table, url, each) for each in creations]
    return _sent(client, place, table, "create", made, read)


def update(
    client: Client, place: Place, table: Table, changes: Sequence[Change], read: ReadBack
) -> list[WriteResult]:
    """Write fields of records that still have the given etag; one result per change, in order."""
    parts = [_update(table, _url(place, table, _key(each)), each) for each in changes]
    return _sent(client, place, table, "update", parts, read)


def delete(client: Client, place: Place, table: Table, removals: Sequence[Removal]) -> list[WriteResult]:
    """Delete records that still have the given etag; one result per removal, in order."""
    parts = [
        Part("DELETE", f"{place.company}/{odata.name(table.name)}({odata.guid(each.id)})",
             {"If-Match": orders.header_etag(each.version.etag)})
        for each in removals
    ]  # fmt: skip
    write = partial(_write_chunk, client, place, table, "delete")
    return write_chunks(client, parts, batch.MAX_PARTS, write)


def _url(place: Place, table: Table, key: str) -> str:
    names = tables.column_names(table)
    expand = tables.expand_with_lines if orders.goes_both_ways(table) else tables.expand
    return odata.address(f"{place.company}/{odata.name(table.name)}{key}", expand=expand(table, names))


def _sent(
    client: Client, place: Place, table: Table, kind: str, parts: Sequence[Part | Refused], read: ReadBack
) -> list[WriteResult]:
    """Send what can be sent; what cannot be written as JSON is refused here, alone."""
    sendable = [part for part in parts if isinstance(part, Part)]
    write = partial(_write_chunk, client, place, table, kind)
    written = write_chunks(client, sendable, batch.MAX_PARTS, write)
    results = iter(_completed(client, table, written, read))
    return [next(results) if isinstance(part, Part) else part for part in parts]


def _write_chunk(
    client: Client, place: Place, table: Table, kind: str, parts: Sequence[Part]
) -> list[WriteResult]:
    answer = batch.send(client, place.of(table).root, kind, parts, repeatable=False)
    try:
        answers = batch.parse(answer.data, len(parts))
    except ValueError as error:
        raise AnswerLost(f"Business Central's batch ({kind}): {error}") from error
    failures = [None if one is None else one.error for one in answers]
    errors.raise_if_all_denied(failures, f"Writing to Business Central's table {table.name}")
    waits = [errors.wait_of(one) for one in failures if one is not None and one.status == 429]
    if waits:
        client.permits.throttled(max(waits))
    return [_result(table, kind, answer) for answer in answers]


def _completed(client: Client, table: Table, results: list[WriteResult], read: ReadBack) -> list[WriteResult]:
    """Read back the written records whose answer did not hold everything."""
    bare = [one.row.id for one in results if isinstance(one, Written) and _is_bare(table, one.row)]
    if not bare:
        return results
    try:
        found = read_chunks(client, bare, 500, lambda ids: list(read(table, ids).values()))
    except SystemFault as fault:
        return [_reread(table, one, {}, str(fault)) for one in results]
    rows = {row.id: row for row in found}
    return [_reread(table, one, rows, "the written record was not found again") for one in results]


def _key(change: Change) -> str:
    return f"({odata.guid(change.id)})"


def _update(table: Table, url: str, change: Change) -> Part | Refused:
    try:
        values = {name: value for name, value in change.values.items() if name != ORDER_LINES}
        body: Mapping[str, object] = tables.body(table, values)
        if orders.goes_both_ways(table):
            body = orders.changed(change, body)
        odata.dumps(body)
    except ValueError as error:
        return Refused("ValueNotSendable", str(error))
    return Part("PATCH", url, _if_match(change), body)


def _if_match(change: Change) -> dict[str, str]:
    """What guards a write; the version of an order's lines is part of what it is sent."""
    return {"If-Match": orders.header_etag(change.version.etag)}


def _creation(table: Table, url: str, creation: Creation) -> Part | Refused:
    try:
        body = creation_keys.body(table, creation)
        odata.dumps(body)
    except ValueError as error:
        return Refused("ValueNotSendable", str(error))
    return Part("POST", url, {}, body)


def _result(table: Table, kind: str, answer: PartAnswer | None) -> WriteResult:
    if answer is None:
        return OutcomeUnknown("Business Central's batch ended before this record")
    if answer.error is not None and orders.MOVED in answer.error.message:
        return Moved()
    if answer.error is not None:
        return errors.business_central_result(answer.error, creating=kind == "create")
    if kind == "delete":
        return Removed()
    try:
        entity = odata.mapping(answer.data)
        key, version = tables.record_id(table, entity), tables.version(entity)
    except ValueError as error:
        return OutcomeUnknown(f"the answer to the write cannot be used: {error}")
    try:
        return Written(tables.row(table, entity))
    except ValueError:
        return Written(Row(key, version))


def _is_bare(table: Table, row: Row) -> bool:
    return any(name not in row.values for name in tables.column_names(table))


def _reread(table: Table, result: WriteResult, rows: Mapping[str, Row], reason: str) -> WriteResult:
    if not isinstance(result, Written) or not _is_bare(table, result.row):
        return result
    row = rows.get(result.row.id)
    return Written(row, edited=row.version != result.row.version) if row else OutcomeUnknown(reason)
