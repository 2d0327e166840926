"""Operations on one row: read, update or upsert, delete, single columns, links."""

from __future__ import annotations

from typing import Any

from local.simulators.dataverse import conditions, deleting, writing
from local.simulators.dataverse.addresses import Segment
from local.simulators.dataverse.bodies import BIND, key_row_id, key_values, target_row
from local.simulators.dataverse.errors import (
    DUPLICATE_KEY,
    DUPLICATE_RECORD,
    NOT_FOUND_BY_KEY,
    Refused,
    bad_request,
    exists_already,
    no_property,
    row_missing,
    segment_missing,
)
from local.simulators.dataverse.query import parse_query_options
from local.simulators.dataverse.rendering import etag_of, related_rows
from local.simulators.dataverse.replies import Operation, json_reply, no_content
from local.simulators.dataverse.schema import Column, Table
from local.simulators.dataverse.sets import collection_body, single_body, written
from local.simulators.dataverse.store import Row
from local.simulators.wire import Response


def read_row(operation: Operation, table: Table, segment: Segment) -> Response:
    """GET of a row."""
    operation.org.people.require(operation.caller, "read", table.name)
    query = parse_query_options(operation.org, table, operation.address.query)
    row = existing(operation, table, segment)
    plain = not query.expands and not operation.wants.annotations
    if conditions.unchanged(operation.org, table, row, operation.headers, plain=plain):
        return Response(304, {"OData-Version": "4.0", "ETag": etag_of(row)})
    headers = {"ETag": etag_of(row), **operation.wants.headers()}
    return json_reply(200, single_body(operation, query, row), headers)


def change_row(operation: Operation, table: Table, segment: Segment) -> Response:
    """PATCH of a row: update, update only, create only, or upsert."""
    org = operation.org
    body = operation.body()
    with org.transaction():
        row = find(operation, table, segment)
        if row is None:
            return _insert(operation, table, segment, body)
        if conditions.create_only(operation.headers):
            raise exists_already(DUPLICATE_KEY if segment.keys else DUPLICATE_RECORD)
        conditions.check_match(org, table, row, operation.headers)
        ignored = {name for name, _ in segment.keys}
        body = {name: value for name, value in body.items() if name not in ignored}
        row = writing.update(org, operation.caller, table, row, body)
        return written(operation, table, row, created=False, path=f"{table.set_name}({_key_text(segment)})")


def delete_row(operation: Operation, table: Table, segment: Segment) -> Response:
    """DELETE of a row."""
    with operation.org.transaction():
        operation.org.people.require(operation.caller, "delete", table.name)
        row = existing(operation, table, segment)
        conditions.check_match(operation.org, table, row, operation.headers)
        deleting.delete(operation.org, operation.caller, table, row)
        return no_content()


def read_property(operation: Operation, table: Table, segment: Segment, name: str) -> Response:
    """GET of a column's value, of the row behind a lookup, or of a collection's rows."""
    org = operation.org
    org.people.require(operation.caller, "read", table.name)
    row = existing(operation, table, segment)
    if name in table.collections:
        target = org.schema.tables[table.collections[name][0]]
        org.people.require(operation.caller, "read", target.name)
        return json_reply(200, collection_body(operation, target, related_rows(org, table, row, name)))
    if name in table.navigations:
        return _read_behind(operation, table, row, name)
    column = _known_column(table, name)
    value = row.version if name == "versionnumber" else row.values.get(column.read_name)
    context = f"{org.base_url}/$metadata#{table.set_name}({row.id})/{name}"
    return no_content() if value is None else json_reply(200, {"@odata.context": context, "value": value})


def put_property(operation: Operation, table: Table, segment: Segment, name: str) -> Response:
    """PUT of one column's value."""
    _known_column(table, name)
    return _update(operation, table, segment, {name: operation.body().get("value")})


def clear_property(operation: Operation, table: Table, segment: Segment, name: str) -> Response:
    """DELETE of one column's value."""
    _known_column(table, name)
    return _update(operation, table, segment, {name: None})


