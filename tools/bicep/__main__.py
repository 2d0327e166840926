"""Everything a machine can say of `infra/` without the compiler."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tools.bicep.bodies import bodies
from tools.bicep.names import modules, names, syntax
from tools.bicep.privileges import privileges
from tools.bicep.settings import settings
from tools.bicep.source import Source
from tools.bicep.told import told
from tools.checks.sources import Violation, finish, name_of


def sources(root: Path) -> dict[str, Source]:
    """The files of `infra/` by their whole paths."""
    found = sorted((root / "infra").rglob("*.bicep"))
    return {str(path.resolve()): Source(path, name_of(path, root)) for path in found}


def find(root: Path) -> Iterator[Violation]:
    """Every finding; a file that cannot be read is not looked at further."""
    known = sources(root)
    for source in known.values():
        broken = list(syntax(source))
        yield from broken or [*names(source), *modules(source, known), *bodies(source)]
    yield from privileges(list(known.values()))
    yield from settings(root, list(known.values()))
    yield from told(root, list(known.values()))


if __name__ == "__main__":
    sys.exit(finish(find))
