"""Names in Bicep: everything used is declared, everything declared is used, outputs and modules fit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from tools.bicep.source import Declaration, Source, properties, text_of, walk
from tools.checks.sources import Violation

FUNCTIONS = frozenset(
    """
    any array base64 bool cidrSubnet coalesce concat contains dateTimeAdd empty endsWith environment
    extensionResourceId fail filter first flatten format guid indexOf int intersection items join json last
    length loadJsonContent loadTextContent map max min newGuid objectKeys padLeft range reduce replace
    resourceGroup resourceId shallowMerge skip sort split startsWith string subscription
    subscriptionResourceId substring take tenant toLower toObject toUpper trim union uniqueString uri utcNow
""".split()
)
"""Functions of the language (Microsoft docs: azure-resource-manager/bicep/bicep-functions.md)."""
DECORATORS = frozenset("description allowed minLength maxLength minValue maxValue secure sys export".split())
WORDS = frozenset({"az", "sys", "true", "false", "null"})
OUTPUT = re.compile(r"\b(\w+)(?:\[[^\]]*\])?!?\.outputs\.(\w+)")


def syntax(source: Source) -> Iterator[Violation]:
    """What the grammar does not know."""
    for node in walk(source.root):
        if node.is_error or node.is_missing:
            yield source.wrong(node, f"syntax error near {text_of(node)[:40]!r}")


def names(source: Source) -> Iterator[Violation]:
    """Names used and not declared, declared and not used, declared twice."""
    declared = [each for each in source.declarations if each.kind != "output"]
    for name, times in Counter(each.name for each in declared).items():
        if times > 1:
            yield Violation(source.name, 1, f"{name} is declared {times} times")
    known = {each.name for each in declared} | FUNCTIONS | WORDS
    used = set()
    for node in walk(source.root):
        if node.type != "identifier" or _declares(node) or _is_type(node):
            continue
        name = text_of(node)
        used.add(name)
        if name not in known | _locals(node) and not (_in_decorator(node) and name in DECORATORS):
            yield source.wrong(node, f"{name} is not declared")
    for each in declared:
        if each.kind in ("param", "var") and each.name not in used | _interpolated(source):
            yield Violation(source.name, each.line, f"{each.name} is never used")


def modules(source: Source, others: Mapping[str, Source]) -> Iterator[Violation]:
    """Modules that are not there, their parameters and the outputs that are asked of them."""
    wanted = source.of_kind("module")
    for each in wanted.values():
        other = others.get(_beside(source, each.target))
        if other is None:
            yield Violation(source.name, each.line, f"there is no module {each.target}")
            continue
        yield from _parameters(source, each, other)
    for name, output in OUTPUT.findall(source.path.read_text(encoding="utf-8")):
        other = others.get(_beside(source, wanted[name].target)) if name in wanted else None
        if other is not None and output not in other.of_kind("output"):
            yield Violation(source.name, wanted[name].line, f"module {name} has no output {output}")


def _parameters(source: Source, module: Declaration, other: Source) -> Iterator[Violation]:
    given_node = properties(module.body).get("params")
    given = properties(given_node) if given_node else {}
    wanted = other.of_kind("param")
    for name, node in given.items():
        if name not in wanted:
            yield source.wrong(node, f"{module.target} has no parameter {name}")
    for name, each in wanted.items():
        if name not in given and not each.is_optional:
            yield Violation(source.name, module.line, f"{module.target} needs the parameter {name}")


def _beside(source: Source, target: str) -> str:
    """A module's file by the name that the other sources have."""
    return str((source.path.parent / target).resolve())


def _declares(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "object_property":
        return parent.children[0] == node
    first = next((each for each in parent.children if each.type == "identifier"), None)
    return parent.type.endswith("_declaration") and first == node


def _is_type(node: Node) -> bool:
    """Whether it stands where a type does (`array`, `object`)."""
    above: Node | None = node
    while above is not None and above.type != "infrastructure":
        if above.type in ("type", "primitive_type", "target_scope_assignment"):
            return True
        above = above.parent
    return False


def _in_decorator(node: Node) -> bool:
    above: Node | None = node
    while above is not None and above.type != "decorator":
        above = above.parent
    return above is not None


def _locals(node: Node) -> set[str]:
    """Names of the loops and lambdas around a node."""
    found: set[str] = set()
    above: Node | None = node
    while above is not None:
        if above.type == "for_statement":
            found |= set(re.findall(r"[A-Za-z_]\w*", text_of(above).split(" in ")[0])) - {"for"}
        elif above.type == "lambda_expression":
            found |= set(re.findall(r"[A-Za-z_]\w*", text_of(above).split("=>")[0]))
        above = above.parent
    return found


def _interpolated(source: Source) -> set[str]:
    """Names inside texts, where the grammar sees no identifier of its own."""
    found: set[str] = set()
    for node in walk(source.root):
        if node.type == "interpolation":
            found |= set(re.findall(r"[A-Za-z_]\w*", text_of(node)))
    return found
