"""Rules for every object: number, name, file, namespace, documentation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from tools.al.app import App
from tools.al.tree import File, Object
from tools.checks.sources import Violation

PREFIX = "Tandem "
MAX_NAME = 30
MAX_ASSIGNABLE_NAME = 20
FILE_KINDS = {
    "table": "Table",
    "page": "Page",
    "query": "Query",
    "codeunit": "Codeunit",
    "permissionset": "PermissionSet",
    "enum": "Enum",
    "tableextension": "TableExt",
}


def find(app: App) -> Iterator[Violation]:
    """Every object that is numbered, named, filed or documented wrongly."""
    yield from _numbers(app)
    for file, one in app.objects:
        yield from (Violation(file.path, one.line, says) for says in _about(file, one))
        yield from _undocumented(file, one)
    yield from _keys(app)
    for file in app.files:
        if len(file.objects) != 1:
            yield Violation(file.path, 1, f"{len(file.objects)} objects in one file; there is one in each")


def _numbers(app: App) -> Iterator[Violation]:
    ranges = [(one["from"], one["to"]) for one in app.manifest["idRanges"]]
    used = Counter((one.kind, one.id) for _, one in app.objects)
    names = Counter((one.kind, one.name.lower()) for _, one in app.objects)
    for file, one in app.objects:
        if not any(first <= one.id <= last for first, last in ranges):
            yield Violation(file.path, one.line, f"{one.kind} {one.id} is outside the ranges of app.json")
        if used[one.kind, one.id] > 1:
            yield Violation(file.path, one.line, f"there are several objects {one.kind} {one.id}")
        if names[one.kind, one.name.lower()] > 1:
            yield Violation(file.path, one.line, f"there are several objects {one.kind} {one.name}")


def _about(file: File, one: Object) -> Iterator[str]:
    if not one.name.startswith(PREFIX):
        yield f"{one.name} does not begin with {PREFIX.strip()}"
    limit = MAX_ASSIGNABLE_NAME if one.block.says("Assignable", "true") else MAX_NAME
    if len(one.name) > limit:
        yield f"{one.name} has {len(one.name)} characters; at most {limit} are allowed"
    wanted = f"{re.sub(r'[^A-Za-z0-9]', '', one.name)}.{FILE_KINDS.get(one.kind, one.kind)}.al"
    if PurePosixPath(file.path).name != wanted:
        yield f"the file of {one.name} is to be called {wanted}"
    if not file.namespace:
        yield "no namespace is declared"
    if one.kind in ("table", "permissionset") and one.block.value("Caption") is None:
        yield f"{one.name} has no Caption"


def _keys(app: App) -> Iterator[Violation]:
    """Keys, of the app's tables and of those it extends, name fields that are there."""
    for file, one in app.objects:
        name = one.name if one.kind == "table" else one.block.value("extends")
        if name is None:
            continue
        table = app.tables.get(name)
        if table is None:
            yield Violation(file.path, one.line, f"there is no table {name}")
            continue
        for key in one.block.inside("key"):
            fields = [token.text for token in key.split_arguments[1] if token.is_identifier]
            for missing in (field for field in fields if table.find(field) is None):
                yield Violation(file.path, key.line, f"{name} has no field {missing}")


def _undocumented(file: File, one: Object) -> Iterator[Violation]:
    if not any("<summary>" in line for line in one.docs):
        yield Violation(file.path, one.line, f"{one.name} has no summary")
    for routine in one.block.routines:
        documented = {name for line in routine.docs for name in re.findall(r'<param name="(\w+)">', line)}
        if routine.kind != "procedure" or routine.scope == "local":
            continue
        if not any("<summary>" in line for line in routine.docs):
            yield Violation(file.path, routine.line, f"{routine.name} has no summary")
        if missing := [one.name for one in routine.parameters if one.name not in documented]:
            yield Violation(file.path, routine.line, f"{routine.name} does not explain {', '.join(missing)}")
