"""Reads: from rows and a query to the JSON of one page or one entity."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from local.simulators.business_central.errors import bad_request
from local.simulators.business_central.filters import Getter, field_getter
from local.simulators.business_central.query import Expand, Query, SkipToken
from local.simulators.business_central.schema import EMPTY_ID, MODIFIED, EntityType
from local.simulators.business_central.session import Reader
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables import RULES
from local.simulators.business_central.values import sql_order


def find(reader: Reader, entity: str, row_id: str) -> Row | None:
    """One row of an entity set by its id."""
    rules = RULES[entity]
    if rules.answer is not None:
        return None
    if rules.everything is not None:
        return next((row for row in rules.everything(reader) if row.id == row_id), None)
    row = reader.company.tables[rules.source].find(row_id, reader.as_of)
    return row if row is None or rules.project is None else rules.project(reader, row)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: rendered entities, the token of the next page, and how many match altogether if asked."""

    value: list[dict[str, Any]]
    next_token: SkipToken | None
    count: int | None


def read_page(reader: Reader, entity: EntityType, query: Query, rows: Iterable[Row] | None = None) -> Page:
    """The page a query asks for; ``rows`` replaces the whole set (a navigation's rows)."""
    source = _candidates(reader, entity.name, query) if rows is None else rows
    matching = source if query.filter is None else filter(query.filter.test, source)
    ordered = (
        matching if rows is None and _is_ordered(entity.name, query) else _sorted(matching, entity, query)
    )
    chosen = _from_token(ordered, entity, query)
    count = count_rows(reader, entity, query, rows) if query.count else None
    limit = query.page if query.top is None else min(query.top, query.page)
    taken = list(islice(chosen, query.skip, query.skip + limit + 1))
    shown = taken[:limit]
    more = len(taken) > limit and query.top is None
    token = _token(shown[-1], entity, query) if more else None
    render = renderer(reader, entity, query)
    return Page([render(row) for row in shown], token, count)


def count_rows(reader: Reader, entity: EntityType, query: Query, rows: Iterable[Row] | None = None) -> int:
    """How many rows match, whatever the page."""
    source = _candidates(reader, entity.name, replace(query, after=None)) if rows is None else rows
    return sum(1 for _ in (source if query.filter is None else filter(query.filter.test, source)))


def renderer(reader: Reader, entity: EntityType, query: Query) -> Callable[[Row], dict[str, Any]]:
    """A function from a row to its JSON: etag first, then the selected properties and expansions."""
    names = [name for name in query.select if name in entity.properties]

    def render(row: Row) -> dict[str, Any]:
        shown: dict[str, Any] = {"@odata.etag": row.etag} if row.etag else {}
        if names:
            for name in names:
                shown[name] = row.values[name]
        else:
            shown.update(row.values)
        for expand in query.expand:
            shown[expand.navigation.name] = _expanded(reader, entity, row, expand)
        return shown

    return render


def navigate(reader: Reader, entity: EntityType, row: Row, name: str) -> list[Row]:
    """The rows behind one navigation of a row."""
    link = entity.navigation[name]
    rules = RULES[link.target]
    if rules.children is not None:
        return rules.children(reader, entity.name, row)
    if link.many:
        return _below(reader, link.target, row.id)
    target_id = row.values[link.via] if link.via else row.id
    found = None if target_id == EMPTY_ID else find(reader, link.target, target_id)
    return [] if found is None else [found]


def _below(reader: Reader, target: str, parent_id: str) -> list[Row]:
    """The rows of a table whose group property holds the parent's id."""
    table = reader.company.tables[RULES[target].source]
    found = (find(reader, target, row_id) for row_id in table.group(parent_id))
    return [row for row in found if row is not None]


def _expanded(reader: Reader, entity: EntityType, row: Row, expand: Expand) -> Any:
    target = reader.types[expand.navigation.target]
    page = read_page(reader, target, expand.query, navigate(reader, entity, row, expand.navigation.name))
    if expand.navigation.many:
        return page.value
    return page.value[0] if page.value else None


