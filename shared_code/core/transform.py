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

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, getcontext
from typing import Protocol

from shared_code.core import states
from shared_code.core.countries import country_code
from shared_code.core.mapping import FieldMapping, FieldType
from shared_code.core.moments import BLANK_DATE, BLANK_INSTANT, day_of, instant_of, instant_of_day
from shared_code.core.records import ZERO_ID, Side, Value, Values
from shared_code.core.references import capitals, last_part, reference_key
from shared_code.core.transformation_rules import UNREADABLE_PREFIX, apply

UNCOUPLED_PREFIX = "sales:"
"""Begins the neutral value of a Sales lookup whose target is not coupled."""

UNCONVERTED_PREFIX = "local:"
"""Begins the neutral value of a local amount whose currency has no rate: ``local:<currency>|<amount>``."""


class Links(Protocol):
    """The couplings a field's lookup is translated through."""

    def bc_key(self, mapping: str, sales_id: str, by_reference: bool) -> str | None: ...

    def sales_id(self, mapping: str, bc_key: str, by_reference: bool) -> str | None: ...

    def rate(self, mapping: str, bc_id: str) -> Decimal | None:
        """Units of a currency for one unit of the local currency."""
        ...

    def held(self, mapping: str, bc_key: str, by_reference: bool, field: str) -> Value:
        """What the coupled BC record held in a field when it was last in step."""
        ...


@dataclass(frozen=True, slots=True)
class Missing:
    """A lookup's target is not coupled yet: record ``key`` of ``side`` in one of ``mappings``."""

    field: str
    mappings: tuple[str, ...]
    side: Side
    key: str


@dataclass(frozen=True, slots=True)
class Unfit:
    """A value that the target cannot hold; ``code`` is stable, ``text`` tells a person what to do."""

    field: str
    code: str
    text: str


type Put = dict[str, Value] | Missing | Unfit

NOTHING: Values = {}


def get(each: FieldMapping, side: Side, native: Values, links: Links) -> Value:
    """The neutral value of one field mapping in a native record.  Accepts any value whatsoever."""
    names = each.sales if side is Side.SALES else ((each.bc,) if each.bc else ())
    match each.type:
        case FieldType.CONSTANT if each.direction.flows_from(side):
            return each.constant
        case FieldType.LOCAL_AMOUNT if side is Side.BC:
            return _get_local_amount(each, native, links)
        case FieldType.PERSON_NAME:
            return _text(" ".join(str(native.get(name) or "") for name in names))
        case FieldType.LOOKUP:
            return _get_lookup(each, side, native, _looked_up(each, side, native), links)
        case FieldType.OPTION:
            return _get_option(each, side, native.get(names[0]))
        case FieldType.STATE:
            return states.get(each, side, native)
        case _:
            value = _get_plain(each, side, names[0] if names else "", native)
            fallback = each.bc_fallback if value is None and side is Side.BC else None
            return _get_plain(each, side, fallback, native) if fallback else value


def put(each: FieldMapping, side: Side, value: Value, links: Links, present: Values = NOTHING) -> Put:
    """The native fields of ``side`` that hold a neutral value, or why they cannot.

    ``present`` is the record as it is, where it exists: a name keeps the part of it that is unchanged.
    """
    names = each.sales if side is Side.SALES else ((each.bc,) if each.bc else ())
    match each.type:
        case FieldType.PERSON_NAME if len(names) == 2:
            return _put_name(each, names, value, present)
        case FieldType.LOOKUP:
            return _put_lookup(each, side, names[0], value, links)
        case FieldType.OPTION:
            return _put_option(each, side, names[0], value)
        case FieldType.STATE:
            return states.put(each, value)
        case FieldType.LOCAL_AMOUNT if str(value).startswith(UNCONVERTED_PREFIX):
            return _without_rate(each, str(value), links)
        case FieldType.COUNTRY if side is Side.BC and isinstance(value, str) and country_code(value) is None:
            what = f"“{value}” is no country that is known; write its code or English name in Sales."
            return Unfit(each.name, "country_unknown", what)
        case _ if each.rules and str(value).startswith(UNREADABLE_PREFIX):
            what = f"{each.name}: {str(value).removeprefix(UNREADABLE_PREFIX)}. Correct it or the rule."
            return Unfit(each.name, "unreadable", what)
        case _:
            return _put_plain(each, side, names, value)


