"""Generated records of two sides, a page at a time: nothing is held but the page.

Of a hundred customers ninety have their number in Sales, five only their e-mail address in capitals, two only
their name, one has two twins, and two have none.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from shared_code.core.records import Side, Value, Version
from shared_code.systems.interface import Cursor, Page, Sighting, Table

PAGE = 5000
"""Records of a page, as Sales gives them."""
_NAMESPACE = uuid.UUID("3f0f6f0e-6f7e-5f0e-8f0e-0f6f0e6f7e5f")


@dataclass(frozen=True)
class GeneratedSystem:
    """The records of one side; only what a report asks for is there."""

    side: Side
    count: int

    def scan(self, table: Table, cursor: Cursor | None) -> Page:
        """A page of records in the order of their numbers."""
        first = int(cursor.text) if cursor else 0
        last = min(first + PAGE, self.count)
        seen = tuple(self._sighting(number) for number in range(first, last))
        return Page(seen, next=Cursor(str(last)) if last < self.count else None, watermark=Cursor("end"))

    def _sighting(self, number: int) -> Sighting:
        values = customer(number) if self.side is Side.BC else account(number)
        return Sighting(str(uuid.uuid5(_NAMESPACE, f"{self.side}{number}")), Version("W/1", "1"), values)


def customer(number: int) -> Mapping[str, Value]:
    """A customer with a number, an address for e-mail and a name of its own."""
    return {
        "number": f"C{number:07d}",
        "displayName": f"Company {number} of the Middle Street",
        "email": f"office{number}@company.example",
        "blocked": "_x0020_",
    }


def account(number: int) -> Mapping[str, Value]:
    """An account: most are twins of the customer of the same number."""
    kind, twin = number % 100, customer(number)
    name = str(twin["displayName"])
    if kind < NUMBERED:
        return _account(str(twin["number"]), name, "")
    if kind < MAILED:
        return _account("", f"{name} Ltd.", str(twin["email"]).upper())
    if kind < NAMED:
        return _account("", name.upper(), "")
    if kind < DOUBLED:
        return _account("", "", str(customer(number - number % 100 + DOUBLED - 1)["email"]))
    return _account(f"S{number}", f"Stranger {number}", f"nobody{number}@elsewhere.example")


NUMBERED, MAILED, NAMED, DOUBLED = 90, 95, 97, 99
"""Of a hundred: up to here each kind."""


def expected(count: int) -> Mapping[str, int]:
    """What a report of so many whole hundreds says."""
    hundreds = count // 100
    return {"exact": MAILED * hundreds, "possible": (NAMED - MAILED) * hundreds,
            "severalInBc": hundreds, "severalInSales": 2 * hundreds}  # fmt: skip


def _account(number: str, name: str, email: str) -> Mapping[str, Value]:
    return {
        "accountnumber": number or None, "name": name or None, "emailaddress1": email or None,
        "statecode": 0, "customertypecode": 3, "tandem_companyid": None,
    }  # fmt: skip
