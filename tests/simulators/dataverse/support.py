"""A Dataverse simulator without sockets, and a small client that speaks to its ``handle``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from local.simulators.dataverse import Dataverse, Options
from local.simulators.tokens import Identity, Unauthorized
from local.simulators.wire import ManualClock, Request, Response

TENANT = "9f2a6c1e-0000-4000-8000-000000000001"
CLIENT = "11111111-0000-4000-8000-000000000001"
OTHER_CLIENT = "11111111-0000-4000-8000-000000000002"
ROOT = "/api/data/v9.2/"
URL = "https://contoso.crm.dynamics.com"
EUR = "6b6b85e1-275f-5d00-8313-5180dc6e16f9"
USD = "378fd92f-7e07-5688-b37c-4037a3f6b093"
PERSON = "44ed0a94-9243-535e-bdbf-77667d29ac45"
BASE_DATA: dict[str, list[Mapping[str, Any]]] = {
    "transactioncurrency": [
        {"transactioncurrencyid": USD, "isocurrencycode": "USD", "currencyname": "US Dollar",
         "currencysymbol": "$", "currencyprecision": 2, "exchangerate": 1.0},
        {"transactioncurrencyid": EUR, "isocurrencycode": "EUR", "currencyname": "Euro",
         "currencysymbol": "€", "currencyprecision": 2, "exchangerate": 0.5},
    ],
    "systemuser": [
        {"systemuserid": PERSON, "firstname": "Stephen", "lastname": "Jiang", "fullname": "Stephen Jiang",
         "domainname": "stephen@contoso.com", "internalemailaddress": "stephen@contoso.com",
         "isdisabled": False, "azureactivedirectoryobjectid": "e39c5d16-675b-48d1-8e67-667427e9c084"},
    ],
}  # fmt: skip


class Header:
    """Reads ``app CLIENT`` or ``person NAME`` from the Authorization header; ``expired`` is refused."""

    def verify(self, authorization: str | None) -> Identity:
        kind, _, name = (authorization or "").partition(" ")
        if kind == "app":
            return Identity(TENANT, name, None, URL)
        if kind == "person":
            return Identity(TENANT, CLIENT, name, URL)
        raise Unauthorized("the token is expired" if kind == "expired" else "no token")


@dataclass(frozen=True)
class Answer:
    """A response, read."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])

    @property
    def message(self) -> str:
        return str(self.json["error"]["message"])

    @property
    def rows(self) -> list[Any]:
        return list(self.json["value"])

    @property
    def new_id(self) -> str:
        return self.headers["OData-EntityId"].rpartition("(")[2].rstrip(")")


class Client:
    """Sends requests as one caller."""

    def __init__(self, service: Dataverse, authorization: str = f"app {CLIENT}") -> None:
        self.service = service
        self.authorization = authorization

    def send(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request; ``path`` is relative to the service root, or a whole address."""
        sent = {"authorization": self.authorization, **{k.lower(): v for k, v in (headers or {}).items()}}
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        if data and "content-type" not in sent:
            sent["content-type"] = "application/json; charset=utf-8"
        target = path.removeprefix(URL) if path.startswith(("http", "/")) else ROOT + path
        return read(self.service.handle(Request(method, target, sent, data)))

    def get(self, path: str, prefer: str | None = None, **headers: str) -> Answer:
        return self.send("GET", path, headers=_headers(prefer, headers))

    def post(self, path: str, body: Any, prefer: str | None = None, **headers: str) -> Answer:
        return self.send("POST", path, body, _headers(prefer, headers))

    def patch(self, path: str, body: Any, prefer: str | None = None, **headers: str) -> Answer:
        return self.send("PATCH", path, body, _headers(prefer, headers))

    def delete(self, path: str, **headers: str) -> Answer:
        return self.send("DELETE", path, headers=_headers(None, headers))

    def filter(self, set_name: str, expression: str, select: str = "name", **aliases: str) -> Answer:
        query = f"$select={select}&$filter={quote(expression)}"
        for name, value in aliases.items():
            query += f"&@{name}={quote(value)}"
        return self.get(f"{set_name}?{query}")

    def account(self, name: str = "Contoso", **values: Any) -> str:
        """Create an account and return its id."""
        answer = self.post("accounts", {"name": name, **values})
        assert answer.status == 204, answer.raw
        return answer.new_id

    def contact(self, lastname: str = "Jones", **values: Any) -> str:
        """Create a contact and return its id."""
        answer = self.post("contacts", {"lastname": lastname, **values})
        assert answer.status == 204, answer.raw
        return answer.new_id

    def etag(self, path: str) -> str:
        return str(self.get(f"{path}?$select=versionnumber").json["@odata.etag"])

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A control request; its answer must be 200."""
        answer = self.send(method, f"/_control/{path}", body)
        assert answer.status == 200, answer.raw
        return answer.json


def read(response: Response) -> Answer:
    return Answer(response.status, response.headers, response.body)


def make(options: Options | None = None, **more: Any) -> Dataverse:
    """A simulator with two currencies, one person, one application user."""
    clock = more.pop("clock", None) or ManualClock()
    users = more.pop("users", None) or {CLIENT: {"name": "# Tandem"}}
    service = Dataverse(clock, Header(), options, tenant_id=TENANT, users=users, control=True, **more)
    service.load(BASE_DATA)
    return service


def _headers(prefer: str | None, headers: Mapping[str, str]) -> dict[str, str]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return sent if prefer is None else {**sent, "prefer": prefer}