def _text(value: Value) -> str | None:
    """Text without outer blanks and doubled inner ones, in NFC; blank is ``None``."""
    if value is None:
        return None
    return " ".join(unicodedata.normalize("NFC", str(value)).split()) or None


def _plain_text(value: Value) -> str | None:
    """Text without outer blanks, in NFC; inner blanks are the person's own."""
    return None if value is None else (unicodedata.normalize("NFC", str(value)).strip() or None)


def _capitals(text: str | None) -> str | None:
    return None if text is None else capitals(text)


def _country(value: Value) -> str | None:
    text = _plain_text(value)
    return None if text is None else country_code(text) or text


_LARGEST: dict[FieldType, int] = {
    FieldType.DECIMAL: 10**15, FieldType.LOCAL_AMOUNT: 10**15, FieldType.INTEGER: 2**31,
}  # fmt: skip
"""No service holds such a number: AL's Decimal ends below 10^15, Dataverse's Money and Decimal before."""


def decimal_of(value: Value, places: int) -> Decimal | None:
    """A number rounded half up to ``places``; zero, blank and what is no number are ``None``.

    One with too many digits to be rounded stays as it is: ``put`` refuses it, so that it is told of.
    """
    try:
        number = Decimal(str(value))
        fits = number.is_finite() and number.adjusted() + places < getcontext().prec
        number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) if fits else number
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() and number != 0 else None


def _decimal(value: Value, each: FieldMapping) -> Decimal | None:
    number = decimal_of(value, each.places)
    return None if each.not_negative and number is not None and number < 0 else number


def _integer(value: Value) -> int | Decimal | None:
    number = decimal_of(value, 0)
    return number if number is None or abs(number) >= _LARGEST[FieldType.DECIMAL] else int(number)


_GETTERS: dict[FieldType, Callable[[Value, FieldMapping], Value]] = {
    FieldType.TEXT: lambda value, _: _plain_text(value),
    FieldType.CODE: lambda value, _: _capitals(_plain_text(value)),
    FieldType.PHONE: lambda value, _: _text(value),
    FieldType.EMAIL: lambda value, _: _plain_text(value),
    FieldType.COUNTRY: lambda value, _: _country(value),
    FieldType.DECIMAL: lambda value, each: _decimal(value, each),
    FieldType.INTEGER: lambda value, _: _integer(value),
    FieldType.BOOLEAN: lambda value, _: bool(value),
    FieldType.DATE: lambda value, _: day_of(_plain_text(value) or ""),
    FieldType.DATE_TIME: lambda value, _: instant_of(_plain_text(value) or ""),
    FieldType.CONSTANT: lambda value, _: value,
    FieldType.LOCAL_AMOUNT: lambda value, each: decimal_of(value, each.places),
}


def _get_plain(each: FieldMapping, side: Side, name: str, native: Values) -> Value:
    value = native.get(name)
    if each.rules and each.direction.flows_from(side):
        value = apply(each.rules, value, native)
        if isinstance(value, str) and value.startswith(UNREADABLE_PREFIX):
            return value
    return _GETTERS[each.type](value, each)


def _put_plain(each: FieldMapping, side: Side, names: tuple[str, ...], value: Value) -> Put:
    if isinstance(value, str) and (unfit := _too_long(each, side, value)):
        return unfit
    limit = _LARGEST.get(each.type)
    if limit is not None and isinstance(value, int | Decimal) and not -limit < value < limit:
        what = f"{each.name}: the number has more digits than {side.system_name} holds. Correct it."
        return Unfit(each.name, "too_large", what)
    native = _BLANK_ON_BC.get(each.type, "") if value is None and side is Side.BC else value
    if each.user_local and side is Side.SALES and isinstance(value, str):
        native = instant_of_day(value)
    return dict.fromkeys(names, native)


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
    length = len(text.encode("utf-16-le", "surrogatepass")) // 2
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
    kept_first, kept_last = _text(first_now), _text(last_now)
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


def _looked_up(each: FieldMapping, side: Side, native: Values) -> Value:
    """What a lookup holds: its column; for one without a BC field the record that is the same for all."""
    if side is Side.SALES:
        return native.get(each.sales[0])
    if each.bc:
        return native.get(each.bc)
    counts = each.bc_when is None or native.get(each.bc_when) not in _NOTHING
    return each.constant if counts else None


