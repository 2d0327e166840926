"""Where questions about availability are answered: names looked up, items read, and the core calculates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from enum import Enum

from shared_code.core.availability import Availability, ItemStock, Question, UnknownUnit, answer
from shared_code.runtime import Runtime
from shared_code.sync.availability.names import Named, Names
from shared_code.sync.availability.shelf import Held, Shelf


@dataclass(frozen=True, slots=True)
class Asked:
    """One item as somebody names it, and what is wanted to know of it."""

    item: str
    question: Question


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, the item and the question it is for, and when what it is made of was read.

    ``fault``: why that is no newer.
    """

    stock: ItemStock
    question: Question
    availability: Availability
    read_s: float
    age_s: float
    fault: str = ""


class Wrong(Enum):
    """What of a question cannot be answered."""

    ITEM = "item"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class NotTold:
    """Why a question has no answer."""

    item: str
    wrong: Wrong
    reason: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers for one company; ``zone`` is the company's, whose date is today."""

    runtime: Runtime
    names: Names
    shelf: Shelf
    zone: tzinfo = UTC

    def today(self) -> date:
        """The company's date."""
        return datetime.fromtimestamp(self.runtime.now(), self.zone).date()

    def tell(self, asked: Sequence[Asked]) -> list[Told | NotTold]:
        """An answer to each question, in order; all items are read together.

        Raises ``SystemFault`` or ``StoreError``.
        """
        named = [self.names.find(each.item) for each in asked]
        held = self.shelf.get([each.number for each in named if each is not None])
        return [self._answer(each, name, held) for each, name in zip(asked, named, strict=True)]

    def _answer(self, asked: Asked, named: Named | None, held: Mapping[str, Held]) -> Told | NotTold:
        found = held.get(named.number) if named else None
        if named is None or found is None or found.stock is None:
            return NotTold(
                asked.item, Wrong.ITEM, f"there is no item “{asked.item[:40]}” in Business Central"
            )
        question = asked.question
        if question.variant is None:
            question = replace(question, variant=named.variant)
        try:
            availability = answer(found.stock, question, self.today())
        except UnknownUnit as error:
            return NotTold(asked.item, Wrong.UNIT, str(error.args[0]))
        age_s = max(0.0, self.runtime.now() - found.read_s)
        return Told(found.stock, question, availability, found.read_s, age_s, found.fault)
