"""Actions of quotes: won, closed, revised, and made an order.

A revised quote is closed as Revised and lives on in a draft with its number and the next revision.  An order
is made of a won quote, with its lines.
Microsoft docs: webapi/reference (WinQuote, CloseQuote, ReviseQuote, ConvertQuoteToSalesOrder); their
parameter ``QuoteClose`` is an activity, which names its quote by ``quoteid``.
"""

from __future__ import annotations

from typing import Any

from local.simulators.dataverse.actions import CRM, parameters, status_of
from local.simulators.dataverse.bodies import BIND, target_row
from local.simulators.dataverse.business_errors import REVISED_ALREADY, WRONG_STATE
from local.simulators.dataverse.errors import bad_request, invalid_property, row_missing
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.replies import Operation, json_reply, no_content
from local.simulators.dataverse.store import Row
from local.simulators.dataverse.tables.documents import (
    ACTIVE,
    ORDER,
    QUOTE,
    QUOTE_ACTIVE,
    QUOTE_CLOSED,
    QUOTE_WON,
    REVISION,
    Kind,
    lines_of,
)
from local.simulators.dataverse.values import GUID
from local.simulators.dataverse.writing import create, update_by_action
from local.simulators.wire import Response

REVISED = 7
_CLOSE_COLUMNS = frozenset({"subject", "description", "actualend", f"quoteid{BIND}"})
_CLOSE = f"{CRM}quoteclose"
_NOT_COPIED = frozenset({"statecode", "statuscode", "closedon", "overriddencreatedon", "createdon"})


def win(operation: Operation) -> Response:
    """WinQuote: ``{Status, QuoteClose}``."""
    return _close(operation, QUOTE_WON)


def close(operation: Operation) -> Response:
    """CloseQuote: ``{Status, QuoteClose}``."""
    return _close(operation, QUOTE_CLOSED)


def revise(operation: Operation) -> Response:
    """ReviseQuote: ``{QuoteId, ColumnSet}``; answers the new draft."""
    org, caller, table = operation.org, operation.caller, operation.org.schema.tables[QUOTE.table]
    with org.transaction():
        row = _named(operation)
        if row.values["statecode"] not in (QUOTE_ACTIVE, QUOTE_CLOSED):
            raise WRONG_STATE.refused()
        if any(each.id != row.id for each in _open_of(org, row.values["quotenumber"])):
            raise REVISED_ALREADY.refused()
        if row.values["statecode"] == QUOTE_ACTIVE:
            closed = {"statecode": QUOTE_CLOSED, "statuscode": REVISED, "closedon": org.now_text()[:10]}
            row = update_by_action(org, caller, table, row, closed)
        # The number is given when the revision is: both together are the key.
        made = create(org, caller, table, _copied(operation, row, QUOTE.table, QUOTE.table, "quotenumber"))
        key = {QUOTE.number: row.values[QUOTE.number], REVISION: row.values[REVISION] + 1}
        update_by_action(org, caller, table, made, key)
        _copy_lines(operation, row, QUOTE, made)
    return json_reply(200, {"quoteid": made.id})


def convert(operation: Operation) -> Response:
    """ConvertQuoteToSalesOrder: ``{QuoteId, ColumnSet}``; answers the order, which is active."""
    org, orders = operation.org, operation.org.schema.tables[ORDER.table]
    with org.transaction():
        row = _named(operation)
        if row.values["statecode"] != QUOTE_WON:
            raise WRONG_STATE.refused()
        body = _copied(operation, row, QUOTE.table, ORDER.table, "quoteid")
        made = create(org, operation.caller, orders, {**body, f"quoteid{BIND}": f"/quotes({row.id})"})
        _copy_lines(operation, row, ORDER, made)
    return json_reply(200, {"salesorderid": made.id})


def _close(operation: Operation, state: int) -> Response:
    org, table = operation.org, operation.org.schema.tables[QUOTE.table]
    body = parameters(operation, {"Status", "QuoteClose"})
    closing = body["QuoteClose"]
    if not isinstance(closing, dict) or closing.get("@odata.type", _CLOSE).removeprefix("#") != _CLOSE:
        raise bad_request(f"The parameter 'QuoteClose' must have the @odata.type {_CLOSE}.")
    for name in closing.keys() - _CLOSE_COLUMNS - {"@odata.type"}:
        raise invalid_property(name, "quoteclose")
    status = status_of(table, state, body["Status"])
    with org.transaction():
        _, row_id = target_row(org, closing.get(f"quoteid{BIND}"), (QUOTE.table,))
        row = org.store.get_to_write(QUOTE.table, row_id)
        assert row is not None, "target_row found it"
        if row.values.get("statecode") != QUOTE_ACTIVE:
            raise WRONG_STATE.refused()
        day = str(closing.get("actualend") or org.now_text())[: len("2000-01-01")]
        changed = {"statecode": state, "statuscode": status, "closedon": day}
        update_by_action(org, operation.caller, table, row, changed)
    return no_content()


def _named(operation: Operation) -> Row:
    """The quote that the action is about.  Raises ``Refused``."""
    quote_id = parameters(operation, {"QuoteId", "ColumnSet"})["QuoteId"]
    if not isinstance(quote_id, str) or not GUID.fullmatch(quote_id):
        raise bad_request(
            f"Cannot convert the literal '{str(quote_id)[:100]}' to the expected type 'Edm.Guid'."
        )
    row = operation.org.store.get_to_write(QUOTE.table, quote_id.lower())
    if row is None:
        raise row_missing(QUOTE.table, quote_id)
    return row


def _open_of(org: Organisation, number: str) -> list[Row]:
    rows = org.store.tables[QUOTE.table].rows.values()
    numbered = [each for each in rows if each.values.get(QUOTE.number) == number]
    return [each for each in numbered if each.values["statecode"] in (ACTIVE, QUOTE_ACTIVE)]


def _copy_lines(operation: Operation, quote: Row, kind: Kind, made: Row) -> None:
    """The lines of the quote, for what was made of it."""
    tables = operation.org.schema.tables
    for line in lines_of(operation.org, QUOTE, quote.id):
        body = _copied(operation, line, QUOTE.line, kind.line, kind.lookup)
        body[f"{kind.lookup}{BIND}"] = f"/{tables[kind.table].set_name}({made.id})"
        if kind is ORDER:
            body[f"quotedetailid{BIND}"] = f"/quotedetails({line.id})"
        create(operation.org, operation.caller, tables[kind.line], body)


def _copied(operation: Operation, row: Row, source: str, target: str, without: str) -> dict[str, Any]:
    """What a body says to create a row of ``target`` that holds the same; the service fills the rest."""
    tables, body = operation.org.schema.tables, dict[str, Any]()
    own = {without, tables[source].id_name, tables[target].id_name}
    for name in (tables[source].columns.keys() & tables[target].columns.keys()) - own - _NOT_COPIED:
        column = tables[target].columns[name]
        held = row.values.get(column.read_name)
        if held is None or not column.create:
            continue
        if not column.is_lookup:
            body[name] = held
            continue
        kind = row.kinds.get(column.read_name, column.targets[0])
        navigation = next(each for each, kinds in column.navigations.items() if kind in kinds)
        body[f"{navigation}{BIND}"] = f"/{tables[kind].set_name}({held})"
    return body
