"""Full synchronisations: the review before, the run with its lines, and the preview."""

from __future__ import annotations

from shared_code.core.dependencies import waves
from shared_code.sync import api, full_sync_api
from shared_code.sync.api_input import id_of
from shared_code.sync.previewing import preview_api
from shared_code.web.messages import Reply
from shared_code.web.people import Role
from shared_code.web.router import Route
from shared_code.web.visit import Visit, body, view

PLACE = "full-synchronization"
WRITES = 100


def prepare(visit: Visit) -> Reply:
    """Every mapping in the order in which it runs; what is recommended is asked for apart."""
    mappings = visit.at.mappings
    order = waves({each.name: each.depends_on for each in mappings.values()})
    lines = [(number, mappings[name]) for number, wave in enumerate(order, 1) for name in wave]
    previews = view(preview_api.list_all(visit.parts, visit.query()))["previews"]
    running = list(visit.at.full_syncs.running())
    return visit.page("full_sync.html", lines=lines, reviewed={}, previews=previews, running=running)


def review(visit: Visit) -> Reply:
    """The same with what is recommended, which both systems are asked for now."""
    found = view(full_sync_api.get_review(visit.parts, visit.query()))["lines"]
    lines = [(each["wave"], visit.at.mappings[each["mapping"]]) for each in found]
    reviewed = {each["mapping"]: each for each in found}
    previews = view(preview_api.list_all(visit.parts, visit.query()))["previews"]
    running = list(visit.at.full_syncs.running())
    return visit.page("full_sync.html", lines=lines, reviewed=reviewed, previews=previews, running=running)


def start(visit: Visit) -> Reply:
    """Begin a run of the mappings that were ticked, or preview it."""
    form = visit.form
    chosen, released = form.all("mapping"), form.all("release")
    names = sorted({*chosen, *released})
    if form.get("act") == "preview":
        asked = body(connection=visit.at.name, mappings=names, release=released)
        begun = view(preview_api.start(visit.parts, asked, {}))
        return visit.back("previews", begun["id"], notice="queued")
    accept = True if form.get("act") == "accept" else None
    asked = body(connection=visit.at.name, mappings=names, release=released, acceptSystems=accept)
    begun = view(api.start_full_sync(visit.parts, asked, {}))
    return visit.back(PLACE, begun["id"], notice="queued")


def one(visit: Visit) -> Reply:
    """A run with its lines."""
    found = view(api.get_full_sync(visit.parts, visit.captured["id"], visit.query()))
    return visit.page("full_sync_run.html", run=found, moves=found["status"] != "Finished")


def control(visit: Visit) -> Reply:
    """Pause, resume or stop a run."""
    own = id_of(visit.captured["id"])
    view(full_sync_api.control(visit.parts, own, body(action=visit.form.get("action")), visit.query()))
    return visit.back(PLACE, own, notice="done")


def control_line(visit: Visit) -> Reply:
    """Run one line of it once more, or put it back."""
    own, form = id_of(visit.captured["id"]), visit.form
    asked = body(action=form.get("action"), mapping=form.get("mapping"))
    view(full_sync_api.control_line(visit.parts, own, asked, visit.query()))
    return visit.back(PLACE, own, notice="done")


def preview(visit: Visit) -> Reply:
    """What a run would write, counted, with samples."""
    found = view(preview_api.get(visit.parts, visit.captured["id"], visit.query()))
    return visit.page("preview.html", preview=found, moves=found["status"] != "Finished")


def writes(visit: Visit) -> Reply:
    """Every write that a run would send."""
    own = visit.captured["id"]
    asked = visit.query("mapping", "cursor", limit=str(WRITES))
    found = view(preview_api.writes(visit.parts, own, asked))
    following = visit.onward(found["next"], "previews", own, "writes")
    return visit.page("preview_writes.html", own=own, writes=found["writes"], following=following)


def forget(visit: Visit) -> Reply:
    """Forget a preview."""
    view(preview_api.remove(visit.parts, visit.captured["id"], visit.query()))
    return visit.back(PLACE, notice="done")


ROUTES = (
    Route("GET", PLACE, Role.READER, prepare),
    Route("GET", f"{PLACE}/review", Role.READER, review),
    Route("POST", PLACE, Role.ADMINISTRATOR, start),
    Route("GET", f"{PLACE}/{{id}}", Role.READER, one),
    Route("POST", f"{PLACE}/{{id}}/control", Role.ADMINISTRATOR, control),
    Route("POST", f"{PLACE}/{{id}}/lines", Role.ADMINISTRATOR, control_line),
    Route("GET", "previews/{id}", Role.READER, preview),
    Route("GET", "previews/{id}/writes", Role.READER, writes),
    Route("POST", "previews/{id}/forget", Role.OPERATOR, forget),
)
