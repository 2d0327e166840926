"""Help: what the pages are for, what each role may do, and what each problem code means."""

from __future__ import annotations

from shared_code.core.outcome import PROBLEMS
from shared_code.web.messages import Reply
from shared_code.web.people import APP_ROLES, Role
from shared_code.web.router import Route
from shared_code.web.visit import Visit


def show(visit: Visit) -> Reply:
    """The help."""
    roles = [(role.name.lower(), value) for value, role in APP_ROLES.items()]
    return visit.page("help.html", problems=list(PROBLEMS.values()), roles=roles)


ROUTES = (Route("GET", "help", Role.READER, show),)
