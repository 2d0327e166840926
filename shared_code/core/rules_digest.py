"""What a mapping's rules are, as short texts that change when the rules do.

Work that waits (scans, batches) and bases that are on file were made under certain rules.  Their digest is
kept with them, so that after a change nothing of the old rules is taken for one of the new.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from shared_code.core.base import Base
from shared_code.core.identity import digest
from shared_code.core.mapping import FieldMapping, Mapping, TableRule
from shared_code.core.policies import DeletionRule, LeavingRule
from shared_code.core.records import Side, Values

LENGTH = 12
KEPT = 256
"""So many mappings' results are kept: every batch asks for them, and a mapping never changes."""


@lru_cache(KEPT)
def digest_of(mapping: Mapping) -> str:
    """The whole of the rules: equal for equal rules.  Its first half is that of ``selection_of``."""
    flows = [repr((each.name, *_flow(each))) for each in mapping.fields]
    rest = (
        mapping.conflict.value,
        mapping.deletion.value if isinstance(mapping.deletion, DeletionRule) else repr(mapping.deletion),
        *_further(mapping),
        *meanings(mapping).values(),
        *flows,
    )
    return f"{selection_of(mapping)}.{_short(*rest)}"


def selection_of(mapping: Mapping) -> str:
    """Which records are kept in step and which of them are taken for the same: tables, filters, keys."""
    tables = [_table(each) for each in (mapping.bc, mapping.sales)]
    keys = [repr((each.field, each.together_with, each.identifies, each.hints)) for each in mapping.match]
    return _short(*tables, *keys, repr((mapping.direction.value, mapping.creates, mapping.shared)))


def _table(rule: TableRule) -> str:
    """What is not there leaves no trace, so that a rule of a newer Tandem changes no digest of others."""
    parts = (rule.api, rule.table, rule.key, rule.filter, rule.company_column)
    return repr((*parts, *filter(None, (rule.in_force, rule.creates_when))))


def _further(mapping: Mapping) -> tuple[str, ...]:
    """What others find a record by is kept with its coupling: it is read anew when that changes."""
    leaving = () if mapping.leaving is LeavingRule.KEEP else (mapping.leaving.value,)
    lines = (repr(mapping.lines),) if mapping.lines else ()
    moved_by = (repr(mapping.bc.moved_by),) if mapping.bc.moved_by else ()
    taken_out = tuple(repr(rule.deactivate) for rule in (mapping.bc, mapping.sales) if rule.deactivate)
    new = tuple(repr(rule.new) for rule in (mapping.bc, mapping.sales) if rule.new)
    return (*leaving, *mapping.bc.reference, *lines, *moved_by, *taken_out, *new)


def same_selection(one: str, other: str) -> bool:
    """Whether two digests of ``digest_of`` select the same records."""
    return one.partition(".")[0] == other.partition(".")[0]


@lru_cache(KEPT)
def meanings(mapping: Mapping) -> MappingOf[str, str]:
    """What each field's neutral value is made of, by the field's name."""
    return MappingProxyType({each.name: _short(repr(_meaning(each))) for each in mapping.fields})


def still_true(base: Base, made: MappingOf[str, str], now: MappingOf[str, str]) -> Base | None:
    """The part of a base whose fields mean the same now as when it was made; ``None`` where nothing does."""
    kept = {name for name, meaning in now.items() if made.get(name) == meaning}
    bc, sales = (_only(base.on(side), kept) for side in Side)
    return replace(base, bc=bc, sales=sales) if bc or sales else None


def _only(values: Values, names: set[str]) -> Values:
    return {name: value for name, value in values.items() if name in names}


def _meaning(each: FieldMapping) -> tuple[object, ...]:
    native = (each.bc, each.bc_within, each.sales, each.bc_fallback, each.bc_currency)
    lookup = (each.lookup, each.by_reference, each.target, each.blank_is_record, each.user_local)
    # Last and only where there is something, so that other fields keep the digest they had.
    rules = (each.rules,) if each.rules else ()
    return (each.type.value, each.options, each.places, each.constant, *native, *lookup, *rules, *_rare(each))


def _rare(each: FieldMapping) -> tuple[tuple[str, object], ...]:
    """What few fields have of what makes their value."""
    names = ("bc_when", "sales_fallback", "optional", "states", "not_negative", "never_blank", "also")
    return tuple((name, getattr(each, name)) for name in names if getattr(each, name))


def _flow(each: FieldMapping) -> tuple[object, ...]:
    lengths = (each.bc_length, each.sales_length)
    once = (each.only_on_create, each.after_create)
    rare = ("after_create_in_bc", "fixed_in_bc", "given_in_bc_with", "as_name", "onward")
    more = tuple(name for name in rare if getattr(each, name))
    return (each.direction.value, each.group, each.keep_when_blank, *once, *lengths, *more)


def _short(*parts: str) -> str:
    return digest(parts)[:LENGTH]
