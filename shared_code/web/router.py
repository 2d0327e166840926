"""Which page answers, for whom, and what becomes of whatever goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shared_code.sync.api import Answer, answering
from shared_code.sync.parts import Parts
from shared_code.web import static
from shared_code.web.guards import HEADERS, is_from_our_page
from shared_code.web.messages import PLACE, Asked, Reply, redirect
from shared_code.web.people import Doorkeeper, Person, Role
from shared_code.web.refusals import refusal
from shared_code.web.sign_in import door
from shared_code.web.texts import language_of
from shared_code.web.visit import NotConnected, Refused, Visit

type Page = Callable[[Visit], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """A page or an act: method, address below ``/app/`` with ``{names}``, and the role it needs."""

    method: str
    pattern: str
    role: Role
    page: Page

    def match(self, method: str, path: str) -> Mapping[str, str] | None:
        """The parts of the address; None where it is not this route's."""
        wanted, given = self.pattern.split("/"), path.split("/")
        if method != self.method or len(wanted) != len(given):
            return None
        pairs = list(zip(wanted, given, strict=True))
        fits = all((each.startswith("{") and own) or each == own for each, own in pairs)
        return {each[1:-1]: own for each, own in pairs if each.startswith("{")} if fits else None


class Site:
    """The pages of an app."""

    def __init__(self, routes: Sequence[Route], doorkeeper: Doorkeeper) -> None:
        self.routes = tuple(routes)
        self.doorkeeper = doorkeeper

    def answer(self, parts: Callable[[], Parts], asked: Asked, reference: str) -> Reply:
        """The page for a request, guarded; ``reference`` names it in the log should it fail."""
        reply = static.file_of(asked) or self._page(parts, asked, reference)
        lasting = {"Cache-Control": "public, max-age=31536000, immutable" if reply.lasting else "no-store"}
        return replace(reply, headers={**HEADERS, **lasting, **reply.headers})

    def _page(self, parts: Callable[[], Parts], asked: Asked, reference: str) -> Reply:
        language = language_of(asked.cookies, asked.headers.get("accept-language", ""))
        if asked.method == "POST" and not is_from_our_page(asked):
            return refusal(language, 403, "foreign")
        person = self.doorkeeper.person(asked.headers, asked.cookies)
        at_door = door(self.doorkeeper, asked, person, language)
        if at_door is not None or person is None:
            return at_door or refusal(language, 401, "nobody")
        found = next(self._found(asked), None)
        if found is None:
            return refusal(language, 404, "no_page", person)
        route, captured = found
        if not person.may(route.role):
            return refusal(language, 403, "no_role", person, needed=route.role)
        return _visited(
            lambda: _visit(parts(), asked, person, language, captured), route, language, reference
        )

    def _found(self, asked: Asked) -> Iterator[tuple[Route, Mapping[str, str]]]:
        for route in self.routes:
            captured = route.match(asked.method, asked.path)
            if captured is not None:
                yield route, captured


def _visit(parts: Parts, asked: Asked, person: Person, language: str, captured: Mapping[str, str]) -> Visit:
    name = asked.query.get("connection", "")
    at = parts.connections.get(name) or next(iter(parts.connections.values()), None)
    return Visit(parts, at, asked, person, language, captured)


def _visited(begin: Callable[[], Visit], route: Route, language: str, reference: str) -> Reply:
    """The page, or the page that tells why there is none."""
    visits: list[Visit] = []
    replies: list[Reply] = []

    def call() -> Answer:
        visits.append(begin())
        try:
            replies.append(route.page(visits[0]))
        except NotConnected:
            replies.append(redirect(f"{PLACE}/setup"))
        except Refused as refused:
            return refused.answer
        return Answer(200, {})

    answer = answering(call, reference)
    if replies:
        return replies[0]
    person = visits[0].person if visits else None
    return refusal(language, answer.status, "problem", person, problem=answer.body, headers=answer.headers)
