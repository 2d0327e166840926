"""The JSON Schema of a mapping's file, written from the shape that files are read by.

Whatever is wrong with a single value (an unknown key, a value of another kind, a missing name, a choice that
does not exist) the schema refuses like the reading does.  What only several values together can say, such as
a lookup through a mapping that is not depended on, is told when the file is checked.
"""

from __future__ import annotations

from typing import Any

from shared_code.core.condition_reading import Conditions
from shared_code.core.document_kinds import RuleList
from shared_code.core.document_shape import MAPPING, SHAPES, Inner, Inners, Key, Shape
from shared_code.core.features import choices_schema, feature_schema

type Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def mapping_schema() -> Schema:
    """The schema of a whole file."""
    definitions = {shape.name: _table(shape) for shape in SHAPES}
    parts = {f"{shape.name}_instead": _instead(shape) for shape in SHAPES}
    return {
        "$schema": DIALECT,
        "title": "A mapping of Tandem",
        "description": "One table of Business Central and one of Sales that are kept in step.",
        "$ref": f"#/$defs/{MAPPING.name}",
        "$defs": {**definitions, **parts, **_shared(), "feature": feature_schema()},
    }


def _table(shape: Shape) -> Schema:
    needed = [name for name, key in shape.keys.items() if key.missing]
    own, choices = _properties(shape), choices_schema({"$ref": f"#/$defs/{shape.name}_instead"})
    schema: Schema = {"type": "object", "properties": {**choices, **own}, "additionalProperties": False}
    if "when" in own:
        # A condition of its own where it is a text, a choice by feature where it is a table.
        schema["properties"]["when"] = {"anyOf": [own["when"], choices["when"]]}
        schema["required"] = needed
    elif needed:
        # A key that only a feature brings stands under ``when``.
        schema["anyOf"] = [{"required": needed}, {"required": ["when"]}]
    return schema


def _instead(shape: Shape) -> Schema:
    """The keys that count instead of the others where a feature is there."""
    return {"type": "object", "properties": _properties(shape), "additionalProperties": False}


def _properties(shape: Shape) -> Schema:
    return {name: _property(key) for name, key in shape.keys.items()}


def _property(key: Key) -> Schema:
    return {"description": key.does, **_kind(key)}


def _kind(key: Key) -> Schema:
    match key.kind:
        case Inner(shape):
            return {"$ref": f"#/$defs/{shape.name}"}
        case Inners(shape, least, most):
            items = {"$ref": f"#/$defs/{shape.name}"}
            return {"type": "array", "items": items, "minItems": least, "maxItems": most}
        case Conditions():
            return {"$ref": "#/$defs/filter"}
        case RuleList():
            return {"$ref": "#/$defs/rules"}
        case kind:
            return kind.schema()


def _shared() -> Schema:
    """What stands in many tables and is said once."""
    return {"filter": Conditions().schema(), "rules": RuleList().schema()}
