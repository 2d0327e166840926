"""Rules for the permission sets: who may read can read everything, who synchronises nothing too much."""

from __future__ import annotations

from collections.abc import Iterator

from tools.al.app import App
from tools.al.entities import Entity, entities
from tools.al.tree import File, Object
from tools.checks.sources import Violation

READ, SYNCHRONISE = "Tandem Read", "Tandem Synch"

type Granted = dict[tuple[str, str], str]


def granted(one: Object) -> Granted:
    """What a permission set grants: the rights by kind and name of the object."""
    rights: Granted = {}
    tokens = [token for token in one.block.properties.get("permissions", ()) if not token.is_sign(",", "=")]
    for kind, name, right in zip(tokens[::3], tokens[1::3], tokens[2::3], strict=True):
        rights[kind.text.lower(), name.text] = right.text.upper()
    return rights


def find(app: App) -> Iterator[Violation]:
    """What the sets lack, and what they grant too much."""
    sets = {one.name: (file, one, granted(one)) for file, one in app.of_kind("permissionset")}
    for name in (READ, SYNCHRONISE):
        if name not in sets:
            yield Violation("app.json", 1, f"there is no permission set {name}")
            return
    file, one, rights = sets[READ]
    yield from (Violation(file.path, one.line, says) for says in _reading(app, rights))
    file, one, rights = sets[SYNCHRONISE]
    yield from (Violation(file.path, one.line, says) for says in _writing(app, rights))
    for set_file, permission_set, its_rights in sets.values():
        yield from _unknown(app, set_file, permission_set, its_rights)


def _reading(app: App, rights: Granted) -> Iterator[str]:
    for entity in entities(app):
        if rights.get((entity.object.kind, entity.object.name)) != "X":
            yield f"{entity.object.kind} {entity.object.name} is not granted"
        temporary = entity.object.block.says("SourceTableTemporary", "true")
        if not temporary and "R" not in rights.get(("tabledata", entity.table_name), ""):
            yield f"{entity.table_name} cannot be read"
    for (kind, name), right in rights.items():
        if kind == "tabledata" and right != "R":
            yield f"{right} on {name} is more than reading"


def _writing(app: App, rights: Granted) -> Iterator[str]:
    wanted: dict[str, set[str]] = {}
    for entity in entities(app):
        wanted.setdefault(entity.table_name, set()).update(_needed(entity))
    for table, needed in wanted.items():
        if missing := needed - set(rights.get(("tabledata", table), "")):
            yield f"{''.join(sorted(missing))} on {table} is missing"
    for (kind, name), right in rights.items():
        if kind == "tabledata" and name in app.base["tables"]:
            if extra := set(right) - wanted.get(name, set()) - {"R"}:
                yield f"{''.join(sorted(extra))} on {name} is granted, and no page needs it"


def _needed(entity: Entity) -> set[str]:
    return {what[0] for what in ("Insert", "Modify", "Delete") if entity.allows(what)}


def _unknown(app: App, file: File, one: Object, rights: Granted) -> Iterator[Violation]:
    own = {(held.kind, held.name) for _, held in app.objects}
    for kind, name in rights:
        known = name in app.tables if kind == "tabledata" else (kind, name) in own
        if not known:
            yield Violation(file.path, one.line, f"there is no {kind} {name}")
