"""Contradictions: what a mapping's document says in well-formed words and still cannot mean."""

from __future__ import annotations

from shared_code.core.conditions import Condition, fields_of
from shared_code.core.filters import meets
from shared_code.core.mapping import ConflictRule, Direction, FieldMapping, FieldType, Mapping
from shared_code.core.policies import BySide, DeletionRule, LeavingRule, deletion_rule
from shared_code.core.records import Side
from shared_code.core.transformation_rules import KINDS


def contradictions(mapping: Mapping) -> list[str]:
    """What is well-formed and still cannot be meant."""
    names = [each.name for each in mapping.fields]
    problems = [f"field {name} is there twice" for name in sorted({n for n in names if names.count(n) > 1})]
    for each in mapping.all_fields:
        problems += [f"field {each.name}: {problem}" for problem in _field_contradictions(mapping, each)]
    wanted = [name for key in mapping.match for name in key.fields]
    problems += [f"match: there is no field {name}" for name in wanted if name not in names]
    problems += [f"bc.moved_by: {problem}" for problem in _moved_contradictions(mapping)]
    problems += _of_another_record(mapping)
    page = mapping.bc.page
    if page and page.value not in (mapping.bc.key, *mapping.native_names(Side.BC)):
        problems.append(f"bc.page: a record is not read with {page.value}: name it in bc.display")
    if mapping.leaving is LeavingRule.REMOVE and mapping.direction is not Direction.TO_SALES:
        problems.append("leaving: only rows of a mapping to Sales are removed")
    if mapping.conflict is ConflictRule.NEWEST_WINS and mapping.is_option_set:
        problems.append("conflict: options have no time of change, so the newest cannot win")
    for side in Side:
        problems += _uses_of_the_key(mapping, side)
        problems += [*_deletion_contradictions(mapping, side), *_template_contradictions(mapping, side)]
    return problems


def _uses_of_the_key(mapping: Mapping, side: Side) -> list[str]:
    """A record's id is no value of it: as a field or in a filter it would silently be blank."""
    rule = mapping.side(side)
    fields = [
        f"field {each.name}: {rule.key} is the record's id and no value of it; {_INSTEAD}"
        for each in mapping.fields
        if rule.key in (each.sales if side is Side.SALES else (each.bc,))
    ]
    filters = [rule.key] if rule.key in fields_of((*rule.filter, *rule.creates_when)) else []
    return fields + [f"{side}.filter: {name} is the record's id and no value of it" for name in filters]


_INSTEAD = "look the record up by what it is known by (by_reference)"


def _template_contradictions(mapping: Mapping, side: Side) -> list[str]:
    """Templates for records that are never made, values that a field would take back or that lead outside."""
    rule = mapping.side(side)
    problems = [f"{side}.new: the mapping creates nothing in {side.system_name}"] if rule.new else []
    problems = [] if mapping.may_create(side) else problems
    written = {
        name: each.name
        for each in mapping.fields
        if each.direction.flows_to(side) and not (each.only_on_create or each.keep_when_blank)
        for name in (each.sales if side is Side.SALES else (each.bc,))
    }
    for template in rule.new:
        values = dict(template.values)
        taken = (name for name in values if name in written)
        problems += [f"{side}.new: {name} is written by the field {written[name]}" for name in taken]
        told = [test for test in rule.filter if set(fields_of((test,))) <= values.keys()]
        if not all(meets(test, values, side) for test in told):
            problems.append(f"{side}.new: a record with these values would be outside of {side}.filter")
    return problems


def _deletion_contradictions(mapping: Mapping, gone: Side) -> list[str]:
    """What is asked for when a record of ``gone`` was deleted and cannot be done."""
    rule, left = deletion_rule(mapping.deletion, gone), gone.other
    if isinstance(mapping.deletion, BySide) and rule in _ACTING and not mapping.direction.flows_to(left):
        return [f"deletion: {rule} when {gone.system_name} deletes needs a direction to {left.system_name}"]
    if rule is not DeletionRule.DEACTIVATE or not mapping.direction.flows_to(left):
        return []
    values = dict(mapping.side(left).deactivate)
    if not values:
        return [f"deletion: deactivate needs {left}.deactivate, the values that take a record out of use"]
    told = [test for test in mapping.side(left).filter if set(fields_of((test,))) <= values.keys()]
    if all(meets(test, values, left) for test in told):
        # Else it would be taken for a new record and get a new partner.
        return [f"deletion: a record with {left}.deactivate must be outside of {left}.filter"]
    return []


_ACTING = (DeletionRule.DELETE, DeletionRule.DEACTIVATE)


def _of_another_record(mapping: Mapping) -> list[str]:
    lookups = {each.name for each in mapping.fields if each.lookup}
    return [
        f"field {each.name}: same_in must name a lookup of the mapping, and “{each.same_in}” is none"
        for each in mapping.all_fields
        if each.same_in and each.same_in not in lookups
    ]


def _leads_twice(each: FieldMapping) -> bool:
    tables = [each.target, *(one.target for one in each.also)]
    return bool(each.also) and (len({*tables}) < len(tables) or len({*each.lookup}) < len(each.lookup))


def _is_constant(each: FieldMapping) -> bool:
    """Whether Business Central's side is one value for all records: a constant, or a lookup of one record."""
    is_one_record = each.type is FieldType.LOOKUP and each.constant is not None
    return each.type is FieldType.CONSTANT or (is_one_record and each.direction is Direction.TO_SALES)


