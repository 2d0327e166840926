"""Visits to the site in one process, over a simulated world: what a browser sends, and what it gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlencode, urlsplit

from local.simulation.world import World
from shared_code.web.messages import PLACE, Asked, Reply
from shared_code.web.pages import ROUTES
from shared_code.web.people import COOKIE, Doorkeeper, SignIn
from shared_code.web.router import Site

HOST = "localhost:7071"
LOCAL = Site(ROUTES, Doorkeeper(SignIn.LOCAL))


@dataclass
class Browser:
    """A browser of somebody with a role; ``role`` blank: nobody is signed in."""

    world: World
    role: str = "administrator"
    site: Site = LOCAL
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, address: str, **headers: str) -> Reply:
        """A page, by its address below ``/app/`` or whole."""
        return self.send("GET", address, {}, headers)

    def post(self, address: str, form: Mapping[str, object] | None = None, **headers: str) -> Reply:
        """A form that a page of ours sends."""
        own = {"origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}
        return self.send("POST", address, form or {}, {**own, **headers})

    def follow(self, reply: Reply) -> Reply:
        """Where an answer leads."""
        assert reply.status == 303, reply.body
        return self.get(reply.headers["Location"])

    def send(
        self, method: str, address: str, form: Mapping[str, object], headers: Mapping[str, str]
    ) -> Reply:
        parts = urlsplit(address if address.startswith("/") else f"{PLACE}/{address}")
        assert parts.path.startswith(PLACE), parts.path
        query = dict(each.partition("=")[::2] for each in parts.query.split("&") if each)
        asked = Asked(
            method,
            unquote(parts.path.removeprefix(PLACE).strip("/")),
            f"http://{HOST}{parts.path}",
            {name: unquote(value.replace("+", " ")) for name, value in query.items()},
            {"cookie": f"{COOKIE}={self.role}", **self.headers, **headers},
            urlencode(form, doseq=True).encode(),
        )
        return self.site.answer(lambda: self.world.parts, asked, "reference-1")


def text(reply: Reply) -> str:
    assert isinstance(reply.body, str)
    return reply.body
