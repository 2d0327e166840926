"""A mapping's field mappings made ready: what does not depend on the record is decided once for all records.

``transform.get`` and ``transform.put`` say what holds for every field.  Here are the same for the forms that
nearly all fields have, with names, lengths and functions looked up beforehand, because a load does this some
forty times for each record (figures: docs/measurements/bench.md).  A test compares both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from shared_code.core import transform
from shared_code.core.fields import FieldMapping, FieldType
from shared_code.core.lookups import Links, get_lookup, put_lookup
from shared_code.core.put_results import Put
from shared_code.core.records import Side, Value, Values

type Get = Callable[[Values, Links], Value]
"""The neutral value of one field in a native record."""

type PutOne = Callable[[Value, Links, Values], Put]
"""The native fields that hold one neutral value, or why they cannot; last, the record as it is."""

type Getters = tuple[tuple[str, Get], ...]
"""The fields of a mapping by name."""

type Putters = tuple[tuple[tuple[str, PutOne], ...], ...]
"""The field groups of a mapping, with their fields by name."""


def getters(fields: Sequence[FieldMapping], side: Side) -> Getters:
    """How the fields are read out of a record of ``side``."""
    return tuple((each.name, getter(each, side)) for each in fields)


def putters(groups: Sequence[Sequence[FieldMapping]], side: Side) -> Putters:
    """How the fields are put into a record of ``side``."""
    return tuple(tuple((each.name, putter(each, side)) for each in group) for group in groups)


def getter(each: FieldMapping, side: Side) -> Get:
    """``transform.get`` of one field and side."""
    names = _names(each, side)
    falls_back = side is Side.BC and bool(each.bc_fallback)
    if each.rules or falls_back or not names:
        return partial(transform.get, each, side)
    name, read = names[0], transform.READ_ALONE.get(each.type)
    if read is not None:
        return lambda native, links: read(native.get(name))
    if each.type is FieldType.LOOKUP:
        return lambda native, links: get_lookup(each, side, native, native.get(name), links)
    return partial(transform.get, each, side)


def putter(each: FieldMapping, side: Side) -> PutOne:
    """``transform.put`` of one field and side."""
    if each.type is FieldType.LOOKUP and not each.rules and (found := _names(each, side)):
        return lambda value, links, present: put_lookup(each, side, found[0], value, links)
    names, longest = _names(each, side), each.length_on(side)
    if each.type not in _TEXTS or each.rules or len(names) != 1:
        return partial(transform.put, each, side)
    name, most = names[0], _NO_LIMIT if longest is None else longest
    blank = transform.blank_of(each, side)

    def put(value: Value, links: Links, present: Values) -> Put:
        if value is None:
            return {name: blank}
        if type(value) is str and len(value) <= most and value.isascii():
            return {name: value}
        return transform.put(each, side, value, links, present)

    return put


_TEXTS = frozenset({FieldType.TEXT, FieldType.CODE, FieldType.PHONE, FieldType.EMAIL})
_NO_LIMIT = 2**31


def _names(each: FieldMapping, side: Side) -> tuple[str, ...]:
    return each.sales if side is Side.SALES else ((each.bc,) if each.bc else ())
