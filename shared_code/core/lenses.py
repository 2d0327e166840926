"""A mapping's field mappings made ready: what does not depend on the record is decided once for all records.

``transform.get`` and ``transform.put`` say what holds for every field.  Here are the same for the forms that
nearly all fields have, with names, lengths and functions looked up beforehand, because a load does this some
forty times for each record (figures: docs/measurements/bench.md).  A test compares both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial

from shared_code.core import transform
from shared_code.core.fields import FieldMapping, FieldType
from shared_code.core.lookup_lenses import lookup_getter, lookup_putter
from shared_code.core.lookups import Links, get_local_amount
from shared_code.core.plain import LARGEST, decimal_of, plain_text
from shared_code.core.put_results import FAULTS, Missing, Put, Unfit
from shared_code.core.ready import Get, Getters, PutOne, Putters
from shared_code.core.records import Side, Value, Values


def getters(fields: Sequence[FieldMapping], side: Side) -> Getters:
    """How the fields are read out of a record of ``side``."""
    return tuple((each.name, getter(each, side)) for each in fields)


def putters(groups: Sequence[Sequence[FieldMapping]], side: Side) -> Putters:
    """How the fields are put into a record of ``side``."""
    return tuple(tuple((each.name, putter(each, side)) for each in group) for group in groups)


type PutAll = tuple[dict[str, Value], list[Missing | Unfit], dict[str, Value]]
"""Native fields, what could not be put, and the neutral values that were."""


def put_groups(groups: Putters, values: Values, links: Links, present: Values) -> PutAll:
    """Neutral values as native fields.

    A field group is put whole or not at all.  ``present`` is the record as it is, where there is one.
    """
    native: dict[str, Value] = {}
    sent: dict[str, Value] = {}
    for group in groups:
        for name, put in group:
            if name in values:
                found = put(values[name], links, present)
                if type(found) is not dict:
                    return _put_apart(groups, values, links, present)
                native.update(found)
                sent[name] = values[name]
    return native, [], sent


def _put_apart(groups: Putters, values: Values, links: Links, present: Values) -> PutAll:
    """The same where something cannot be put: its group is left out."""
    native: dict[str, Value] = {}
    problems: list[Missing | Unfit] = []
    sent: dict[str, Value] = {}
    for group in groups:
        named = [(name, put(values[name], links, present)) for name, put in group if name in values]
        if faults := [found for _, found in named if isinstance(found, FAULTS)]:
            problems += faults
            continue
        for name, found in named:
            native.update(found)  # type: ignore[arg-type]
            sent[name] = values[name]
    return native, problems, sent


def getter(each: FieldMapping, side: Side) -> Get:
    """``transform.get`` of one field and side."""
    names = _names(each, side)
    falls_back = side is Side.BC and bool(each.bc_fallback)
    if each.rules or falls_back or not names:
        return partial(transform.get, each, side)
    make = _GETTERS.get(each.type)
    return make(each, side, names[0]) if make else partial(transform.get, each, side)


def _text_getter(each: FieldMapping, side: Side, name: str) -> Get:
    def get(native: Values, links: Links) -> Value:
        value = native.get(name)
        if type(value) is str and value.isascii():
            return value.strip() or None
        return plain_text(value)

    return get


def _code_getter(each: FieldMapping, side: Side, name: str) -> Get:
    read = transform.READ_ALONE[each.type]

    def get(native: Values, links: Links) -> Value:
        value = native.get(name)
        if type(value) is str and value.isascii():
            return value.strip().upper() or None
        return read(value)

    return get


def _alone_getter(each: FieldMapping, side: Side, name: str) -> Get:
    read = transform.READ_ALONE[each.type]
    return lambda native, links: read(native.get(name))


def _constant_getter(each: FieldMapping, side: Side, name: str) -> Get:
    constant = each.constant
    if each.direction.flows_from(side):
        return lambda native, links: constant
    return lambda native, links: native.get(name)


def _amount_getter(each: FieldMapping, side: Side, name: str) -> Get:
    if side is Side.BC:
        return lambda native, links: get_local_amount(each, native, links)
    places = each.places
    return lambda native, links: decimal_of(native.get(name), places)


_GETTERS: Mapping[FieldType, Callable[[FieldMapping, Side, str], Get]] = {
    **dict.fromkeys(transform.READ_ALONE, _alone_getter),
    FieldType.TEXT: _text_getter,
    FieldType.EMAIL: _text_getter,
    FieldType.CODE: _code_getter,
    FieldType.LOOKUP: lookup_getter,
    FieldType.CONSTANT: _constant_getter,
    FieldType.LOCAL_AMOUNT: _amount_getter,
}
"""How a field is read that stands in one native field and has no rules of its own."""


def putter(each: FieldMapping, side: Side) -> PutOne:
    """``transform.put`` of one field and side."""
    names = _names(each, side)
    make = _PUTTERS.get(each.type)
    if make is None or each.rules or len(names) != 1:
        return partial(transform.put, each, side)
    return make(each, side, names[0])


def _text_putter(each: FieldMapping, side: Side, name: str) -> PutOne:
    longest = each.length_on(side)
    most, blank = _NO_LIMIT if longest is None else longest, transform.blank_of(each, side)

    def put(value: Value, links: Links, present: Values) -> Put:
        if value is None:
            return {name: blank}
        if type(value) is str and (2 * len(value) <= most or (len(value) <= most and value.isascii())):
            return {name: value}  # A character takes one UTF-16 unit or two.
        return transform.put(each, side, value, links, present)

    return put


def _constant_putter(each: FieldMapping, side: Side, name: str) -> PutOne:
    constant, put_text = each.constant, _text_putter(each, side, name)
    if type(constant) is not int:
        return put_text
    return lambda value, links, held: {name: value} if value is constant else put_text(value, links, held)


def _country_putter(each: FieldMapping, side: Side, name: str) -> PutOne:
    is_plain = side is Side.SALES and not each.as_name
    return _text_putter(each, side, name) if is_plain else partial(transform.put, each, side)


def _number_putter(each: FieldMapping, side: Side, name: str) -> PutOne:
    most = LARGEST[each.type]

    def put(value: Value, links: Links, present: Values) -> Put:
        if type(value) is Decimal and -most < value < most:
            return {name: value}
        return transform.put(each, side, value, links, present)

    return put


_PUTTERS: Mapping[FieldType, Callable[[FieldMapping, Side, str], PutOne]] = {
    FieldType.TEXT: _text_putter,
    FieldType.CODE: _text_putter,
    FieldType.PHONE: _text_putter,
    FieldType.EMAIL: _text_putter,
    FieldType.CONSTANT: _constant_putter,
    FieldType.COUNTRY: _country_putter,
    FieldType.DECIMAL: _number_putter,
    FieldType.LOCAL_AMOUNT: _number_putter,
    FieldType.LOOKUP: lookup_putter,
}
"""How a field is put that stands in one native field and has no rules of its own."""

_NO_LIMIT = 2**31


def _names(each: FieldMapping, side: Side) -> tuple[str, ...]:
    return each.sales if side is Side.SALES else ((each.bc,) if each.bc else ())
