"""Writing to Dataverse as parts of a ``$batch``: conditional updates and deletions.

Updates carry ``If-Match`` and ask for the row as stored, which the bulk messages cannot do.
Source: Microsoft docs webapi/perform-conditional-operations-using-web-api.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from shared_code.core.frozen import frozen
from shared_code.systems import dataverse_batch as batch
from shared_code.systems import dataverse_rows as rows
from shared_code.systems import errors, odata
from shared_code.systems.chunked import write_chunks
from shared_code.systems.http import Client
from shared_code.systems.interface import (
    Change,
    OutcomeUnknown,
    Refused,
    Removal,
    Removed,
    Table,
    WriteResult,
    Written,
)
from shared_code.systems.multipart import Part, PartAnswer

CHUNK = 100
"""Rows of one request; Sales runs much business logic for each."""


@frozen
class Write:
    """One row to send; ``id`` is known for updates and for creations with a chosen id.

    ``text`` is its JSON.  What a part of a batch says around it is made when it is needed.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    text: str
    id: str | None
    binds: bool

    @property
    def creating(self) -> bool:
        """Whether it makes a row."""
        return self.method == "POST"

    def part(self, table: Table) -> Part:
        """The part of a ``$batch`` that sends it and asks for the row as stored."""
        url = odata.address(self.target, select=rows.select(table, table.columns))
        prefer = rows.preferences(table.columns, "return=representation")
        headers = {"Accept": "application/json", "Prefer": prefer, **self.headers}
        return Part(self.method, url, headers, self.text)


def update(client: Client, root: str, table: Table, changes: Sequence[Change]) -> list[WriteResult]:
    """Write fields of rows that still have the given etag; one result per change, in order."""
    writer = rows.Writer(table)
    writes = [prepared(partial(_change, table, writer, one)) for one in changes]
    return sent(client, writes, partial(send_parts, client, root, table, "update"))


def delete(client: Client, root: str, table: Table, removals: Sequence[Removal]) -> list[WriteResult]:
    """Delete rows that still have the given etag; one result per removal, in order."""
    send = partial(_delete_chunk, client, root, table)
    return write_chunks(client, removals, CHUNK, send)


def _delete_chunk(client: Client, root: str, table: Table, removals: Sequence[Removal]) -> list[WriteResult]:
    place = f"{batch.API_PATH}/{odata.name(table.name)}"
    parts = [
        Part("DELETE", f"{place}({odata.guid(one.id)})", {"If-Match": one.version.etag}) for one in removals
    ]
    answers = batch.send(client, root, "delete", parts)
    failures = [None if one is None else failure_of(one) for one in answers]
    errors.raise_if_all_denied(failures, f"Deleting in Sales' table {table.name}")
    return [_removed(one, answer) for one, answer in zip(removals, answers, strict=True)]


def _removed(removal: Removal, answer: PartAnswer | None) -> WriteResult:
    if answer is None:
        return OutcomeUnknown("Sales' batch ended before this record")
    if error := failure_of(answer):
        return errors.dataverse_result(error, removal.id, creating=False, binds=False)
    return Removed()


def prepared(make: Callable[[], Write]) -> Write | Refused:
    """What is sent; refused where a value has no place in JSON."""
    try:
        return make()
    except ValueError as error:
        return Refused("ValueNotSendable", str(error))


def _change(table: Table, writer: rows.Writer, change: Change) -> Write:
    key = odata.guid(change.id)
    target = f"{batch.API_PATH}/{odata.name(table.name)}({key})"
    headers = {"If-Match": change.version.etag}
    text = odata.body(writer.body(change.values))
    return Write("PATCH", target, headers, text, key, writer.binds(change.values))


def sent(
    client: Client,
    writes: Sequence[Write | Refused],
    send: Callable[[Sequence[Write]], list[WriteResult]],
    size: int = CHUNK,
) -> list[WriteResult]:
    """What became of each: sent in requests of ``size`` rows, or refused before."""
    sendable = [one for one in writes if isinstance(one, Write)]
    return in_order(writes, write_chunks(client, sendable, size, send))


def in_order(writes: Sequence[Write | Refused], results: Iterable[WriteResult]) -> list[WriteResult]:
    """The results of what was sent, and in their places what could not be."""
    given = iter(results)
    return [next(given) if isinstance(one, Write) else one for one in writes]


def send_parts(
    client: Client, root: str, table: Table, kind: str, writes: Sequence[Write]
) -> list[WriteResult]:
    """Write rows as parts of one ``$batch``: what became of each."""
    answers = batch.send(client, root, kind, [one.part(table) for one in writes])
    failures = [None if one is None else failure_of(one) for one in answers]
    errors.raise_if_all_denied(failures, f"Writing to Sales' table {table.name}")
    return [_result(table, write, answer) for write, answer in zip(writes, answers, strict=True)]


def failure_of(answer: PartAnswer) -> errors.ServiceError | None:
    """The error that a part was answered with, if it was."""
    return None if 200 <= answer.status < 300 else batch.error_of(answer)


def _result(table: Table, write: Write, answer: PartAnswer | None) -> WriteResult:
    if answer is None:
        return OutcomeUnknown("Sales' batch ended before this record")
    if error := failure_of(answer):
        return errors.dataverse_result(error, write.id, creating=write.creating, binds=write.binds)
    try:
        return Written(rows.row(table, batch.data_of(answer)))
    except ValueError as error_:
        return OutcomeUnknown(f"the answer to the write cannot be used: {error_}")
