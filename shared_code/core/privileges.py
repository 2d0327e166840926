"""Privileges of Dataverse by table: what is missing, as a person gives it.

A privilege is called ``prv<Right><Table>``, such as prvReadOrder (Microsoft docs: security-roles-privileges).
"""

from __future__ import annotations

from collections.abc import Iterable

PREFIX = "prv"
RIGHTS = ("Create", "Read", "Write", "Delete", "AppendTo", "Append", "Assign", "Share")
"""Longer ones before those they begin with."""


def missing_by_table(needed: Iterable[str], held: Iterable[str]) -> dict[str, list[str]]:
    """The rights that are needed and not held, by table, both in order; upper and lower case do not count."""
    there = {each.lower() for each in held}
    found: dict[str, list[str]] = {}
    for name in sorted(each for each in needed if each.lower() not in there):
        right, table = parted(name)
        found.setdefault(table, []).append(right)
    return dict(sorted(found.items()))


def parted(name: str) -> tuple[str, str]:
    """Right and table of a privilege; no right where it is called otherwise."""
    rest = name.removeprefix(PREFIX)
    right = next((each for each in RIGHTS if rest.startswith(each)), "")
    return right, rest.removeprefix(right)
