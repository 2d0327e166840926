"""Reading sets page by page, in an order, with opaque continuation links.

The service's ``$skiptoken`` is an XML cookie that holds the page number and the last row's values
(Microsoft docs: webapi/query/page-results).  Stricter than the service: a link that is changed, or
followed with another page size, is refused instead of answered with an unexpected page.
"""

from __future__ import annotations

import bisect
import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any
from urllib.parse import quote, unquote

from local.simulators.dataverse.errors import bad_request
from local.simulators.dataverse.filters import OneOf
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.preferences import MAX_PAGE_SIZE, Preferences
from local.simulators.dataverse.query import Query, sort_key
from local.simulators.dataverse.store import Row

_COOKIE = re.compile(
    r'<cookie pagenumber="(?P<page>\d+)" pagingcookie="(?P<inner>[^"]*)" '
    r'istracking="(?P<tracking>True|False)" />'
)
COUNT_LIMIT = 5000


@dataclass(frozen=True)
class Cookie:
    """Where a continuation goes on; ``state`` is what the reader of the set needs."""

    page: int
    state: dict[str, Any]
    tracking: bool


@dataclass(frozen=True)
class Page:
    """The rows of one page and the state of the next one, None on the last."""

    rows: list[Row]
    next_state: dict[str, Any] | None
    count: int | None = None


def read_cookie(token: str, query: Query, wants: Preferences) -> Cookie:
    """Read a ``$skiptoken``.  Raises ``Refused`` when changed or sent with another page size."""
    match = _COOKIE.fullmatch(token)
    if match is None:
        raise bad_request("Malformed $skiptoken: follow @odata.nextLink unchanged.")
    try:
        state = json.loads(unquote(match["inner"]))
        size, seal = state.pop("size"), state.pop("seal")
    except (ValueError, KeyError, AttributeError, TypeError):
        raise bad_request("Malformed paging cookie: follow @odata.nextLink unchanged.") from None
    page, tracking = int(match["page"]), match["tracking"] == "True"
    if seal != _seal(query, state, size, page, tracking):
        raise bad_request("The paging cookie belongs to another query: follow @odata.nextLink unchanged.")
    if size != wants.page_size:
        raise bad_request("The page size changed between pages: send the same Prefer header with each page.")
    return Cookie(page, state, tracking)


def _seal(query: Query, state: dict[str, Any], size: int | None, page: int, tracking: bool) -> str:
    """Binds a cookie to its query and to itself, so that a changed one is noticed."""
    text = json.dumps([query.fingerprint(), state, size, page, tracking], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def next_link(
    org: Organisation,
    query: Query,
    wants: Preferences,
    path: str,
    state: dict[str, Any],
    page: int,
    tracking: bool,
) -> str:
    """The absolute address of page ``page``."""
    sealed = {"size": wants.page_size, "seal": _seal(query, state, wants.page_size, page, tracking)}
    inner = quote(json.dumps(state | sealed), safe="")
    cookie = f'<cookie pagenumber="{page}" pagingcookie="{inner}" istracking="{tracking}" />'
    kept = [(name, text) for name, text in query.raw.items() if name != "$skiptoken"]
    return address(org, path, [*kept, ("$skiptoken", cookie)])


def address(org: Organisation, path: str, options: Iterable[tuple[str, str]]) -> str:
    """An absolute address below the service root with query options encoded."""
    query = "&".join(f"{name}={quote(text, safe='=,()/:@$*')}" for name, text in options)
    return f"{org.base_url}/{path}?{query}" if query else f"{org.base_url}/{path}"


def read_page(org: Organisation, query: Query, wants: Preferences, state: dict[str, Any] | None) -> Page:
    """One page of a table in the query's order, from the beginning or from ``state`` on."""
    size = MAX_PAGE_SIZE if query.top is not None else wants.page_size or MAX_PAGE_SIZE
    if query.top is not None:
        size = min(size, query.top)
    if not query.order:
        return _page_by_id(org, query, size, state)
    return page_of(_matching(org, query), query, size, state)


def page_of(rows: list[Row], query: Query, size: int, state: dict[str, Any] | None) -> Page:
    """One page of rows already found, sorted by the query's order."""
    key = sort_key(query)
    ordered = sorted(rows, key=key)
    start = 0 if state is None else bisect.bisect_right(ordered, _last_key(query, state), key=key)
    found = ordered[start : start + size]
    more = query.top is None and len(ordered) > start + size
    count = min(len(rows), COUNT_LIMIT) if query.count else None
    return Page(found, _state_of(query, found[-1]) if more else None, count)


def count_matching(org: Organisation, query: Query) -> int:
    """How many rows fit the query, at most 5,000."""
    if query.predicate is None:
        return min(len(org.store.tables[query.table.name].rows), COUNT_LIMIT)
    return min(len(_matching(org, query)), COUNT_LIMIT)


def _page_by_id(org: Organisation, query: Query, size: int, state: dict[str, Any] | None) -> Page:
    ids, rows = _ids_of(org, query), org.store.tables[query.table.name].rows
    start = 0 if state is None else bisect.bisect_right(ids, state["id"])
    fits: Callable[[Row], bool] = query.predicate or (lambda row: True)
    candidates = (rows[ids[at]] for at in range(start, len(ids)))
    found = list(islice((row for row in candidates if fits(row)), size + 1))
    more = len(found) > size and query.top is None
    count = count_matching(org, query) if query.count else None
    found = found[:size]
    return Page(found, {"id": found[-1].id} if more else None, count)


def _ids_of(org: Organisation, query: Query) -> list[str]:
    """The ids of the rows that may fit, in order: those that are asked for where the filter names ids."""
    found = query.predicate
    if isinstance(found, OneOf) and found.column == query.table.id_name:
        rows = org.store.tables[query.table.name].rows
        return sorted(each for each in found.wanted if each in rows)
    return org.store.ordered_ids(query.table.name)


def _matching(org: Organisation, query: Query) -> list[Row]:
    rows = org.store.tables[query.table.name].rows.values()
    return [row for row in rows if query.predicate is None or query.predicate(row)]


def _state_of(query: Query, row: Row) -> dict[str, Any]:
    values = [row.values.get(item.column.read_name) for item in query.order]
    plain = [float(value) if isinstance(value, Decimal) else value for value in values]
    return {"id": row.id, "version": row.version, "values": plain}


def _last_key(query: Query, state: dict[str, Any]) -> tuple[Any, ...]:
    values = {item.column.read_name: value for item, value in zip(query.order, state["values"], strict=True)}
    known = {name: value for name, value in values.items() if value is not None}
    return sort_key(query)(Row(state["id"], state["version"], known, {}))
