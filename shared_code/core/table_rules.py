"""What a mapping says of one side's table: its name and key, its filters, how its records are made."""

from __future__ import annotations

from dataclasses import dataclass

from shared_code.core.conditions import Test, fields_of
from shared_code.core.moved_by import MovedBy
from shared_code.core.records import Value

IN_FORCE = "inForce"
"""The derived native field of a record that is made of dated lines: whether one of them is in force."""


@dataclass(frozen=True, slots=True)
class InForce:
    """How the dated lines of a BC table are records: those of one place are one, shown as the line in force.

    ``within`` are the fields by which lines are read together and sorted, ``place`` the further ones that
    make the place; ``begins`` and ``ends`` the dates, both inclusive; of several lines in force the lowest
    ``amount`` counts.  A line outside of ``conditions`` is never in force.
    """

    within: tuple[str, ...]
    place: tuple[str, ...]
    begins: str
    ends: str
    amount: str
    conditions: tuple[Test, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every native field that tells the place of a line and whether it is in force."""
        conditions = fields_of(self.conditions)
        return tuple(
            dict.fromkeys((*self.within, *self.place, self.begins, self.ends, self.amount, *conditions))
        )


@dataclass(frozen=True, slots=True)
class Template:
    """Native values for new records.  ``when`` are tests on the other side's record they are made for."""

    values: tuple[tuple[str, Value], ...]
    when: tuple[Test, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """The page of the web client that opens a BC record: its number, and the test by which it is found.

    ``table`` and ``field`` are as the web client calls them; the record's native ``value`` is in ``field``.
    """

    number: int
    table: str
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class LivesOn:
    """Where a record that vanished lives on: rows of ``table`` (API v2.0) whose field ``names`` holds what
    the mapping's field ``by`` held.  ``then`` is what fields of the mapping hold from then on.  Where nobody
    knows what ``by`` held, because the record went before it was read, ``or_names`` and ``or_by`` are tried.
    Where no row of ``table`` names it, rows of ``lines`` (of the API ``lines_api``) may, in ``lines_name``.
    """

    table: str
    names: str
    by: str
    then: tuple[tuple[str, Value], ...]
    or_names: str = ""
    or_by: str = ""
    lines: str = ""
    lines_api: str = ""
    lines_name: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """A row beside each Sales record, under the same id, that Tandem alone writes.

    ``record`` is its lookup of the record, written as ``navigation``; ``transfer`` and ``reason`` are columns
    that tell what became of the record and why it is not carried.
    """

    table: str
    key: str
    record: str
    navigation: str
    transfer: str
    reason: str


@dataclass(frozen=True, slots=True)
class TableRule:
    """One side of a mapping: entity set, key, what a record is called by, filter, company column.

    ``reference`` are the fields by which other BC records point here (``code``, a contact number; an item
    number and a unit's code).
    ``creates_when`` are further conditions for a partner to be created (an opportunity that is open).
    ``unstamped_while`` are conditions on a pair's fields under which BC's record can change without a new
    version (an invoice that is not paid): a full scan reads it anew.
    ``reopened_by`` are columns with what makes a row writable that is read only otherwise (a paid invoice).
    ``deactivate`` are native values that take a record out of use, and so out of the filter.
    ``new`` are templates for records that Tandem makes there.
    ``company_column`` holds the BC company a Dataverse row belongs to.  ``api`` is the route of a Business
    Central API other than v2.0 (``publisher/group/v1.0``).  ``in_force``: a record is made of dated lines.
    ``moved_by``: entries that move records without a new version.  ``merged_into`` is the column that leads
    from a row to the one that people merged it into.  ``page`` is the page that opens a BC record.
    ``lives_on``: where a record that vanished lives on.  ``found_by`` is the mapping's field that alone tells
    which record a creation made.  ``beside``: a row beside each record, which Tandem alone writes.
    """

    table: str
    key: str
    display: tuple[str, ...] = ()
    filter: tuple[Test, ...] = ()
    creates_when: tuple[Test, ...] = ()
    unstamped_while: tuple[Test, ...] = ()
    reference: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    company_column: str | None = None
    reopened_by: tuple[tuple[str, int], ...] = ()
    api: str | None = None
    in_force: InForce | None = None
    moved_by: MovedBy | None = None
    deactivate: tuple[tuple[str, Value], ...] = ()
    new: tuple[Template, ...] = ()
    merged_into: str | None = None
    page: Page | None = None
    lives_on: LivesOn | None = None
    found_by: str = ""
    beside: Beside | None = None
