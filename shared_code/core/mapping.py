"""The mapping model: what one integration table mapping says, as values that cannot contradict themselves.

A mapping is read from a document (a TOML file of ``shared_code/mappings``); ``catalogue.py`` does the
reading.  Everything here is immutable and free of I/O.  What it says of fields and tables is in modules of
their own and can be had from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from functools import cached_property

from shared_code.core.brakes import Brakes
from shared_code.core.conditions import Condition, fields_of
from shared_code.core.fields import Direction, FieldMapping, FieldType, Lines, groups_of, native_of
from shared_code.core.lenses import getters, putters
from shared_code.core.policies import (
    MODIFIED_ON,
    BySide,
    ConflictRule,
    DeletionRule,
    DeletionRules,
    LeavingRule,
    Rules,
    deletion_rule,
)
from shared_code.core.ready import Getters, Putters
from shared_code.core.records import Side
from shared_code.core.table_rules import IN_FORCE, InForce, TableRule

__all__ = [
    "IN_FORCE", "BySide", "Condition", "ConflictRule", "Connection", "DeletionRule", "DeletionRules",
    "Direction", "FieldMapping", "FieldType", "InForce", "LeavingRule", "Lines", "Mapping", "MatchKey",
    "NotCarried", "Rules", "TableRule", "deletion_rule", "groups_of", "native_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class MatchKey:
    """A field whose equal value on both sides means the same record when it is unique on both.

    ``together_with``: only together with these fields (a unit's name within its unit group).
    ``identifies``: records without an equal value can never be the same (an ISO currency code), so
    creating the rest needs nobody's release.  ``hints``: equal values only suggest; such records wait
    for a person.  ``case_sensitive``: capitals count.
    """

    field: str
    identifies: bool = False
    hints: bool = False
    together_with: tuple[str, ...] = ()
    case_sensitive: bool = False

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
    deletion: DeletionRules = DeletionRule.ASK
    leaving: LeavingRule = LeavingRule.KEEP
    interval_s: int = 60
    sweep_hours: int = 24
    brake: Brakes = field(default_factory=Brakes)
    lines: Lines | None = None

    def __hash__(self) -> int:
        """Two of one name are hardly ever met in one place, and what is kept for a mapping is asked often."""
        return hash(self.name)

    @cached_property
    def order_lines(self) -> FieldMapping | None:
        """The field that stands for lines which go both ways; most mappings have none."""
        return next((each for each in self.fields if each.type is FieldType.LINES), None)

    def may_create(self, side: Side, *, insists: bool = False) -> bool:
        """Whether records are created on ``side``: values flow there, and neither rule says no.

        Where a person ``insists``, a mapping that creates nothing by itself does so.
        """
        allowed = (self.creates or insists) and self.creates_only_in in (None, side)
        return allowed and self.direction.flows_to(side)

    def side(self, side: Side) -> TableRule:
        return self.bc if side is Side.BC else self.sales

    @cached_property
    def groups(self) -> tuple[tuple[FieldMapping, ...], ...]:
        """The field groups, in the order of their first field."""
        return groups_of(self.fields)

    @cached_property
    def getters(self) -> MappingOf[Side, Getters]:
        """How the fields of a record of each side are read."""
        return {side: getters(self.fields, side) for side in Side}

    @cached_property
    def putters(self) -> MappingOf[Side, Putters]:
        """How the fields of a record of each side are put, by group."""
        return {side: putters(self.groups, side) for side in Side}

    @property
    def all_fields(self) -> tuple[FieldMapping, ...]:
        """The fields of the records and of their lines."""
        return (*self.fields, *(self.lines.fields if self.lines else ()))

    @cached_property
    def never_blank(self) -> frozenset[str]:
        """The fields that Sales needs, as zero where they are blank."""
        return frozenset(each.name for each in self.fields if each.never_blank)

    @cached_property
    def created_with(self) -> MappingOf[Side, tuple[str, ...]]:
        """The fields that a record created on a side is created with."""
        return {
            side: tuple(
                each.name
                for each in self.fields
                if each.is_part_of_creation(side) and each.direction.flows_to(side)
            )
            for side in Side
        }

    @cached_property
    def compared(self) -> tuple[FieldMapping, ...]:
        """The fields whose amount both sides must come to by themselves."""
        return tuple(each for each in self.fields if each.compared_with)

    @cached_property
    def lookups(self) -> tuple[FieldMapping, ...]:
        return tuple(each for each in self.fields if each.lookup)

    @cached_property
    def belongs(self) -> tuple[FieldMapping, ...]:
        """The lookups that lead to the record to which one of these belongs."""
        return tuple(each for each in self.fields if each.belongs)

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
        yield from self._names_by_side[side]

    @cached_property
    def _names_by_side(self) -> MappingOf[Side, tuple[str, ...]]:
        return {side: tuple(dict.fromkeys(self._native_names(side))) for side in Side}

    def _native_names(self, side: Side) -> Iterator[str]:
        rule = self.side(side)
        for each in self.fields:
            yield from native_of(each, side)
        yield from rule.display
        yield from fields_of((*rule.filter, *rule.creates_when))
        # What is looked at here when the other side's new record is made.
        yield from fields_of(test for each in self.side(side.other).new for test in each.when)
        yield from rule.reference
        if rule.in_force:
            yield from rule.in_force.names
        if rule.company_column:
            yield rule.company_column
        if rule.merged_into:
            yield rule.merged_into
        if rule.beside:
            yield from (rule.beside.transfer, rule.beside.reason)
        if side is Side.SALES:
            yield from (each.compared_with for each in self.compared if each.compared_with)
        if side is Side.SALES and self.conflict is ConflictRule.NEWEST_WINS:
            yield MODIFIED_ON


@dataclass(frozen=True, slots=True)
class Connection:
    """One BC company and one Dataverse organisation; ``name`` is part of every key.

    ``company_id`` marks the Dataverse rows that belong to this company.  ``templates`` are the codes of the
    templates that new BC records are made from, by mapping; ``accounts`` those of lines of orders, by kind.
    ``owning_team`` owns the rows that are made in Sales; blank: the users of salespeople do.
    """

    name: str
    company_id: str
    templates: MappingOf[str, str] = field(default_factory=dict, hash=False)
    accounts: MappingOf[str, str] = field(default_factory=dict, hash=False)
    owning_team: str = ""
