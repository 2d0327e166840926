"""The control endpoints under ``/_control/``: prepare, look inside, act as a person.

They are no part of the simulated service: no token, no limits, not counted.  Every body and answer is
JSON; a wrong request is answered with 400 and ``{"error": text}``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from local.simulators import conditions
from local.simulators.dataverse import deleting, writing
from local.simulators.dataverse import options as option_rules
from local.simulators.dataverse.errors import Refused
from local.simulators.dataverse.json_text import dumps
from local.simulators.dataverse.limits import Limits
from local.simulators.dataverse.loading import load
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.people import ALL_PRIVILEGES, WITHOUT_ROLE, Caller, User, privileges_from
from local.simulators.dataverse.preferences import Preferences
from local.simulators.dataverse.query import Query
from local.simulators.dataverse.rendering import renderer
from local.simulators.dataverse.schema import Table
from local.simulators.dataverse.statistics import Statistics
from local.simulators.dataverse.store import Row
from local.simulators.dataverse.values import moment_text
from local.simulators.dataverse.webhooks import WebhookSender
from local.simulators.parts import part_of
from local.simulators.wire import Request, Response

PREFIX = "/_control/"
Body = Mapping[str, Any]


class Control:
    """Answers control requests.  Called with the organisation's lock held, except for ``pump``."""

    def __init__(
        self, org: Organisation, statistics: Statistics, limits: Limits, webhooks: WebhookSender
    ) -> None:
        self._org = org
        self._statistics = statistics
        self._limits = limits
        self._webhooks = webhooks
        self._routes: dict[tuple[str, str], Callable[[Body], Any]] = {
            ("POST", "load"): self._load,
            ("GET", "options"): lambda _: asdict(org.options),
            ("POST", "options"): self._set_options,
            ("GET", "counts"): lambda _: {name: len(data.rows) for name, data in org.store.tables.items()},
            ("GET", "rows"): self._rows,
            ("GET", "stats"): lambda _: self._stats(),
            ("POST", "stats/reset"): lambda _: self._reset(),
            ("POST", "users"): self._add_user,
            ("POST", "create"): self._create,
            ("POST", "edit"): self._edit,
            ("POST", "delete"): self._delete,
            ("POST", "expire"): self._expire,
        }

    def handle(self, request: Request) -> Response:
        """Answer a request whose path begins with ``/_control/``."""
        path, _, query = request.target.partition("?")
        route = self._routes.get((request.method, path.removeprefix(PREFIX)))
        if route is None:
            known = ", ".join(f"{method} {name}" for method, name in self._routes)
            return _reply(404, {"error": f"control endpoints: {known}, POST pump"})
        try:
            return _reply(200, route(_body(request, query)))
        except (ValueError, KeyError, TypeError) as error:
            return _reply(400, {"error": f"{type(error).__name__}: {error}"})
        except Refused as error:
            return _reply(400, {"error": str(error), "code": error.code})

    def _load(self, body: Body) -> Any:
        """``{table: [record, ...]}``."""
        return asdict(load(self._org, body))

    def _set_options(self, body: Body) -> Any:
        """``{option: value}``; new limits begin with empty windows."""
        org = self._org
        option_rules.change(org.options, body)
        if "bulk" in body:
            org.refresh_message_filters()
        if any(name.endswith(("_limit", "_limit_s")) for name in body):
            self._limits.configure()
        if "expire_change_tracking_days" in body:
            settings = org.store.tables["organization"].rows[org.organisation_id]
            days = {"expirechangetrackingindays": org.options.expire_change_tracking_days}
            org.store.put("organization", settings.id, settings.values | days, settings.kinds)
        return asdict(org.options)

    def _rows(self, body: Body) -> Any:
        """``?table=``: every row of a table with all of its columns, or those of a part: ``&skip=&take=``."""
        table = self._table(body)
        render = renderer(self._org, Query(table), Preferences())
        rows = part_of(self._org.store.tables[table.name].rows.values(), body)
        return [{name: value for name, value in render(row).items() if value is not None} for row in rows]

    def _stats(self) -> Any:
        sender = self._webhooks
        hooks = {
            "delivered": sender.delivered,
            "failed": sender.failed,
            "retried": sender.retried,
            "waiting": sender.waiting(),
            "history": list(sender.history),
        }
        self._statistics.synchronous_steps = sender.synchronous_steps
        return self._statistics.as_json() | {"webhooks": hooks}

    def _reset(self) -> Any:
        self._statistics.__init__()  # type: ignore[misc]
        sender = self._webhooks
        sender.delivered = sender.failed = sender.retried = sender.synchronous_steps = 0
        sender.history.clear()
        return {}

    def _add_user(self, body: Body) -> Any:
        """``{"name", "client_id"?, "alias"?, "systemuserid"?, "privileges"?, "customizer"?,
        "delegate"?, "roles"?}``: let an application or a person call; ``roles`` are names and stand alone."""
        org = self._org
        if "roles" in body:
            return {"systemuserid": _add_with_roles(org, body)}
        user = User(
            privileges_from(body.get("privileges", "all")),
            bool(body.get("customizer", True)),
            bool(body.get("delegate", False)),
        )
        return {"systemuserid": add_user(org, body, user)}

    def _create(self, body: Body) -> Any:
        """``{"table", "values", "person"?}``: a person makes a row in the browser."""

        def run(caller: Caller, table: Table) -> Row:
            late_s = self._late_s()
            return writing.create(self._org, caller, table, body["values"], late_s=late_s)

        return _written(self._write(run, body))

    def _edit(self, body: Body) -> Any:
        """``{"table", "id", "values", "person"?}``: a person edits a row in the browser."""

        def run(caller: Caller, table: Table) -> Row:
            row, late_s = self._row(table, body), self._late_s()
            return writing.update(self._org, caller, table, row, body["values"], late_s=late_s)

        return _written(self._write(run, body))

    def _late_s(self) -> float:
        return self._org.options.late_commit_s or conditions.late_s()

    def _delete(self, body: Body) -> Any:
        """``{"table", "id", "person"?}``: a person deletes a row in the browser."""

        def run(caller: Caller, table: Table) -> Row:
            row = self._row(table, body)
            deleting.delete(self._org, caller, table, row)
            return row

        return {"id": self._write(run, body).id}

    def _expire(self, body: Body) -> Any:
        """``{"table"}``: change tokens given so far expire, as after a schema change."""
        self._table(body).changed_at_version = self._org.store.next_version()
        return {}

    def _write(self, run: Callable[[Caller, Table], Row], body: Body) -> Row:
        with self._org.transaction():
            return run(self._caller(body), self._table(body))

    def _caller(self, body: Body) -> Caller:
        name = body.get("person")
        if name is None:
            return Caller(self._org.system_user_id, ALL_PRIVILEGES)
        user_id = self._org.people.person_id(str(name))
        if user_id is None:
            raise ValueError(f"there is no person {name!r} among the system users")
        return Caller(user_id, ALL_PRIVILEGES)

    def _table(self, body: Body) -> Table:
        return self._org.schema.tables[body["table"]]

    def _row(self, table: Table, body: Body) -> Row:
        row = self._org.store.get_to_write(table.name, str(body["id"]).lower())
        if row is None:
            raise ValueError(f"there is no {table.name} {body['id']}")
        return row


