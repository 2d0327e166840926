"""One request inside one company: which rows, which operation, what reply."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from local.simulators.business_central.actions import run_action
from local.simulators.business_central.editing import (
    delete,
    insert_deep,
    modify,
    refuse_lines_of,
    require_operation,
)
from local.simulators.business_central.environment import Caller, Environment
from local.simulators.business_central.errors import (
    ApiError,
    bad_request,
    method_not_allowed,
    query_syntax,
    record_not_found,
    unknown_segment,
)
from local.simulators.business_central.query import Query, next_link, page_size, parse_query
from local.simulators.business_central.reading import Page, count_rows, find, navigate, read_page, renderer
from local.simulators.business_central.replies import entity_reply, json_reply, no_content, plain
from local.simulators.business_central.routing import Address, Segment, guid_key
from local.simulators.business_central.schema import EntityType, Navigation, name_in
from local.simulators.business_central.session import Reader
from local.simulators.business_central.storage import Company, Row, Unit
from local.simulators.business_central.tables import RULES
from local.simulators.business_central.values import read_json_object
from local.simulators.wire import Response

_ACTION = "microsoft.nav."


class Call:
    """One request inside one company."""

    def __init__(
        self,
        env: Environment,
        caller: Caller,
        company: Company,
        method: str,
        address: Address,
        body: bytes,
        unit: Unit | None,
    ) -> None:
        self._env = env
        self._caller = caller
        self._company = company
        self._method = method
        self._address = address
        self._body = body
        self._unit = unit

    def run(self, segments: tuple[Segment, ...]) -> Response:
        if not segments:
            raise query_syntax("An entity set is missing.")
        entity = self._env.types.get(name_in(self._caller.api, segments[0].name))
        if entity is None or (entity.name not in RULES and not entity.is_own):
            raise unknown_segment(segments[0].name)
        self._caller.may(entity, write=self._method != "GET")
        keyed = segments[0].key is not None
        if len(segments) == 1:
            if keyed and not entity.key:
                raise query_syntax(f"'{segments[0].name}' is a query, its rows have no key.")
            return self._entity(entity, guid_key(segments[0])) if keyed else self._set(entity, {})
        if not keyed:
            return self._count(entity, segments)
        return self._below(entity, guid_key(segments[0]), segments[1:])

    def _entity(self, entity: EntityType, row_id: str) -> Response:
        match self._method:
            case "GET":
                return self._read_one(entity, row_id)
            case "PATCH":
                return self._modify(entity, row_id)
            case "DELETE":
                return self._delete(entity, row_id)
        raise method_not_allowed(self._method.lower())

    def _set(self, entity: EntityType, given: dict[str, Any]) -> Response:
        """``given``: what the parent in the URL says about a new row."""
        match self._method:
            case "GET":
                return self._read_page(entity, None)
            case "POST":
                return self._insert(entity, given)
        raise method_not_allowed(self._method.lower())

    def _read_one(self, entity: EntityType, row_id: str) -> Response:
        query = self._query(entity)
        reader = self._reader(entity)
        row = find(reader, entity.name, row_id)
        if row is None:
            raise record_not_found(entity.table, row_id)
        return self._reply(200, reader, entity, query, row)

    def _read_page(self, entity: EntityType, rows: list[Row] | None) -> Response:
        query = replace(self._query(entity), page=page_size(self._caller.prefer))
        if rows is None and not RULES[entity.name].finds_parent(_filtered(query)):
            raise refuse_lines_of(entity)
        page = read_page(self._reader(entity), entity, query, rows)
        return self._page_reply(query, page)

    def _page_reply(self, query: Query, page: Page) -> Response:
        data: dict[str, Any] = {"@odata.context": self._context()}
        if page.count is not None:
            data["@odata.count"] = page.count
        data["value"] = page.value
        if page.next_token is not None:
            url = f"{self._caller.base}/{self._address.path}"
            data["@odata.nextLink"] = next_link(url, query.carried, page.next_token)
        return json_reply(200, data)

    def _count(self, entity: EntityType, segments: tuple[Segment, ...]) -> Response:
        if self._method != "GET":
            raise method_not_allowed(self._method.lower())
        if [segment.name for segment in segments[1:]] != ["$count"]:
            raise unknown_segment(segments[1].name)
        query = self._query(entity)
        if not RULES[entity.name].finds_parent(_filtered(query)):
            raise refuse_lines_of(entity)
        return plain(str(count_rows(self._reader(entity), entity, query)))

    def _below(self, entity: EntityType, row_id: str, segments: tuple[Segment, ...]) -> Response:
        """What stands below one row: an action, a row or a collection it leads to."""
        name = segments[0].name
        if name.lower().startswith(_ACTION) and len(segments) == 1:
            return self._action(entity, row_id, name[len(_ACTION) :])
        link = entity.navigation.get(name)
        if link is None or link.target not in self._env.types:
            raise unknown_segment(name)
        target = self._env.types[link.target]
        self._caller.may(target, write=self._method != "GET")
        if self._method == "GET":
            return self._navigation(entity, row_id, link, segments)
        return self._write_below(entity, row_id, link, segments)

    def _navigation(
        self, entity: EntityType, row_id: str, link: Navigation, segments: tuple[Segment, ...]
    ) -> Response:
        """Rows below one row: ``customers(id)/contactsInformation``, ``customers(id)/currency``."""
        reader = self._reader(entity)
        parent = find(reader, entity.name, row_id)
        if parent is None:
            raise record_not_found(entity.table, row_id)
        target = self._env.types[link.target]
        rows = navigate(reader, entity, parent, link.name)
        if segments[0].key is not None:
            rows = [row for row in rows if row.id == guid_key(segments[0])]
        if [segment.name for segment in segments[1:]] == ["$count"]:
            return plain(str(count_rows(reader, target, self._query(target), rows)))
        if len(segments) > 1:
            raise unknown_segment(segments[1].name)
        if link.many and segments[0].key is None:
            return self._read_page(target, rows)
        if not rows:
            raise record_not_found(target.table, row_id)
        return self._reply(200, reader, target, self._query(target), rows[0])

    def _write_below(
        self, entity: EntityType, row_id: str, link: Navigation, segments: tuple[Segment, ...]
    ) -> Response:
        """A write through the parent: ``salesInvoices(id)/salesInvoiceLines``, with or without key."""
        target = self._env.types[link.target]
        via = RULES[target.name].parents.get(entity.name)
        if via is None or not link.many or len(segments) > 1:
            raise method_not_allowed(self._method.lower())
        table = self._company.tables[RULES[entity.name].source]
        if row_id not in table.rows:
            raise record_not_found(entity.table, row_id)
        if segments[0].key is None:
            return self._set(target, {via: row_id})
        child_id = guid_key(segments[0])
        child = self._company.tables[RULES[target.name].source].rows.get(child_id)
        if child is None or child.values[via] != row_id:
            raise record_not_found(target.table, child_id)
        return self._entity(target, child_id)

    def _action(self, entity: EntityType, row_id: str, name: str) -> Response:
        if self._method != "POST":
            raise method_not_allowed(self._method.lower())
        if self._body.strip() and read_json_object(self._body):
            raise bad_request(f"The action '{name}' takes no parameters.")
        with self._writing() as unit:
            session = self._env.session(self._company, unit)
            run_action(session, entity, row_id, name, self._caller.headers.get("if-match"))
        return no_content()

    def _insert(self, entity: EntityType, given: dict[str, Any]) -> Response:
        query = self._query(entity)
        require_operation(entity, "post")
        body = {**read_json_object(self._body), **given}
        with self._writing() as unit:
            row = insert_deep(self._env.session(self._company, unit), entity, body)
        return self._written_reply(201, entity, query, row)

    def _modify(self, entity: EntityType, row_id: str) -> Response:
        query = self._query(entity)
        require_operation(entity, "patch")
        body = read_json_object(self._body)
        with self._writing() as unit:
            session = self._env.session(self._company, unit)
            row = modify(session, entity, row_id, body, self._caller.headers.get("if-match"))
        return self._written_reply(200, entity, query, row)

    def _delete(self, entity: EntityType, row_id: str) -> Response:
        if_match = self._caller.headers.get("if-match")
        if if_match is None and not self._env.options.delete_needs_if_match:
            if_match = "*"
        with self._writing() as unit:
            delete(self._env.session(self._company, unit), entity, row_id, if_match)
        return no_content()

    def _writing(self) -> Any:
        if self._unit is not None:
            return _Joined(self._unit)
        return self._env.transaction(person=self._caller.identity.user is not None)

    def _query(self, entity: EntityType) -> Query:
        query = parse_query(self._address.options, entity, self._env.types)
        order = tuple((name, False) for name in entity.order)
        if order and query.order not in ((), order):
            raise ApiError(
                501,
                "BadRequest_MethodNotImplemented",
                "The query has an order of its own and takes no other.",
            )
        return replace(query, order=order) if order else query

    def _reader(self, entity: EntityType) -> Reader:
        return self._env.reader(self._company, self._caller.headers, primary=entity.primary)

    def _written_reply(self, status: int, entity: EntityType, query: Query, row: Row) -> Response:
        """A write's reply shows what was written, whoever else sees it yet."""
        view = Reader(self._company, float("inf"), self._env.types)
        project = RULES[entity.name].project
        return self._reply(status, view, entity, query, (project(view, row) if project else row) or row)

    def _context(self) -> str:
        path = self._address.path
        if not path.startswith("companies("):
            path = f"companies({self._company.id})/{path}"
        return f"{self._caller.base}/$metadata#{path}"

    def _reply(self, status: int, reader: Reader, entity: EntityType, query: Query, row: Row) -> Response:
        shown = renderer(reader, entity, query)(row)
        url = f"{self._caller.base}/companies({self._company.id})/{entity.set_name}"
        context = f"{self._caller.base}/$metadata#companies({self._company.id})/{entity.set_name}/$entity"
        prefer = "" if self._method == "GET" else self._caller.prefer
        return entity_reply(status, context, shown, f"{url}({row.id})", prefer)


class _Joined:
    """A block inside a transaction that somebody else commits; a failure undoes the block only."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._mark = unit.mark()

    def __enter__(self) -> Unit:
        return self._unit

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self._unit.roll_back_to(self._mark)


def _filtered(query: Query) -> frozenset[str]:
    return query.filter.fields if query.filter else frozenset()
