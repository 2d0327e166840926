"""The extension's API as data, for those who build against it: `business_central_extension/api.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tools.al.app import App
from tools.al.entities import Entity, Property, edm_type, entities, max_length, wire_value
from tools.al.rules_api import ROUTE

FILE_NAME = "api.json"
OPERATIONS = {"Insert": "post", "Modify": "patch", "Delete": "delete"}


def describe(app: App) -> dict[str, Any]:
    """The whole API: the route, and each entity set with its table, operations and fields."""
    return {
        "generated": "python -m tools.al, from the AL source",
        "route": "/".join(ROUTE.values()),
        "version": app.manifest["version"],
        "application": app.manifest["application"],
        "entitySets": {
            one.set_name: _entity(app, one) for one in sorted(entities(app), key=lambda held: held.set_name)
        },
    }


def _entity(app: App, entity: Entity) -> dict[str, Any]:
    temporary = entity.object.block.says("SourceTableTemporary", "true")
    described = {
        "entity": entity.object.block.value("EntityName"),
        "object": entity.object.kind,
        "table": entity.table_name,
        "tableNumber": entity.table.id if entity.table else None,
        "temporary": temporary,
        "operations": ["get", *(verb for what, verb in OPERATIONS.items() if entity.allows(what))],
        "dataAccessIntent": entity.object.block.value("DataAccessIntent"),
        "fields": [_field(app, entity, one) for one in entity.properties],
    }
    return {name: value for name, value in described.items() if value is not None and value is not False}


def _field(app: App, entity: Entity, held: Property) -> dict[str, Any]:
    wire = edm_type(held.al_type)
    described: dict[str, Any] = {"name": held.name, "type": wire}
    if wire.startswith("enum "):
        described["type"] = "enum"
        described["values"] = [wire_value(value) for value in app.enums[wire[5:]]["values"]]
    if (length := max_length(held.al_type)) is not None:
        described["maxLength"] = min(length, held.length_in_26 or length)
    if held.al_type.lower().startswith("code["):
        described["code"] = True
    described["writable"] = held.writable
    if held.create_only and entity.allows("Insert"):
        described["createOnly"] = True
    if held.source is None:
        described["variable"] = True
    else:
        described["source"] = held.source
    if held.calculated:
        described["calculated"] = True
    return described


def text(app: App) -> str:
    """The file's content: one line for each field, so that a change is seen as one."""
    return "\n".join(_lines(describe(app))) + "\n"


def _lines(described: dict[str, Any]) -> Iterator[str]:
    sets = described.pop("entitySets")
    yield "{"
    yield from (f"  {json.dumps(name)}: {json.dumps(value)}," for name, value in described.items())
    yield '  "entitySets": {'
    for index, (name, entity) in enumerate(sets.items()):
        fields = entity.pop("fields")
        head = json.dumps(entity)[:-1]
        yield f'    {json.dumps(name)}: {head}, "fields": ['
        yield ",\n".join(f"      {json.dumps(field, ensure_ascii=False)}" for field in fields)
        yield "    ]}" + ("," if index < len(sets) - 1 else "")
    yield "  }"
    yield "}"
