"""Personal data that is recognised wherever it turns up, and what is looked through for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

NAME, STREET, CITY, COUNTRY = "Zyxquorn", "Wobblegate", "Quibbleton", "Blorvistan"
MAIL, PHONE = "zyxmail", "555-7310"
PASSWORD = "zyxpass-8f41-Ahoy"
"""A secret that somebody wrote where it does not belong."""
PERSONAL = (NAME, STREET, CITY, COUNTRY, MAIL, PHONE, PASSWORD)
"""Each stands in values of records on either side and nowhere else in the world."""

RECORD_TABLES = frozenset({"Couplings", "Journal"})
"""The tables that hold values of records: bases, conflicts, problems, what was overwritten."""


def customer(number: int, **more: str) -> dict[str, str]:
    """A customer whose every personal field is marked."""
    values = {
        "displayName": f"{NAME} {number}", "addressLine1": f"{STREET} {number}", "city": CITY,
        "email": f"{MAIL}{number}@contoso.example", "phoneNumber": f"{PHONE} {number}",
        "addressLine2": PASSWORD,
    }  # fmt: skip
    return values | more


def account(number: int, **more: Any) -> dict[str, Any]:
    """An account whose every personal field is marked."""
    values = {
        "name": f"{NAME} of Sales {number}", "customertypecode": 3, "address1_line1": f"{STREET} {number}",
        "address1_city": CITY, "emailaddress1": f"{MAIL}s{number}@contoso.example",
        "telephone1": f"{PHONE} {number}", "address1_line2": PASSWORD,
    }  # fmt: skip
    return values | more


def contact(number: int, **more: Any) -> dict[str, Any]:
    """A person in Sales, all of whose fields are marked."""
    values = {
        "firstname": NAME, "lastname": f"{NAME}-{number}",
        "emailaddress1": f"{MAIL}p{number}@contoso.example",
        "telephone1": f"{PHONE} {number}", "mobilephone": f"{PHONE} 9{number}",
    }  # fmt: skip
    return values | more


def found_in(content: object, wanted: tuple[str, ...] = PERSONAL) -> list[str]:
    """Which of the texts stand anywhere in a content, each with what surrounds it."""
    text = content if isinstance(content, str) else json.dumps(content, default=str, ensure_ascii=False)
    folded = text.casefold()
    places = [(each, folded.find(each.casefold())) for each in wanted]
    return [f"{each}: …{text[max(0, at - 160) : at + 120]}…" for each, at in places if at >= 0]


def outside_records(tables: Mapping[str, Any]) -> Mapping[str, Any]:
    """The tables that may not hold values of records."""
    return {name: rows for name, rows in tables.items() if name not in RECORD_TABLES}
