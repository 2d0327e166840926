"""What a mapping says of its fields: one BC field and its Dataverse columns, or those of a line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class FurtherTarget:
    """A further table of Sales that a lookup leads to, through a mapping of its own.

    ``target`` is its entity set, ``navigation`` the name the lookup is written by when it points there.
    """

    lookup: str
    target: str
    navigation: str


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """One BC field and its Dataverse column (or columns, for a name in parts).

    ``group`` names the field group that merges as one value; a field without one is its own group.
    ``lookup`` names the mappings through which ids are translated, in the order in which they are asked;
    ``by_reference``: the BC field carries the other record's reference (code, number) and not its id;
    ``blank_is_record``: a blank reference means a record of its own (the local currency).  A lookup without a
    BC field leads to one record for all, its ``constant``, which counts only where ``bc_when`` is not blank.
    ``also`` are further tables that it leads to in Sales (a person beside a company); ``lookup`` names their
    mappings, too.  What such a lookup holds natively is the entity set with the id: ``contacts/<id>``.
    ``sales_fallback`` is another field's column: a blank lookup stands for the record that column leads to
    through the last of ``lookup`` (a contact, else the account).  ``within_only``: the
    BC field carries only what the reference is within (the item of a variant).  ``over_when``: it leads
    nowhere to a BC record that held these values when it was last in step and is gone since.
    ``quiet``: while it leads to no coupled record, the record itself is nobody's.
    ``optional``: a Sales record that is not coupled counts as blank, and where it is written at creation only
    one of BC, too.
    ``belongs``: the record belongs to the one that the lookup leads to (somebody who works for a customer):
    who uncouples that one uncouples it, too.
    ``bc_within`` is the BC field with the record within which that reference is unique (a unit's item).
    ``bc_fallback`` is the BC field taken when ``bc`` is blank, ``bc_currency`` the one with the currency a
    local amount is converted to.
    ``states`` give the state and the status reason of a Sales row for values of BC; other values are blank.
    ``places`` are decimals kept; ``keep_when_blank``: a blank source changes nothing.  ``onward``: a
    state only moves on in the order of its ``states``; one that Sales is past does not come back.
    ``only_on_create`` is written at creation and never again; ``after_create`` not at creation but right
    after it (a state that a service takes only then, a record that refers back); both together: once, right
    after a creation.
    ``after_create_in_bc``: the same where it is Business Central that takes it only then.
    ``fixed_in_bc``: BC's value is for good, because changing it renames the record in all documents.  It is
    written there at creation at most; another value of Sales is a conflict that nothing decides for Sales.
    ``given_in_bc_with`` names a field with whose value BC gives this one a value itself, and which it blanks
    together with this one (the name of a contact, and who it is).  A blank of Sales beside such a value is
    never forced on BC, where the two writes would undo each other.
    ``rules`` transform what the side holds that the field flows from.
    ``as_name``: Sales holds the name of a country and not its code.
    ``user_local``: the Sales column of a date has the behaviour UserLocal and holds an instant.
    ``not_negative``: a number of BC below zero counts as zero, because Sales holds none.
    ``never_blank``: Sales needs a number there; a blank one is written as zero.
    ``exact``: a value that Sales stores differently is a failure and not its normalisation.
    Of a line's field: ``without`` names groups, only without all of which it is put; ``same_as`` a field of
    the mapping that its group's first lookup goes through, which must hold the same value.
    ``same_in`` names a lookup of the mapping whose record must hold the same in its own field of this name;
    else Sales has no place for the record (a price in another currency than its list).
    ``kind``: of a line's field, only of lines of this kind (``orders.py``).  ``beside``: its Sales column is
    one of the row beside the record.  ``compared_with`` is a Sales column that must hold the same amount once
    Tandem has created the BC record.
    A field of the type ``lines`` stands for all lines of an order that go both ways (``order_lines.py``).
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
    also: tuple[FurtherTarget, ...] = ()
    constant: Value = None
    keep_when_blank: bool = False
    onward: bool = False
    only_on_create: bool = False
    after_create: bool = False
    after_create_in_bc: bool = False
    fixed_in_bc: bool = False
    given_in_bc_with: str = ""
    blank_is_record: bool = False
    bc_fallback: str | None = None
    bc_currency: str | None = None
    bc_within: str | None = None
    bc_when: str | None = None
    sales_fallback: str | None = None
    optional: bool = False
    within_only: bool = False
    quiet: bool = False
    over_when: tuple[tuple[str, Value], ...] = ()
    user_local: bool = False
    as_name: bool = False
    rules: tuple[Rule, ...] = ()
    not_negative: bool = False
    never_blank: bool = False
    exact: bool = False
    same_as: str | None = None
    without: tuple[str, ...] = ()
    same_in: str | None = None
    refusal_is_told: bool = False
    belongs: bool = False
    kind: str = ""
    beside: bool = False
    compared_with: str = ""

    def is_part_of_creation(self, side: Side) -> bool:
        """Whether a record that is created on ``side`` is created with it."""
        return not (self.after_create or (self.after_create_in_bc and side is Side.BC))

    def target_of(self, mapping: str) -> str | None:
        """The entity set of Sales that the lookup leads to through one of its mappings."""
        return next((each.target for each in self.also if each.lookup == mapping), self.target)

    def length_on(self, side: Side) -> int | None:
        """The longest text ``side`` can hold, in characters."""
        return self.bc_length if side is Side.BC else self.sales_length


def native_of(each: FieldMapping, side: Side) -> tuple[str, ...]:
    """The native names of one field mapping on ``side``."""
    taken = tuple(fields_read(each.rules)) if each.direction.flows_from(side) else ()
    if side is Side.SALES:
        return (*each.sales, *((each.sales_fallback,) if each.sales_fallback else ()), *taken)
    names = (each.bc, each.bc_fallback, each.bc_currency, each.bc_within, each.bc_when)
    return tuple(name for name in names if name) + taken


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows that belong to a record and are created together with it, once: the lines of a document.

    ``bc`` and ``sales`` are the collections of the two records.  ``table`` is the entity set of the Sales
    rows and ``key`` their id; ``order`` the field of a BC line by which the lines are sorted.
    ``direction`` tells where they are created.
    """

    bc: str
    sales: str
    table: str
    key: str
    order: str
    fields: tuple[FieldMapping, ...]
    direction: Direction = Direction.TO_SALES

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
