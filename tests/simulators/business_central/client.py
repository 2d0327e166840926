"""A caller without sockets, and a small company to call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from local.simulators.business_central import BusinessCentral, Options
from local.simulators.tokens import Identity, StaticVerifier
from local.simulators.webhook_sender import Answer, NotDelivered
from local.simulators.wire import ManualClock, Request, Response

TENANT = "11111111-1111-1111-1111-111111111111"
COMPANY = "c0ffee00-0000-0000-0000-000000000001"
ZERO = "00000000-0000-0000-0000-000000000000"
USD = "aaaaaaaa-0000-0000-0000-000000000001"
DKK = "aaaaaaaa-0000-0000-0000-000000000002"
NET_30 = "bbbbbbbb-0000-0000-0000-000000000001"
ADATUM = "dddddddd-0000-0000-0000-000000000001"
ADATUM_CONTACT = "eeeeeeee-0000-0000-0000-000000000001"
ROBERT = "eeeeeeee-0000-0000-0000-000000000002"
EXTENSION_ROOT = f"/v2.0/{TENANT}/production/api/tandem/sync/v1.0"
SAMPLES = Path(__file__).parent / "samples"

RECORDS: dict[str, list[dict[str, Any]]] = {
    "currencies": [
        {"id": USD, "code": "USD", "displayName": "US dollar", "isoCode": "USD"},
        {"id": DKK, "code": "DKK", "displayName": "Danish krone"},
    ],
    "currencyExchangeRates": [
        {
            "id": "aaaaaaaa-0000-0000-0000-0000000000f1",
            "currencyCode": "USD",
            "startingDate": "2024-01-01",
            "exchangeRateAmount": 100,
            "relationalExchangeRateAmount": 80,
        }
    ],
    "paymentTerms": [{"id": NET_30, "code": "30 DAYS", "displayName": "Net 30", "dueDateCalculation": "30D"}],
    "countriesRegions": [{"code": "US", "displayName": "USA"}, {"code": "DK", "displayName": "Denmark"}],
    "salespeople": [{"code": "JO", "displayName": "Jim Olive", "commissionPercent": 5}],
    "customers": [
        {
            "id": ADATUM,
            "number": "10000",
            "displayName": "Adatum Corporation",
            "city": "Atlanta",
            "blocked": " ",
            "lastModifiedDateTime": "2026-01-01T00:00:00Z",
            "surplus": "not in the API",
        }
    ],
    "contacts": [
        {
            "id": ADATUM_CONTACT,
            "number": "CT000001",
            "type": "Company",
            "displayName": "Adatum Corporation",
            "companyNumber": "CT000001",
            "companyName": "Adatum Corporation",
            "contactBusinessRelation": "Customer",
            "searchName": "ADATUM CORPORATION",
            "lastModifiedDateTime": "2026-01-01T00:00:00Z",
        },
        {
            "id": ROBERT,
            "number": "CT000002",
            "type": "Person",
            "displayName": "Robert Townes",
            "companyNumber": "CT000001",
            "companyName": "Adatum Corporation",
            "contactBusinessRelation": "Customer",
            "firstName": "Robert",
            "surname": "Townes",
            "lastModifiedDateTime": "2026-01-01T00:00:00Z",
        },
    ],
    "contactBusinessRelations": [
        {"contactId": ADATUM_CONTACT, "linkToTable": "Customer", "relatedId": ADATUM}
    ],
}


@dataclass
class Receiver:
    """Stands in for a webhook receiver: echoes tokens, keeps bodies, answers ``status`` (None: silence)."""

    status: int | None = 200
    echoes: bool = True
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float) -> Answer:
        address, _, token = url.partition("validationToken=")
        if token:
            return Answer(200, token.encode() if self.echoes else b"nonsense")
        self.calls.append((address, json.loads(body)))
        if self.status is None:
            raise NotDelivered("silence")
        return Answer(self.status, b"")

    @property
    def notifications(self) -> list[dict[str, Any]]:
        return [entry for _, body in self.calls for entry in body["value"]]


@dataclass(frozen=True)
class Reply:
    """A response with its JSON read."""

    raw: Response

    @property
    def status(self) -> int:
        return self.raw.status

    @property
    def json(self) -> Any:
        return json.loads(self.raw.body)

    @property
    def rows(self) -> list[dict[str, Any]]:
        assert self.status == 200, self.raw
        rows: list[dict[str, Any]] = self.json["value"]
        return rows

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])

    @property
    def error(self) -> tuple[int, str]:
        return self.status, self.code


class Client:
    """Calls one simulator as an application; ``person`` calls as a person."""

    def __init__(self, records: Mapping[str, list[dict[str, Any]]] = RECORDS, **options: Any) -> None:
        self.clock = ManualClock(1_800_000_000.0)
        self.receiver = Receiver()
        verifier = StaticVerifier(
            {
                "Bearer app": Identity(TENANT, "app", None, "bc"),
                "Bearer reader": Identity(TENANT, "reader", None, "bc"),
                "Bearer person": Identity(TENANT, "client", "ann@contoso.com", "bc"),
                "Bearer stranger": Identity("22222222-2222-2222-2222-222222222222", "app", None, "bc"),
            }
        )
        self.options = Options(TENANT, **{"control": True, **options})
        self.bc = BusinessCentral(self.clock, verifier, self.options, self.receiver)
        entry = {"id": COMPANY, "localCurrencyCode": "GBP"}
        self.company = self.bc.load_company("CRONUS", records, entry)

    def send(
        self,
        method: str,
        target: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = "app",
    ) -> Reply:
        """One request to a target as it is; ``headers`` names lower-case."""
        all_headers = {"host": "bc.test", **(headers or {})}
        if token is not None:
            all_headers["authorization"] = f"Bearer {token}"
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return Reply(self.bc.handle(Request(method, target, all_headers, content)))

    def api(
        self, method: str, path: str, body: Any = None, token: str | None = "app", **headers: str
    ) -> Reply:
        """One request below the API root; keyword ``if_match`` is the header if-match."""
        safe = quote(path, safe="/()$?&=,'*:;%~")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(method, f"/v2.0/{TENANT}/production/api/v2.0/{safe}", body, named, token)

    def get(self, path: str, **headers: str) -> Reply:
        return self.api("GET", f"companies({COMPANY})/{path}", **headers)

    def post(self, path: str, body: Any, **headers: str) -> Reply:
        return self.api("POST", f"companies({COMPANY})/{path}", body, **headers)

    def patch(self, path: str, body: Any, if_match: str = "*", **headers: str) -> Reply:
        return self.api("PATCH", f"companies({COMPANY})/{path}", body, if_match=if_match, **headers)

    def delete(self, path: str, if_match: str = "*", **headers: str) -> Reply:
        return self.api("DELETE", f"companies({COMPANY})/{path}", if_match=if_match, **headers)

    def extension(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """One request below the company in Tandem's own API."""
        safe = quote(path, safe="/()$?&=,'*:;%~")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(method, f"{EXTENSION_ROOT}/companies({COMPANY})/{safe}", body, named)

    def batch(self, *requests: Mapping[str, Any], **headers: str) -> Reply:
        accept = {"accept": "application/json", **headers}
        return self.api("POST", "$batch", {"requests": list(requests)}, **accept)

    def control(self, method: str, path: str, body: Any = None) -> Reply:
        return self.send(method, f"/_control/{path}", body, token=None)

    def customers(self, count: int) -> list[str]:
        """Create that many customers and return their ids."""
        return [self.post("customers", {"displayName": f"Customer {n}"}).json["id"] for n in range(count)]


def sample(name: str) -> dict[str, Any]:
    """A published sample."""
    data: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    return data
