"""Whether the entries that move a mapping's records are there, with the fields that are asked for.  Pure."""

from __future__ import annotations

from collections.abc import Iterator

from shared_code.core.conditions import fields_of
from shared_code.core.descriptions import Described, NoTable, TableDescription
from shared_code.core.fitting_names import closest
from shared_code.core.moved_by import NUMBER, MovedBy

type Fault = tuple[str, str, str]
"""The field, what is wrong and what to do."""


def moved_faults(rule: MovedBy, own: Described, entries: Described) -> Iterator[Fault]:
    """What does not fit, in the order in which a mapping's file names it."""
    if isinstance(entries, NoTable):
        what = closest(rule.table, entries.tables, "See which tables the API has.")
        yield rule.table, f"moved_by: there is no table {rule.table}", what
        return
    stamp = () if rule.numbered or not entries.stamp else (entries.stamp,)
    numbered = (NUMBER,) if rule.numbered else stamp
    yield from _missing((*numbered, rule.names or "", *fields_of(rule.entries)), entries)
    if isinstance(own, TableDescription):
        yield from _missing((rule.by or "", *fields_of(rule.among)), own)


def _missing(names: tuple[str, ...], table: TableDescription) -> Iterator[Fault]:
    for name in dict.fromkeys(filter(None, names)):
        if name not in table.columns:
            what = closest(name, table.columns, "Correct moved_by.")
            yield name, f"moved_by: {table.name} has no field {name}", what
