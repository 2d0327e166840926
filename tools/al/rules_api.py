"""Rules for API pages and queries: the properties they need, and what their fields stand for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tools.al.app import App
from tools.al.entities import Entity, Property, edm_type, entities
from tools.al.tree import Block
from tools.checks.sources import Violation

ROUTE = {"APIPublisher": "tandem", "APIGroup": "sync", "APIVersion": "v1.0"}
NEEDED = ("EntityName", "EntitySetName", "EntityCaption", "EntitySetCaption")
PAGE_SAYS = {"DelayedInsert": "true", "Extensible": "false"}
CAMEL_CASE = re.compile(r"[a-z][A-Za-z0-9]*")
READ_ONLY = ("InsertAllowed", "ModifyAllowed", "DeleteAllowed")


def find(app: App) -> Iterator[Violation]:
    """Every API page or query that lacks something or shows what is not there."""
    all_entities = list(entities(app))
    for file, one in app.objects:
        if one.kind in ("page", "query") and not any(entity.object is one for entity in all_entities):
            yield Violation(file.path, one.line, f"{one.name} is not of the type API")
    yield from _repeated_names(all_entities)
    for entity in all_entities:
        path, line = entity.file.path, entity.object.line
        yield from (Violation(path, line, says) for says in _properties(entity))
        yield from (Violation(path, line, says) for says in _page(entity) if not entity.is_query)
        yield from (Violation(path, line, says) for says in _query(entity) if entity.is_query)
        for held in entity.properties:
            yield from (Violation(path, held.line, says) for says in _field(app, entity, held))


def _repeated_names(all_entities: list[Entity]) -> Iterator[Violation]:
    for name in ("EntityName", "EntitySetName"):
        counts = Counter(entity.object.block.value(name) for entity in all_entities)
        for entity in all_entities:
            value = entity.object.block.value(name)
            if counts[value] > 1:
                yield Violation(entity.file.path, entity.object.line, f"{name} {value} is used several times")


def _properties(entity: Entity) -> Iterator[str]:
    block = entity.object.block
    for name, value in ROUTE.items():
        if block.value(name) != value:
            yield f"{name} is to be {value}, not {block.value(name)}"
    for name in NEEDED:
        if not block.value(name):
            yield f"{name} is missing"
    for name in ("EntityName", "EntitySetName"):
        if not CAMEL_CASE.fullmatch(block.value(name) or ""):
            yield f"{name} {block.value(name)} is not in camelCase"
    if entity.table is None:
        yield f"there is no table {entity.table_name}"
    names = Counter(held.name for held in entity.properties)
    yield from (f"the field {name} is there {count} times" for name, count in names.items() if count > 1)


def _page(entity: Entity) -> Iterator[str]:
    block = entity.object.block
    for name, value in PAGE_SAYS.items():
        if not block.says(name, value):
            yield f"{name} is to be {value}"
    temporary = block.says("SourceTableTemporary", "true")
    key = "Id" if temporary else "SystemId"
    if block.value("ODataKeyFields") != key:
        yield f"ODataKeyFields is to be {key}"
    fields = {held.name: held for held in entity.properties}
    if "id" not in fields or fields["id"].source != key or fields["id"].writable:
        yield f"id is to show {key} and not to be editable"
    if not temporary and ("lastModifiedDateTime" not in fields):
        yield "lastModifiedDateTime is missing"
    if not temporary and not _reads_committed(block):
        yield "OnOpenPage is to set ReadIsolation to ReadCommitted: pages read uncommitted data by default"
    if block.says("Editable", "false"):
        yield from (f"{name} is to be false" for name in READ_ONLY if not block.says(name, "false"))
    if not block.says("DeleteAllowed", "false"):
        yield "DeleteAllowed is to be false: nothing is deleted through this API"


def _reads_committed(block: Block) -> bool:
    opening = next((one for one in block.routines if one.name == "OnOpenPage"), None)
    texts = [token.text for token in opening.body] if opening else []
    return texts[:7] == ["Rec", ".", "ReadIsolation", ":=", "IsolationLevel", "::", "ReadCommitted"]


def _query(entity: Entity) -> Iterator[str]:
    block = entity.object.block
    names = {held.name for held in entity.properties}
    order = block.value("OrderBy")
    if order is None:
        yield "OrderBy is missing: pages of an unordered query may overlap"
    else:
        ordered = set(re.findall(r"ascending\((\w+)\)", order, re.IGNORECASE))
        if not ordered or ordered - names:
            yield f"OrderBy {order} names no columns of the query"


def _field(app: App, entity: Entity, held: Property) -> Iterator[str]:
    if not CAMEL_CASE.fullmatch(held.name):
        yield f"{held.name} is not in camelCase"
    if not held.known:
        where = f"{entity.table_name} has no field" if held.source else "the page has no variable for"
        yield f"{where} {held.source or held.name}"
    elif not edm_type(held.al_type):
        yield f"{held.name} has the type {held.al_type}, which cannot be sent"
    elif (wire := edm_type(held.al_type)).startswith("enum ") and wire[5:] not in app.enums:
        yield f"nothing is known of the {wire}"
    yield from _editable(entity, held)


def _editable(entity: Entity, held: Property) -> Iterator[str]:
    """On a page that can be edited, what the table does not let be edited must say so."""
    page_editable = not entity.is_query and not entity.object.block.says("Editable", "false")
    block = next(
        one
        for one in [*entity.object.block.inside("field"), *entity.object.block.inside("column")]
        if one.line == held.line
    )
    if block.value("Caption") is None:
        yield f"{held.name} has no Caption"
    if page_editable and held.source and held.known and not held.writable:
        if not block.says("Editable", "false"):
            yield f"{held.name} cannot be edited and does not say so"
