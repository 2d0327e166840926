"""`python -m tools.docs`: writes the generated pages; `--check` only says which are stale (exit 1)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tools.checks.sources import ROOT
from tools.docs.pages import PAGES


def stale(root: Path) -> list[str]:
    """The generated pages that are missing or differ from what the code says."""
    return [name for name, render in PAGES.items() if not _is_current(root / name, render(root))]


def _is_current(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def write(root: Path) -> list[str]:
    """Writes the pages that are stale; returns their names."""
    changed = stale(root)
    for name in changed:
        (root / name).write_text(PAGES[name](root), encoding="utf-8", newline="\n")
    return changed


def main(arguments: Sequence[str]) -> int:
    """Writes or checks; 1 when a checked page is stale."""
    only_check = "--check" in arguments
    changed = stale(ROOT) if only_check else write(ROOT)
    for name in changed:
        print(f"{name} is stale: run python -m tools.docs" if only_check else f"{name} written")
    return 1 if only_check and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
