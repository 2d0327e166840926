"""What a test or the demo may do behind the API's back, under ``/_control/`` (only if enabled).

GET requests, POST requests/reset, GET counts, GET dump?company=&table=, POST options, POST companies,
POST company-settings, POST users, POST exchange-rate, POST rows, DELETE rows?company=&table=&id=,
POST stock, POST planned, POST planned/post, DELETE planned?company=&id=, POST payments, POST orders,
POST orders/combined, DELETE orders/invoiced?company=, POST quotes, POST pump.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from local.simulators.business_central.control_edits import (
    delete_invoiced_orders,
    drop_line,
    edit_row,
    handle_order,
    handle_quote,
    pay,
    plan_line,
    post_line,
    post_stock,
    take_shipments,
)
from local.simulators.business_central.editing import remove
from local.simulators.business_central.environment import Environment
from local.simulators.business_central.errors import ApiError
from local.simulators.business_central.options import Options, Permissions
from local.simulators.business_central.query import split_query
from local.simulators.business_central.storage import Company
from local.simulators.parts import part_of
from local.simulators.wire import Request, Response

_FIXED = {"version", "control", "running_limit", "queue_limit"}
_CHANGEABLE = {f.name for f in fields(Options) if f.type in ("float", "int", "bool")} - _FIXED
_NUMBERED = {
    "manual_customers": "customers",
    "manual_contacts": "contacts",
    "manual_vendors": "vendors",
    "manual_items": "items",
    "manual_opportunities": "opportunities",
}
_PLAIN = frozenset(
    {
        "default_country",
        "customer_template",
        "vendor_template",
        "templates",
        "extended_pricing",
        "default_price_list",
    }
)
_SETTINGS = _PLAIN | _NUMBERED.keys()


def handle(env: Environment, request: Request) -> Response:
    """Answer a control request; 404 where control is not enabled."""
    path, _, query = request.target.removeprefix("/_control/").partition("?")
    action = _ACTIONS.get((request.method, path))
    if not env.options.control or action is None:
        return _reply(404, {"error": "no such control route, or control is not enabled"})
    try:
        arguments = {**split_query(query), **_body(request.body)}
        return _reply(200, action(env, arguments))
    except (KeyError, ValueError, TypeError, ApiError) as error:
        return _reply(400, {"error": f"{type(error).__name__}: {error}"})


def set_options(env: Environment, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Change numbers and switches of the environment; raises ValueError for an unknown one."""
    if unknown := sorted(changes.keys() - _CHANGEABLE):
        raise ValueError(f"unknown options {unknown}; known are {sorted(_CHANGEABLE)}")
    for name, value in changes.items():
        if not isinstance(value, int | float):
            raise ValueError(f"{name} must be a number or a boolean")
        setattr(env.options, name, value)
    if changes.keys() & {"request_limit", "window_s"}:
        env.limits.resize()
    return {name: getattr(env.options, name) for name in sorted(_CHANGEABLE)}