def _add_with_roles(org: Organisation, spec: Body) -> str:
    user_id = add_user(org, spec, WITHOUT_ROLE)
    rows = org.store.tables["role"].rows.values()
    named = {str(row.values["name"]): row.id for row in rows}
    org.people.roles.given[user_id] = {named[str(name)] for name in spec["roles"]}
    return user_id


def add_user(org: Organisation, spec: Mapping[str, Any], user: User) -> str:
    """Make (or find) the ``systemuser`` row of an application or a person and let it call; returns its id."""
    client_id = spec.get("client_id")
    user_id = str(spec.get("systemuserid") or org.fixed_id(f"user {client_id or spec['name']}")).lower()
    row = org.store.get("systemuser", user_id)
    if row is None:
        now = moment_text(org.clock.time())
        values = {
            "systemuserid": user_id, "fullname": spec["name"], "isdisabled": False,
            "domainname": spec.get("alias", spec["name"]), "accessmode": 4 if client_id else 0,
            "_businessunitid_value": org.business_unit_id, "createdon": now, "modifiedon": now,
        }  # fmt: skip
        org.store.put("systemuser", user_id, values, {})
        row = org.store.tables["systemuser"].rows[user_id]
    if client_id:
        org.store.put("systemuser", user_id, row.values | {"applicationid": client_id.lower()}, row.kinds)
        org.people.add_application(client_id, user_id, user)
    else:
        org.people.users[user_id] = user
    if spec.get("alias"):
        org.people.aliases[str(spec["alias"]).casefold()] = user_id
    return user_id


def _written(row: Row) -> dict[str, Any]:
    return {"id": row.id, "version": row.version}


def _body(request: Request, query: str) -> Body:
    if request.method == "GET":
        return dict(part.split("=", 1) for part in query.split("&") if "=" in part)
    data = json.loads(request.body or b"{}")
    if not isinstance(data, dict):
        raise ValueError("the body must be a JSON object")
    return data


def _reply(status: int, data: Any) -> Response:
    return Response(status, {"Content-Type": "application/json; charset=utf-8"}, dumps(data))
