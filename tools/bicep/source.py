"""A `.bicep` file as a tree: its declarations and what refers to what.

tree-sitter-bicep knows the classic syntax; `extension NAME` is blanked before it reads (a line of its own).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

from tools.checks.sources import Violation

LANGUAGE = Language(tree_sitter_bicep.language())
EXTENSION = re.compile(r"^extension +(\w+)", re.MULTILINE)
DECLARATIONS = {
    "parameter_declaration": "param", "variable_declaration": "var", "resource_declaration": "resource",
    "module_declaration": "module", "output_declaration": "output", "type_declaration": "type",
}  # fmt: skip


def text_of(node: Node) -> str:
    """The source text of a node."""
    return (node.text or b"").decode()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for child in node.children:
        yield from walk(child)


def plain(node: Node) -> str | None:
    """The value of a text without interpolation; nothing for anything else."""
    if node.type != "string" or any(each.type == "interpolation" for each in node.children):
        return None
    return text_of(node)[1:-1].replace("\\'", "'")


def properties(node: Node) -> dict[str, Node]:
    """The values of an object's properties by name; those whose name is computed are left out."""
    found: dict[str, Node] = {}
    for each in node.children:
        if each.type == "object_property" and each.children:
            name = plain(each.children[0]) or text_of(each.children[0])
            if "${" not in name:
                found[name] = each.children[-1]
    return found


@dataclass(frozen=True)
class Declaration:
    """One param, var, resource, module, output or type."""

    kind: str
    name: str
    node: Node

    @property
    def line(self) -> int:
        return self.node.start_point[0] + 1

    @property
    def target(self) -> str:
        """The type with its version of a resource, the file of a module."""
        return next((plain(each) or "" for each in self.node.children if each.type == "string"), "")

    @property
    def exists(self) -> bool:
        """Whether it is declared as there already."""
        return any(text_of(each) == "existing" for each in self.node.children)

    @property
    def is_optional(self) -> bool:
        """Of a parameter: whether it may be left out."""
        return any(text_of(each) == "=" for each in self.node.children)

    @property
    def body(self) -> Node:
        """The object of a resource or module, also where it is repeated or conditional."""
        value = self.node.children[-1]
        while value.type in ("for_statement", "if_statement"):
            value = next(each for each in reversed(value.children) if each.type in (
                "for_statement", "if_statement", "object"))  # fmt: skip
        return value

    def decorators(self) -> set[str]:
        """The names of its decorators."""
        before = self.node.prev_named_sibling
        while before is not None and before.type == "comment":
            before = before.prev_named_sibling
        if before is None or before.type != "decorators":
            return set()
        return {text_of(each)[1:].partition("(")[0] for each in before.children if each.type == "decorator"}


class Source:
    """One parsed file."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        text = path.read_text(encoding="utf-8")
        self.extensions = set(EXTENSION.findall(text))
        blanked = EXTENSION.sub(lambda found: "//" + " " * (len(found[0]) - 2), text)
        self.root = Parser(LANGUAGE).parse(blanked.encode()).root_node

    def wrong(self, node: Node, rule: str) -> Violation:
        """A finding at a node."""
        return Violation(self.name, node.start_point[0] + 1, rule)

    @cached_property
    def declarations(self) -> list[Declaration]:
        """Everything that is declared at the top, in order."""
        found = []
        for node in self.root.children:
            kind = DECLARATIONS.get(node.type)
            name = next((text_of(each) for each in node.children if each.type == "identifier"), None)
            if kind and name:
                found.append(Declaration(kind, name, node))
        return found

    def of_kind(self, kind: str) -> dict[str, Declaration]:
        """The declarations of one kind by name."""
        return {each.name: each for each in self.declarations if each.kind == kind}
