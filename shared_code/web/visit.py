"""One visit of a person to a page: what a page is given, and how it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from shared_code.sync.api import Answer
from shared_code.sync.api_input import BadInput
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.web.messages import Asked, Form, Reply, redirect
from shared_code.web.people import Person, Role
from shared_code.web.rendering import address, render
from shared_code.web.texts import LANGUAGES, phrase
from shared_code.web.told import told

NOTICES: Mapping[str, str] = {
    "queued": phrase("It is queued and begins within seconds."),
    "done": phrase("Done."),
    "decided": phrase("Decided. The records are looked at now."),
    "set_aside": phrase("Set aside. Nothing more is tried until somebody retries it."),
    "coupled": phrase("Coupled."),
    "not_coupled": phrase("Nothing was coupled; see why below."),
    "nothing": phrase("Nothing was left to do."),
    "stored": phrase("Stored. It takes effect within seconds."),
    "other_teams": phrase(
        "Stored. The team that owned new rows was one of the organisation before: choose anew who owns them."
    ),
    "removed": phrase("Your version was taken back."),
    "erased": phrase("The values were removed from the journal."),
    "language": phrase("The language was changed."),
}
"""What a page says after something was done, by the word in its address."""

NAVIGATION: Sequence[tuple[str, str]] = (
    ("", phrase("Overview")),
    ("full-synchronization", phrase("Full Synchronization")),
    ("jobs", phrase("Jobs")),
    ("mappings", phrase("Integration Table Mappings")),
    ("couplings", phrase("Couplings")),
    ("conflicts", phrase("Conflicts")),
    ("problems", phrase("Problems")),
    ("compares", phrase("Compare")),
    ("availability", phrase("Item Availability")),
    ("connection", phrase("Connection")),
    ("setup", phrase("Setup")),
    ("help", phrase("Help")),
)


ONWARD = ("cursor", "mapping")
"""What the link to a next page carries over."""


class Refused(Exception):
    """A handler refused; the page tells its problem document."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body.get("detail", ""))
        self.answer = answer


class NotConnected(Exception):
    """There is no connection yet: the setup guide makes one."""


@dataclass(frozen=True)
class Visit:
    """A signed-in person asks a page; ``found`` is the connection, if there is one, ``captured`` are parts of
    the address."""

    parts: Parts
    found: ConnectionParts | None
    asked: Asked
    person: Person
    language: str
    captured: Mapping[str, str] = field(default_factory=dict)

    @property
    def at(self) -> ConnectionParts:
        """The connection.  Raises NotConnected where there is none yet."""
        if self.found is None:
            raise NotConnected
        return self.found

    @property
    def form(self) -> Form:
        """What was submitted.  Raises BadInput."""
        try:
            return self.asked.form()
        except ValueError:
            raise BadInput("form", "it cannot be read; go back and send it again") from None

    @property
    def connection(self) -> str:
        """The connection as addresses name it."""
        return self.at.name if len(self.parts.connections) > 1 else ""

    def query(self, *names: str, **more: str) -> dict[str, str]:
        """The query of a call of the API: our connection, these parameters of the page, and ``more``."""
        given = {name: value for name in names if (value := self.asked.query.get(name, "").strip())}
        return {"connection": self.at.name, **given, **more}

    def link(self, *path: object, **query: object) -> str:
        return address(self.connection, *path, **query)

    def onward(self, following: str | None, *path: object) -> str:
        """The next page of a list, by the link to the next answer of the API; blank where there is none."""
        if not following:
            return ""
        asked = dict(parse_qsl(urlsplit(following).query))
        return self.link(*path, **{name: value for name, value in asked.items() if name in ONWARD})

    def title_of(self, mapping: str) -> str:
        """What a mapping is called in the reader's language; its name where it is not in use."""
        known = self.found.mappings.get(mapping) if self.found else None
        return told(self.language, known.title) if known else mapping

    def page(self, template: str, status: int = 200, **values: Any) -> Reply:
        """A page.  ``title`` is the last thing its template needs that is not in ``values``."""
        return Reply(status, render(template, self.language, {**self._frame(), **values}))

    def back(self, *path: object, notice: str, job: str | None = None, **query: object) -> Reply:
        """Go on at a page that tells what was done."""
        return redirect(self.link(*path, **query, notice=notice, job=job))

    def _is_of_couplings(self) -> bool:
        return "/records/" in self.asked.path or self.asked.path.startswith("match-reports")

    def _frame(self) -> dict[str, Any]:
        """What the layout shows around every page."""
        asked = self.asked.query
        return {
            "link": self.link,
            "person": self.person,
            "may_operate": self.person.may(Role.OPERATOR),
            "may_administer": self.person.may(Role.ADMINISTRATOR),
            "connections": sorted(self.parts.connections),
            "connection": self.found.name if self.found else "",
            "title_of": self.title_of,
            "navigation": NAVIGATION,
            "here": "couplings" if self._is_of_couplings() else self.asked.path.partition("/")[0],
            "languages": LANGUAGES,
            "notice": NOTICES.get(asked.get("notice", ""), ""),
            "notice_job": _id(asked.get("job", "")),
        }


def _id(text: str) -> str:
    """An id as addresses carry it; anything else is none."""
    return text if text and len(text) <= 64 and all(c.isalnum() or c in "-|" for c in text) else ""


def view(answer: Answer) -> dict[str, Any]:
    """What a handler of the API answered.  Raises Refused where it was a problem."""
    if answer.status >= 400:
        raise Refused(answer)
    return answer.body


def body(**fields: object) -> bytes:
    """A body for a handler of the API; what is None is left out."""
    given = {name: value for name, value in fields.items() if value is not None}
    return json.dumps(given).encode()
