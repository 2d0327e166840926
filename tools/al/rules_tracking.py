"""Rules for what is tracked: a table whose changes are told also has its deletions remembered."""

from __future__ import annotations

from collections.abc import Iterator

from tools.al.app import App
from tools.al.entities import Entity, entities
from tools.al.tree import File, Routine
from tools.checks.sources import Violation

CHANGE_COLUMNS = ("id", "lastModifiedDateTime", "rowVersion")
OF_LEDGERS = ("itemInventories", "itemLedgerEntries", "customerLedgerEntries")
"""Sets of ledgers, whose entries are numbered and only ever added: they need no set of changes."""


OF_LINKS = ("orderNotes",)
"""Sets of what the platform hangs on records, and takes away with them without a word."""


def change_sets(app: App) -> Iterator[Entity]:
    """The entity sets that tell what changed in a table."""
    return (one for one in entities(app) if one.set_name.endswith("Changes"))


def subscribed_tables(app: App) -> dict[str, tuple[File, Routine]]:
    """The tables whose deletions are remembered."""
    found: dict[str, tuple[File, Routine]] = {}
    for file, one in app.of_kind("codeunit"):
        for routine in one.block.routines:
            for attribute in routine.attributes:
                texts = [token.text for token in attribute]
                if texts[0] == "EventSubscriber" and "OnAfterDeleteEvent" in texts:
                    found[texts[texts.index("Database") + 2]] = (file, routine)
    return found


def find(app: App) -> Iterator[Violation]:
    """Every table of which changes or deletions would be missed, and who would be kept from deleting."""
    yield from _runnable(app)
    changes = {one.table_name: one for one in change_sets(app)}
    subscribed = subscribed_tables(app)
    for name, entity in changes.items():
        path, line = entity.file.path, entity.object.line
        if name not in subscribed:
            yield Violation(path, line, f"deletions of {name} are not remembered")
        yield from (Violation(path, line, says) for says in _columns(entity))
    for name, (file, routine) in subscribed.items():
        if name not in changes:
            yield Violation(file.path, routine.line, f"there is no set of the changes of {name}")
        yield from (Violation(file.path, routine.line, says) for says in _subscriber(name, routine))
    for entity in entities(app):
        base = entity.table_name in app.base["tables"]
        if base and entity.set_name not in (*OF_LEDGERS, *OF_LINKS) and entity.table_name not in changes:
            says = f"there is no set of the changes of {entity.table_name}"
            yield Violation(entity.file.path, entity.object.line, says)


def _runnable(app: App) -> Iterator[Violation]:
    """A subscriber runs for whoever raised the event. Without the right to run it, that person is refused."""
    for file, one in app.of_kind("codeunit"):
        subscribes = any(
            attribute[0].text == "EventSubscriber"
            for routine in one.block.routines
            for attribute in routine.attributes
        )
        if subscribes and not (
            one.block.says("InherentPermissions", "X") and one.block.says("InherentEntitlements", "X")
        ):
            yield Violation(file.path, one.line, f"not everybody who raises an event may run {one.name}")


def _columns(entity: Entity) -> Iterator[str]:
    names = [held.name for held in entity.properties]
    yield from (f"the column {name} is missing" for name in CHANGE_COLUMNS if name not in names)
    if not entity.object.block.says("DataAccessIntent", "ReadWrite"):
        yield "changes are to be read from the primary database, which the cursor was read from"


def _subscriber(table: str, routine: Routine) -> Iterator[str]:
    texts = [token.text for token in routine.body]
    if "IsTemporary" not in texts:
        yield f"{routine.name} would remember deletions of temporary records"
    if routine.parameters[0].subject != table:
        yield f"{routine.name} takes a record of {routine.parameters[0].subject}, not of {table}"
    if texts.count(table) != 1 or "Database" not in texts:
        yield f"{routine.name} does not store Database::{table}"
