"""Records as Tandem knows them: sides, values, versions and what is known of one side.

A *native* value is what a service's API carries.  A *neutral* value is what both sides are
compared in; transformations (``transform.py``) lead from one to the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from enum import StrEnum

from shared_code.core.frozen import frozen

type Value = str | bool | int | Decimal | None
"""One field's value.  Numbers with a fraction are ``Decimal``, dates are ISO strings, blank is ``None``."""

type Values = Mapping[str, Value]
"""Field name to value; names are a service's own (native) or a field mapping's (neutral)."""

ZERO_ID = "00000000-0000-0000-0000-000000000000"
"""What Business Central answers for a reference that is blank."""


class Side(StrEnum):
    """One of the two systems."""

    BC = "bc"
    SALES = "sales"

    @property
    def other(self) -> Side:
        return Side.SALES if self is Side.BC else Side.BC

    @property
    def system_name(self) -> str:
        """The name a person knows the system by."""
        return "Business Central" if self is Side.BC else "Sales"


@frozen
class Version:
    """The state of one record at one side.

    ``etag`` is what a conditional write is guarded with.  ``stamp`` orders versions of one record
    (fixed-width text, compared as text): Business Central's last modified time in milliseconds,
    Dataverse's zero-padded version number.  Stamps of different sides are never compared.
    """

    etag: str
    stamp: str


@frozen
class Row:
    """A record that was read; ``values`` are native, and ``lines`` those of the rows that belong to it."""

    id: str
    version: Version
    values: Values = field(default_factory=dict)
    lines: tuple[Values, ...] = ()


@frozen
class Unread:
    """The record was not read now; it stands for the base as long as its version still is ``version``."""

    id: str
    version: Version


@frozen
class Deleted:
    """The record is known not to exist: a 404, a tombstone or a complete scan said so.

    ``proven``: not so where the service shows no other record either, and too few are known to tell a hidden
    table from one of which the last records were deleted.
    """

    id: str
    proven: bool = True


@frozen
class Absent:
    """No record of this side is known: there is no coupling."""


type SideState = Row | Unread | Deleted | Absent
