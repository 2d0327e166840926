"""What the use cases ask of a system, whichever of the two it is.

Everything speaks native values.  Every method may raise ``SystemUnavailable`` (nothing is known to
have happened; come back later), ``Throttled`` (the same, with the wait the service asked for),
``AccessDenied`` (this table cannot be used with our rights) or ``SettingWrong``.  What happens to a
single record is a value, never an exception, so that one bad record stays one bad record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Protocol

from shared_code.core.conditions import Test
from shared_code.core.descriptions import Described
from shared_code.core.frozen import frozen
from shared_code.core.mapping import InForce
from shared_code.core.moved_by import MovedBy
from shared_code.core.order_line_values import ORDER_LINES as ORDER_LINES
from shared_code.core.records import Row, Side, Value, Values, Version
from shared_code.core.table_rules import Beside


@frozen
class Column:
    """One native field to read or write.

    ``target`` names the entity set of a Dataverse lookup (``transactioncurrencies``); ``navigation``
    its bind name when it differs from ``name`` (``parentcustomerid_account``).  A plain field has neither.
    ``also`` are further entity sets that it may lead to, each with its bind name; what such a column holds is
    the entity set with the id (``contacts/<id>``).
    """

    name: str
    target: str | None = None
    navigation: str | None = None
    also: tuple[tuple[str, str], ...] = ()


@frozen
class Table:
    """One table of one side, as a mapping uses it.

    ``name`` is the entity set (``customers``, ``accounts``), ``columns`` everything a record is read
    with, ``scan_columns`` what change detection needs beside id and version (the filter's fields).
    ``key`` is the id field's name.  ``related`` names child tables whose change counts as a change
    of this record (``currencyExchangeRates``).  ``api`` is the route of a Business Central API of one's own
    (``publisher/group/v1.0``); blank means API v2.0.  ``tracked``: its changes are followed; where they are
    not (values only flow there), a full scan needs no change tracking.  ``in_force``: a record is made of
    dated lines, its id tells their place, and the company's today decides which line it shows.
    ``lines`` is the table of rows that are read and created with the record, as its ``collection``.
    ``moved_by``: entries that move its records without a new version.  ``beside``: a row beside each record,
    which holds ``beside_columns``.  Not ``reads_lines``: the lines are created with a record and never read.
    ``most``: no more records a page than that; 0 leaves it to the system, which may overlook it.
    """

    name: str
    key: str
    columns: tuple[Column, ...]
    scan_columns: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    api: str = ""
    tracked: bool = True
    in_force: InForce | None = None
    lines: Table | None = None
    collection: str = ""
    moved_by: MovedBy | None = None
    beside: Beside | None = None
    beside_columns: tuple[str, ...] = ()
    reads_lines: bool = True
    most: int = 0


@frozen
class Cursor:
    """Where a scan goes on.  ``text`` is opaque to everybody but the system that made it."""

    text: str


@frozen
class Sighting:
    """A record seen by a scan: its id, version and the values of the scan columns.

    ``moved``: an entry may have moved it at this very version; ``values`` hold what moves, too.
    """

    id: str
    version: Version
    values: Values = field(default_factory=dict)
    moved: bool = False


@frozen
class Page:
    """One page of a scan.

    ``next`` continues this scan; when it is ``None`` the scan is complete and ``watermark`` says where
    the next one starts.  ``deleted`` are tombstones.
    """

    seen: tuple[Sighting, ...]
    deleted: tuple[str, ...] = ()
    next: Cursor | None = None
    watermark: Cursor | None = None


@frozen
class Deletions:
    """Records that a service says it has deleted: (entity set, id).

    ``cursor`` is where the next look goes on, opaque to everybody but the system.  ``is_complete``: none
    since the cursor before can be missing.  ``has_more``: there are further ones to be read at once.
    """

    cursor: str
    records: tuple[tuple[str, str], ...] = ()
    is_complete: bool = True
    has_more: bool = False


@frozen
class Creation:
    """A record to create.  ``id`` is chosen by us where the service allows it: the record's own (Dataverse)
    or the key of the creation.

    ``lines`` are created with it, all or none.  ``source`` is the id of the record it is the partner of; no
    service is told.
    """

    values: Values
    id: str | None = None
    lines: tuple[Creation, ...] = ()
    source: str = ""


@frozen
class Change:
    """Fields to write on an existing record, only if its version still is ``version``."""

    id: str
    version: Version
    values: Values


@frozen
class Removal:
    """A record to delete, only if its version still is ``version``."""

    id: str
    version: Version


@frozen
class Written:
    """The write is confirmed; ``row`` is the record as the service now holds it.

    ``edited``: it was read back at another version than the write left.  Then what differs from what was sent
    is no form that the service gave it, but somebody's edit.
    """

    row: Row
    edited: bool = False


@frozen
class Removed:
    """The record is confirmed to be deleted."""


@frozen
class Moved:
    """The record's version is not the expected one: nothing was written."""


@frozen
class Gone:
    """The record does not exist any more: nothing was written."""


@frozen
class Exists:
    """The chosen id or number is taken already: an earlier attempt may have made it."""


@frozen
class Refused:
    """The service refused this record, in its own words."""

    code: str
    message: str


@frozen
class OutcomeUnknown:
    """The request went out and no answer came back: it may have worked or may still work."""

    reason: str


@frozen
class NotDone:
    """The service did not get to this record (throttled, unavailable): nothing was written."""

    retry_after_s: float
    reason: str


@frozen
class Count:
    """How many records a filter takes in, as the service counts them.

    ``capped``: there are so many or more.  ``told`` are conditions the service could not be asked, each with
    the reason: Tandem evaluates them itself, so that the filter takes in at most so many.
    """

    number: int
    capped: bool = False
    told: tuple[str, ...] = ()


type WriteResult = Written | Removed | Moved | Gone | Exists | Refused | OutcomeUnknown | NotDone

type ReadBack = Callable[[Table, Sequence[str]], Mapping[str, Row]]
"""Reads rows by their ids, where the answer to a write does not hold them."""


class System(Protocol):
    """One outside system, for one connection."""

    @property
    def side(self) -> Side: ...

    def scan(self, table: Table, cursor: Cursor | None) -> Page:
        """One page of changes since ``cursor``; from the beginning when it is ``None``.

        Raises ``CursorExpired`` when the service no longer serves it: a full scan is needed.
        """
        ...

    def read(self, table: Table, ids: Sequence[str]) -> Mapping[str, Row]:
        """The records with these ids (at most 500), read from the primary.

        An id that is missing in the answer was looked for and not found.
        """
        ...

    def create(self, table: Table, creations: Sequence[Creation]) -> list[WriteResult]:
        """Create records; one result per creation, in order."""
        ...

    def keeps_keys(self, table: Table) -> bool:
        """Whether a creation's ``id`` is kept with its record, so that a repeat makes no second one."""
        ...

    def made_under(self, table: Table, keys: Sequence[str]) -> Mapping[str, str]:
        """The ids of the records that were created under these keys (at most 500), read from the primary.

        Only for a table that keeps keys.  The record may be deleted by now: its key outlives it.
        """
        ...

    def update(self, table: Table, changes: Sequence[Change]) -> list[WriteResult]:
        """Write fields conditionally; one result per change, in order."""
        ...

    def delete(self, table: Table, removals: Sequence[Removal]) -> list[WriteResult]:
        """Delete records that still have the given version; one result per removal, in order."""
        ...

    def deletions(self, cursor: str) -> Deletions | None:
        """What was deleted in any table since a cursor, blank at first; ``None`` where that is told with the
        changes of a table or not at all.  One request."""
        ...

    def find(self, table: Table, column: str, values: Iterable[Value]) -> list[Row]:
        """Records whose ``column`` has one of ``values`` (at most 500 values), read from the primary."""
        ...

    def starting(self, table: Table, column: str, text: str, limit: int) -> list[Row]:
        """Records whose ``column``, a text, begins with ``text``, for a person to choose from; read from the
        primary.

        At most ``limit`` in the order of the column, and always those that equal the text.  Capitals do not
        count where the service can do without.
        """
        ...

    def count(self, table: Table, tests: Sequence[Test]) -> Count | None:
        """How many records meet all tests: two requests, for set-up only.  ``None`` where the service
        cannot count them (records made of dated lines, options of a choice).
        """
        ...

    def identity(self) -> Mapping[str, str]:
        """What this system says it is (organisation id, company id and name, version), asked anew."""
        ...

    def describe(self, table: Table) -> Described:
        """What the service's metadata says of ``table``, asked anew: a few requests, for set-up only.

        All columns are told; targets, choices and lengths at least of those that ``table`` names.
        """
        ...


class SystemFault(Exception):
    """Root of what a system can raise; the text tells what happened, why and what to do."""


class SystemUnavailable(SystemFault):
    """The service did not answer or answered that it cannot serve now."""


class Throttled(SystemFault):
    """The service asked us to wait ``retry_after_s`` seconds."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class AccessDenied(SystemFault):
    """Our user may not do this; the text names table and right as the service told them."""


class TableMissing(AccessDenied):
    """There is no such table for us: like a missing right, it is a matter of the mappings that name it."""


class CursorExpired(SystemFault):
    """The service no longer serves this cursor; a full scan starts a new one."""


class SettingWrong(SystemFault):
    """The service says that an address, company or table of our settings does not exist."""
