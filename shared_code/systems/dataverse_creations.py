"""Creating rows in Dataverse: in bulk with chosen ids, and read back.

``CreateMultiple`` is all or nothing and answers ids only, so rows are read back: by the last request that
creates, which is a ``$batch`` of the creation and the question for all rows.  Where it is refused as a whole,
an earlier attempt has mostly made some of the rows: those are looked up, and the rest is sent again.
What is refused once more, or belongs to a table without it, goes as parts of a ``$batch``.  A row with lines
is created together with them (deep insert): one transaction, which ``CreateMultiple`` does not take.
Source: Microsoft docs bulk-operations.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TypeGuard

from shared_code.core.records import Row, Version
from shared_code.systems import dataverse_batch as batch
from shared_code.systems import dataverse_reading_along as reading_along
from shared_code.systems import dataverse_rows as rows
from shared_code.systems import dataverse_writes as writing
from shared_code.systems import errors, odata
from shared_code.systems.chunked import chunk_outcomes
from shared_code.systems.dataverse_writes import Write
from shared_code.systems.errors import fault, results_of
from shared_code.systems.http import Call, Client
from shared_code.systems.interface import (
    Creation,
    Exists,
    OutcomeUnknown,
    ReadBack,
    SettingWrong,
    SystemFault,
    Table,
    WriteResult,
    Written,
)
from shared_code.systems.multipart import Part

LAST_CHUNK, CHUNK_BEFORE = 20, 120
"""Rows of the last of several requests, which reads all back, at least, and of those before it at most: it
begins when they are answered, and the commit waits for it."""
CHUNK_WITH_LINES, LINES_PER_REQUEST = 20, 500
"""Rows of one request that are created together with their lines, and these: all are priced and added up."""

_NO_VERSION = Version("", "")
"""Stands in a row that is known to be written and not yet read back; never leaves this module."""


def supports_bulk_create(client: Client, root: str, table: Table) -> bool:
    """Ask whether the table has ``CreateMultiple``."""
    condition = "sdkmessageid/name eq 'CreateMultiple' and primaryobjecttypecode eq " + odata.literal(
        rows.logical_name(table)
    )
    url = odata.address(f"{root}/sdkmessagefilters", select="sdkmessagefilterid", filter=condition)
    answer = batch.get(client, url, "create", "list of messages")
    return bool(odata.rows(answer.data))


def create(
    client: Client,
    root: str,
    table: Table,
    creations: Sequence[Creation],
    *,
    bulk: bool,
    read: ReadBack,
    alone: bool = True,
) -> list[WriteResult]:
    """Create rows; one result per creation, in order.  ``alone``: a row is read from its own table only."""
    writer = rows.Writer(table)
    writes = [writing.prepared(partial(_creation, table, writer, one)) for one in creations]
    send = partial(_create_chunk, client, root, table, bulk, read)
    sendable = [one for one in writes if isinstance(one, Write)]
    if not (bulk and alone and len(sendable) > 1):
        return _read_back(table, writing.sent(client, writes, send, _size(table, creations)), read)
    known: dict[str, Row] = {}
    others, size, last = _before_the_last(sendable)
    outcomes = chunk_outcomes(client, others, size, send)
    if not outcomes or any(isinstance(each, list) for _, each in outcomes):
        ids = [one.id for one in sendable if one.id is not None]
        send_last = partial(_create_and_read, client, root, table, read, ids, known)
        outcomes += chunk_outcomes(client, last, len(last), send_last)
    else:
        outcomes.append((len(last), outcomes[0][1]))
    return _read_back(table, writing.in_order(writes, results_of(outcomes)), read, known)


def _before_the_last(writes: Sequence[Write]) -> tuple[Sequence[Write], int, Sequence[Write]]:
    """As many requests as chunks of ``CHUNK`` rows would be, the last one short: what goes before, how many
    rows of that a request takes, and the last."""
    before = (len(writes) - 1) // writing.CHUNK
    if not before:
        return (), writing.CHUNK, writes
    rest = len(writes) - max(LAST_CHUNK, len(writes) - CHUNK_BEFORE * before)
    return writes[:rest], -(-rest // before), writes[rest:]


def _size(table: Table, creations: Sequence[Creation]) -> int:
    """How many rows go into one request: fewer where there are many lines to each."""
    longest = max((len(each.lines) for each in creations), default=0)
    return (
        max(1, min(CHUNK_WITH_LINES, LINES_PER_REQUEST // max(longest, 1))) if table.lines else writing.CHUNK
    )


def _creation(table: Table, writer: rows.Writer, creation: Creation) -> Write:
    key = None if creation.id is None else odata.guid(creation.id)
    body = _new(table, writer, creation)
    if creation.lines and table.lines:
        lines = rows.Writer(table.lines)
        body[table.collection] = [_new(table.lines, lines, line) for line in creation.lines]
    target = f"{batch.API_PATH}/{odata.name(table.name)}"
    return Write("POST", target, {}, odata.body(body), key, writer.binds(creation.values))


def _new(table: Table, writer: rows.Writer, creation: Creation) -> dict[str, object]:
    """What is sent to create one row under its chosen id."""
    chosen = {} if creation.id is None else {table.key: odata.guid(creation.id)}
    return writer.body(creation.values) | chosen


def _create_chunk(
    client: Client, root: str, table: Table, bulk: bool, read: ReadBack, writes: Sequence[Write]
) -> list[WriteResult]:
    if bulk and len(writes) > 1:
        created = _create_multiple(client, root, table, writes)
        return _create_missing(client, root, table, read, writes) if created is None else created
    return writing.send_parts(client, root, table, "create", writes)


def _create_and_read(
    client: Client,
    root: str,
    table: Table,
    read: ReadBack,
    ids: Sequence[str],
    known: dict[str, Row],
    writes: Sequence[Write],
) -> list[WriteResult]:
    """Create a chunk and read the rows of these ids, in one request; ``known`` takes what was read."""
    place = f"{batch.API_PATH}/{odata.name(table.name)}/Microsoft.Dynamics.CRM.CreateMultiple"
    creation = Part("POST", place, {"Accept": "application/json"}, _targets(table, writes))
    try:
        # Those before it are done, and their commit waits for this one: it goes before the next batch's.
        parts = [creation, reading_along.part(table, ids)]
        made, shown = batch.send(client, root, "create", parts, ahead=len(ids) > len(writes))
    except SettingWrong:  # Refused as a whole, and nothing was done.
        return _create_chunk(client, root, table, True, read, writes)
    there = reading_along.found(table, shown)
    known |= there or {}
    if made is None:
        return [OutcomeUnknown("Sales' batch ended before these records")] * len(writes)
    if not (failure := writing.failure_of(made)):
        return _bare(batch.data_of(made), len(writes))
    errors.raise_if_all_denied([failure], f"Creating in Sales' table {table.name}")
    if failure.status == 429:
        return [errors.dataverse_result(failure, one.id, creating=True, binds=one.binds) for one in writes]
    return _create_missing(client, root, table, read, writes, there)


def _create_missing(
    client: Client,
    root: str,
    table: Table,
    read: ReadBack,
    writes: Sequence[Write],
    there: Mapping[str, Row] | None = None,
) -> list[WriteResult]:
    """The results of a chunk that was refused as a whole: rows that are there are not sent again."""
    if there is None:
        there = read(table, [one.id for one in writes if one.id is not None])
    missing = [one for one in writes if one.id not in there]
    again = _create_multiple(client, root, table, missing) if 1 < len(missing) < len(writes) else None
    if again is None and missing:
        again = writing.send_parts(client, root, table, "create", missing)
    results = iter(again or [])
    return [Exists() if one.id in there else next(results) for one in writes]


def _create_multiple(
    client: Client, root: str, table: Table, writes: Sequence[Write]
) -> list[WriteResult] | None:
    """The chunk's results, ``None`` when it was refused as a whole and nothing was created."""
    url = f"{root}/{odata.name(table.name)}/Microsoft.Dynamics.CRM.CreateMultiple"
    body = _targets(table, writes).encode()
    answer = client.send(Call("create", "POST", url, batch.JSON_BODY, body, repeatable=False))
    if answer.status in (401, 403):
        raise fault(answer.error, f"Creating in Sales' table {table.name}")
    if not answer.ok:
        return None
    return _bare(odata.mapping(answer.data or {}), len(writes))


