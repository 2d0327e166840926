"""The app's public address within one process: what the simulated systems call when they notify."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from local.simulators.webhook_sender import Answer, NotDelivered
from shared_code.sync.parts import Parts
from shared_code.sync.webhooks import BC_ROUTE, SALES_ROUTE, is_ours, note_business_central, note_sales

WEBHOOK_URL = "https://tandem.example"
WEBHOOK_SECRET = "a secret of one run"


@dataclass
class Receiver:
    """Answers as the HTTP functions do, and remembers the addresses that were called.

    ``urls`` are the addresses it is at.  ``parts`` are given when they exist; until then, and while
    ``away``, nobody answers.
    """

    urls: tuple[str, ...] = (WEBHOOK_URL,)
    parts: Parts | None = None
    away: bool = False
    called: list[str] = field(default_factory=list)
    looks: int = 0

    def call(self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float) -> Answer:
        """A call of Business Central."""
        return Answer(*self._answer(url, headers, body))

    def deliver(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """A call of Sales."""
        return self._answer(url, headers, body)[0]

    def _answer(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        address = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        if self.parts is None or self.away or not url.startswith(tuple(f"{each}/" for each in self.urls)):
            raise NotDelivered("nobody is there")
        self.called.append(address.path)
        match address.path.lstrip("/"):
            case route if route == BC_ROUTE:
                return self._business_central(self.parts, query, body)
            case route if route == SALES_ROUTE:
                return self._sales(self.parts, query, headers), b""
        return 404, b""

    def _business_central(self, parts: Parts, query: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        if "validationToken" in query:
            return 200, query["validationToken"].encode()
        self.looks += note_business_central(parts, body)
        return 200, b""

    def _sales(self, parts: Parts, query: Mapping[str, str], headers: Mapping[str, str]) -> int:
        if not is_ours(parts.hooks.secret, query.get("code", "")):
            return 401
        self.looks += note_sales(parts, headers.get("x-ms-dynamics-entity-name", ""))
        return 200
