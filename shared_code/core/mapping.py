"""The mapping model: what one integration table mapping says, as values that cannot contradict themselves.

A mapping is read from a document (a TOML file of ``shared_code/mappings``); ``catalogue.py`` does the
reading.  Everything here is immutable and free of I/O.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from shared_code.core.records import Side, Value
from shared_code.core.transformation_rules import Rule, fields_read


class Direction(StrEnum):
    """Which way values flow."""

    TO_SALES = "to_sales"
    FROM_SALES = "from_sales"
    BIDIRECTIONAL = "bidirectional"

    def flows_to(self, side: Side) -> bool:
        """Whether values are written to ``side``."""
        return self is Direction.BIDIRECTIONAL or self is _TOWARDS[side]

    def flows_from(self, side: Side) -> bool:
        """Whether ``side`` is a source."""
        return self.flows_to(side.other)


_TOWARDS = {Side.SALES: Direction.TO_SALES, Side.BC: Direction.FROM_SALES}


class FieldType(StrEnum):
    """How a field's two native forms relate to its neutral one; the rules are in ``transform.py``."""

    TEXT = "text"
    CODE = "code"
    PHONE = "phone"
    EMAIL = "email"
    COUNTRY = "country"
    PERSON_NAME = "person_name"
    DECIMAL = "decimal"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    DATE_TIME = "date_time"
    OPTION = "option"
    LOOKUP = "lookup"
    CONSTANT = "constant"
    LOCAL_AMOUNT = "local_amount"
    STATE = "state"


class ConflictRule(StrEnum):
    """What happens when both sides changed the same field group to different values."""

    ASK = "ask"
    BC_WINS = "bc_wins"
    SALES_WINS = "sales_wins"


class LeavingRule(StrEnum):
    """What becomes of the Sales row of a BC record that leaves the filter."""

    KEEP = "keep"
    REMOVE = "remove"


class DeletionRule(StrEnum):
    """What happens when one of two coupled records was deleted."""

    ASK = "ask"
    UNCOUPLE = "uncouple"
    RESTORE = "restore"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a filter on native values: ``field`` ``op`` ``values``.

    ``otherwise``: what a person is told of a record that fails this condition alone.
    """

    field: str
    op: str
    values: tuple[Value, ...] = ()
    otherwise: str = dataclasses.field(default="", repr=False)


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
    conditions: tuple[Condition, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every native field that tells the place of a line and whether it is in force."""
        conditions = (each.field for each in self.conditions)
        return tuple(
            dict.fromkeys((*self.within, *self.place, self.begins, self.ends, self.amount, *conditions))
        )


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """One BC field and its Dataverse column (or columns, for a name in parts).

    ``group`` names the field group that merges as one value; a field without one is its own group.
    ``lookup`` names the mappings through which ids are translated, in the order in which they are asked;
    ``by_reference``: the BC field carries the other record's reference (code, number) and not its id;
    ``blank_is_record``: a blank reference means a record of its own (the local currency).  A lookup without a
    BC field leads to one record for all, its ``constant``, which counts only where ``bc_when`` is not blank.
    ``sales_fallback`` is another field's column: a blank lookup stands for the record that column leads to
    through the last of ``lookup`` (a contact, else the account).  ``optional``: a Sales record that is not
    coupled counts as blank.
    ``bc_within`` is the BC field with the record within which that reference is unique (a unit's item).
    ``bc_fallback`` is the BC field taken when ``bc`` is blank, ``bc_currency`` the one with the currency a
    local amount is converted to.
    ``states`` give the state and the status reason of a Sales row for values of BC; other values are blank.
    ``places`` are decimals kept; ``keep_when_blank``: a blank source changes nothing.  ``only_on_create``
    is written at creation and never again; ``after_create`` not at creation but right after it (a state that
    a service takes only then, a record that refers back); both together: once, right after a creation.
    ``rules`` transform what the side holds that the field flows from.
    ``user_local``: the Sales column of a date has the behaviour UserLocal and holds an instant.
    ``not_negative``: a number of BC below zero counts as zero, because Sales holds none.
    ``exact``: a value that Sales stores differently is a failure and not its normalisation.
    Of a line's field: ``without`` names groups, only without all of which it is put; ``same_as`` a field of
    the mapping that its group's first lookup goes through, which must hold the same value.
    ``refusal_is_told``: a change is sent although the service takes the field at creation only, so that a
    person is told of it.
    """

    name: str
    type: FieldType
    direction: Direction
    bc: str | None
    sales: tuple[str, ...]
    group: str
    bc_length: int | None = None
    sales_length: int | None = None
    places: int = 0
    options: tuple[tuple[str, int], ...] = ()
    states: tuple[tuple[str, int, int], ...] = ()
    lookup: tuple[str, ...] = ()
    by_reference: bool = False
    target: str | None = None
    navigation: str | None = None
    constant: Value = None
    keep_when_blank: bool = False
    only_on_create: bool = False
    after_create: bool = False
    blank_is_record: bool = False
    bc_fallback: str | None = None
    bc_currency: str | None = None
    bc_within: str | None = None
    bc_when: str | None = None
    sales_fallback: str | None = None
    optional: bool = False
    user_local: bool = False
    rules: tuple[Rule, ...] = ()
    not_negative: bool = False
    exact: bool = False
    same_as: str | None = None
    without: tuple[str, ...] = ()
    refusal_is_told: bool = False

    def length_on(self, side: Side) -> int | None:
        """The longest text ``side`` can hold, in characters."""
        return self.bc_length if side is Side.BC else self.sales_length


