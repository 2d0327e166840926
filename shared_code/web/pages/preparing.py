"""Preparing Sales with an administrator's sign-in: a code to enter elsewhere, then what was done.

The sign-in is known to the page that shows it and to nobody else: it travels in the page's form, is worth
something once, and ends with the page.
"""

from __future__ import annotations

from typing import Any

from shared_code.sync.api_input import BadInput
from shared_code.sync.setup import preparing_api
from shared_code.sync.setup.connector import SystemFault
from shared_code.sync.setup.progress import Step
from shared_code.web.messages import Reply
from shared_code.web.pages.setup_frame import step_page
from shared_code.web.people import Role
from shared_code.web.router import Route
from shared_code.web.visit import Visit, body, view

PLACE = "setup/sales/preparation"


def begin(visit: Visit) -> Reply:
    """Ask for a code, and show it with where to enter it."""
    url = visit.form.get("url").strip().rstrip("/")
    try:
        begun = view(preparing_api.sign_in(visit.parts, body(url=url), {}))
    except (SystemFault, BadInput) as fault:
        return _page(visit, 400, url=url, refused=_said(fault))
    return _page(visit, url=url, begun=begun)


def go_on(visit: Visit) -> Reply:
    """Prepare Sales if the person has signed in; else show the same code again."""
    form = visit.form
    url = form.get("url")
    begun = {"deviceCode": form.get("device"), "userCode": form.get("code"), "address": form.get("address")}
    asked = body(url=url, deviceCode=form.get("device"))
    try:
        found = view(preparing_api.preparation(visit.parts, asked, {}))
    except (SystemFault, BadInput) as fault:
        return _page(visit, 400, url=url, refused=_said(fault))
    if not found["signedIn"]:
        return _page(visit, url=url, begun=begun, early=True)
    return _page(visit, url=url, prepared=found)


def _page(visit: Visit, status: int = 200, **values: Any) -> Reply:
    shown = {"begun": None, "prepared": None, "early": False, "refused": "", **values}
    return step_page(visit, Step.SALES, "setup_prepare.html", status, **shown)


def _said(fault: SystemFault | BadInput) -> str:
    return fault.reason if isinstance(fault, BadInput) else str(fault)


ROUTES = (
    Route("POST", PLACE, Role.ADMINISTRATOR, begin),
    Route("POST", f"{PLACE}/run", Role.ADMINISTRATOR, go_on),
)
"""Preparing Sales."""
