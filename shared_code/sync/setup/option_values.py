"""Options that a choice column of Sales lacks for codes of Business Central, added before they are needed."""

from __future__ import annotations

from collections.abc import Iterator

from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.sync.doctor.findings import Area, Finding, Level
from shared_code.sync.parts import ConnectionParts, table_of
from shared_code.systems.dataverse_options import Choices, is_options
from shared_code.systems.interface import Cursor, SystemFault

LABEL = "label"
MOST_PAGES = 20
"""Of codes: a choice column has far fewer options."""


def add_options(choices: Choices, at: ConnectionParts) -> Iterator[Finding]:
    """What was added for each mapping that leads to a choice column.  A repeat adds nothing twice."""
    for mapping in at.mappings.values():
        table = table_of(mapping, Side.SALES)
        if not is_options(table):
            continue
        subject = f"{at.name}: {mapping.name}"
        try:
            added = choices.add(table, _codes(at, mapping))
        except SystemFault as fault:
            yield Finding(Area.SETTINGS, subject, Level.WARNING, str(fault), BY_HAND)
            continue
        text = f"options were added: {', '.join(added)}" if added else "every code has its option"
        yield Finding(Area.SETTINGS, subject, Level.OK, text)


def examine_options(at: ConnectionParts) -> Iterator[Finding]:
    """Codes of Business Central without an option in Sales.  Two or three requests a choice column."""
    for mapping in at.mappings.values():
        table = table_of(mapping, Side.SALES, (LABEL,))
        if not is_options(table):
            continue
        subject = f"{at.name}: {mapping.name}"
        try:
            seen = at.systems[Side.SALES].scan(table, None).seen
            known = {str(each.values.get(LABEL)).strip().casefold() for each in seen}
            lacking = [each for each in _codes(at, mapping) if each.strip().casefold() not in known]
        except SystemFault as fault:
            yield Finding(Area.SETTINGS, subject, Level.WARNING, str(fault), BY_HAND)
            continue
        if lacking:
            text = f"Sales lacks the options {', '.join(lacking)}"
            yield Finding(Area.SETTINGS, subject, Level.WARNING, text, ADD)


ADD = "Let the setup guide prepare Sales once more: it adds them. Else records with these codes are problems."
BY_HAND = "Add the options in Sales by hand; each problem of the mapping names one."


def _codes(at: ConnectionParts, mapping: Mapping) -> list[str]:
    """What options are called after, as Business Central holds it now."""
    column = next(each.bc for each in mapping.fields if each.bc and LABEL in each.sales)
    table = table_of(mapping, Side.BC, (column,))
    found: list[str] = []
    cursor: Cursor | None = None
    for _ in range(MOST_PAGES):
        page = at.systems[Side.BC].scan(table, cursor)
        found += [str(each.values.get(column) or "") for each in page.seen]
        cursor = page.next
        if cursor is None:
            break
    return [each for each in dict.fromkeys(found) if each]