def _candidates(reader: Reader, entity: str, query: Query) -> Iterable[Row]:
    """Rows that may match; in the wanted order where ``_is_ordered`` says so."""
    rules = RULES[entity]
    if rules.answer is not None:
        return rules.answer(reader, query.filter)
    if rules.everything is not None:
        return rules.everything(reader)
    table = reader.company.tables[rules.source]
    found: Iterable[Row]
    if query.filter is not None and query.filter.ids is not None:
        named = sorted(query.filter.ids, key=sql_order)
        found = (row for row_id in named if (row := table.find(row_id, reader.as_of)) is not None)
    elif _by_stamp(query) or (query.order and _has_bound(query)):
        found = table.modified_since(_stamp_bound(query), reader.as_of)
    else:
        after = query.after.row_id if query.after and not query.order else None
        found = table.in_order(reader.as_of, after)
    project = rules.project
    if project is None:
        return found
    chosen = _in_bounds(found, query)
    return (shown for row in chosen if (shown := project(reader, row)) is not None)


def _in_bounds(rows: Iterable[Row], query: Query) -> Iterable[Row]:
    """Leave out, before they are shown, rows that no filter on stamp or row version can let through."""
    if query.filter is None:
        return rows
    since, version = query.filter.modified_since_ms, query.filter.version_from
    if since is not None:
        rows = [row for row in rows if row.modified_ms >= since]
    if version is not None:
        rows = [row for row in rows if row.version >= version]
    return rows


def _is_ordered(entity: str, query: Query) -> bool:
    """Whether ``_candidates`` come in the query's order: by id, or by stamp unless ids were named."""
    rules = RULES[entity]
    if rules.everything is not None or rules.answer is not None or (rules.etag and query.order):
        return False
    return not query.order or (_by_stamp(query) and (query.filter is None or query.filter.ids is None))


def _by_stamp(query: Query) -> bool:
    return query.order == ((MODIFIED, False),)


def _has_bound(query: Query) -> bool:
    return query.filter is not None and query.filter.modified_since_ms is not None


def _stamp_bound(query: Query) -> float:
    bound = float("-inf")
    if query.filter is not None and query.filter.modified_since_ms is not None:
        bound = query.filter.modified_since_ms
    if query.after and query.after.values and _by_stamp(query):
        value = query.after.values[0]
        return max(bound, value) if isinstance(value, int | float) else bound
    return bound


def _sorted(rows: Iterable[Row], entity: EntityType, query: Query) -> Iterable[Row]:
    ordered = sorted(rows, key=lambda row: sql_order(row.id))
    for name, descending in reversed(query.order):
        ordered.sort(key=field_getter(entity.properties[name]), reverse=descending)
    return ordered


def _from_token(rows: Iterable[Row], entity: EntityType, query: Query) -> Iterable[Row]:
    """The rows behind the skip token; the row it names may be gone meanwhile."""
    token = query.after
    if token is None:
        return rows
    if len(token.values) != len(query.order):
        raise bad_request("The skip token does not belong to this query.")
    if not query.order:
        start = sql_order(token.row_id)
        return (row for row in rows if sql_order(row.id) > start)
    getters = [(field_getter(entity.properties[name]), descending) for name, descending in query.order]
    return (row for row in rows if _is_behind(row, token, getters))


def _is_behind(row: Row, token: SkipToken, getters: list[tuple[Getter, bool]]) -> bool:
    for (read, descending), last in zip(getters, token.values, strict=True):
        value = read(row)
        if isinstance(value, str) != isinstance(last, str):
            raise bad_request("The skip token does not belong to this query.")
        if value != last:
            return bool((value > last) != descending)
    return sql_order(row.id) > sql_order(token.row_id)


def _token(row: Row, entity: EntityType, query: Query) -> SkipToken:
    return SkipToken(row.id, tuple(field_getter(entity.properties[name])(row) for name, _ in query.order))