def put_link(operation: Operation, table: Table, segment: Segment, name: str) -> Response:
    """PUT (a lookup) or POST (a collection) of ``/$ref``."""
    reference = operation.body().get("@odata.id")
    if name in table.navigations:
        return _update(operation, table, segment, {f"{name}{BIND}": reference})
    org = operation.org
    target, back = _other_end(operation, table, name)
    with org.transaction():
        row = existing(operation, table, segment)
        _, other_id = target_row(org, reference, (target.name,))
        other = org.store.get_to_write(target.name, other_id)
        assert other is not None, "target_row found it"
        link = {f"{back}{BIND}": f"/{table.set_name}({row.id})"}
        writing.update(org, operation.caller, target, other, link)
    return no_content()


def clear_link(operation: Operation, table: Table, segment: Segment, name: str) -> Response:
    """DELETE of a lookup's ``/$ref``."""
    if name not in table.navigations:
        raise segment_missing(name)
    return _update(operation, table, segment, {f"{name}{BIND}": None})


def existing(operation: Operation, table: Table, segment: Segment) -> Row:
    """The row addressed.  Raises ``Refused`` (404)."""
    row = find(operation, table, segment)
    if row is None:
        raise _missing(table, segment)
    return row


def find(operation: Operation, table: Table, segment: Segment) -> Row | None:
    """The row addressed by id or alternate key, None when there is none."""
    row_id = segment.row_id or key_row_id(operation.org, table, segment.keys)
    if row_id is None:
        return None
    store = operation.org.store
    reading = operation.request.method == "GET"
    return store.get(table.name, row_id) if reading else store.get_to_write(table.name, row_id)


def _missing(table: Table, segment: Segment) -> Refused:
    if segment.row_id is not None:
        return row_missing(table.name, segment.row_id)
    message = f"A record with the specified key values does not exist in {table.name} entity"
    return Refused(404, NOT_FOUND_BY_KEY, message)


def _insert(operation: Operation, table: Table, segment: Segment, body: dict[str, Any]) -> Response:
    if conditions.update_only(operation.headers):
        raise _missing(table, segment)
    keys = key_values(table, segment.keys)
    row = writing.create(operation.org, operation.caller, table, body, row_id=segment.row_id, keys=keys)
    return written(operation, table, row, created=True, path=f"{table.set_name}({_key_text(segment)})")


def _key_text(segment: Segment) -> str:
    return segment.row_id or segment.raw.partition("(")[2].removesuffix(")")


def _update(operation: Operation, table: Table, segment: Segment, body: dict[str, Any]) -> Response:
    with operation.org.transaction():
        row = existing(operation, table, segment)
        conditions.check_match(operation.org, table, row, operation.headers)
        writing.update(operation.org, operation.caller, table, row, body)
        return no_content()


def _read_behind(operation: Operation, table: Table, row: Row, name: str) -> Response:
    org = operation.org
    column, targets = table.navigations[name]
    target = org.target_of(column, row)
    if target is None or target[0] not in targets:
        return no_content()
    other_table, other = org.schema.tables[target[0]], org.store.get(*target)
    if other is None:
        return no_content()
    org.people.require(operation.caller, "read", other_table.name)
    query = parse_query_options(org, other_table, operation.address.query)
    return json_reply(200, single_body(operation, query, other))


def _known_column(table: Table, name: str) -> Column:
    column = table.by_read_name.get(name)
    if column is None:
        raise no_property(name, table.name)
    return column


def _other_end(operation: Operation, table: Table, name: str) -> tuple[Table, str]:
    """The table behind a collection, and the navigation property that leads back."""
    if name not in table.collections:
        raise segment_missing(name)
    target_name, lookup = table.collections[name]
    target = operation.org.schema.tables[target_name]
    navigations = target.columns[lookup].navigations
    back = next((nav for nav, targets in navigations.items() if table.name in targets), None)
    if back is None:
        raise bad_request(f"The collection '{name}' cannot be changed from this side.")
    return target, back
