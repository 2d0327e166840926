"""Closing opportunities and orders: Dataverse refuses it as an update, only actions do it.

An action takes no ``If-Match``.  So whatever else is to be written goes first, as a conditional update, and
only where that succeeded the action follows; the row is read in the same request, right after it.
Sources: Microsoft docs webapi/use-web-api-actions.md, webapi/reference/winopportunity.md and
fulfillsalesorder.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from shared_code.core.records import Value
from shared_code.systems import dataverse_batch as batch
from shared_code.systems import dataverse_rows as rows
from shared_code.systems import dataverse_writes as writes
from shared_code.systems import errors, odata
from shared_code.systems.chunked import write_chunks
from shared_code.systems.http import Client
from shared_code.systems.interface import Change, OutcomeUnknown, Table, WriteResult, Written
from shared_code.systems.multipart import Part, PartAnswer


@dataclass(frozen=True, slots=True)
class _Closing:
    """How rows of a table are closed: the action that leads to each state, and its parameter, an activity of
    the type ``kind`` that names the row by ``lookup``.  ``closed_on``: a column that holds the day."""

    actions: Mapping[int, str]
    parameter: str
    kind: str
    lookup: str
    closed_on: str


_CLOSINGS: Mapping[str, _Closing] = {
    "opportunities": _Closing(
        {1: "WinOpportunity", 2: "LoseOpportunity"},
        "OpportunityClose", "opportunityclose", "opportunityid", "actualclosedate",
    ),
    "salesorders": _Closing(
        {3: "salesorders/Microsoft.Dynamics.CRM.FulfillSalesOrder"},
        "OrderClose", "orderclose", "salesorderid", "datefulfilled",
    ),
}  # fmt: skip
CHUNK = 50
"""Rows of one request; each takes two operations."""
_STATE = ("statecode", "statuscode")


def update(client: Client, root: str, table: Table, changes: Sequence[Change]) -> list[WriteResult]:
    """Write fields of rows that still have the given etag, states by their actions; results in order."""
    if not any(_closes(table, each) for each in changes):
        return writes.update(client, root, table, changes)
    before = [_without_state(each) if _closes(table, each) else each for each in changes]
    first = [each for each in before if each.values]
    written = iter(writes.update(client, root, table, first) if first else [])
    results = [next(written) if each.values else None for each in before]
    ready = [each for each, done in zip(changes, results, strict=True) if _may_close(table, each, done)]
    closed = iter(write_chunks(client, ready, CHUNK, partial(_close, client, root, table)) if ready else [])
    return [
        next(closed) if _may_close(table, each, done) else _known(done)
        for each, done in zip(changes, results, strict=True)
    ]


def _closes(table: Table, change: Change) -> bool:
    closing = _CLOSINGS.get(table.name)
    return closing is not None and change.values.get("statecode") in closing.actions


def _without_state(change: Change) -> Change:
    return replace(change, values={n: value for n, value in change.values.items() if n not in _STATE})


def _may_close(table: Table, change: Change, done: WriteResult | None) -> bool:
    return _closes(table, change) and (done is None or isinstance(done, Written))


def _known(done: WriteResult | None) -> WriteResult:
    assert done is not None, "only what closes has nothing else to write"
    return done


def _close(client: Client, root: str, table: Table, changes: Sequence[Change]) -> list[WriteResult]:
    parts = [part for each in changes for part in (_action(table, each), _reading(table, each))]
    answers = batch.send(client, root, "update", parts)
    pairs = zip(changes, answers[::2], answers[1::2], strict=True)
    return [_result(table, *each) for each in pairs]


def _action(table: Table, change: Change) -> Part:
    values, closing = change.values, _CLOSINGS[table.name]
    close: dict[str, object] = {
        "@odata.type": f"Microsoft.Dynamics.CRM.{closing.kind}",
        "subject": "Closed in Business Central",
        f"{closing.lookup}@odata.bind": f"/{table.name}({odata.guid(change.id)})",
    }
    if isinstance(day := values.get(closing.closed_on), str):
        close["actualend"] = f"{day}T12:00:00Z"
    body = odata.dumps({"Status": _number(values, "statuscode"), closing.parameter: close})
    name = closing.actions[_number(values, "statecode")]
    return Part("POST", f"{batch.API_PATH}/{name}", {"Accept": "application/json"}, body)


def _number(values: Mapping[str, Value], name: str) -> int:
    number = values.get(name)
    assert isinstance(number, int), "a state has two numbers"
    return number


def _reading(table: Table, change: Change) -> Part:
    target = f"{batch.API_PATH}/{odata.name(table.name)}({odata.guid(change.id)})"
    url = odata.address(target, select=rows.select(table, table.columns))
    return Part("GET", url, {"Accept": "application/json", "Prefer": rows.preferences(table.columns)})


def _result(
    table: Table, change: Change, action: PartAnswer | None, reading: PartAnswer | None
) -> WriteResult:
    if action is None or reading is None:
        return OutcomeUnknown("Sales' batch ended before this record")
    if not 200 <= action.status < 300:
        return errors.dataverse_result(batch.error_of(action), change.id, creating=False, binds=False)
    try:
        return Written(rows.row(table, batch.data_of(reading)))
    except ValueError as error:
        return OutcomeUnknown(f"the row cannot be read after it was closed: {error}")
