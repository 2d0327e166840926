"""Conflicts: both values beside what was common, and whose counts."""

from __future__ import annotations

from shared_code.sync.conflicts import conflict_api
from shared_code.web.messages import Reply
from shared_code.web.people import Role
from shared_code.web.router import Route
from shared_code.web.visit import Visit, body, view

SHOWN = 25


def show(visit: Visit) -> Reply:
    """The open conflicts."""
    asked = visit.query("mapping", "cursor", limit=str(SHOWN))
    found = view(conflict_api.list_conflicts(visit.parts, asked))
    chosen = visit.asked.query.get("mapping", "")
    following = visit.onward(found["next"], "conflicts")
    names = {name: each.title for name, each in visit.at.mappings.items()}
    return visit.page(
        "conflicts.html", conflicts=found["conflicts"], chosen=chosen, names=names, following=following
    )


def decide(visit: Visit) -> Reply:
    """Decide a field, a record, the records that were ticked, or every conflict of a mapping.

    What was seen is what is decided: each record comes with the version of the conflict on the page.
    """
    form = visit.form
    mapping, (winner, _, group) = form.get("mapping"), form.get("winner").partition("|")
    records = [_record(each) for each in form.all("record")]
    asked = body(
        mapping=mapping, winner=winner, by=visit.person.name, fields=[group] if group else None,
        **({"all": True} if form.get("all") == "yes" else {"records": records}),
    )  # fmt: skip
    done = view(conflict_api.decide(visit.parts, asked, visit.query()))
    chosen = form.get("chosen")
    notice = "decided" if done["groups"] else "nothing"
    return visit.back("conflicts", notice=notice, job=done["job"], mapping=chosen or None)


def _record(text: str) -> dict[str, str]:
    own, _, version = text.partition("|")
    return {"id": own, "version": version}


ROUTES = (
    Route("GET", "conflicts", Role.READER, show),
    Route("POST", "conflicts", Role.OPERATOR, decide),
)
