"""The overview: every mapping with its state, and what a person has to look at."""

from __future__ import annotations

from shared_code.sync import overview
from shared_code.sync.overview import Overview, State
from shared_code.web.messages import Reply
from shared_code.web.people import Role
from shared_code.web.router import Route
from shared_code.web.texts import phrase
from shared_code.web.visit import Visit


def show(visit: Visit) -> Reply:
    """The overview."""
    found = overview.overview(visit.parts, visit.at)
    return visit.page(
        "overview.html",
        view=found,
        cards=_cards(found),
        more=any(each.counts.more for each in found.mappings),
        fresh=all(each.state is State.NOT_STARTED for each in found.mappings),
        run=next(iter(visit.at.full_syncs.running()), ""),
    )


def _cards(found: Overview) -> list[tuple[str, int, str]]:
    """What a person has to look at: its name, how many, and the page."""
    counts = [each.counts for each in found.mappings]
    return [
        (phrase("Conflicts"), sum(each.conflicts for each in counts), "conflicts"),
        (phrase("Failed"), sum(each.failed for each in counts), "problems"),
        (phrase("Waiting"), sum(each.waiting for each in counts), "problems"),
        (phrase("Set aside"), sum(each.set_aside for each in counts), "problems"),
    ]


ROUTES = (Route("GET", "", Role.READER, show),)
