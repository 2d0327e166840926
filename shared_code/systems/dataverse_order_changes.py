"""Changing an order of Sales that goes both ways: made Active, edited and submitted again, with its lines.

A submitted order is read only.  All of it is one change set, so nobody sees the order half changed, and
where anything of it is refused it is as it was.  It begins with the version that was read.
Sources: Microsoft docs webapi/execute-batch-operations-using-web-api.md (change sets);
developer/entities/salesorder (states); microsoft/BCApps, the connector's change of an order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from shared_code.core.records import Row, Value
from shared_code.systems import dataverse_batch as batch
from shared_code.systems import dataverse_closing as closing
from shared_code.systems import dataverse_orders as orders
from shared_code.systems import dataverse_rows as rows
from shared_code.systems import errors, odata
from shared_code.systems.chunked import write_chunks
from shared_code.systems.http import Client
from shared_code.systems.interface import (
    ORDER_LINES,
    Change,
    OutcomeUnknown,
    ReadBack,
    Refused,
    SystemFault,
    Table,
    WriteResult,
    Written,
)
from shared_code.systems.multipart import ChangeSet, Part, PartAnswer

CHUNK = 10
"""Orders of one request: each is several operations, which Sales prices and adds up."""
_ACTIVE: Mapping[str, object] = {"statecode": 0, "statuscode": 1}
_SUBMITTED: Mapping[str, object] = {"statecode": 1, "statuscode": 3}
_STATE = frozenset(_ACTIVE)
_ID, _DELETED = "id", "deleted"


def update(
    client: Client, root: str, table: Table, changes: Sequence[Change], read: ReadBack
) -> list[WriteResult]:
    """Write fields and lines of orders that still have the given etag; one result per change, in order."""
    edits = [each for each in changes if is_edit(table, each)]
    plain = [each for each in changes if not is_edit(table, each)]
    others = iter(closing.update(client, root, orders.plain(table), plain) if plain else [])
    send = partial(_send, client, root, table)
    edited = iter(_read_back(table, edits, write_chunks(client, edits, CHUNK, send), read) if edits else [])
    return [next(edited if is_edit(table, each) else others) for each in changes]


def is_edit(table: Table, change: Change) -> bool:
    """Whether more than the state of an order is written, whose lines go both ways."""
    both_ways = any(column.name == ORDER_LINES for column in table.columns)
    return both_ways and bool(change.values.keys() - _STATE)


def _send(client: Client, root: str, table: Table, changes: Sequence[Change]) -> list[WriteResult]:
    prepared = [_prepared(table, each) for each in changes]
    sent = [each for each in prepared if isinstance(each, ChangeSet)]
    answers = iter(batch.send(client, root, "update", sent) if sent else [])
    found = [next(answers) if isinstance(each, ChangeSet) else each for each in prepared]
    failures = [_failure(each) for each in found if isinstance(each, PartAnswer)]
    errors.raise_if_all_denied(failures, f"Writing to Sales' table {table.name}")
    return [
        each if isinstance(each, Refused) else _result(table, change, each)
        for change, each in zip(changes, found, strict=True)
    ]


def _failure(answer: PartAnswer) -> errors.ServiceError | None:
    return None if 200 <= answer.status < 300 else batch.error_of(answer)


def _prepared(table: Table, change: Change) -> ChangeSet | Refused:
    try:
        return _change_set(table, change)
    except ValueError as error:
        return Refused("ValueNotSendable", str(error))


def _change_set(table: Table, change: Change) -> ChangeSet:
    plain = orders.plain(table)
    header = {n: value for n, value in change.values.items() if n not in _STATE and n != ORDER_LINES}
    target = f"{batch.API_PATH}/{odata.name(table.name)}({odata.guid(change.id)})"
    open_ = _part("PATCH", target, _ACTIVE, {"If-Match": change.version.etag})
    lines = [_line(table, change, each) for each in _lines(change)]
    edit = [_part("PATCH", target, rows.Writer(plain).body(header), _EXISTS)] if header else []
    url = odata.address(target, select=rows.select(plain, plain.columns))
    told = {**_EXISTS, "Prefer": rows.preferences(plain.columns, "return=representation")}
    return ChangeSet((open_, *lines, *edit, _part("PATCH", url, _SUBMITTED, told)))


_EXISTS: Mapping[str, str] = {"If-Match": "*"}
"""A row that is gone is not made anew by an update."""


def _part(method: str, target: str, body: Mapping[str, object], headers: Mapping[str, str]) -> Part:
    return Part(method, target, {"Accept": "application/json", **headers}, odata.dumps(body))


def _lines(change: Change) -> list[Mapping[str, object]]:
    text = change.values.get(ORDER_LINES)
    return odata.rows({"value": odata.loads(str(text))}) if text else []


def _line(table: Table, change: Change, line: Mapping[str, object]) -> Part:
    """One line: deleted, made under its id, or written."""
    assert table.lines is not None, "the orders' lines go both ways"
    place = f"{batch.API_PATH}/{odata.name(table.lines.name)}"
    key = odata.guid(odata.text(line, _ID))
    if line.get(_DELETED):
        return Part("DELETE", f"{place}({key})", {"Accept": "application/json"})
    values = {name: _value(value) for name, value in line.items() if name != _ID and name != _NEW}
    body = rows.Writer(_wide(table.lines)).body(values)
    if not line.get(_NEW):
        return _part("PATCH", f"{place}({key})", body, _EXISTS)
    owner = {f"{table.key}@odata.bind": f"/{odata.name(table.name)}({odata.guid(change.id)})"}
    return _part("POST", place, {**body, **owner, table.lines.key: key}, {})


_NEW = "new"


def _value(value: object) -> Value:
    return odata.scalar(value)


def _wide(lines: Table) -> Table:
    """The lines' table with the lookups that a line is written by."""
    return replace(lines, columns=tuple(each for each in lines.columns if each.target))


def _result(table: Table, change: Change, answer: PartAnswer | None) -> WriteResult:
    if answer is None:
        return OutcomeUnknown("Sales' batch ended before this record")
    if error := _failure(answer):
        return errors.dataverse_result(error, change.id, creating=False, binds=True)
    try:
        return Written(rows.row(orders.plain(table), batch.data_of(answer)))
    except ValueError as error_:
        return OutcomeUnknown(f"the answer to the write cannot be used: {error_}")


def _read_back(
    table: Table, changes: Sequence[Change], results: Sequence[WriteResult], read: ReadBack
) -> list[WriteResult]:
    """The orders with their lines.  One that somebody edited right after is told as unknown: what it holds is
    not what was written alone."""
    done = [c.id for c, r in zip(changes, results, strict=True) if isinstance(r, Written)]
    found: dict[str, Row] = {}
    try:
        for some in odata.chunks(list(dict.fromkeys(done)), 500):
            found.update(read(table, some))
    except SystemFault as failed:
        lost = OutcomeUnknown(f"written, but reading back failed: {failed}")
        return [lost if isinstance(each, Written) else each for each in results]
    return [_told(r, found) for r in results]


def _told(result: WriteResult, found: Mapping[str, Row]) -> WriteResult:
    if not isinstance(result, Written):
        return result
    row = found.get(result.row.id)
    if row is None or row.version != result.row.version:
        return OutcomeUnknown("the order was edited right after it was written")
    return Written(row)
