"""Item availability: what is there of an item, what is promised, and from when a quantity can be had."""

from __future__ import annotations

from typing import Any

from shared_code.core.availability import Verdict
from shared_code.sync.api_input import BadInput, NotFound
from shared_code.sync.availability import availability_api
from shared_code.sync.availability.availability_api import ASKED
from shared_code.web.messages import Reply
from shared_code.web.people import Role
from shared_code.web.router import Route
from shared_code.web.texts import phrase
from shared_code.web.visit import Visit, view

VERDICTS = {
    Verdict.ENOUGH: ("good", "✓", phrase("Enough on this day")),
    Verdict.LATER: ("warn", "◷", phrase("From %(date)s on")),
    Verdict.SHORT: ("bad", "✕", phrase("Not with what is planned")),
    Verdict.IN_STOCK: ("good", "✓", phrase("In stock; what is promised is not known")),
    Verdict.NOT_IN_STOCK: ("bad", "✕", phrase("Not in stock; what is on order is not known")),
    Verdict.NOT_STOCKED: ("", "–", phrase("Not kept in stock")),
}
"""Look, sign and words of each verdict."""

FIGURES = {
    "inventory": phrase("On hand"),
    "reserved": phrase("Reserved"),
    "onSalesOrders": phrase("On sales orders"),
    "onPurchaseOrders": phrase("On purchase orders"),
    "projected": phrase("Projected"),
    "promisable": phrase("Can be promised"),
}


def ask(visit: Visit) -> Reply:
    """The form, and below it the answer to what it asked."""
    item = visit.asked.query.get("item", "").strip()
    told, problem = _told(visit, item) if item else ({}, "")
    asked = {name: visit.asked.query.get(name, "") for name in ASKED}
    return visit.page(
        "availability.html", item=item, asked=asked, told=told, problem=problem, verdicts=VERDICTS,
        figures=FIGURES,
    )  # fmt: skip


def _told(visit: Visit, item: str) -> tuple[dict[str, Any], str]:
    """The answer, or why there is none."""
    try:
        return view(availability_api.get(visit.parts, item, visit.query(*ASKED))), ""
    except NotFound as error:
        return {}, str(error)
    except BadInput as error:
        return {}, f"{error.name}: {error.reason}"


ROUTES = (Route("GET", "availability", Role.READER, ask),)
