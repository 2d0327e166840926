"""Change tracking: the first full read, delta links, deletions, expiry.

Microsoft docs: data-platform/use-change-tracking-synchronize-data-external-systems.  A token is built
from the lowest version of a transaction still under way, so what commits late is told next time.
The pages of one delta read are those of one moment: a row written while paging comes in the next.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from local.simulators import conditions
from local.simulators.dataverse import errors
from local.simulators.dataverse.errors import Refused, bad_request
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.paging import Cookie, address, next_link, read_cookie
from local.simulators.dataverse.preferences import MAX_PAGE_SIZE, Preferences
from local.simulators.dataverse.query import Query
from local.simulators.dataverse.rendering import Renderer, context_of, renderer
from local.simulators.dataverse.schema import Table
from local.simulators.dataverse.store import Deletion, Row

_TOKEN = re.compile(r"(?P<version>\d+)!(?P<time>\d\d/\d\d/\d{4} \d\d:\d\d:\d\d)")
_REFUSED_OPTIONS = ("$filter", "$orderby", "$expand", "$top")
_TIME_FORMAT = "%m/%d/%Y %H:%M:%S"
SECONDS_PER_DAY = 86_400


@dataclass(frozen=True)
class _Span:
    """Versions told by one read: after ``after`` (None: all rows) until ``until``."""

    after: int | None
    until: int
    last: Any = None


def refuse_unsupported(query_options: dict[str, str]) -> None:
    """Raise ``Refused`` for the query options that tracking does not take."""
    for name in _REFUSED_OPTIONS:
        if name in query_options:
            raise bad_request(
                f'The "{name}" query parameter isn\'t supported when Change Tracking is enabled.'
            )


def first_page(org: Organisation, query: Query, wants: Preferences, path: str) -> dict[str, Any]:
    """Answer the request that starts tracking.  Raises ``Refused`` when the table is not tracked."""
    _require_tracking(org, query.table)
    return _answer(org, query, wants, path, _Span(None, org.store.lowest_active_version() - 1), 1)


def changes_page(org: Organisation, query: Query, wants: Preferences, path: str) -> dict[str, Any]:
    """Answer a delta link.  Raises ``Refused`` for an expired or unreadable token."""
    _require_tracking(org, query.table)
    after = token_version(org, query.table, query.raw["$deltatoken"])
    return _answer(org, query, wants, path, _Span(after, org.store.lowest_active_version() - 1), 1)


def further_page(org: Organisation, query: Query, wants: Preferences, path: str) -> dict[str, Any]:
    """Answer a next link of either read."""
    cookie: Cookie = read_cookie(query.raw["$skiptoken"], query, wants)
    state = cookie.state
    _refuse_expired_schema(query.table, state["until"] if state["after"] is None else state["after"])
    span = _Span(state["after"], state["until"], state["last"])
    return _answer(org, query, wants, path, span, cookie.page)


def pending_count(org: Organisation, table: Table, token: str) -> int:
    """How many changes a delta link would tell."""
    _require_tracking(org, table)
    after, until = token_version(org, table, token), org.store.lowest_active_version() - 1
    changed = sum(1 for _ in org.store.changes(table.name, after, until))
    return changed + sum(1 for _ in org.store.deletions(table.name, after, until))


def token_version(org: Organisation, table: Table, token: str) -> int:
    """The version in a token.  Raises ``Refused``: expired by age, or older than a schema change."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise bad_request("The $deltatoken is not valid: follow @odata.deltaLink unchanged.")
    if conditions.happens(conditions.Condition.EXPIRED_TOKEN):
        table.changed_at_version = org.store.next_version()
    version = int(match["version"])
    made = _seconds(match["time"])
    settings = org.store.get("organization", org.organisation_id)
    days = settings.values["expirechangetrackingindays"] if settings else 0
    if org.clock.time() - made > days * SECONDS_PER_DAY:
        raise _expired()
    _refuse_expired_schema(table, version)
    return version


def _seconds(text: str) -> float:
    try:
        return datetime.strptime(text, _TIME_FORMAT).replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise bad_request("The $deltatoken is not valid: follow @odata.deltaLink unchanged.") from None


def _answer(
    org: Organisation, query: Query, wants: Preferences, path: str, span: _Span, page: int
) -> dict[str, Any]:
    size = wants.page_size or MAX_PAGE_SIZE
    items = list(islice(_items(org, query.table, span), size + 1))
    more, items = len(items) > size, items[:size]
    render = renderer(org, query, wants)
    body: dict[str, Any] = {
        "@odata.context": context_of(org, query, suffix="" if span.after is None else "/$delta"),
        "value": [_rendered(org, query.table, render, item) for item in items],
    }
    if more:
        state = {"after": span.after, "until": span.until, "last": _place_of(span, items[-1])}
        kept = next_link(org, _without_token(query), wants, path, state, page + 1, tracking=True)
        body["@odata.nextLink"] = kept
    else:
        body["@odata.deltaLink"] = _delta_link(org, query, path, span.until)
    return body


def _items(org: Organisation, table: Table, span: _Span) -> Iterator[Row | Deletion]:
    if span.after is None:
        ids, rows = org.store.ordered_ids(table.name), org.store.tables[table.name].rows
        start = 0 if span.last is None else bisect.bisect_right(ids, span.last)
        return (rows[row_id] for row_id in islice(ids, start, None))
    return _changes_then_deletions(org, table, span.after, span.until, span.last)


def _changes_then_deletions(
    org: Organisation, table: Table, after: int, until: int, last: Any
) -> Iterator[Row | Deletion]:
    kind, version = last or ("changed", after)
    if kind == "changed":
        yield from org.store.changes(table.name, version, until)
        version = after
    yield from org.store.deletions(table.name, version, until)


def _place_of(span: _Span, item: Row | Deletion) -> Any:
    if span.after is None:
        return item.id
    return ["deleted" if isinstance(item, Deletion) else "changed", item.version]


def _rendered(org: Organisation, table: Table, render: Renderer, item: Row | Deletion) -> dict[str, Any]:
    if isinstance(item, Row):
        return render(item)
    context = f"{org.base_url}/$metadata#{table.set_name}/$deletedEntity"
    return {"@odata.context": context, "id": item.id, "reason": "deleted"}


def _delta_link(org: Organisation, query: Query, path: str, version: int) -> str:
    made = datetime.fromtimestamp(org.clock.time(), UTC).strftime(_TIME_FORMAT)
    kept = [(name, text) for name, text in query.raw.items() if name not in ("$skiptoken", "$deltatoken")]
    return address(org, path, [*kept, ("$deltatoken", f"{version}!{made}")])


def _without_token(query: Query) -> Query:
    raw = {name: text for name, text in query.raw.items() if name != "$deltatoken"}
    return Query(query.table, query.select, query.select_text, raw=raw)


def _require_tracking(org: Organisation, table: Table) -> None:
    if not org.options.change_tracking.get(table.name, False):
        raise bad_request(f"Change tracking is not enabled for entity '{table.name}'.")


def _refuse_expired_schema(table: Table, version: int) -> None:
    if version < table.changed_at_version:
        raise _expired()


def _expired() -> Refused:
    return Refused(
        400,
        errors.EXPIRED_VERSION_STAMP,
        "Version stamp associated with the client has expired. Please perform a full sync.",
    )
