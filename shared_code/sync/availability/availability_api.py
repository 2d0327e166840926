"""GET /items/{number}/availability and POST /items/availability: input checked, answers shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from shared_code.core.availability import Detail, Figures, Question
from shared_code.core.references import capitals
from shared_code.sync.api import Answer
from shared_code.sync.api_input import (
    MAX_ID,
    BadInput,
    NotFound,
    connection_of,
    document_of,
    refuse_unknown,
    refuse_unknown_parameters,
)
from shared_code.sync.availability.desk import Asked, Desk, NotTold, Told, Wrong
from shared_code.sync.parts import Parts
from shared_code.systems.business_central_availability import MOST_ITEMS
from shared_code.systems.odata import dumps, instant_of

MOST_QUESTIONS = MOST_ITEMS
LONGEST_CODE = 10
"""Characters of the code of a variant, location or unit."""
ASKED = ("location", "variant", "unit", "date", "quantity")
"""What is wanted to know of an item, as parameters and as fields."""
ONLY_TOTAL = (
    "Only the inventory over all locations and variants is known, without orders and reservations: Tandem's "
    "extension is not installed in Business Central."
)
_QUANTITY = re.compile(r"\d{1,12}(\.\d{1,5})?")


@dataclass(frozen=True, slots=True)
class ExactAnswer(Answer):
    """An answer whose decimal numbers have exactly their digits."""

    def text(self) -> str:
        return dumps(self.body)


def get(parts: Parts, item: str, query: Mapping[str, str]) -> Answer:
    """GET /items/{number}/availability."""
    refuse_unknown_parameters(query, "connection", *ASKED)
    at = connection_of(parts, query.get("connection"))
    desk = parts.desks[at.name]
    given: dict[str, object] = {name: query[name] for name in ASKED if name in query}
    [told] = desk.tell([Asked(_item(item, "number"), _question(given, desk.today()))])
    if isinstance(told, NotTold):
        raise NotFound(told.reason) if told.wrong is Wrong.ITEM else BadInput("unit", told.reason)
    return ExactAnswer(200, {"connection": at.name, **_view(told)})


def post(parts: Parts, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /items/availability: many questions; one that has no answer leaves the others alone."""
    refuse_unknown_parameters(query, "connection")
    document = document_of(body)
    refuse_unknown(document, {"connection", "items", *ASKED})
    at = connection_of(parts, document.get("connection", query.get("connection")))
    desk = parts.desks[at.name]
    told = desk.tell(_questions(document, desk))
    return ExactAnswer(200, {"connection": at.name, "items": [_entry(each) for each in told]})


def _questions(document: Mapping[str, Any], desk: Desk) -> list[Asked]:
    """One for each entry of ``items``; what stands beside the list holds for all that say nothing else."""
    listed = document.get("items")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_QUESTIONS:
        raise BadInput("items", f"it must be a list of 1 to {MOST_QUESTIONS} items")
    common = {name: document[name] for name in ASKED if name in document}
    today = desk.today()
    return [_asked(each, common, today) for each in listed]


def _asked(entry: object, common: Mapping[str, object], today: date) -> Asked:
    if isinstance(entry, str):
        return Asked(_item(entry, "items"), _question(common, today))
    if not isinstance(entry, dict):
        raise BadInput("items", "an entry is a number or id, or an object with “item”")
    refuse_unknown(entry, {"item", *ASKED})
    return Asked(_item(entry.get("item"), "item"), _question({**common, **entry}, today))


def _item(given: object, name: str) -> str:
    if not isinstance(given, str) or not given.strip() or len(given) > MAX_ID:
        raise BadInput(name, "it must be the number of an item, or the id of an item or product")
    if not given.isprintable():
        raise BadInput(name, "it holds characters that no number has")
    return given


def _question(given: Mapping[str, object], today: date) -> Question:
    return Question(
        day=_day(given["date"]) if "date" in given else today,
        variant=_code(given, "variant"),
        location=_code(given, "location"),
        unit=_code(given, "unit") or "",
        quantity=_quantity(given["quantity"]) if "quantity" in given else None,
    )


def _code(given: Mapping[str, object], name: str) -> str | None:
    """A code in capitals; a blank one is meant where it is given: the blank variant, no location."""
    text = given.get(name)
    if text is None:
        return None
    if not isinstance(text, str) or len(text.strip()) > LONGEST_CODE or not text.isprintable():
        raise BadInput(name, f"it must be a code of at most {LONGEST_CODE} characters")
    return capitals(text.strip())


def _day(given: object) -> date:
    try:
        day = (
            date.fromisoformat(given) if isinstance(given, str) and len(given) == len("2026-01-31") else None
        )
    except ValueError:
        day = None
    if day is None:
        raise BadInput("date", "it must be a day such as 2026-01-31")
    return day


def _quantity(given: object) -> Decimal:
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    text = repr(given) if is_number else given
    if not isinstance(text, str) or not _QUANTITY.fullmatch(text) or not Decimal(text):
        raise BadInput("quantity", "it must be a number above 0 with at most 5 decimals, such as 2.5")
    return Decimal(text)


def _entry(told: Told | NotTold) -> dict[str, Any]:
    if isinstance(told, NotTold):
        return {"asked": told.item, "found": False, "wrong": told.wrong.value, "reason": told.reason}
    return {"found": True, **_view(told)}


def _view(told: Told) -> dict[str, Any]:
    stock, question = told.stock, told.question
    remarks = [ONLY_TOTAL] if stock.detail is Detail.TOTAL and stock.stocked else []
    if told.fault:
        remarks.append(f"Business Central does not answer, so this is older than usual: {told.fault}")
    return {
        "item": {"number": stock.number, "id": stock.id, "name": stock.name, "baseUnit": stock.base_unit,
                 "blocked": stock.blocked},
        "variant": question.variant,
        "location": question.location,
        "date": question.day.isoformat(),
        "quantity": question.quantity,
        "unit": told.availability.unit,
        "detail": stock.detail.value,
        **_figures(told.availability.total),
        "places": [
            {"variant": each.variant, "location": each.location, **_figures(each.figures)}
            for each in told.availability.places
        ],
        "asOf": instant_of(told.read_s),
        "ageSeconds": Decimal(f"{told.age_s:.1f}"),
        "stale": bool(told.fault),
        "remarks": remarks,
    }  # fmt: skip


_NAMES = {
    "on_sales_orders": "onSalesOrders", "on_purchase_orders": "onPurchaseOrders", "earliest": "earliestDate",
}  # fmt: skip


def _figures(figures: Figures) -> dict[str, Any]:
    told = {_NAMES.get(name, name): value for name, value in asdict(figures).items()}
    earliest = figures.earliest
    return {
        **{name: _plain(value) if isinstance(value, Decimal) else value for name, value in told.items()},
        "earliestDate": earliest.isoformat() if earliest else None,
        "verdict": figures.verdict.value,
    }


def _plain(number: Decimal) -> Decimal:
    """Without zeros at the end."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
