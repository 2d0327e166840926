"""Transformations: each field mapping as a small lens between two native forms and one neutral value.

``get`` reads the neutral value out of a record, ``put`` gives the native fields that hold it.  Two laws
keep records from being written back and forth, and are tested after each service's own
normalisation (Foster et al., "Combinators for bidirectional tree transformations", 2005):

    get(put(v)) == v          what was put is what is read
    put(get(r)) changes nothing a service would notice

Neutral forms: text without outer blanks in NFC, blank as ``None``; codes in capitals; numbers as
``Decimal`` with zero as ``None`` (Business Central cannot hold a blank number); dates, instants as ISO
text; lookups as the BC record's id or reference.  A Sales lookup whose target is not coupled is
``sales:<id>``.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from shared_code.core import states
from shared_code.core.countries import country_code, country_name
from shared_code.core.fields import FieldMapping, FieldType
from shared_code.core.lookups import (
    UNCONVERTED_PREFIX,
    UNCOUPLED_PREFIX,
    Links,
    get_local_amount,
    get_lookup,
    looked_up,
    put_lookup,
    without_rate,
)
from shared_code.core.moments import BLANK_DATE, BLANK_INSTANT, day_of, instant_of, instant_of_day
from shared_code.core.plain import LARGEST, decimal_of, plain_text, tidy_text
from shared_code.core.put_results import Put, Unfit
from shared_code.core.records import Side, Value, Values
from shared_code.core.references import capitals
from shared_code.core.transformation_rules import UNREADABLE_PREFIX, apply

NOTHING: Values = {}


def get(each: FieldMapping, side: Side, native: Values, links: Links) -> Value:
    """The neutral value of one field mapping in a native record.  Accepts any value whatsoever."""
    if each.type in _PLAIN:
        return _get_one(each, side, native)
    names = each.sales if side is Side.SALES else ((each.bc,) if each.bc else ())
    match each.type:
        case FieldType.CONSTANT if each.direction.flows_from(side):
            return each.constant
        case FieldType.LOCAL_AMOUNT if side is Side.BC:
            return get_local_amount(each, native, links)
        case FieldType.PERSON_NAME:
            return tidy_text(" ".join(str(native.get(name) or "") for name in names))
        case FieldType.LOOKUP:
            return get_lookup(each, side, native, looked_up(each, side, native), links)
        case FieldType.OPTION:
            return _get_option(each, side, _ruled(each, side, names[0], native))
        case FieldType.STATE:
            return states.get(each, side, native)
        case FieldType.LINES:
            return None  # The record's lines tell: order_line_values.py.
        case _:
            return _get_one(each, side, native)


_PLAIN = frozenset(
    {
        FieldType.TEXT, FieldType.CODE, FieldType.PHONE, FieldType.EMAIL, FieldType.COUNTRY,
        FieldType.DECIMAL, FieldType.INTEGER, FieldType.BOOLEAN, FieldType.DATE, FieldType.DATE_TIME,
    }
)  # fmt: skip
"""Types whose neutral value is made of one native field, whatever the side: nearly all are."""


def _get_one(each: FieldMapping, side: Side, native: Values) -> Value:
    if side is Side.SALES:
        return _get_plain(each, side, each.sales[0] if each.sales else "", native)
    value = _get_plain(each, side, each.bc or "", native)
    return _get_plain(each, side, each.bc_fallback, native) if value is None and each.bc_fallback else value


def put(each: FieldMapping, side: Side, value: Value, links: Links, present: Values = NOTHING) -> Put:
    """The native fields of ``side`` that hold a neutral value, or why they cannot.

    ``present`` is the record as it is, where it exists: a name keeps the part of it that is unchanged.
    """
    names = each.sales if side is Side.SALES else ((each.bc,) if each.bc else ())
    if each.type in _PUT_AS_IT_IS and not each.rules:
        return _put_plain(each, side, names, value)
    match each.type:
        case _ if _is_unreadable(each, value):
            what = f"{each.name}: {str(value).removeprefix(UNREADABLE_PREFIX)}. Correct it or the rule."
            return Unfit(each.name, "unreadable", what)
        case FieldType.LINES:
            return {}  # As above.
        case FieldType.PERSON_NAME if len(names) == 2:
            return _put_name(each, names, value, present)
        case FieldType.LOOKUP:
            return put_lookup(each, side, names[0], value, links)
        case FieldType.OPTION:
            return _put_option(each, side, names[0], value)
        case FieldType.STATE:
            return states.put(each, value)
        case FieldType.LOCAL_AMOUNT if str(value).startswith(UNCONVERTED_PREFIX):
            return without_rate(each, str(value), links)
        case FieldType.COUNTRY if side is Side.BC and isinstance(value, str) and country_code(value) is None:
            what = f"“{value}” is no country that is known; write its code or English name in Sales."
            return Unfit(each.name, "country_unknown", what)
        case FieldType.COUNTRY if each.as_name and side is Side.SALES and isinstance(value, str):
            return _put_plain(each, side, names, country_name(value))
        case _:
            return _put_plain(each, side, names, value)


_PUT_AS_IT_IS = _PLAIN - {FieldType.COUNTRY}


def _capitals(text: str | None) -> str | None:
    return None if text is None else capitals(text)


def _country(value: Value) -> str | None:
    text = plain_text(value)
    return None if text is None else country_code(text) or text


def _decimal(value: Value, each: FieldMapping) -> Decimal | None:
    number = decimal_of(value, each.places)
    return None if each.not_negative and number is not None and number < 0 else number


def _integer(value: Value) -> int | Decimal | None:
    number = decimal_of(value, 0)
    return number if number is None or abs(number) >= LARGEST[FieldType.DECIMAL] else int(number)


READ_ALONE: dict[FieldType, Callable[[Value], Value]] = {
    FieldType.TEXT: plain_text,
    FieldType.CODE: lambda value: _capitals(plain_text(value)),
    FieldType.PHONE: tidy_text,
    FieldType.EMAIL: plain_text,
    FieldType.COUNTRY: _country,
    FieldType.INTEGER: _integer,
    FieldType.BOOLEAN: bool,
    FieldType.DATE: lambda value: day_of(plain_text(value) or ""),
    FieldType.DATE_TIME: lambda value: instant_of(plain_text(value) or ""),
}
"""Types whose neutral value depends on nothing but what the native field holds."""


def _read(each: FieldMapping, value: Value) -> Value:
    match each.type:
        case FieldType.DECIMAL:
            return _decimal(value, each)
        case FieldType.LOCAL_AMOUNT:
            return decimal_of(value, each.places)
        case FieldType.CONSTANT:
            return value
        case _:
            return READ_ALONE[each.type](value)


def _ruled(each: FieldMapping, side: Side, name: str, native: Values) -> Value:
    """What a field holds, after the rules of the side it flows from."""
    value = native.get(name)
    return apply(each.rules, value, native) if each.rules and each.direction.flows_from(side) else value


def _get_plain(each: FieldMapping, side: Side, name: str, native: Values) -> Value:
    value = _ruled(each, side, name, native)
    return value if _is_unreadable(each, value) else _read(each, value)


def _is_unreadable(each: FieldMapping, value: Value) -> bool:
    return bool(each.rules) and isinstance(value, str) and value.startswith(UNREADABLE_PREFIX)


def _put_plain(each: FieldMapping, side: Side, names: tuple[str, ...], value: Value) -> Put:
    if isinstance(value, str) and (unfit := _too_long(each, side, value)):
        return unfit
    limit = LARGEST.get(each.type)
    if limit is not None and isinstance(value, int | Decimal) and not -limit < value < limit:
        what = f"{each.name}: the number has more digits than {side.system_name} holds. Correct it."
        return Unfit(each.name, "too_large", what)
    native = blank_of(each, side) if value is None else value
    if each.user_local and side is Side.SALES and isinstance(value, str):
        native = instant_of_day(value)
    return dict.fromkeys(names, native)


def blank_of(each: FieldMapping, side: Side) -> Value:
    """What a blank value of a plain field is in native form."""
    if side is Side.BC:
        return _BLANK_ON_BC.get(each.type, "")
    return Decimal(0) if each.never_blank else None


_BLANK_ON_BC: dict[FieldType, Value] = {
    FieldType.DECIMAL: Decimal(0),
    FieldType.INTEGER: 0,
    FieldType.BOOLEAN: False,
    FieldType.DATE: BLANK_DATE,
    FieldType.DATE_TIME: BLANK_INSTANT,
}


def _too_long(each: FieldMapping, side: Side, text: str) -> Unfit | None:
    longest = each.length_on(side)
    # Both services count UTF-16 code units, so that an emoji takes two.
    length = len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
    if longest is None or length <= longest:
        return None
    there = side.other.system_name
    what = f"{each.name} has {length} characters; {side.system_name} holds {longest}. Shorten it in {there}."
    return Unfit(each.name, "too_long", what)


def split_name(text: str, first_now: Value = None, last_now: Value = None) -> tuple[str | None, str]:
    """First and last name of a display name: the last word is the last name, the rest the first.

    A person knows better where a name parts ("Anna", "van der Berg"): where the display name still begins
    with the present first name or ends with the present last name, that part stays as it is.
    Joining the parts with one blank gives the text again, which is the law this rule is chosen for.
    """
    kept_first, kept_last = tidy_text(first_now), tidy_text(last_now)
    if kept_first and text.startswith(f"{kept_first} "):
        return kept_first, text.removeprefix(f"{kept_first} ")
    if kept_last and text.endswith(f" {kept_last}"):
        return text.removesuffix(f" {kept_last}"), kept_last
    first, _, last = text.rpartition(" ")
    return first or None, last


def _put_name(each: FieldMapping, names: tuple[str, ...], value: Value, present: Values) -> Put:
    first, last = split_name(str(value), *map(present.get, names)) if value else (None, None)
    for part in (first, last):
        if part and (unfit := _too_long(each, Side.SALES, part)):
            return unfit
    return {names[0]: first, names[1]: last}


TRUTHS = {True: "true", False: "false"}
"""The options of a field that is true or false in Business Central."""


def _get_option(each: FieldMapping, side: Side, native: Value) -> Value:
    if side is Side.BC:
        if isinstance(native, bool):
            return TRUTHS[native]
        text = plain_text(native)
        return None if text in (None, "_x0020_") else text
    for name, number in each.options:
        if number == native:
            return name
    return None if native is None else f"{UNCOUPLED_PREFIX}{native}"


def _put_option(each: FieldMapping, side: Side, name: str, value: Value) -> Put:
    if value is None:
        blank: Value = False if is_truth(each) else "_x0020_"
        return {name: blank if side is Side.BC else None}
    numbers = dict(each.options)
    if str(value) not in numbers:
        return Unfit(
            each.name, "option_unknown", f"{each.name}: “{value}” has no counterpart in {side.system_name}."
        )
    if side is Side.SALES:
        return {name: numbers[str(value)]}
    return {name: str(value) == TRUTHS[True] if is_truth(each) else str(value)}


def is_truth(each: FieldMapping) -> bool:
    """Whether the options are those of a field that is true or false in Business Central."""
    return {name for name, _ in each.options} == set(TRUTHS.values())
