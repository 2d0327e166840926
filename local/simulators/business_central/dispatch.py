"""One request below the API root, alone or as a part of a batch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from local.simulators.business_central.editing import (
    delete,
    insert,
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
from local.simulators.business_central.routing import Address, Segment, guid_key, parse_address
from local.simulators.business_central.schema import EntityType
from local.simulators.business_central.session import Reader
from local.simulators.business_central.storage import Company, Row, Unit
from local.simulators.business_central.subscriptions import handle_subscriptions
from local.simulators.business_central.tables import RULES
from local.simulators.business_central.values import read_json_object, stamp_ms, stamp_text
from local.simulators.wire import Response

_INTENTS = frozenset({"", "readonly", "readwrite"})


def execute(
    env: Environment, caller: Caller, method: str, rest: str, body: bytes, unit: Unit | None = None
) -> Response:
    """Run one request; ``unit`` is the transaction of a snapshot batch.  Raises ``ApiError``."""
    address = parse_address(rest)
    _check_intent(caller, method)
    first = address.segments[0] if address.segments else Segment("", None)
    if first.name == "subscriptions":
        return handle_subscriptions(env, caller, method, address, body)
    with env.lock:
        if first.name == "companies" and len(address.segments) == 1:
            return _companies(env, caller, method, address)
        company, segments = _company_scope(env, caller, address)
        call = _Call(env, caller, company, method, address, body, unit)
        return call.run(segments)


def _check_intent(caller: Caller, method: str) -> None:
    intent = caller.headers.get("data-access-intent", "").lower()
    if intent not in _INTENTS:
        raise bad_request("Data-Access-Intent must be ReadOnly or ReadWrite.")
    if intent == "readonly" and method != "GET":
        raise bad_request("Data-Access-Intent ReadOnly is not allowed on a request that writes.")


def _company_scope(env: Environment, caller: Caller, address: Address) -> tuple[Company, tuple[Segment, ...]]:
    first = address.segments[0] if address.segments else None
    if first is not None and first.name == "companies":
        company = env.companies.get(guid_key(first))
        if company is None:
            raise ApiError(404, "Internal_CompanyNotFound", f"Company '{first.key}' not found.")
        return company, address.segments[1:]
    named = address.options.get("company") or caller.headers.get("company")
    if first is not None and first.name not in env.types:
        raise unknown_segment(first.name)
    if not named:
        raise ApiError(400, "Internal_CompanyNotFound", "You must choose a company.")
    found = env.company_named(named)
    if found is None:
        raise ApiError(400, "Unknown", "The supplied company name is not valid.")
    return found, address.segments


def _companies(env: Environment, caller: Caller, method: str, address: Address) -> Response:
    """The companies of the environment; their rows carry no etag."""
    if method != "GET":
        raise method_not_allowed(method.lower())
    entity = env.types["companies"]
    query = parse_query(address.options, entity, env.types)
    rows = [_company_row(env, company) for company in env.companies.values()]
    context = f"{caller.base}/$metadata#companies"
    reader = Reader(Company("", "", "", "", 0), env.clock.time(), env.types)
    if address.segments[0].key is not None:
        key = guid_key(address.segments[0])
        row = next((row for row in rows if row.id == key), None)
        if row is None:
            raise ApiError(404, "Internal_CompanyNotFound", f"Company '{key}' not found.")
        return json_reply(
            200, {"@odata.context": f"{context}/$entity", **renderer(reader, entity, query)(row)}
        )
    page = read_page(reader, entity, query, rows)
    return json_reply(200, {"@odata.context": context, "value": page.value})


def _company_row(env: Environment, company: Company) -> Row:
    values = env.types["companies"].blank_values() | {
        "id": company.id,
        "systemVersion": f"{env.options.version}.0.30643.32100",
        "timestamp": company.node,
        "name": company.name,
        "displayName": company.display_name,
        "systemCreatedAt": stamp_text(stamp_ms(0)),
        "systemModifiedAt": stamp_text(stamp_ms(0)),
    }
    return Row(company.id, values, 0, "", {})


class _Call:
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
        entity = self._env.types.get(segments[0].name)
        if entity is None or entity.name not in RULES:
            raise unknown_segment(segments[0].name)
        self._caller.may(entity, write=self._method != "GET")
        keyed = segments[0].key is not None
        if len(segments) == 1:
            return self._entity(entity, guid_key(segments[0])) if keyed else self._set(entity)
        if self._method != "GET":
            raise method_not_allowed(self._method.lower())
        if not keyed:
            return self._count(entity, segments)
        return self._navigation(entity, guid_key(segments[0]), segments[1:])

    def _entity(self, entity: EntityType, row_id: str) -> Response:
        match self._method:
            case "GET":
                return self._read_one(entity, row_id)
            case "PATCH":
                return self._modify(entity, row_id)
            case "DELETE":
                return self._delete(entity, row_id)
        raise method_not_allowed(self._method.lower())

    def _set(self, entity: EntityType) -> Response:
        match self._method:
            case "GET":
                return self._read_page(entity, None)
            case "POST":
                return self._insert(entity)
        raise method_not_allowed(self._method.lower())

    def _read_one(self, entity: EntityType, row_id: str) -> Response:
        query = self._query(entity)
        reader = self._reader()
        row = find(reader, entity.name, row_id)
        if row is None:
            raise record_not_found(entity.table, row_id)
        return self._reply(200, reader, entity, query, row)

    def _read_page(self, entity: EntityType, rows: list[Row] | None) -> Response:
        query = replace(self._query(entity), page=page_size(self._caller.prefer))
        rules = RULES[entity.name]
        if rows is None and not rules.needs_parent <= _filtered(query):
            raise refuse_lines_of(entity)
        page = read_page(self._reader(), entity, query, rows)
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
        if [segment.name for segment in segments[1:]] != ["$count"]:
            raise unknown_segment(segments[1].name)
        query = self._query(entity)
        if not RULES[entity.name].needs_parent <= _filtered(query):
            raise refuse_lines_of(entity)
        return plain(str(count_rows(self._reader(), entity, query)))

    def _navigation(self, entity: EntityType, row_id: str, segments: tuple[Segment, ...]) -> Response:
        """Rows below one row: ``customers(id)/contactsInformation``, ``customers(id)/currency``."""
        name = segments[0].name
        link = entity.navigation.get(name)
        if link is None or link.target not in self._env.types:
            raise unknown_segment(name)
        reader = self._reader()
        parent = find(reader, entity.name, row_id)
        if parent is None:
            raise record_not_found(entity.table, row_id)
        target = self._env.types[link.target]
        self._caller.may(target, write=False)
        rows = navigate(reader, entity, parent, name)
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

    def _insert(self, entity: EntityType) -> Response:
        query = self._query(entity)
        body = read_json_object(self._body)
        with self._writing() as unit:
            row = insert(self._env.session(self._company, unit), entity, body)
        return self._reply(201, self._writer_view(), entity, query, row)

    def _modify(self, entity: EntityType, row_id: str) -> Response:
        query = self._query(entity)
        require_operation(entity, "patch")
        body = read_json_object(self._body)
        with self._writing() as unit:
            session = self._env.session(self._company, unit)
            row = modify(session, entity, row_id, body, self._caller.headers.get("if-match"))
        view = self._writer_view()
        project = RULES[entity.name].project
        return self._reply(200, view, entity, query, (project(view, row) if project else row) or row)

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
        return parse_query(self._address.options, entity, self._env.types)

    def _reader(self) -> Reader:
        return self._env.reader(self._company, self._caller.headers)

    def _writer_view(self) -> Reader:
        """A write's reply shows what was written, whoever else sees it yet."""
        return Reader(self._company, float("inf"), self._env.types)

    def _context(self) -> str:
        path = self._address.path
        if not path.startswith("companies("):
            path = f"companies({self._company.id})/{path}"
        return f"{self._caller.base}/$metadata#{path}"

    def _reply(self, status: int, reader: Reader, entity: EntityType, query: Query, row: Row) -> Response:
        shown = renderer(reader, entity, query)(row)
        url = f"{self._caller.base}/companies({self._company.id})/{entity.name}"
        context = f"{self._caller.base}/$metadata#companies({self._company.id})/{entity.name}/$entity"
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
