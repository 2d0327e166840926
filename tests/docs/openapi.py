"""The description of the API, read once, with what its tests ask of it."""

import json
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tools.checks.sources import ROOT

PATH = ROOT / "docs" / "openapi.json"
DOCUMENT: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_BASE = "urn:openapi"
_REGISTRY: Registry[Any] = Registry().with_resource(
    _BASE, Resource.from_contents(DOCUMENT, default_specification=DRAFT202012)
)


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    """What a node stands for: itself, or what its reference leads to."""
    if "$ref" not in node:
        return node
    found: Any = DOCUMENT
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return resolve(found)


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation of everything described."""
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in item:
                yield method, path, item[method]


def operation(method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][path][method]
    return found


def faults(schema: dict[str, Any], value: object) -> list[str]:
    """Everything about a value that its schema does not allow."""
    pointed = json.loads(json.dumps(schema).replace('"#/', f'"{_BASE}#/'))
    validator = Draft202012Validator(pointed, registry=_REGISTRY, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def faults_of_answer(method: str, path: str, status: int, content_type: str, body: object) -> list[str]:
    """Everything about an answer that the description does not allow."""
    described = operation(method, path)["responses"].get(str(status))
    if described is None:
        return [f"{method} {path}: the status {status} is not described"]
    content = resolve(described).get("content", {})
    if content_type not in content:
        return [f"{method} {path}: {status} with {content_type} is not described"]
    return faults(content[content_type]["schema"], body)
