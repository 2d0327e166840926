"""The rule of one field mapping in words."""

from __future__ import annotations

from collections.abc import Iterator

from shared_code.core.mapping import ConflictRule, Direction, FieldMapping, FieldType
from shared_code.core.policies import BySide, DeletionRule, DeletionRules
from tools.docs.markdown import code, sentence

ARROWS = {Direction.TO_SALES: "→", Direction.FROM_SALES: "←", Direction.BIDIRECTIONAL: "⇄"}

CONFLICTS = {
    ConflictRule.ASK: "a person decides",
    ConflictRule.BC_WINS: "BC wins, the journal keeps the other value",
    ConflictRule.SALES_WINS: "Sales wins, the journal keeps the other value",
    ConflictRule.NEWEST_WINS: "the side edited last wins, the journal keeps the other value",
}
DELETIONS = {
    DeletionRule.ASK: "a person decides",
    DeletionRule.UNCOUPLE: "the pair is uncoupled",
    DeletionRule.RESTORE: "the record is made again",
    DeletionRule.DELETE: "the other is deleted too",
    DeletionRule.DEACTIVATE: "the other is taken out of use",
}


def deletions(rules: DeletionRules) -> str:
    """What happens when one side was deleted."""
    if not isinstance(rules, BySide):
        return DELETIONS[rules]
    return f"{DELETIONS[rules.bc]} (BC), {DELETIONS[rules.sales]} (Sales)"


_TYPES = {
    FieldType.TEXT: "text",
    FieldType.CODE: "code, in capitals",
    FieldType.PHONE: "telephone number, runs of blanks count as one",
    FieldType.EMAIL: "e-mail address",
    FieldType.COUNTRY: "country: a code in BC, a code or a name in Sales",
    FieldType.PERSON_NAME: "name: the last word is the last name, the rest the first name",
    FieldType.INTEGER: "whole number",
    FieldType.BOOLEAN: "yes or no",
    FieldType.DATE: "date",
    FieldType.LINES: "the lines of the order, one by one",
    FieldType.DATE_TIME: "date and time, to the second, in UTC",
}


def rule_of(each: FieldMapping) -> str:
    """What a field mapping does, in one cell."""
    return sentence("; ".join([_kind(each), *_conditions(each)]))


def _kind(each: FieldMapping) -> str:
    match each.type:
        case FieldType.CONSTANT if each.constant == "{company_id}":
            return "always the id of the BC company"
        case FieldType.CONSTANT:
            return f"always {code(str(each.constant))}"
        case FieldType.LOOKUP:
            return _lookup(each)
        case FieldType.LOCAL_AMOUNT:
            return f"amount in local currency, converted at the rate of {each.lookup[0]}"
        case FieldType.DECIMAL:
            return f"number with {each.places} decimals"
        case FieldType.OPTION:
            return "choice: " + ", ".join(f"{text} = {number}" for text, number in each.options)
        case FieldType.STATE:
            return "state: " + ", ".join(f"{text} = {state}/{reason}" for text, state, reason in each.states)
        case _:
            return _TYPES[each.type]


def _lookup(each: FieldMapping) -> str:
    how = ", found by its reference" if each.by_reference else ""
    what = "record" if each.target else "option"
    through = [f"{name} ({each.target_of(name)})" if each.also else name for name in each.lookup]
    return f"the {what} coupled through {' or '.join(through)}{how}"


def _conditions(each: FieldMapping) -> Iterator[str]:
    yield from (words for words, holds in _words(each).items() if holds)
    if each.rules:
        yield "rules: " + ", ".join(code(rule.name) for rule in each.rules)
    if each.after_create:
        yield "written once, right after creation" if each.only_on_create else "not part of a creation"
    elif each.only_on_create:
        yield "written at creation only"


def _words(each: FieldMapping) -> dict[str, bool]:
    """What may be said of a field, and whether it holds."""
    return {
        f"{code(each.bc_fallback or '')} where blank": bool(each.bc_fallback),
        "never below zero": each.not_negative,
        "zero where blank": each.never_blank,
        "another value in Sales is a problem": each.exact,
        "only without " + " and ".join(each.without): bool(each.without),
        f"only where it is the {each.same_as} of that record": bool(each.same_as),
        f"a record whose {each.same_in} holds another one is not carried": bool(each.same_in),
        f"{code(each.sales_fallback or '')} where blank in Sales": bool(each.sales_fallback),
        f"only where {code(each.bc_when or '')} is not blank": bool(each.bc_when),
        "blank where the other record is not coupled": each.optional,
        "blank means the local currency": each.blank_is_record,
        "a blank source changes nothing": each.keep_when_blank,
    }