@dataclass(frozen=True, slots=True)
class TableRule:
    """One side of a mapping: entity set, key, what a record is called by, filter, company column.

    ``reference`` are the fields by which other BC records point here (``code``, a contact number; an item
    number and a unit's code).
    ``creates_when`` are further conditions for a partner to be created (an opportunity that is open).
    ``unstamped_while`` are conditions on a pair's fields under which BC's record can change without a new
    version (an invoice that is not paid): a full scan reads it anew.
    ``reopened_by`` are columns with what makes a row writable that is read only otherwise (a paid invoice).
    ``company_column`` holds the BC company a Dataverse row belongs to.  ``api`` is the route of a Business
    Central API other than v2.0 (``publisher/group/v1.0``).  ``in_force``: a record is made of dated lines.
    """

    table: str
    key: str
    display: tuple[str, ...] = ()
    filter: tuple[Condition, ...] = ()
    creates_when: tuple[Condition, ...] = ()
    unstamped_while: tuple[Condition, ...] = ()
    reference: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    company_column: str | None = None
    reopened_by: tuple[tuple[str, int], ...] = ()
    api: str | None = None
    in_force: InForce | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows that belong to a record and are created together with it, once: the lines of a posted document.

    ``bc`` and ``sales`` are the collections of the two records.  ``table`` is the entity set of the Sales
    rows and ``key`` their id; ``order`` the field of a BC line by which the lines are sorted.
    """

    bc: str
    sales: str
    table: str
    key: str
    order: str
    fields: tuple[FieldMapping, ...]

    @property
    def lookups(self) -> tuple[FieldMapping, ...]:
        return tuple(each for each in self.fields if each.lookup)

    @property
    def groups(self) -> tuple[tuple[FieldMapping, ...], ...]:
        """The field groups, in the order of their first field."""
        return groups_of(self.fields)


def groups_of(fields: tuple[FieldMapping, ...]) -> tuple[tuple[FieldMapping, ...], ...]:
    """Fields by their group, in the order of each group's first field."""
    names = dict.fromkeys(each.group for each in fields)
    return tuple(tuple(f for f in fields if f.group == name) for name in names)


