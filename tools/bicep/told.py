"""Every kind of resource, role, parameter and setting of `infra/` is justified in `docs/architecture.md`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tree_sitter import Node

from tools.bicep.source import Declaration, Source, properties, text_of
from tools.checks.sources import Violation

PAGE = "docs/architecture.md"
WHOLE = "tandem.bicep"
"""The file whose parameters decide what is made."""
ROLE = re.compile(r"'[0-9a-f-]{36}' // (.+?)(?::.*)?$", re.MULTILINE)

NAMES = frozenset("name displayName description kind category groupShortName location scope".split())
"""Properties that call something something and decide nothing."""
LITERAL = re.compile(r"true|false|\d+|'([^'$]*)'")


def told(root: Path, sources: Sequence[Source]) -> Iterator[Violation]:
    """What the page does not name."""
    page = (root / PAGE).read_text(encoding="utf-8")
    for source in sources:
        if source.path.name == WHOLE:
            for each in source.of_kind("param").values():
                if f"`{each.name}`" not in page:
                    yield Violation(
                        source.name, each.line, f"the parameter {each.name} is not justified in {PAGE}"
                    )
        for each in source.of_kind("resource").values():
            kind = each.target.partition("@")[0]
            if f"`{kind}`" not in page:
                yield Violation(source.name, each.line, f"{kind} is not justified in {PAGE}")
            for name in sorted(_unexplained(each, page)):
                yield Violation(source.name, each.line, f"{kind}: {name} is not justified in {PAGE}")
        if "roleAssignments@" in source.path.read_text(encoding="utf-8"):
            for role in ROLE.findall(source.path.read_text(encoding="utf-8")):
                if role not in page:
                    yield Violation(source.name, 1, f"the role {role} is not justified in {PAGE}")


def _unexplained(resource: Declaration, page: str) -> set[str]:
    """The properties with a value of their own of which the page names neither name nor value."""
    found = {(name, value) for name, value in _literals(resource.body) if name not in NAMES}
    return {name for name, value in found if f"`{name}`" not in page and f"`{value}`" not in page}


def _literals(node: Node) -> Iterator[tuple[str, str]]:
    """Each property of a body whose value is written there: its name, and the value."""
    for name, child in properties(node).items():
        if match := LITERAL.fullmatch(text_of(child)):
            yield name, match[1] or match[0]
        else:
            yield from _literals(child)
