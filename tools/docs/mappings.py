"""`docs/mappings.md`: what every default mapping carries, by which rule, and what it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from shared_code.compose import default_mappings
from shared_code.core.conditions import ORDERED, TEXTUAL, Test, fields_of
from shared_code.core.dependencies import waves
from shared_code.core.features import Feature, Features
from shared_code.core.filter_language import text_of
from shared_code.core.mapping import (
    IN_FORCE,
    Condition,
    FieldMapping,
    FieldType,
    InForce,
    Mapping,
    MatchKey,
    TableRule,
)
from shared_code.core.policies import LeavingRule
from shared_code.core.records import Side, Value
from tools.docs.ends import types_of
from tools.docs.markdown import code, document, sentence, table
from tools.docs.rules import ARROWS, CONFLICTS, deletions, rule_of

INTRODUCTION = """\
Tandem's default mappings. Arrows: ⇄ both ways, → from Business Central (BC) to Sales, ← from Sales to BC.

Fields of one group merge, and conflict, as one value: an address is one group. A field without a group stands
for itself. A text that is longer than the other side can hold is a [problem](problems.md), never cut. Blank
values of the two sides (`""`, `null`, the zero id, zero) count as equal.

*Holds* is what the service's own metadata says of that end: type, length in characters, and what cannot be
written. A company's Business Central or Sales may differ; a [check](api.md) compares a mapping with them."""


WANTED = frozenset(
    (Feature.VENDORS, Feature.OPPORTUNITIES, Feature.INVOICES, Feature.CREDIT_MEMOS, Feature.ITEM_CATEGORIES,
     Feature.ITEM_VARIANTS, Feature.PERSON_CUSTOMERS)
)  # fmt: skip
"""What the page describes: a company without the extension that wants all that can be had without."""


def page(root: Path) -> str:
    """The page; the mappings come from their files, in the order of a full synchronisation."""
    usual, whole = _in_order(WANTED), _in_order(frozenset(Feature))
    names = {each.name for each in usual}
    further = [each for each in whole if each.name not in names]
    plain = [each for each in _in_order(WITHOUT_PRICE_LISTS) if each.name not in names]
    classic = [each for each in plain if each.name not in {known.name for known in further}]
    replaced = sorted(names - {each.name for each in whole})
    blocks = [INTRODUCTION, _overview(usual)]
    blocks += [block for each in usual for block in _section(each)]
    blocks += [WITH_THE_EXTENSION.format(replaced=" and ".join(replaced)), _overview([*further, *classic])]
    blocks += [block for each in (*further, *classic) for block in _section(each)]
    blocks += [OF_THE_FIRST_PART]
    known = {each.name: each for each in usual}
    blocks += [b for each in whole if each.name in known for b in _difference(known[each.name], each)]
    return document("Mappings", "`shared_code/mappings/*.toml`", blocks)


WITH_THE_EXTENSION = """\
# With the extension

Tandem's extension for Business Central and the features in `FEATURES` bring further mappings. With
`unit_groups` the units of an item are a unit group of its own, instead of {replaced}; ITEM-PRODUCT then also
carries volume, weight and vendor. With `price_lists` prices come from price lists (extended pricing),
without it from customer price groups and their sales prices."""

OF_THE_FIRST_PART = """\
# What the extension and further features change

The mappings of the first part where everything that `FEATURES` can name is there: the fields that come, or
are others."""

WITHOUT_PRICE_LISTS = frozenset(Feature) - {Feature.PRICE_LISTS}


def _in_order(features: Features) -> list[Mapping]:
    by_name = {each.name: each for each in default_mappings(features)}
    return [by_name[name] for wave in waves({n: m.depends_on for n, m in by_name.items()}) for name in wave]


def _overview(mappings: list[Mapping]) -> str:
    rows = [
        (
            f"[{each.name}](#{_anchor(each.name)})",
            code(each.bc.table),
            ARROWS[each.direction],
            code(each.sales.table),
            ", ".join(each.depends_on) or "–",
            str(len(each.fields)),
        )
        for each in mappings
    ]
    return table(("Mapping", "BC", "", "Sales", "After", "Fields"), rows)


def _anchor(name: str) -> str:
    return name.lower().replace(" ", "-")


def _section(each: Mapping) -> Iterator[str]:
    yield f"## {each.name}"
    yield "\n".join(f"- {line}" for line in _facts(each))
    yield table(FIELD_HEAD, [_field_row(each, f) for f in each.fields])
    if each.lines:
        lines = f"{code(each.lines.bc)} → {code(each.lines.sales)}"
        yield f"Lines, created together with their record: {lines}."
        yield table(FIELD_HEAD, [_field_row(each, f, of_line=True) for f in each.lines.fields])
    if each.not_carried:
        yield "Not carried:"
        yield table(
            ("Field of the built-in integration", "Why"), [(n.field, n.reason) for n in each.not_carried]
        )


