"""Every kind of resource, role and parameter of `infra/` is justified in `docs/architecture.md`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.bicep.source import Source
from tools.checks.sources import Violation

PAGE = "docs/architecture.md"
WHOLE = "tandem.bicep"
"""The file whose parameters decide what is made."""
ROLE = re.compile(r"'[0-9a-f-]{36}' // (.+?)(?::.*)?$", re.MULTILINE)


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
        if "roleAssignments@" in source.path.read_text(encoding="utf-8"):
            for role in ROLE.findall(source.path.read_text(encoding="utf-8")):
                if role not in page:
                    yield Violation(source.name, 1, f"the role {role} is not justified in {PAGE}")
