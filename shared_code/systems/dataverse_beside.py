"""Writing the row beside a record: a row of another table under the same id, which Tandem alone writes.

It is an upsert under the version that the row has right before: a request that runs minutes late is refused
where another one has told something newer since.  What else is to be written on the record goes first, as a
conditional update, and the row beside follows only where that succeeded.
Sources: Microsoft docs webapi/update-delete-entities-using-web-api.md (upsert),
perform-conditional-operations-using-web-api.md (If-Match, If-None-Match).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

from shared_code.core.records import Row, Values
from shared_code.systems import dataverse_batch as batch
from shared_code.systems import dataverse_order_changes as order_changes
from shared_code.systems import dataverse_orders as orders
from shared_code.systems import dataverse_writes as writes
from shared_code.systems import errors, odata
from shared_code.systems.chunked import write_chunks
from shared_code.systems.http import Client
from shared_code.systems.interface import (
    Change,
    OutcomeUnknown,
    ReadBack,
    Removed,
    SystemFault,
    Table,
    WriteResult,
    Written,
)
from shared_code.systems.multipart import Part, PartAnswer


def update(
    client: Client, root: str, table: Table, changes: Sequence[Change], read: ReadBack
) -> list[WriteResult]:
    """Write fields of records and of the rows beside them; one result per change, in order."""
    parted = [orders.parted(table, each) for each in changes]
    own = [each for each, _ in parted if each.values]
    first = iter(order_changes.update(client, root, table, own, read) if own else [])
    whole = {each.id for each, values in parted if not values and order_changes.is_edit(table, each)}
    results: list[WriteResult] = [next(first) if each.values else Removed() for each, _ in parted]
    ready = [
        (each.id, values)
        for (each, values), done in zip(parted, results, strict=True)
        if values and isinstance(done, Written | Removed)
    ]
    send = partial(_send, client, root, table, _versions(table, [i for i, _ in ready], read))
    written = dict(zip([i for i, _ in ready], write_chunks(client, ready, writes.CHUNK, send), strict=True))
    known = [written.get(c.id, r) for c, r in zip(changes, results, strict=True)]
    return _read_back(table, changes, known, read, whole)


def _versions(table: Table, ids: Sequence[str], read: ReadBack) -> dict[str, str]:
    """The etags of the rows beside that are there."""
    assert table.beside is not None, "only such a table has rows beside"
    own = Table(table.beside.table, table.beside.key, ())
    found: dict[str, str] = {}
    for some in odata.chunks(ids, 500):
        found.update({i: row.version.etag for i, row in read(own, some).items()})
    return found


def _send(
    client: Client,
    root: str,
    table: Table,
    versions: Mapping[str, str],
    some: Sequence[tuple[str, Values]],
) -> list[WriteResult]:
    """The rows beside; ``Removed`` stands for one that is written and not read back yet."""
    answers = batch.send(client, root, "update", [_part(table, versions, *each) for each in some])
    failures = [
        None if each is None or 200 <= each.status < 300 else batch.error_of(each) for each in answers
    ]
    assert table.beside is not None, "only such a table has rows beside"
    errors.raise_if_all_denied(failures, f"Writing to Sales' table {table.beside.table}")
    return [_result(record_id, answer) for (record_id, _), answer in zip(some, answers, strict=True)]


def _part(table: Table, versions: Mapping[str, str], record_id: str, values: Values) -> Part:
    assert table.beside is not None, "only such a table has rows beside"
    body = odata.dumps(orders.beside_body(table, record_id, values))
    target = f"{batch.API_PATH}/{odata.name(table.beside.table)}({odata.guid(record_id)})"
    etag = versions.get(record_id)
    condition = {"If-Match": etag} if etag else {"If-None-Match": "*"}
    return Part("PATCH", target, {"Accept": "application/json", **condition}, body)


def _result(record_id: str, answer: PartAnswer | None) -> WriteResult:
    if answer is None:
        return OutcomeUnknown("Sales' batch ended before this record")
    if not 200 <= answer.status < 300:
        return errors.dataverse_result(batch.error_of(answer), record_id, creating=False, binds=True)
    return Removed()


def _read_back(
    table: Table,
    changes: Sequence[Change],
    results: Sequence[WriteResult],
    read: ReadBack,
    whole: Collection[str],
) -> list[WriteResult]:
    """What is written is told as it is now: the record with the row beside it.  ``whole`` are records that
    are told so already."""
    pairs = [(c, r) for c, r in zip(changes, results, strict=True) if c.id not in whole]
    done = [c.id for c, r in pairs if isinstance(r, Written | Removed)]
    found: dict[str, Row] = {}
    reason = "written, but the record is not there any more"
    try:
        for some in odata.chunks(list(dict.fromkeys(done)), 500):
            found.update(read(table, some))
    except SystemFault as failed:
        reason = f"written, but reading back failed: {failed}"
    return [
        _told(table, c, found.get(c.id), reason) if c.id in done else r
        for c, r in zip(changes, results, strict=True)
    ]


def _told(table: Table, change: Change, row: Row | None, reason: str) -> WriteResult:
    """The record as it is now.  Where nothing of its own was written, its version is still the one that was
    known: nobody has seen what another edit made of it since."""
    if row is None:
        return OutcomeUnknown(reason)
    own, _ = orders.parted(table, change)
    return Written(row if own.values else replace(row, version=change.version))
