"""Resource bodies against the published types: names, what is required, what is read only, fixed values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from tools.bicep.published import Expression, Resource, published
from tools.bicep.source import Declaration, Source, plain, properties, text_of
from tools.checks.sources import Violation

OWN = frozenset({"scope", "dependsOn", "parent"})
"""Bicep's own properties of every resource."""
READ = re.compile(r"\b(\w+)\.properties\.(\w+)")


def bodies(source: Source) -> Iterator[Violation]:
    """Every resource of a file, and what is read of its properties."""
    resources = source.of_kind("resource")
    for each in resources.values():
        known = published().get(each.target)
        if known is None:
            yield Violation(
                source.name, each.line, f"there is no published type {each.target}: see extract.py"
            )
        elif not each.exists:
            yield from _Bodies(source, known).object(each.body, known.body, known.name, top=True)
    yield from _reads(source, resources)


def _reads(source: Source, resources: Mapping[str, Declaration]) -> Iterator[Violation]:
    for name, wanted in READ.findall(source.path.read_text(encoding="utf-8")):
        known = published().get(resources[name].target) if name in resources else None
        body = known.object(known.body) if known else None
        inner = known.object(body.properties["properties"]) if known and body else None
        if inner and wanted not in {*inner.properties, *inner.read_only}:
            rule = f"{name} has no property {wanted}"
            yield Violation(source.name, resources[name].line, rule)


class _Bodies:
    def __init__(self, source: Source, resource: Resource) -> None:
        self._source, self._resource = source, resource

    def object(
        self, node: Node, expected: Expression, where: str, *, top: bool = False
    ) -> Iterator[Violation]:
        given = properties(node)
        teller = self._resource.teller(expected)
        kind = plain(given[teller]) if teller and teller in given else None
        body = self._resource.object(expected, kind)
        if body is None:
            known = f"{teller} must tell what it is" if teller else "no object is expected here"
            yield self._source.wrong(node, f"{where}: {known}")
            return
        for name, value in given.items():
            if name in body.read_only:
                yield self._source.wrong(value, f"{where}: {name} is read only")
            elif name in body.properties:
                yield from self.value(value, body.properties[name], f"{where}.{name}")
            elif body.more is not None:
                yield from self.value(value, body.more, f"{where}.{name}")
            elif not (top and name in OWN):
                yield self._source.wrong(
                    value, f"{where}: there is no property {name}{_close(name, body.properties)}"
                )
        for name in sorted(body.required - set(given)):
            if not (top and name == "name" and "parent" in given):
                yield self._source.wrong(node, f"{where}: {name} is required")

    def value(self, node: Node, expected: Expression, where: str) -> Iterator[Violation]:
        for each in _branches(node):
            repeated = _repeated(each)
            if repeated is None:
                yield from self._leaf(each, expected, where)
            elif isinstance(expected, Mapping) and "list" in expected:
                yield from self.value(repeated, expected["list"], where + "[]")

    def _leaf(self, node: Node, expected: Expression, where: str) -> Iterator[Violation]:
        options = [each for each in _alternatives(expected) if isinstance(each, Mapping) and "text" in each]
        if node.type == "object" and isinstance(expected, int):
            yield from self.object(node, expected, where)
        elif node.type == "array" and isinstance(expected, Mapping) and "list" in expected:
            for item in node.named_children:
                yield from self.value(item, expected["list"], where + "[]")
        elif node.type == "string" and options and "string" not in _alternatives(expected):
            yield from self._one_of(node, [each["text"] for each in options], where)
        elif not _fits(node, expected):
            yield self._source.wrong(node, f"{where}: {text_of(node)[:40]} is no {_told(expected)}")

    def _one_of(self, node: Node, options: list[str], where: str) -> Iterator[Violation]:
        value = plain(node)
        if value is not None and value not in options:
            yield self._source.wrong(node, f"{where}: {value!r} is none of {', '.join(options[:8])}")


def _branches(node: Node) -> Iterator[Node]:
    """The values that a condition chooses from."""
    if node.type != "ternary_expression":
        yield node
        return
    asked = next(at for at, each in enumerate(node.children) if text_of(each) == "?")
    for each in node.children[asked + 1 :]:
        if text_of(each) != ":":
            yield from _branches(each)


def _repeated(node: Node) -> Node | None:
    """What a loop makes again and again."""
    return next((each for each in reversed(node.children) if each.type == "object"), None) if (
        node.type == "for_statement") else None  # fmt: skip


def _alternatives(expected: Expression) -> list[Expression]:
    return list(expected["one_of"]) if isinstance(expected, Mapping) and "one_of" in expected else [expected]


LITERALS = {"string": "string", "number": "int", "boolean": "bool", "array": "list", "object": "object"}


def _fits(node: Node, expected: Expression) -> bool:
    """Whether a literal can be of that type; what is computed always fits."""
    literal = LITERALS.get(node.type)
    return literal is None or any(_told(each) in (literal, "any") for each in _alternatives(expected))


def _told(expected: Expression) -> str:
    if isinstance(expected, int):
        return "object"
    if isinstance(expected, str):
        return expected
    return "list" if "list" in expected else "string"


def _close(name: str, known: Mapping[str, Expression]) -> str:
    close = next((each for each in known if each.lower() == name.lower()), None)
    return f"; is {close} meant?" if close else ""
