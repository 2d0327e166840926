"""One request below the API root, alone or as a part of a batch."""

from __future__ import annotations

from local.simulators.business_central.call import Call
from local.simulators.business_central.environment import Caller, Environment
from local.simulators.business_central.errors import (
    ApiError,
    bad_request,
    method_not_allowed,
    unknown_segment,
)
from local.simulators.business_central.query import parse_query
from local.simulators.business_central.reading import read_page, renderer
from local.simulators.business_central.replies import json_reply
from local.simulators.business_central.routing import Address, Segment, guid_key, parse_address
from local.simulators.business_central.schema import name_in
from local.simulators.business_central.session import Reader
from local.simulators.business_central.storage import Company, Row, Unit
from local.simulators.business_central.subscriptions import handle_subscriptions
from local.simulators.business_central.values import stamp_ms, stamp_text
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
        call = Call(env, caller, company, method, address, body, unit)
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
    if first is not None and name_in(caller.api, first.name) not in env.types:
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
