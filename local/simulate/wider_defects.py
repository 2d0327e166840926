"""Deliberate defects in what only some seeds have: rules for deletions, brakes, dates, documents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from local.simulate.dates import PART
from local.simulate.defect import Defect, always
from local.simulate.simulation import Simulation
from shared_code.core.brakes import NEVER
from shared_code.core.records import Side
from shared_code.sync.processing import committing
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work


def _another_day(simulation: Simulation, original: Any) -> Any:
    """The day of Greenwich instead of the company's."""

    def day(place: Any, at_s: float) -> str:
        return datetime.fromtimestamp(at_s, UTC).date().isoformat()

    return day


def _only_ended(simulation: Simulation, original: Any) -> Any:
    """The pair ends, and what is left looks like any new record."""

    def part(work: Work, item: Item, gone: Side) -> None:
        committing.end(work, item, (gone,))

    return part


def _without_lines(simulation: Simulation, original: Any) -> Any:
    """A document is created without its lines."""

    def lines_of(work: Work, item: Item, side: Side) -> tuple[list[Any], list[Any]]:
        return [], []

    return lines_of


WIDER: dict[str, Defect] = {
    "deletion-guard-ignored": Defect(
        "a deletion is carried over to a record that somebody edited",
        "shared_code.core.reconcile._is_edited", always(False), ("delete", "deactivate"),
    ),
    "parted-is-new": Defect(
        "what the rule to uncouple leaves alone counts as a new record",
        "shared_code.sync.processing.uncoupling.part_by_rule", _only_ended, ("uncouple",),
    ),
    "brake-share-ignored": Defect(
        "a mapping's own share of changes or deletions is not looked at",
        "shared_code.core.brakes.Brakes._percent", always(NEVER), ("changed", "deleted"),
    ),
    "price-of-another-day": Defect(
        "the day of Greenwich tells which price is in force, not the company's",
        "shared_code.systems.business_central_place.Place.day", _another_day, (PART,),
    ),
    "lines-forgotten": Defect(
        "an invoice is created without its lines",
        "shared_code.sync.processing.documents.lines_of", _without_lines, ("invoices",),
    ),
}  # fmt: skip
