"""Operations on an entity set: read a page, count, create, and the collections behind a row."""

from __future__ import annotations

from typing import Any

from local.simulators.dataverse import tracking, writing
from local.simulators.dataverse.paging import COUNT_LIMIT, Page, count_matching, next_link, page_of, read_page
from local.simulators.dataverse.paging import read_cookie as cookie_of
from local.simulators.dataverse.preferences import MAX_PAGE_SIZE
from local.simulators.dataverse.query import Query, parse_query_options
from local.simulators.dataverse.rendering import context_of, etag_of, renderer
from local.simulators.dataverse.replies import Operation, json_reply, no_content
from local.simulators.dataverse.schema import Table
from local.simulators.dataverse.store import Row
from local.simulators.wire import Response

TOTAL_COUNT = "Microsoft.Dynamics.CRM.totalrecordcount"
COUNT_EXCEEDED = "Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"


def read_set(operation: Operation, table: Table) -> Response:
    """GET of a set: a page of a query, or of change tracking."""
    operation.org.people.require(operation.caller, "read", table.name)
    options = operation.address.query
    tracked = "$deltatoken" in options or operation.wants.track_changes or _is_tracking_link(options)
    if tracked:
        tracking.refuse_unsupported(options)
    query = parse_query_options(operation.org, table, options)
    body = _tracked(operation, query) if tracked else _queried(operation, query)
    return json_reply(200, body, operation.wants.headers())


def count_set(operation: Operation, table: Table) -> Response:
    """GET of ``/$count``: a number as text, for a query or for a delta link."""
    operation.org.people.require(operation.caller, "read", table.name)
    options = operation.address.query
    if "$deltatoken" in options:
        number = tracking.pending_count(operation.org, table, options["$deltatoken"])
    else:
        number = count_matching(operation.org, parse_query_options(operation.org, table, options))
    return Response(200, {"Content-Type": "text/plain", "OData-Version": "4.0"}, str(number).encode())


def create_row(operation: Operation, table: Table) -> Response:
    """POST to a set."""
    org = operation.org
    with org.transaction():
        row = writing.create(org, operation.caller, table, operation.body())
        return written(operation, table, row, created=True, path=f"{table.set_name}({row.id})")


def written(operation: Operation, table: Table, row: Row, *, created: bool, path: str) -> Response:
    """The answer to a write: the row where a representation is wanted, else only its address."""
    org = operation.org
    if not operation.wants.representation:
        return no_content({"OData-EntityId": f"{org.base_url}/{path}"})
    query = parse_query_options(org, table, operation.address.query)
    body = single_body(operation, query, row)
    headers = {"ETag": etag_of(row), **operation.wants.headers()}
    return json_reply(201 if created else 200, body, headers)


def single_body(operation: Operation, query: Query, row: Row) -> dict[str, Any]:
    """One row as the body of an answer."""
    context = context_of(operation.org, query, suffix="/$entity")
    return {"@odata.context": context, **renderer(operation.org, query, operation.wants)(row)}


def collection_body(operation: Operation, table: Table, rows: list[Row]) -> dict[str, Any]:
    """The rows behind a collection-valued navigation property, as a queried set."""
    query = parse_query_options(operation.org, table, operation.address.query)
    if query.predicate is not None:
        rows = [row for row in rows if query.predicate(row)]
    size = operation.wants.page_size or MAX_PAGE_SIZE
    if query.top is not None:
        size = min(query.top, MAX_PAGE_SIZE)
    state = None
    if "$skiptoken" in query.raw:
        state = cookie_of(query.raw["$skiptoken"], query, operation.wants).state
    return _page_body(operation, query, page_of(rows, query, size, state))


def _is_tracking_link(options: dict[str, str]) -> bool:
    return 'istracking="True"' in options.get("$skiptoken", "")


def _tracked(operation: Operation, query: Query) -> dict[str, Any]:
    path = operation.address.raw_path
    if "$skiptoken" in query.raw:
        return tracking.further_page(operation.org, query, operation.wants, path)
    if "$deltatoken" in query.raw:
        return tracking.changes_page(operation.org, query, operation.wants, path)
    return tracking.first_page(operation.org, query, operation.wants, path)


def _queried(operation: Operation, query: Query) -> dict[str, Any]:
    token = query.raw.get("$skiptoken")
    state = None if token is None else cookie_of(token, query, operation.wants).state
    return _page_body(operation, query, read_page(operation.org, query, operation.wants, state))


def _page_body(operation: Operation, query: Query, page: Page) -> dict[str, Any]:
    org = operation.org
    render = renderer(org, query, operation.wants)
    body: dict[str, Any] = {"@odata.context": context_of(org, query)}
    if page.count is not None:
        body["@odata.count"] = page.count
    body |= _count_annotations(operation, query, page)
    body["value"] = [render(row) for row in page.rows]
    if page.next_state is not None:
        token = query.raw.get("$skiptoken")
        number = 2 if token is None else cookie_of(token, query, operation.wants).page + 1
        body["@odata.nextLink"] = next_link(
            org, query, operation.wants, operation.address.raw_path, page.next_state, number, tracking=False
        )
    return body


def _count_annotations(operation: Operation, query: Query, page: Page) -> dict[str, Any]:
    annotations: dict[str, Any] = {}
    if operation.wants.wants(TOTAL_COUNT):
        annotations[f"@{TOTAL_COUNT}"] = -1 if page.count is None else page.count
    if operation.wants.wants(COUNT_EXCEEDED) and page.count is not None:
        rows = operation.org.store.tables[query.table.name].rows.values()
        fits = query.predicate or (lambda row: True)
        annotations[f"@{COUNT_EXCEEDED}"] = sum(1 for row in rows if fits(row)) > COUNT_LIMIT
    return annotations