def _difference(usual: Mapping, whole: Mapping) -> Iterator[str]:
    """The fields of a mapping that features bring or change, and those that they take away."""
    fields = [each for each in whole.fields if each not in usual.fields]
    lines = [e for e in (whole.lines.fields if whole.lines else ()) if e not in _line_fields(usual)]
    names = {each.name for each in whole.fields}
    gone = [code(each.name) for each in usual.fields if each.name not in names]
    if not (fields or lines or gone or usual.bc.api != whole.bc.api):
        return
    yield f"## {whole.name}, whole"
    facts = [f"Read and written through {code(whole.bc.api)}."] if whole.bc.api else []
    facts += [f"Filter in BC: {_filter(whole.bc)}. Filter in Sales: {_filter(whole.sales)}."]
    facts += [f"Without the fields {', '.join(gone)}."] if gone else []
    yield "\n".join(f"- {line}" for line in facts)
    rows = [_field_row(whole, each) for each in fields]
    rows += [_field_row(whole, each, of_line=True) for each in lines]
    if rows:
        yield table(FIELD_HEAD, rows)


def _line_fields(each: Mapping) -> tuple[FieldMapping, ...]:
    return each.lines.fields if each.lines else ()


FIELD_HEAD = ("BC field", "Holds", "", "Sales column", "Holds", "Group", "Rule")


def _facts(each: Mapping) -> Iterator[str]:
    yield f"{each.title}. Looked at every {each.interval_s} seconds."
    yield f"Filter in BC: {_filter(each.bc)}. Filter in Sales: {_filter(each.sales)}."
    for side, rule in (("Sales", each.bc), ("BC", each.sales)):
        if rule.creates_when:
            yield f"Created in {side} only where {_conditions(rule.creates_when)}."
    yield f"Coupled by match: {_match(each)}."
    yield sentence(_creation(each))
    yield f"Both sides changed: {CONFLICTS[each.conflict]}. One side deleted: {deletions(each.deletion)}."
    if each.bc.in_force:
        yield from _in_force(each.bc, each.bc.in_force)
    if each.leaving is LeavingRule.REMOVE:
        yield LEAVING
    if each.shared:
        yield "Rows are shared by all companies: the company that wrote a row first keeps writing it."


LEAVING = """\
A record that leaves the filter in BC: the row of Sales is deleted if Tandem made it; one that a person made \
stays, and is a [problem](problems.md)."""


def _in_force(table: TableRule, rule: InForce) -> Iterator[str]:
    place = ", ".join(code(name) for name in (*rule.within, *rule.place))
    yield (
        f"Lines of equal {place} are one record: the one in force today, from {code(rule.begins)} to "
        f"{code(rule.ends)}. Of several the lowest {code(rule.amount)} counts, and zero is none, as in BC's "
        "own price calculation. `TIME_ZONE` tells what today is; soon after midnight everything is looked at."
    )
    for each in table.filter:
        if each.otherwise:
            yield f"Told and not carried, unless {_condition(each)}: {each.otherwise}"


def _filter(rule: TableRule) -> str:
    return _conditions(each for each in rule.filter if IN_FORCE not in fields_of((each,))) or "none"


def _conditions(conditions: Iterable[Test]) -> str:
    return " and ".join(map(_condition, conditions))


def _condition(each: Test) -> str:
    if not isinstance(each, Condition) or each.op in (*ORDERED, *TEXTUAL):
        return code(text_of((each,)))
    values = " or ".join(map(_value, each.values))
    words = {"is_blank": "is blank", "is_not_blank": "is not blank", "is_not": f"is not {values}"}
    return f"{code(each.field)} {words.get(each.op, f'is {values}')}"


def _value(value: Value) -> str:
    if value in (None, ""):
        return "blank"
    return code(str(value).lower() if isinstance(value, bool) else str(value))


def _match(each: Mapping) -> str:
    return ", then ".join(_match_key(key) for key in each.match) or "not at all"


def _match_key(key: MatchKey) -> str:
    names = " with ".join(code(name) for name in key.fields)
    return f"{names} (only suggests: a person decides)" if key.hints else names


def _creation(each: Mapping) -> str:
    if each.is_option_set:
        return "a code is coupled with the option of that name; a code without one is a problem that names it"
    if not each.creates:
        return "creates nothing: records are coupled with what exists"
    if any(key.identifies for key in each.match):
        return "creates what is missing: without an equal key two records cannot be the same"
    return "creates what is missing; where both sides hold uncoupled records, only after a release"


def _field_row(mapping: Mapping, each: FieldMapping, *, of_line: bool = False) -> tuple[str, ...]:
    group = "" if each.group == each.name else each.group
    constant = each.type is FieldType.CONSTANT
    return (
        code(each.bc or "") or ("constant" if constant else ""),
        types_of(mapping, each, Side.BC, of_line=of_line),
        ARROWS[each.direction],
        ", ".join(code(name) for name in each.sales) or ("constant" if constant else ""),
        types_of(mapping, each, Side.SALES, of_line=of_line),
        group,
        rule_of(each),
    )