def set_company(env: Environment, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Change a company's set-up: manual numbers, default country, templates, prices."""
    company = _company(env, arguments)
    settings = {name: value for name, value in arguments.items() if name != "company"}
    if unknown := sorted(settings.keys() - _SETTINGS):
        raise ValueError(f"unknown settings {unknown}; known are {sorted(_SETTINGS)}")
    for name, value in settings.items():
        if name in _NUMBERED:
            company.series[_NUMBERED[name]].manual = bool(value)
        else:
            setattr(company, name, type(getattr(company, name))(value))
    return {"company": company.name}


def set_user(env: Environment, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Say what one user may read and write from now on; nobody else is concerned.

    ``user`` is a client id or a person's principal name; ``read`` and ``write`` name entity sets, and what
    is left out or null means all.
    """
    user = str(arguments["user"])
    if unknown := sorted(arguments.keys() - {"user", "read", "write"}):
        raise ValueError(f"unknown keys {unknown}; known are user, read, write")
    rights = {right: _entity_sets(env, arguments.get(right)) for right in ("read", "write")}
    with env.lock:
        env.options.rights[user] = Permissions(**rights)
    return {"user": user, **{right: None if sets is None else sorted(sets) for right, sets in rights.items()}}


def _entity_sets(env: Environment, names: object) -> frozenset[str] | None:
    if names is None:
        return None
    if not isinstance(names, list):
        raise ValueError(f"{names!r} is no list of entity sets")
    if unknown := sorted({str(name) for name in names} - env.types.keys()):
        raise ValueError(f"unknown entity sets {unknown}")
    return frozenset(names)


def set_exchange_rate(env: Environment, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Enter or change an exchange rate as a person does in the client."""
    company = _company(env, arguments)
    code, start = str(arguments["currencyCode"]).upper(), str(arguments.get("startingDate", "2024-01-01"))
    names = ("exchangeRateAmount", "relationalExchangeRateAmount")
    amounts = {name: arguments[name] for name in names if name in arguments}
    with env.transaction(person=True) as unit:
        session = env.session(company, unit)
        if session.by_key("currencies", code) is None:
            raise ValueError(f"no currency {code}")
        rates = session.table("currencyExchangeRates").rows.values()
        found = next(
            (r for r in rates if (r.values["currencyCode"], r.values["startingDate"]) == (code, start)), None
        )
        row_id = found.id if found else session.new_id()
        values = dict(found.values) if found else env.types["currencyExchangeRates"].blank_values()
        values |= {"id": row_id, "currencyCode": code, "startingDate": start, **amounts}
        return dict(session.put("currencyExchangeRates", row_id, values, {}).values)


def delete_row(env: Environment, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a row as a person does in the client; raises KeyError when it is not there."""
    company, entity = _company(env, arguments), env.types[arguments["table"]]
    with env.transaction(person=True) as unit:
        row = company.tables[entity.name].rows[str(arguments["id"]).lower()]
        remove(env.session(company, unit), entity, row)
    return {"deleted": row.id}


def counts(env: Environment, _: Mapping[str, Any]) -> dict[str, Any]:
    """Rows per company and table."""
    with env.lock:
        return {
            company.name: {name: len(table.rows) for name, table in company.tables.items()}
            for company in env.companies.values()
        }


def dump(env: Environment, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """All rows of a table as they are now, or those of a part: ``skip`` and ``take``."""
    table = _company(env, arguments).tables[arguments["table"]]
    with env.lock:
        rows = part_of(table.rows.values(), arguments)
        return {"value": [{**row.values, "@odata.etag": row.etag} for row in rows]}


def load(env: Environment, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Add a company from records in the body: name, records, maybe id, displayName, localCurrencyCode."""
    entry = {name: value for name, value in arguments.items() if name != "records"}
    company = env.load_company(entry, arguments.get("records", {}))
    return {"id": company.id, "name": company.name}


def _edit_row(env: Environment, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return edit_row(env, _company(env, arguments), arguments)


def _post_stock(env: Environment, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return post_stock(env, _company(env, arguments), arguments)


def _plan_line(env: Environment, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return plan_line(env, _company(env, arguments), arguments)


def _post_line(env: Environment, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return post_line(env, _company(env, arguments), arguments)


def _drop_line(env: Environment, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return drop_line(env, _company(env, arguments), arguments)


def _pay(env: Environment, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return pay(env, _company(env, arguments), arguments)


def _handle_order(env: Environment, arguments: Mapping[str, Any]) -> dict[str, Any]:
    handle_order(env, _company(env, arguments), arguments)
    return {}


def _take_shipments(env: Environment, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return take_shipments(env, _company(env, arguments), arguments)


def _delete_invoiced(env: Environment, arguments: Mapping[str, Any]) -> dict[str, Any]:
    delete_invoiced_orders(env, _company(env, arguments))
    return {}


def _handle_quote(env: Environment, arguments: Mapping[str, Any]) -> dict[str, Any]:
    handle_quote(env, _company(env, arguments), arguments)
    return {}


def _reset(env: Environment, _: Mapping[str, Any]) -> dict[str, Any]:
    env.log.reset()
    return {}


def _pump(env: Environment, _: Mapping[str, Any]) -> dict[str, Any]:
    return {"sent": env.notifications.pump()}


def _requests(env: Environment, _: Mapping[str, Any]) -> dict[str, Any]:
    return env.log.summary()


def _company(env: Environment, arguments: Mapping[str, Any]) -> Company:
    found = env.company_named(str(arguments["company"]))
    if found is None:
        raise ValueError(f"no company {arguments['company']!r}")
    return found


def _body(body: bytes) -> dict[str, Any]:
    data = json.loads(body or b"{}")
    if not isinstance(data, dict):
        raise ValueError("the body must be an object")
    return data


def _reply(status: int, data: object) -> Response:
    return Response(status, {"Content-Type": "application/json"}, json.dumps(data).encode())


_ACTIONS: Mapping[tuple[str, str], Callable[[Environment, Mapping[str, Any]], dict[str, Any]]] = {
    ("GET", "requests"): _requests,
    ("POST", "requests/reset"): _reset,
    ("GET", "counts"): counts,
    ("GET", "dump"): dump,
    ("POST", "options"): set_options,
    ("POST", "company-settings"): set_company,
    ("POST", "companies"): load,
    ("POST", "users"): set_user,
    ("POST", "exchange-rate"): set_exchange_rate,
    ("POST", "rows"): _edit_row,
    ("DELETE", "rows"): delete_row,
    ("POST", "stock"): _post_stock,
    ("POST", "planned"): _plan_line,
    ("POST", "planned/post"): _post_line,
    ("DELETE", "planned"): _drop_line,
    ("POST", "payments"): _pay,
    ("POST", "orders"): _handle_order,
    ("POST", "orders/combined"): _take_shipments,
    ("DELETE", "orders/invoiced"): _delete_invoiced,
    ("POST", "quotes"): _handle_quote,
    ("POST", "pump"): _pump,
}