_NOTHING = (None, "", 0, ZERO_ID, BLANK_DATE)


def _get_lookup(each: FieldMapping, side: Side, native: Values, value: Value, links: Links) -> Value:
    key = _plain_text(value)
    if side is Side.SALES and key is None and each.sales_fallback:
        other = _plain_text(native.get(each.sales_fallback))
        return other and (links.bc_key(each.lookup[-1], other, each.by_reference) or UNCOUPLED_PREFIX + other)
    if side is Side.BC and key is None and each.by_reference and each.blank_is_record:
        return ZERO_ID
    if key is None or (key == ZERO_ID and not each.blank_is_record):
        return None
    if side is Side.BC and each.by_reference:
        return reference_key([native.get(each.bc_within), key] if each.bc_within else [key])
    if side is Side.BC:
        return key.lower()
    found = (links.bc_key(name, key, each.by_reference) for name in each.lookup)
    return next(filter(None, found), None) or (None if each.optional else UNCOUPLED_PREFIX + key)


def _get_local_amount(each: FieldMapping, native: Values, links: Links) -> Value:
    """An amount in local currency as an amount in the record's own currency.

    Without a rate it is no amount that Sales could hold: it keeps its currency, and ``put`` says why not.
    """
    amount = decimal_of(native.get(each.bc or ""), each.places)
    currency = _plain_text(native.get(each.bc_currency or ""))
    if amount is None or currency is None or currency == ZERO_ID:
        return amount
    if abs(amount) >= _LARGEST[each.type]:
        return amount
    rate = links.rate(each.lookup[0], currency.lower())
    return (
        f"{UNCONVERTED_PREFIX}{currency.lower()}|{amount}"
        if rate is None
        else decimal_of(amount * rate, each.places)
    )


def _without_rate(each: FieldMapping, value: str, links: Links) -> Missing | Unfit:
    currency = value.removeprefix(UNCONVERTED_PREFIX).partition("|")[0]
    if links.sales_id(each.lookup[0], currency, by_reference=False) is None:
        return Missing(each.name, each.lookup, Side.BC, currency)
    what = f"{each.name} cannot be converted: its currency has no exchange rate in Business Central."
    return Unfit(each.name, "rate_missing", what)


def _put_lookup(each: FieldMapping, side: Side, name: str, value: Value, links: Links) -> Put:
    if value is None:
        return {name: None if side is Side.SALES else ("" if each.by_reference else ZERO_ID)}
    key = str(value)
    if side is Side.BC:
        uncoupled = key.startswith(UNCOUPLED_PREFIX)
        return (
            Missing(each.name, each.lookup, Side.SALES, key.removeprefix(UNCOUPLED_PREFIX))
            if uncoupled
            else {name: _bc_form(each, key)}
        )
    by_reference = each.by_reference and key != ZERO_ID
    found = ((through, links.sales_id(through, key, by_reference)) for through in each.lookup)
    through, target = next((pair for pair in found if pair[1]), ("", None))
    if target is None:
        return Missing(each.name, each.lookup, Side.BC, key)
    if each.sales_fallback and through == each.lookup[-1]:
        return {name: None}  # The column it falls back to, which another field writes, leads to the record.
    # A lookup without a target table leads to an option of a choice column, which is a number.
    return {name: target if each.target else int(target)}


def _bc_form(each: FieldMapping, key: str) -> str:
    """What the field of Business Central holds: the reference's own part; blank for what blank means."""
    if each.by_reference and key == ZERO_ID:
        return ""
    return last_part(key) if each.bc_within else key


def _get_option(each: FieldMapping, side: Side, native: Value) -> Value:
    if side is Side.BC:
        text = _plain_text(native)
        return None if text in (None, "_x0020_") else text
    for name, number in each.options:
        if number == native:
            return name
    return None if native is None else f"{UNCOUPLED_PREFIX}{native}"


def _put_option(each: FieldMapping, side: Side, name: str, value: Value) -> Put:
    if value is None:
        return {name: "_x0020_" if side is Side.BC else None}
    numbers = dict(each.options)
    if str(value) not in numbers:
        return Unfit(
            each.name, "option_unknown", f"{each.name}: “{value}” has no counterpart in {side.system_name}."
        )
    return {name: str(value) if side is Side.BC else numbers[str(value)]}
