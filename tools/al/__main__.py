"""`python -m tools.al`: writes api.json from the AL source. `--check`: says what is wrong or stale."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.al import (
    description,
    rules_api,
    rules_names,
    rules_objects,
    rules_permissions,
    rules_tracking,
    rules_usings,
)
from tools.al.app import FOLDER, App, read
from tools.checks.sources import ROOT, Violation

RULES = (rules_objects, rules_api, rules_names, rules_usings, rules_permissions, rules_tracking)


def find(root: Path) -> Iterator[Violation]:
    """Everything that is wrong with the extension of a checkout. What cannot be parsed is reported alone: the
    other rules would only repeat it."""
    app, unreadable = read(root)
    yield from unreadable
    if not unreadable:
        for rules in RULES:
            yield from rules.find(app)


def is_current(root: Path, app: App) -> bool:
    """Whether api.json says what the source says."""
    file = root / FOLDER / description.FILE_NAME
    return file.is_file() and file.read_text(encoding="utf-8") == description.text(app)


def check(root: Path) -> int:
    """Prints what is wrong; 1 if anything is."""
    found = sorted(find(root))
    if not found and not is_current(root, read(root)[0]):
        found = [Violation(f"{FOLDER}/{description.FILE_NAME}", 1, "is stale; run python -m tools.al")]
    for violation in found:
        print(violation)
    return 1 if found else 0


def main() -> int:
    """Writes the description or checks; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.al", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when something is wrong")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout")
    options = parser.parse_args()
    if options.check:
        return check(options.root)
    app, unreadable = read(options.root)
    for violation in unreadable:
        print(violation)
    if not unreadable:
        file = options.root / FOLDER / description.FILE_NAME
        file.write_text(description.text(app), encoding="utf-8", newline="\n")
    return 1 if unreadable else 0


if __name__ == "__main__":
    sys.exit(main())
