"""Rules for names: everything that code and declarations mention exists, and its namespace is used."""

from __future__ import annotations

from collections.abc import Iterator

from tools.al.app import App
from tools.al.builtins import (
    FUNCTIONS,
    OBJECT_TYPES,
    OPTIONS,
    PLAIN_TYPES,
    RECORD_METHODS,
    STATIC_METHODS,
    TYPE_METHODS,
)
from tools.al.code import Mention, mentions
from tools.al.entities import enum_name, option_values
from tools.al.scope import Scope, field_type, routines_of, scope_of
from tools.al.tree import Object, Routine, Variable
from tools.checks.sources import Violation


def find(app: App) -> Iterator[Violation]:
    """Every name in the code of the app that stands for nothing that is known."""
    for file, one in app.objects:
        for variable in _declared(one):
            yield from (Violation(file.path, variable.line, says) for says in _type(app, variable))
        for routine in routines_of(one.block):
            for line, says in _routine(app, one, routine):
                yield Violation(file.path, line, f"{says} (in {routine.name})")


def _declared(one: Object) -> Iterator[Variable]:
    yield from one.block.variables
    for routine in routines_of(one.block):
        yield from (*routine.parameters, *routine.variables)


def _type(app: App, variable: Variable) -> Iterator[str]:
    known = {"record": set(app.tables), "codeunit": set(app.codeunits), "enum": set(app.enums)}
    if variable.kind in known:
        if variable.subject not in known[variable.kind]:
            yield f"there is no {variable.kind} {variable.subject}"
    elif variable.kind not in PLAIN_TYPES:
        yield f"{variable.name} is of the unknown type {variable.kind}"


def _routine(app: App, one: Object, routine: Routine) -> Iterator[tuple[int, str]]:
    scope = scope_of(one, routine)
    bodies = [routine.body, *routine.attributes]
    for body in bodies:
        tokens = body if body is routine.body else body[1:]
        for mention in mentions(tuple(tokens)):
            yield from ((mention.name.line, says) for says in _mention(app, scope, mention))
    for attribute in routine.attributes:
        yield from ((routine.line, says) for says in _subscription(app, attribute))


def _mention(app: App, scope: Scope, mention: Mention) -> Iterator[str]:
    if mention.joined == "::":
        yield from _value(app, scope, mention)
    elif mention.joined == ".":
        yield from _member(app, scope, mention)
    else:
        yield from _plain(app, scope, mention)


def _plain(app: App, scope: Scope, mention: Mention) -> Iterator[str]:
    name = mention.name.text
    record = scope.variable(mention.method_of)
    if record is not None and field_type(app, record, name):
        return
    if name in scope.variables or name in STATIC_METHODS or name in OBJECT_TYPES or name in OPTIONS:
        return
    if name in scope.routines:
        yield from _called(name, mention, (scope.routines[name],))
    elif name not in FUNCTIONS and name not in app.enums and not _is_event(name):
        yield f"{name} stands for nothing"


def _is_event(name: str) -> bool:
    """In a subscriber's attribute the name of an event stands by itself; `_subscription` looks at it."""
    return name.startswith("On")


def _value(app: App, scope: Scope, mention: Mention) -> Iterator[str]:
    owner, name = mention.owner, mention.name.text
    if owner is None:
        return
    if owner.text in OBJECT_TYPES:
        known = app.tables if OBJECT_TYPES[owner.text] == "table" else app.codeunits
        if name not in known:
            yield f"there is no {OBJECT_TYPES[owner.text]} {name}"
    elif owner.text in OPTIONS:
        if name not in OPTIONS[owner.text]:
            yield f"{owner.text} has no value {name}"
    elif name not in _enum_values(app, scope, owner.text):
        yield f"{owner.text} has no value {name}"


def _enum_values(app: App, scope: Scope, owner: str) -> list[str]:
    """The values behind `Enum::` or `Record."Field"::`, whose record may be any that the routine sees."""
    if owner in app.enums:
        return list(app.enums[owner]["values"])
    types = [field_type(app, variable, owner) for variable in scope.variables.values()]
    if options := next((found for kind in types if (found := option_values(kind))), []):
        return options
    named = next((enum for kind in types if (enum := enum_name(kind))), "")
    return list(app.enums.get(named, {"values": []})["values"])


def _member(app: App, scope: Scope, mention: Mention) -> Iterator[str]:
    owner, name = mention.owner, mention.name.text
    variable = scope.variable(owner)
    if variable is None:
        known = STATIC_METHODS.get(owner.text if owner else "", frozenset())
        if name not in known and not _is_field_of_any(app, scope, owner.text if owner else ""):
            yield f"{owner.text if owner else ''} is no variable"
    elif variable.kind == "record":
        yield from _record_member(app, variable, mention)
    elif variable.kind == "codeunit":
        counts = app.codeunits[variable.subject].procedures if variable.subject in app.codeunits else {}
        if name not in counts:
            yield f"codeunit {variable.subject} has no procedure {name}"
        else:
            yield from _called(name, mention, counts[name])
    elif name not in TYPE_METHODS.get(variable.kind, frozenset()):
        yield f"{variable.kind} has no method {name}"


def _is_field_of_any(app: App, scope: Scope, owner: str) -> bool:
    return any(field_type(app, variable, owner) for variable in scope.variables.values())


def _record_member(app: App, variable: Variable, mention: Mention) -> Iterator[str]:
    table, name = app.tables.get(variable.subject), mention.name.text
    if table is None or name in RECORD_METHODS:
        return
    if name in table.procedures:
        yield from _called(name, mention, (table.procedures[name],))
    elif table.find(name) is None:
        yield f"{table.name} has no field or procedure {name}"
    elif mention.arguments is not None:
        yield f"{name} of {table.name} is a field and cannot be called"


def _called(name: str, mention: Mention, counts: tuple[int, ...]) -> Iterator[str]:
    if (mention.arguments or 0) not in counts:
        wanted = " or ".join(str(count) for count in counts)
        yield f"{name} takes {wanted} arguments, not {mention.arguments or 0}"


def _subscription(app: App, attribute: tuple[object, ...]) -> Iterator[str]:
    texts = [getattr(token, "text", "") for token in attribute]
    if texts[0] == "EventSubscriber" and texts[texts.index("ObjectType") + 2] == "Codeunit":
        publisher, event = texts[texts.index("Codeunit", 5) + 2], texts[texts.index("Codeunit", 5) + 4]
        if publisher in app.codeunits and event not in app.codeunits[publisher].events:
            yield f"codeunit {publisher} raises no event {event}"
