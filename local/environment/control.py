"""What a test or the demo may do behind a simulated system's back, through its control routes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from local.environment.http import Talk
from local.simulators.faults import Fault


class Control:
    """The control routes of one simulator. Calls raise Refused."""

    def __init__(self, url: str, ca_bundle: Path | None = None) -> None:
        self.talk = Talk(f"{url}/_control", ca_bundle=ca_bundle)

    def get(self, path: str) -> Any:
        """Any control route that is read."""
        return self.talk.json("GET", path)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Any control route that is written."""
        return self.talk.json("POST", path, dict(body or {}))

    def counts(self) -> dict[str, Any]:
        """How many rows each table has."""
        found: dict[str, Any] = self.get("counts")
        return found

    def requests(self) -> dict[str, Any]:
        """What was asked of the system since the last reset: totals by kind, user and status."""
        found: dict[str, Any] = self.get("requests")
        return found

    def reset_requests(self) -> None:
        """Begin counting anew."""
        self.post("requests/reset")

    def set_options(self, **options: Any) -> None:
        """Change how the system behaves: limits, delays, replica lag."""
        self.post("options", options)

    def faults(self, plan: Mapping[str, Any]) -> None:
        """Put a fault plan in force (``{}`` ends all faults); its shape is that of ``plan_from_json``."""
        self.post("faults", plan)

    def fail_next(
        self, kind: Fault | str, method: str | None = None, path: str | None = None, skip: int = 0
    ) -> None:
        """One fault at the first matching request after ``skip`` others; ``path`` is a regular expression."""
        self.post("faults/next", {"kind": str(kind), "method": method, "path": path, "skip": skip})


class BusinessCentralControl(Control):
    """Business Central's own control routes besides."""

    def exchange_rate(
        self, company: str, currency_code: str, rate: float, per: float = 1.0, start: str = "2024-01-01"
    ) -> None:
        """Enter a rate as a bookkeeper does: ``per`` units of the currency are ``rate`` of the local one."""
        self.post(
            "exchange-rate",
            {
                "company": company,
                "currencyCode": currency_code,
                "startingDate": start,
                "exchangeRateAmount": per,
                "relationalExchangeRateAmount": rate,
            },
        )

    def dump(self, company: str, table: str) -> list[dict[str, Any]]:
        """All rows of a table as they are now; costs the app's users no request."""
        found: list[dict[str, Any]] = self.get(f"dump?company={_quoted(company)}&table={table}")["value"]
        return found


def _quoted(text: str) -> str:
    return quote(text, safe="")
