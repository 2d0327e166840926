"""Integration table mappings: the list with its order as a picture, one mapping, and its file."""

from __future__ import annotations

from shared_code.core.mapping import Mapping, deletion_rule
from shared_code.core.records import Side
from shared_code.sync import api, mapping_action_api, mapping_file_api, overview
from shared_code.sync.api import Answer
from shared_code.sync.api_input import mapping_of
from shared_code.sync.previewing import preview_api
from shared_code.web import graph
from shared_code.web.messages import Reply
from shared_code.web.people import Role
from shared_code.web.router import Route
from shared_code.web.texts import phrase
from shared_code.web.visit import Visit, body, view


def show(visit: Visit) -> Reply:
    """Every mapping, in use or not, and the order in which they run."""
    files = view(mapping_file_api.list_files(visit.parts, {}))["mappingFiles"]
    picture = graph.drawn({each.name: each.depends_on for each in visit.at.mappings.values()})
    return visit.page("mappings.html", files=files, mappings=visit.at.mappings, picture=picture)


def one(visit: Visit) -> Reply:
    """One mapping: tables, fields, rules, state."""
    name = visit.captured["name"]
    file = view(mapping_file_api.get_file(visit.parts, name, {}))
    mapping = visit.at.mappings.get(name)
    state = next(iter(overview.overview(visit.parts, visit.at, name).mappings), None)
    return visit.page("mapping.html", file=file, mapping=mapping, state=state, rules=_rules(mapping))


def _rules(mapping: Mapping | None) -> list[tuple[str, str]]:
    """What the mapping does about conflicts and deletions, in the words of its file."""
    if mapping is None:
        return []
    return [
        (phrase("The same field was changed on both sides"), mapping.conflict.value),
        (phrase("A record was deleted in Business Central"), deletion_rule(mapping.deletion, Side.BC).value),
        (phrase("A record was deleted in Sales"), deletion_rule(mapping.deletion, Side.SALES).value),
        (phrase("A record leaves the filter"), mapping.leaving.value),
    ]


def edit(visit: Visit) -> Reply:
    """The mapping's file, to be changed."""
    name = visit.captured["name"]
    file = view(mapping_file_api.get_file(visit.parts, name, {}))
    return _editor(visit, file["text"], file)


def _editor(visit: Visit, text: str, file: object, **more: object) -> Reply:
    name = visit.captured["name"]
    shown = {"checked": None, "refused": None, **more}
    status = 400 if shown["refused"] else 200
    return visit.page("mapping_edit.html", status, name=name, text=text, file=file, **shown)


def change(visit: Visit) -> Reply:
    """Check the file, preview what it would do, or store it; a file with faults comes back with them."""
    name, form = visit.captured["name"], visit.form
    text, act = form.get("text").replace("\r\n", "\n"), form.get("act")
    only_check = act != "store"
    answer = mapping_file_api.put(visit.parts, name, text.encode(), {"check": "true"} if only_check else {})
    if answer.status == 400:
        return _editor(visit, text, None, refused=answer.body)
    checked = view(answer)
    if act == "preview":
        return _previewed(visit, name, text)
    if only_check:
        return _editor(visit, text, None, checked=checked)
    return visit.back("mappings", name, notice="stored")


def _previewed(visit: Visit, name: str, text: str) -> Reply:
    mappings = [name] if name in visit.at.mappings else None
    asked = body(connection=visit.at.name, mappings=mappings, mappingFile={"name": name, "text": text})
    begun = view(preview_api.start(visit.parts, asked, {}))
    return visit.back("previews", begun["id"], notice="queued")


def take_back(visit: Visit) -> Reply:
    """Take people's own version of a file back."""
    view(mapping_file_api.delete(visit.parts, visit.captured["name"], {}))
    return visit.back("mappings", notice="removed")


def act(visit: Visit) -> Reply:
    """Look at everything anew, release the brake, or add options that Sales lacks."""
    name, wanted = visit.captured["name"], visit.form.get("act")
    mapping_of(visit.at, name)
    if wanted == "options":
        return _back(visit, api.add_options(visit.parts, name, visit.query()))
    acts = {"reset": mapping_action_api.reset_mapping, "release": mapping_action_api.release}
    found = view(acts.get(wanted, mapping_action_api.reset_mapping)(visit.parts, name, visit.query()))
    return visit.back("full-synchronization", found["id"], notice="queued")


def _back(visit: Visit, answer: Answer) -> Reply:
    found = view(answer)
    notice = "queued" if found["added"] else "nothing"
    return visit.back("mappings", visit.captured["name"], notice=notice, job=found["job"] or None)


ROUTES = (
    Route("GET", "mappings", Role.READER, show),
    Route("GET", "mappings/{name}", Role.READER, one),
    Route("GET", "mappings/{name}/edit", Role.ADMINISTRATOR, edit),
    Route("POST", "mappings/{name}/edit", Role.ADMINISTRATOR, change),
    Route("POST", "mappings/{name}/take-back", Role.ADMINISTRATOR, take_back),
    Route("POST", "mappings/{name}/act", Role.ADMINISTRATOR, act),
)
