"""People at work on both sides, through the ordinary APIs with a person's own token.

Their requests count against their own limits and carry no mark of Tandem, as in real life.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from local.environment.http import Talk

BUSINESS_CENTRAL_AUDIENCE = "https://api.businesscentral.dynamics.com"
BOOKKEEPER = "bookkeeper@cronus.example"
SALESPERSON = "jo@contoso.com"
RENEW_BEFORE_S = 300.0
MOST_PAGES = 10_000

type Record = dict[str, Any]


class Tokens:
    """Mints tokens through the simulated Entra's control route and keeps each until it is about to end."""

    def __init__(self, entra: Talk) -> None:
        self._entra = entra
        self._kept: dict[tuple[str, str], tuple[float, str]] = {}
        self._lock = threading.Lock()

    def headers_of(
        self, audience: str, *, user: str | None = None, client_id: str | None = None
    ) -> Callable[[], Mapping[str, str]]:
        """Authorization of a person, or of an application where ``user`` is None."""
        wanted = {"audience": audience, "user": user, "client_id": client_id}
        given = {name: value for name, value in wanted.items() if value is not None}
        return lambda: {"Authorization": f"Bearer {self._token(given)}"}

    def _token(self, given: Mapping[str, str]) -> str:
        key = given["audience"], given.get("user", "") + " " + given.get("client_id", "")
        with self._lock:
            ends, token = self._kept.get(key, (0.0, ""))
            if time.monotonic() >= ends:
                answer = self._entra.json("POST", "/_control/token", dict(given))
                token = str(answer["access_token"])
                self._kept[key] = time.monotonic() + answer["expires_in"] - RENEW_BEFORE_S, token
            return token


@dataclass(frozen=True)
class BusinessCentralPerson:
    """A person in one company of Business Central. ``table`` is an entity set; calls raise Refused."""

    talk: Talk

    def list(self, table: str, **options: str) -> list[Record]:
        """All records, page after page; ``filter="number eq 'X'"`` becomes ``$filter``, and so on."""
        return all_pages(self.talk, f"{table}{_query(options)}", {})

    def get(self, table: str, record_id: str) -> Record:
        """One record."""
        found: Record = self.talk.json("GET", f"{table}({record_id})")
        return found

    def create(self, table: str, values: Mapping[str, Any]) -> Record:
        """A new record, as stored."""
        made: Record = self.talk.json("POST", table, dict(values))
        return made

    def patch(self, table: str, record_id: str, values: Mapping[str, Any], etag: str = "*") -> Record:
        """A changed record, as stored; with an ``etag`` only if it still is that version."""
        changed: Record = self.talk.json("PATCH", f"{table}({record_id})", dict(values), {"If-Match": etag})
        return changed

    def delete(self, table: str, record_id: str) -> None:
        """Remove a record."""
        self.talk.send("DELETE", f"{table}({record_id})", headers={"If-Match": "*"})


@dataclass(frozen=True)
class SalesPerson:
    """A person in Sales. ``table`` is an entity set name such as ``accounts``; calls raise Refused."""

    talk: Talk
    id: str = ""

    def list(self, table: str, **options: str) -> list[Record]:
        """All rows, page after page; ``filter="name eq 'X'"`` becomes ``$filter``, and so on."""
        return all_pages(self.talk, f"{table}{_query(options)}", {})

    def get(self, table: str, row_id: str, select: Sequence[str] = ()) -> Record:
        """One row."""
        chosen = _query({"select": ",".join(select)} if select else {})
        found: Record = self.talk.json("GET", f"{table}({row_id}){chosen}")
        return found

    def create(self, table: str, values: Mapping[str, Any]) -> Record:
        """A new row, as stored."""
        made: Record = self.talk.json("POST", table, dict(values), {"Prefer": "return=representation"})
        return made

    def patch(self, table: str, row_id: str, values: Mapping[str, Any], etag: str = "*") -> Record:
        """A changed row, as stored; never creates one. With an ``etag`` only if it still is that version."""
        changed: Record = self.talk.json(
            "PATCH",
            f"{table}({row_id})",
            dict(values),
            {"If-Match": etag, "Prefer": "return=representation"},
        )
        return changed

    def delete(self, table: str, row_id: str) -> None:
        """Remove a row."""
        self.talk.send("DELETE", f"{table}({row_id})")

    def action(self, name: str, values: Mapping[str, Any]) -> Any:
        """An unbound action such as ``InsertOptionValue``."""
        return self.talk.json("POST", name, dict(values))

    def option_labels(self, table: str, column: str) -> dict[str, int]:
        """The options of a choice column (logical names): label to value."""
        path = (
            f"EntityDefinitions(LogicalName='{table}')/Attributes(LogicalName='{column}')"
            "/Microsoft.Dynamics.CRM.PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet($select=Options)"
        )
        options = self.talk.json("GET", path)["OptionSet"]["Options"]
        return {each["Label"]["UserLocalizedLabel"]["Label"]: each["Value"] for each in options}


def add_option_values(
    administrator: SalesPerson, table: str, column: str, labels: Sequence[str], language: int = 1033
) -> None:
    """Add an option for each label that has none, as an administrator does before the first run.

    An option that differs in capitals only is the one.
    """
    known = {label.casefold() for label in administrator.option_labels(table, column)}
    for label in labels:
        if label.casefold() not in known:
            words = {"Label": label, "LanguageCode": language}
            administrator.action(
                "InsertOptionValue",
                {
                    "EntityLogicalName": table,
                    "AttributeLogicalName": column,
                    "Label": {"LocalizedLabels": [words]},
                },
            )


def _query(options: Mapping[str, str]) -> str:
    named = {f"${name}": value for name, value in options.items()}
    return f"?{urlencode(named, quote_via=quote, safe='$,')}" if named else ""


def all_pages(talk: Talk, path: str, headers: Mapping[str, str]) -> list[Record]:
    """The records of every page from ``path`` on. Raises Refused, and ValueError where there is no end."""
    found: list[Record] = []
    next_path: str | None = path
    for _ in range(MOST_PAGES):
        if next_path is None:
            return found
        page = talk.json("GET", next_path, headers=headers)
        found.extend(page["value"])
        next_path = page.get("@odata.nextLink")
    raise ValueError(f"{path} has more than {MOST_PAGES} pages")
