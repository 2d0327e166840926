"""Rows as JSON: selected columns, ETag, annotations, expanded rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.preferences import MAX_PAGE_SIZE, Preferences
from local.simulators.dataverse.query import Expand, Query, sort_key
from local.simulators.dataverse.schema import Column, Table
from local.simulators.dataverse.store import Row

FORMATTED = "OData.Community.Display.V1.FormattedValue"
LOOKUP_NAME = "Microsoft.Dynamics.CRM.lookuplogicalname"
NAVIGATION_NAME = "Microsoft.Dynamics.CRM.associatednavigationproperty"

Renderer = Callable[[Row], dict[str, Any]]


def etag_of(row: Row) -> str:
    """The weak ETag of a row's version."""
    return f'W/"{row.version}"'


def renderer(org: Organisation, query: Query, wants: Preferences) -> Renderer:
    """A function that renders rows of the query's table; made once per request."""
    table = query.table
    names = query.select or tuple(table.by_read_name)
    shown = tuple(dict.fromkeys((*names, table.id_name)))
    has_version = "versionnumber" in shown
    annotate = _annotator(org, table, shown, wants)

    def render(row: Row) -> dict[str, Any]:
        get = row.values.get
        body: dict[str, Any] = {"@odata.etag": etag_of(row)}
        for name in shown:
            body[name] = get(name)
        if has_version:
            body["versionnumber"] = row.version
        if annotate is not None:
            annotate(row, body)
        for expand in query.expands:
            _add_expanded(org, table, expand, wants, row, body)
        return body

    return render


def context_of(org: Organisation, query: Query, *, suffix: str = "") -> str:
    """The context address of a set, with the columns as they were selected."""
    columns = f"({query.select_text})" if query.select_text else ""
    return f"{org.base_url}/$metadata#{query.table.set_name}{columns}{suffix}"


def related_rows(org: Organisation, table: Table, row: Row, navigation: str) -> list[Row]:
    """The rows of a collection-valued navigation property, by primary key."""
    target, lookup = table.collections[navigation]
    name = org.schema.tables[target].columns[lookup].read_name
    found = (org.store.get(other, other_id) for other, other_id in org.store.referrers(table.name, row.id))
    rows = [other for other in found if other is not None and other.values.get(name) == row.id]
    return sorted((other for other in rows if other.id in org.store.tables[target].rows), key=lambda r: r.id)


def _annotator(
    org: Organisation, table: Table, shown: tuple[str, ...], wants: Preferences
) -> Callable[[Row, dict[str, Any]], None] | None:
    formatted, kind, navigation = map(wants.wants, (FORMATTED, LOOKUP_NAME, NAVIGATION_NAME))
    if not (formatted or kind or navigation):
        return None
    columns = [table.by_read_name[name] for name in shown]

    def annotate(row: Row, body: dict[str, Any]) -> None:
        for column in columns:
            value = body[column.read_name]
            if value is None:
                continue
            if formatted:
                _put(body, column, FORMATTED, org.formatted(table, column, row, value))
            if column.is_lookup and kind:
                _put(body, column, LOOKUP_NAME, row.kinds.get(column.read_name) or column.targets[0])
            if column.is_lookup and navigation:
                _put(body, column, NAVIGATION_NAME, _navigation_name(column, row))

    return annotate


def _put(body: dict[str, Any], column: Column, annotation: str, value: str | None) -> None:
    if value is not None:
        body[f"{column.read_name}@{annotation}"] = value


def _navigation_name(column: Column, row: Row) -> str | None:
    kind = row.kinds.get(column.read_name) or column.targets[0]
    return next((name for name, targets in column.navigations.items() if kind in targets), None)


def _add_expanded(
    org: Organisation, table: Table, expand: Expand, wants: Preferences, row: Row, body: dict[str, Any]
) -> None:
    if expand.is_collection:
        rows, more = _expanded_rows(org, table, expand, wants, row)
        body[expand.name] = [renderer(org, expand.query, wants)(other) for other in rows]
        if more:
            select = f"?$select={expand.query.select_text}" if expand.query.select_text else ""
            link = f"{org.base_url}/{table.set_name}({row.id})/{expand.name}{select}"
            body[f"{expand.name}@odata.nextLink"] = link
        return
    body[expand.name] = _expanded_row(org, table, expand, wants, row)


def _expanded_rows(
    org: Organisation, table: Table, expand: Expand, wants: Preferences, row: Row
) -> tuple[list[Row], bool]:
    rows = related_rows(org, table, row, expand.name)
    if expand.query.predicate is not None:
        rows = [other for other in rows if expand.query.predicate(other)]
    rows.sort(key=sort_key(expand.query))
    if expand.query.top is not None:
        return rows[: expand.query.top], False
    size = wants.page_size or MAX_PAGE_SIZE
    return rows[:size], len(rows) > size


def _expanded_row(
    org: Organisation, table: Table, expand: Expand, wants: Preferences, row: Row
) -> dict[str, Any] | None:
    column, targets = table.navigations[expand.name]
    target = org.target_of(column, row)
    if target is None or target[0] not in targets or target[0] not in org.schema.tables:
        return None
    other = org.store.get(*target)
    if other is None:
        return None
    if expand.only_reference:
        return {"@odata.id": f"{org.base_url}/{org.schema.tables[target[0]].set_name}({other.id})"}
    if target[0] != expand.query.table.name:
        return {"@odata.etag": etag_of(other), "ownerid": other.id}
    return renderer(org, expand.query, wants)(other)
