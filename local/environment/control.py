"""What a test or the demo may do behind a simulated system's back, through its control routes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

from local.environment.http import Talk
from local.simulators.faults import Fault


class Control:
    """The control routes of one simulator. Calls raise Refused."""

    log = "requests"
    """The route that tells what was asked."""

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
        """What was asked of the system since the last reset, in the simulator's own summary."""
        found: dict[str, Any] = self.get(self.log)
        return found

    def reset_requests(self) -> None:
        """Begin counting anew."""
        self.post(f"{self.log}/reset")

    def set_options(self, **options: Any) -> None:
        """Change how the system behaves: limits, delays, replica lag."""
        self.post("options", options)

    def shift_clock(self, shift_s: float) -> None:
        """Let the system's clock be ahead of this machine's (behind, where negative) from now on."""
        self.post("clock", {"shift_s": shift_s})

    def faults(self, plan: Mapping[str, Any]) -> None:
        """Put a fault plan in force (``{}`` ends all faults); its shape is that of ``plan_from_json``."""
        self.post("faults", plan)

    def fail_next(
        self, kind: Fault | str, method: str | None = None, path: str | None = None, skip: int = 0
    ) -> None:
        """One fault at the first matching request after ``skip`` others; ``path`` is a regular expression."""
        self.post("faults/next", {"kind": str(kind), "method": method, "path": path, "skip": skip})


PART = 10_000
"""Rows of one part of a long table."""


def _in_parts(ask: Callable[[str], list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    for skip in count(0, PART):
        found = ask(f"skip={skip}&take={PART}")
        yield from found
        if len(found) < PART:
            return


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

    def set_rights(
        self, user: str, *, read: Sequence[str] | None = None, write: Sequence[str] | None = None
    ) -> None:
        """What a user (client id or principal name) may read and write from now on: entity sets, None for
        all."""
        given = {"read": read, "write": write}
        named = {right: None if sets is None else list(sets) for right, sets in given.items()}
        self.post("users", {"user": user, **named})

    def edit(
        self, company: str, table: str, values: Mapping[str, Any], row_id: str | None = None
    ) -> dict[str, Any]:
        """What a person does in Business Central's own pages: change the row of this id, or enter a new one.

        Tables of the extension are named ``tandem/priceListLines`` and so on.
        """
        wanted = {"company": company, "table": table, "id": row_id, "values": dict(values)}
        found: dict[str, Any] = self.post("rows", wanted)
        return found

    def pay(self, company: str, invoice_id: str) -> None:
        """The customer pays the whole of a posted invoice."""
        self.post("payments", {"company": company, "invoice": invoice_id})

    def dump(self, company: str, table: str) -> list[dict[str, Any]]:
        """All rows of a table as they are now; costs the app's users no request."""
        path = f"dump?company={quote(company, safe='')}&table={table}"
        found: list[dict[str, Any]] = self.get(path)["value"]
        return found

    def dump_in_parts(self, company: str, table: str) -> Iterator[dict[str, Any]]:
        """The same of a table that is not changed meanwhile, however long it is."""
        path = f"dump?company={quote(company, safe='')}&table={table}"
        return _in_parts(lambda part: self.get(f"{path}&{part}")["value"])


class SalesControl(Control):
    """The Sales organisation's own control routes besides."""

    log = "stats"

    def dump(self, table: str) -> list[dict[str, Any]]:
        """All rows of a table (logical name) as they are now, without columns that hold nothing."""
        found: list[dict[str, Any]] = self.get(f"rows?table={table}")
        return found

    def dump_in_parts(self, table: str) -> Iterator[dict[str, Any]]:
        """The same of a table that is not changed meanwhile, however long it is."""
        return _in_parts(lambda part: self.get(f"rows?table={table}&{part}"))

    def add_person(self, name: str, roles: Sequence[str]) -> None:
        """A person who signs in by this name and has these security roles."""
        self.post("users", {"name": name, "alias": name, "roles": list(roles)})

    def add_application(
        self,
        client_id: str,
        name: str,
        *,
        customizer: bool,
        privileges: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """An application user with these privileges by table, or all; only a ``customizer`` may change
        metadata."""
        given = "all" if privileges is None else {table: list(each) for table, each in privileges.items()}
        user = {"client_id": client_id, "name": name, "customizer": customizer, "privileges": given}
        self.post("users", user)
