"""Problems: by cause, the records of one cause, and what is done about them."""

from __future__ import annotations

from shared_code.core.outcome import PROBLEMS
from shared_code.sync import problem_api
from shared_code.sync.api_input import mapping_of
from shared_code.sync.problem_listing import DEFAULT_PAGE, groups_seen, records_of
from shared_code.sync.record_links import Links
from shared_code.sync.views import problem_view
from shared_code.web.messages import Reply
from shared_code.web.people import Role
from shared_code.web.router import Route
from shared_code.web.visit import Visit, body, view


def show(visit: Visit) -> Reply:
    """The groups; of one mapping where it is named."""
    chosen = visit.asked.query.get("mapping", "")
    whole = visit.asked.query.get("count") == "all"
    names = [mapping_of(visit.at, chosen, "mapping").name] if chosen else list(visit.at.mappings)
    groups, complete = groups_seen(visit.parts, visit.at, names, whole=whole)
    links = Links(visit.at)
    shown = [problem_api.group_view(each, links) for each in groups]
    titles = {name: each.title for name, each in visit.at.mappings.items()}
    return visit.page("problems.html", groups=shown, complete=complete, chosen=chosen, names=titles)


def group(visit: Visit) -> Reply:
    """The records of one cause, page by page."""
    name, code = visit.captured["name"], visit.captured["code"]
    mapping_of(visit.at, name)
    asked = visit.asked.query
    cause = asked.get("cause", "")
    found, following = records_of(visit.at, name, code, cause, asked.get("cursor", ""), DEFAULT_PAGE)
    onward = visit.link("problems", name, code, cause=cause, cursor=following) if following else ""
    links = Links(visit.at)
    records = [problem_view(name, each, links) for each in found]
    return visit.page(
        "problem_group.html", mapping=name, code=code, cause=cause, known=PROBLEMS.get(code), records=records,
        following=onward,
    )  # fmt: skip


def act(visit: Visit) -> Reply:
    """Retry, set aside, restore, delete or recouple: the records that were ticked, or the whole group."""
    form = visit.form
    mapping, code, cause = form.get("mapping"), form.get("code"), form.get("cause")
    records = [_record(each) for each in form.all("record")]
    whole = form.get("whole") == "yes"
    named = {"code": code, "cause": cause} if whole else {"records": records}
    asked = body(mapping=mapping, action=form.get("action"), **named)
    done = view(problem_api.act(visit.parts, asked, visit.query()))
    aside = form.get("action") == "skip" and not whole
    notice = "set_aside" if aside else "queued" if done["jobs"] else "done" if done["count"] else "nothing"
    job = done["jobs"][0] if done["jobs"] else None
    if whole or not code:
        return visit.back("problems", notice=notice, job=job)
    return visit.back("problems", mapping, code, notice=notice, job=job, cause=cause)


def _record(text: str) -> dict[str, str]:
    side, _, own = text.partition("|")
    return {"side": side, "id": own}


ROUTES = (
    Route("GET", "problems", Role.READER, show),
    Route("POST", "problems", Role.OPERATOR, act),
    Route("GET", "problems/{name}/{code}", Role.READER, group),
)