def _bare(answer: Mapping[str, object], count: int) -> list[WriteResult]:
    """The rows of a bulk creation's answer, which tells their ids."""
    ids = answer.get("Ids")
    if not isinstance(ids, list) or len(ids) != count:
        return [OutcomeUnknown("Sales answered other ids than were sent")] * count
    return [Written(Row(str(key).lower(), _NO_VERSION)) for key in ids]


def _targets(table: Table, writes: Sequence[Write]) -> str:
    """The body of a bulk message."""
    kind = f"Microsoft.Dynamics.CRM.{rows.logical_name(table)}"
    return f'{{"Targets":[{",".join(_target(kind, one.text) for one in writes)}]}}'


def _target(kind: str, text: str) -> str:
    """A row's JSON with its type before its values."""
    return f'{{"@odata.type":"{kind}"{"," if text != "{}" else ""}{text[1:]}'


def _read_back(
    table: Table, results: list[WriteResult], read: ReadBack, known: Mapping[str, Row] | None = None
) -> list[WriteResult]:
    """Complete what a bulk creation only gave ids for; ``known`` is what was read already."""
    found = dict(known or {})
    bare = [one.row.id for one in results if _is_bare(one) and one.row.id not in found]
    reason = "created, but not found when read back"
    try:
        for some in odata.chunks(bare, 500):
            found.update(read(table, some))
    except SystemFault as failed:
        reason = f"created, but reading back failed: {failed}"
    return [_completed(one, found, reason) for one in results]


def _is_bare(result: WriteResult) -> TypeGuard[Written]:
    return isinstance(result, Written) and result.row.version == _NO_VERSION


def _completed(result: WriteResult, found: Mapping[str, Row], reason: str) -> WriteResult:
    if not _is_bare(result):
        return result
    row = found.get(result.row.id)
    return Written(row) if row else OutcomeUnknown(reason)
