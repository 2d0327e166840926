"""Where a company of Business Central is, and which day it is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, tzinfo

from shared_code.systems import odata
from shared_code.systems.interface import Table

_FIRST_YEAR = "1900"
"""Zones mean nothing before; Business Central's blank date is the first day of year one."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a company is: ``root`` is the API's address, ``company`` the path below it.

    ``base_currency`` tells the code of the currency that exchange rates are wanted towards, ``zone`` is the
    company's, whose date tells what is in force.
    """

    root: str
    company: str
    base_currency: Callable[[], str] = lambda: ""
    zone: tzinfo = UTC

    def of(self, table: Table) -> Place:
        """The same company in the API that has the table."""
        return replace(self, root=f"{self.root.removesuffix('v2.0')}{table.api}") if table.api else self

    def url(self, table: Table) -> str:
        return f"{self.root}/{self.company}/{odata.name(table.name)}"

    def day(self, at_s: float) -> str:
        """The company's date at a moment, as Business Central writes it."""
        return datetime.fromtimestamp(at_s, self.zone).date().isoformat()

    def midnight(self, day: str) -> str:
        """The instant at which a day begins for the company.  Raises ValueError for what is no day."""
        if day < _FIRST_YEAR:
            return f"{day}T00:00:00.000Z"
        begins = datetime.combine(date.fromisoformat(day), time.min, self.zone)
        return odata.instant_of(begins.timestamp())
