"""Business Central and Sales as the peers use them: a few calls over ``http.py``.  Standard library only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

from benchmarks.fields import SELECT_ACCOUNT, SELECT_CUSTOMER
from benchmarks.http import Refused, Wire

PAGE = 5_000
WRITE_CHUNK = 100
ACCOUNT = "Microsoft.Dynamics.CRM.account"
EXISTS = "0x80040237"
"""Sales' code for a row whose id is taken."""

type Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Access:
    """Where the systems are and what lets a client in; ``advised`` is how many requests Sales advises."""

    bc_url: str
    company_id: str
    bc_token: str
    sales_url: str
    sales_token: str
    ca_bundle: str
    advised: int
    storage: str = ""


class BusinessCentral:
    """Customers of one company."""

    def __init__(self, access: Access) -> None:
        headers = {"Authorization": f"Bearer {access.bc_token}", "Accept": "application/json"}
        self._wire = Wire(access.bc_url, access.ca_bundle, headers)
        self._customers = f"companies({access.company_id})/customers"
        self.asked_at = ""

    def pages(self, since: str = "") -> Iterator[list[Record]]:
        """All customers, or those that changed since a moment.  ``asked_at`` is the service's time then."""
        path = f"{self._customers}?$select={SELECT_CUSTOMER}"
        if since:
            path += f"&$filter={quote(f'lastModifiedDateTime gt {since}')}"
        prefer = {"Prefer": f"odata.maxpagesize={PAGE}"}
        first = True
        while path:
            answer = self._wire.send("GET", path, headers=prefer)
            if answer.status >= 400:
                raise Refused(answer.status, answer.body.decode("utf-8", "replace"))
            if first:
                self.asked_at, first = _moment(answer.headers["date"]), False
            data = answer.json()
            yield data["value"]
            link = urlsplit(data.get("@odata.nextLink", ""))
            path = f"{link.path}?{link.query}" if link.path else ""

    def create(self, customer: Record) -> str:
        """Create one customer; its id."""
        return str(self._wire.ask("POST", self._customers, customer)["id"])

    def create_all(self, customers: Sequence[Record]) -> list[str]:
        """Create up to 100 customers with one request; their ids.  Raises Refused where one is refused."""
        requests = [
            {"id": str(number), "method": "POST", "url": self._customers,
             "headers": {"Content-Type": "application/json"}, "body": each}
            for number, each in enumerate(customers)
        ]  # fmt: skip
        answers = self._wire.ask("POST", "$batch", {"requests": requests})["responses"]
        for each in answers:
            if each["status"] >= 400:
                raise Refused(each["status"], str(each["body"]))
        ids = {int(each["id"]): str(each["body"]["id"]) for each in answers}
        return [ids[number] for number in range(len(customers))]

    def patch(self, customer_id: str, values: Mapping[str, Any]) -> None:
        """Write fields of a customer, whatever its version is."""
        self._wire.ask("PATCH", f"{self._customers}({customer_id})", dict(values), {"If-Match": "*"})

    def patch_all(self, changes: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """The same for up to 100 customers with one request."""
        requests = [
            {"id": str(number), "method": "PATCH", "url": f"{self._customers}({customer_id})",
             "headers": {"If-Match": "*", "Content-Type": "application/json"}, "body": dict(values)}
            for number, (customer_id, values) in enumerate(changes)
        ]  # fmt: skip
        self._wire.ask("POST", "$batch", {"requests": requests})


class Sales:
    """Accounts of one organisation."""

    def __init__(self, access: Access) -> None:
        headers = {
            "Authorization": f"Bearer {access.sales_token}", "Accept": "application/json",
            "OData-Version": "4.0", "OData-MaxVersion": "4.0",
        }  # fmt: skip
        self._wire = Wire(f"{access.sales_url}/api/data/v9.2", access.ca_bundle, headers)

    def create_all(self, accounts: Sequence[Record]) -> None:
        """Create up to 100 accounts under the ids they carry; a repeat finds them made."""
        self._bulk("CreateMultiple", accounts)

    def update_all(self, accounts: Sequence[Record]) -> None:
        """Write the fields of up to 100 accounts, whatever their versions are."""
        self._bulk("UpdateMultiple", accounts)

    def create(self, account: Record) -> str:
        """Create one account under an id that the service chooses; the id."""
        made = self._wire.ask(
            "POST", "accounts?$select=accountid", account, {"Prefer": "return=representation"}
        )
        return str(made["accountid"])

    def patch(self, account_id: str, values: Record) -> None:
        """Write fields of an account, whatever its version is."""
        self._wire.ask("PATCH", f"accounts({account_id})", values, {"If-Match": "*"})

    def changes(self, link: str = "") -> tuple[list[Record], str]:
        """All accounts, or those that changed since the link of an earlier answer; and a new link."""
        path = link or f"accounts?$select={SELECT_ACCOUNT}"
        prefer = {"Prefer": f"odata.track-changes,odata.maxpagesize={PAGE}"}
        found: list[Record] = []
        while True:
            data = self._wire.ask("GET", path, headers=prefer)
            found += data["value"]
            following = data.get("@odata.nextLink") or data["@odata.deltaLink"]
            parts = urlsplit(following)
            path = f"{parts.path}?{parts.query}"
            if "@odata.nextLink" not in data:
                return found, path

    def _bulk(self, message: str, accounts: Sequence[Record]) -> None:
        targets = [{"@odata.type": ACCOUNT, **each} for each in accounts]
        try:
            self._wire.ask("POST", f"accounts/Microsoft.Dynamics.CRM.{message}", {"Targets": targets})
        except Refused as refused:
            if message != "CreateMultiple" or EXISTS not in refused.text:
                raise


def _moment(date: str) -> str:
    """A moment shortly before an answer's ``Date``, which knows no fractions."""
    at = parsedate_to_datetime(date).astimezone(UTC) - timedelta(seconds=1)
    return datetime.strftime(at, "%Y-%m-%dT%H:%M:%SZ")
