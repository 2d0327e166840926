"""What a service says of one of its tables: columns, types, lengths, and what may be written when.

Read from a service's metadata (``business_central_metadata.py`` and ``dataverse_metadata.py`` of ``systems``)
and compared with a mapping in ``fitting.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds, in a person's words."""

    TEXT = "text"
    DECIMAL = "a decimal number"
    INTEGER = "a whole number"
    BOOLEAN = "true or false"
    DAY = "a date"
    MOMENT = "a date with time"
    ID = "a record id"
    CHOICE = "a choice"
    LOOKUP = "a lookup"
    OTHER = "something no mapping carries"


@dataclass(frozen=True, slots=True)
class Target:
    """A table a lookup can point to.

    ``navigation`` is the name the lookup is written by when it points there; blank where the service does
    not tell it.
    """

    table: str
    navigation: str = ""


@dataclass(frozen=True, slots=True)
class ColumnDescription:
    """One column.

    ``length`` in characters, ``None`` where the service tells none.  ``at_creation`` and ``at_update``:
    whether a request may carry it.  ``choices``: what a choice takes, names in Business Central and numbers
    in Sales; empty where the service tells none.  ``user_local``: an instant in each user's own time.
    """

    name: str
    kind: Kind
    length: int | None = None
    readable: bool = True
    at_creation: bool = True
    at_update: bool = True
    targets: tuple[Target, ...] = ()
    choices: tuple[str | int, ...] = ()
    user_local: bool = False


@dataclass(frozen=True)
class TableDescription:
    """One table that exists.

    ``tables`` are the names of all tables of the same API.  ``stamp`` is the column that change detection
    reads, blank where it needs none.  ``tracked``: the service reports changes of this table; ``guarded``: a
    write can be made to depend on a version.
    """

    name: str
    key: str
    columns: Mapping[str, ColumnDescription]
    tables: tuple[str, ...] = ()
    stamp: str = ""
    tracked: bool = True
    guarded: bool = True


@dataclass(frozen=True, slots=True)
class NoTable:
    """There is no such table.  ``api``: the route of the API that is not there either, else blank.

    ``tables`` are the names there are.
    """

    name: str
    tables: tuple[str, ...] = field(default=(), repr=False)
    api: str = ""


type Described = TableDescription | NoTable