@dataclass(frozen=True, slots=True)
class MatchKey:
    """A field whose equal value on both sides means the same record when it is unique on both.

    ``together_with``: only together with these fields (a unit's name within its unit group).
    ``identifies``: records without an equal value can never be the same (an ISO currency code), so
    creating the rest needs nobody's release.  ``hints``: equal values only suggest; such records wait
    for a person.
    """

    field: str
    identifies: bool = False
    hints: bool = False
    together_with: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields whose values must be equal."""
        return (self.field, *self.together_with)


@dataclass(frozen=True, slots=True)
class NotCarried:
    """A field of the built-in integration that this mapping cannot carry, and why."""

    field: str
    reason: str


@dataclass(frozen=True)
class Mapping:
    """One integration table mapping."""

    name: str
    title: str
    direction: Direction
    bc: TableRule
    sales: TableRule
    fields: tuple[FieldMapping, ...]
    depends_on: tuple[str, ...] = ()
    match: tuple[MatchKey, ...] = ()
    not_carried: tuple[NotCarried, ...] = ()
    creates: bool = True
    creates_only_in: Side | None = None
    shared: bool = False
    conflict: ConflictRule = ConflictRule.ASK
    deletion: DeletionRule = DeletionRule.ASK
    leaving: LeavingRule = LeavingRule.KEEP
    interval_s: int = 60
    lines: Lines | None = None

    def may_create(self, side: Side) -> bool:
        """Whether records are created on ``side``: values flow there, and neither rule says no."""
        allowed = self.creates and self.creates_only_in in (None, side)
        return allowed and self.direction.flows_to(side)

    def side(self, side: Side) -> TableRule:
        return self.bc if side is Side.BC else self.sales

    @cached_property
    def groups(self) -> tuple[tuple[FieldMapping, ...], ...]:
        """The field groups, in the order of their first field."""
        return groups_of(self.fields)

    @property
    def all_fields(self) -> tuple[FieldMapping, ...]:
        """The fields of the records and of their lines."""
        return (*self.fields, *(self.lines.fields if self.lines else ()))

    @cached_property
    def lookups(self) -> tuple[FieldMapping, ...]:
        return tuple(each for each in self.fields if each.lookup)

    @cached_property
    def watched(self) -> tuple[Side, ...]:
        """The sides whose changes matter: those that values flow from."""
        return tuple(side for side in Side if any(f.direction.flows_from(side) for f in self.fields))

    @property
    def is_option_set(self) -> bool:
        """Whether the Sales side is the options of a choice column and not a table."""
        return self.sales.table.startswith("options:")

    def native_names(self, side: Side) -> Iterator[str]:
        """Every native field a record of ``side`` is read with, the filter's included, each once."""
        yield from dict.fromkeys(self._native_names(side))

    def _native_names(self, side: Side) -> Iterator[str]:
        rule = self.side(side)
        for each in self.fields:
            yield from native_of(each, side)
        yield from rule.display
        yield from (condition.field for condition in (*rule.filter, *rule.creates_when))
        yield from rule.reference
        if rule.in_force:
            yield from rule.in_force.names
        if rule.company_column:
            yield rule.company_column


def native_of(each: FieldMapping, side: Side) -> tuple[str, ...]:
    """The native names of one field mapping on ``side``."""
    taken = tuple(fields_read(each.rules)) if each.direction.flows_from(side) else ()
    if side is Side.SALES:
        return (*each.sales, *((each.sales_fallback,) if each.sales_fallback else ()), *taken)
    names = (each.bc, each.bc_fallback, each.bc_currency, each.bc_within, each.bc_when)
    return tuple(name for name in names if name) + taken


@dataclass(frozen=True, slots=True)
class Connection:
    """One BC company and one Dataverse organisation; ``name`` is part of every key.

    ``company_id`` marks the Dataverse rows that belong to this company.
    """

    name: str
    company_id: str
    company_name: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a person or a job decided beyond the mapping: whether creating is allowed, by side."""

    create_in: frozenset[Side] = field(default_factory=lambda: frozenset(Side))
    conflict: ConflictRule = ConflictRule.ASK
    deletion: DeletionRule = DeletionRule.ASK