_WITH_RULES = (
    FieldType.TEXT, FieldType.CODE, FieldType.PHONE, FieldType.EMAIL, FieldType.DATE, FieldType.DECIMAL,
    FieldType.INTEGER, FieldType.OPTION,
)  # fmt: skip
_COLUMNS = {FieldType.PERSON_NAME: 2, FieldType.STATE: 2}
_LOOKING_UP = (FieldType.LOOKUP, FieldType.LOCAL_AMOUNT)


_SENT = ("is", "is_not", "one_of")
"""The conditions that are sent to the service."""


def _moved_contradictions(mapping: Mapping) -> list[str]:
    moved = mapping.bc.moved_by
    if moved is None:
        return []
    taken = {each.bc for each in mapping.fields}
    looked_up = {each.bc for each in mapping.fields if each.type in _LOOKING_UP}
    rules = {
        "names and by need each other": bool(moved.names) is not bool(moved.by),
        "what is not numbered needs names": not moved.numbered and not moved.names,
        "without names it needs among: which records may have moved": not moved.names and not moved.among,
        "its conditions can be is, is_not and one_of": any(
            not (isinstance(each, Condition) and each.op in _SENT) for each in (*moved.entries, *moved.among)
        ),
        **{f"no field takes {name}": name not in taken for name in moved.shows},
        **{f"{name} is looked up and cannot be moved by entries": name in looked_up for name in moved.shows},
    }
    return [problem for problem, broken in rules.items() if broken]


def _field_contradictions(mapping: Mapping, each: FieldMapping) -> list[str]:
    rules = {
        "its direction exceeds the mapping's": mapping.direction is not Direction.BIDIRECTIONAL
        and each.direction is not mapping.direction,
        "a lookup names the mapping it goes through, and only a lookup does": (each.type in _LOOKING_UP)
        is not bool(each.lookup),
        # What is written after the creation may refer back to what depends on this mapping.
        "the mapping it looks up must be in depends_on": not each.after_create
        and not set(each.lookup) <= {*mapping.depends_on, mapping.name},
        "it has no Sales column": not each.sales and each.type is not FieldType.CONSTANT,
        "it has no BC field": each.bc is None and not _is_constant(each),
        "only a lookup by reference is within another record": bool(each.bc_within) and not each.by_reference,
        "a constant flows one way": each.type is FieldType.CONSTANT
        and each.direction is Direction.BIDIRECTIONAL,
        "a name in parts has a first and a last name": len(each.sales) > _COLUMNS.get(each.type, 1),
        "an option needs its options": each.type is FieldType.OPTION and not each.options,
        "a state has two columns, its states, and flows to Sales": each.type is FieldType.STATE
        and not (len(each.sales) == 2 and each.states and each.direction is Direction.TO_SALES),
        "only a lookup has sales_fallback, which leads through a second mapping": bool(each.sales_fallback)
        and len(each.lookup) < 2,
        "only a lookup with target and navigation leads also elsewhere, and has no sales_fallback": bool(
            each.also
        )
        and (not each.target or not each.navigation or bool(each.sales_fallback)),
        "it leads to one table, and through one mapping, twice": _leads_twice(each),
        "only a lookup that leads to a table of Sales belongs": each.belongs
        and not (each.lookup and each.target),
        "bc_when is for a constant record that flows to Sales": bool(each.bc_when) and not _is_constant(each),
        f"a {each.type.value} takes no rules": bool(each.rules) and each.type not in _WITH_RULES,
        "rules of an option read Business Central: it flows to Sales": bool(each.rules)
        and each.type is FieldType.OPTION
        and each.direction is not Direction.TO_SALES,
        "only rules that tidy (trim, collapse, upper, lower) flow both ways": each.direction
        is Direction.BIDIRECTIONAL
        and not all(KINDS[rule.name].tidies for rule in each.rules),
        "what is written at creation only is never refused": each.refusal_is_told and each.only_on_create,
        "what is fixed in Business Central flows to Sales, and is no part of a group": each.fixed_in_bc
        and (not each.direction.flows_to(Side.SALES) or each.group != each.name),
        "what Business Central gives with a field flows from there, and is no part of a group": bool(
            each.given_in_bc_with
        )
        and (not each.direction.flows_from(Side.BC) or each.group != each.name),
        "given_in_bc_with names another field of the mapping": bool(each.given_in_bc_with)
        and each.given_in_bc_with not in {other.name for other in mapping.fields if other is not each},
        "only a country can be as_name": each.as_name and each.type is not FieldType.COUNTRY,
        "only a date can be user_local": each.user_local and each.type is not FieldType.DATE,
        "only a state moves onward": each.onward and each.type is not FieldType.STATE,
        # Both ways, a value on one side would never reach the blank on the other.
        "what is kept when blank flows one way": each.keep_when_blank
        and each.direction is Direction.BIDIRECTIONAL,
        # Sales keeps it in the row's currency, from which there is no way back into a local amount.
        "a local amount has its currency and flows to Sales": each.type is FieldType.LOCAL_AMOUNT
        and not (each.bc_currency and each.direction is Direction.TO_SALES),
    }
    return [problem for problem, broken in rules.items() if broken]
