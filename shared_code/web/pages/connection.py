"""The connection: what it consists of, and everything that can be examined about it."""

from __future__ import annotations

from shared_code.sync import connection_api
from shared_code.sync.api_input import MAX_TEXT
from shared_code.sync.doctor import examination
from shared_code.web.messages import Reply
from shared_code.web.people import Role
from shared_code.web.router import Route
from shared_code.web.visit import Visit, body, view


def show(visit: Visit) -> Reply:
    """What the connection consists of; the examination is asked for apart: it takes seconds."""
    return visit.page("connection.html", examined=None, at=visit.at, state=connection_api.state(visit.at))


def examine(visit: Visit) -> Reply:
    """The same with everything that was found."""
    found = view(examination.get(visit.parts, visit.query()))
    return visit.page("connection.html", examined=found, at=visit.at, state=connection_api.state(visit.at))


def switch(visit: Visit) -> Reply:
    """Switch the connection off or on."""
    asked = body(connection=visit.at.name, on=visit.form.get("act") == "on", by=visit.person.name[:MAX_TEXT])
    view(connection_api.switch(visit.parts, asked, {}))
    return visit.back("connection", notice="done")


ROUTES = (
    Route("GET", "connection", Role.READER, show),
    Route("GET", "connection/examination", Role.READER, examine),
    Route("POST", "connection/switch", Role.ADMINISTRATOR, switch),
)
