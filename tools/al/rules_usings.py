"""Rules for namespaces: a file uses those of the objects it names, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tools.al.app import App
from tools.al.builtins import OBJECT_TYPES
from tools.al.rules_permissions import granted
from tools.al.scope import routines_of
from tools.al.tokens import Token
from tools.al.tree import Object
from tools.checks.sources import Violation


def find(app: App) -> Iterator[Violation]:
    """Every namespace that is missing or not needed."""
    for file in app.files:
        needed = {space for one in file.objects for space in _needed(app, one)} - {file.namespace}
        for space in sorted(needed - set(file.usings)):
            yield Violation(file.path, 1, f"using {space} is missing")
        for space in sorted(set(file.usings) - needed):
            yield Violation(file.path, 1, f"using {space} is not needed")
    yield from _order(app)


def _order(app: App) -> Iterator[Violation]:
    for file in app.files:
        if list(file.usings) != sorted(set(file.usings)):
            yield Violation(file.path, 1, "the namespaces are to be sorted, each once")


def _needed(app: App, one: Object) -> Iterator[str]:
    for kind, name in _named(one):
        if kind == "table" and name in app.tables:
            yield app.tables[name].namespace
        elif kind == "codeunit" and name in app.codeunits:
            yield app.codeunits[name].namespace
        elif kind == "enum" and name in app.enums:
            yield app.enums[name]["namespace"]


def _named(one: Object) -> Iterator[tuple[str, str]]:
    """The objects that an object names, with their kinds."""
    yield from (("table", table) for table in _source_tables(one))
    if one.kind == "table":
        yield from _enums_of_fields(one)
    if one.kind == "permissionset":
        yield from (("table", name) for kind, name in granted(one) if kind == "tabledata")
    variables = [*one.block.variables]
    for routine in routines_of(one.block):
        variables += [*routine.parameters, *routine.variables]
        for tokens in (routine.body, *routine.attributes):
            yield from _behind_colons(tokens)
    for variable in variables:
        yield ("table" if variable.kind == "record" else variable.kind), variable.subject


def _source_tables(one: Object) -> Iterator[str]:
    yield one.block.value("SourceTable") or one.block.value("extends") or ""
    yield from (item.split_arguments[1][0].text for item in one.block.inside("dataitem"))
    yield from (relation for held in one.block.inside("field") if (relation := held.value("TableRelation")))


def _enums_of_fields(one: Object) -> Iterator[tuple[str, str]]:
    for held in one.block.inside("field"):
        for word, name in pairwise(held.split_arguments[-1]):
            if word.is_word("enum"):
                yield "enum", name.text


def _behind_colons(tokens: tuple[Token, ...]) -> Iterator[tuple[str, str]]:
    for before, sign, name in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if sign.is_sign("::"):
            kind = OBJECT_TYPES.get(before.text)
            yield (kind, name.text) if kind else ("enum", before.text)
