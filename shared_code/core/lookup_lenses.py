"""Lookups made ready: the forms that nearly all lookups have, without asking each record what form it is.

``lookups.py`` says what holds for every lookup; a test compares both.
"""

from __future__ import annotations

from shared_code.core.fields import FieldMapping
from shared_code.core.lookups import UNCOUPLED_PREFIX, Links, get_lookup, put_lookup
from shared_code.core.plain import plain_text
from shared_code.core.put_results import Put
from shared_code.core.ready import Get, PutOne
from shared_code.core.records import ZERO_ID, Side, Value, Values


def lookup_getter(each: FieldMapping, side: Side, name: str) -> Get:
    """``get_lookup`` of one field and side, which stands in the native field ``name``."""
    if side is Side.SALES and _is_simple(each) and not each.over_when:
        return _sales_getter(each, name)
    if side is Side.BC and not each.by_reference:
        return _id_getter(each, name)
    return lambda native, links: get_lookup(each, side, native, native.get(name), links)


def _id_getter(each: FieldMapping, name: str) -> Get:
    nothing = None if each.blank_is_record else ZERO_ID

    def get(native: Values, links: Links) -> Value:
        key = plain_text(native.get(name))
        return None if key is None or key == nothing else key.lower()

    return get


def _sales_getter(each: FieldMapping, name: str) -> Get:
    (through,), by_reference = each.lookup, each.by_reference
    nothing = None if each.blank_is_record else ZERO_ID

    def get(native: Values, links: Links) -> Value:
        key = plain_text(native.get(name))
        if key is None or key == nothing:
            return None
        found = links.bc_key(through, key, by_reference)
        return found or (None if each.optional else UNCOUPLED_PREFIX + key)

    return get


def lookup_putter(each: FieldMapping, side: Side, name: str) -> PutOne:
    """``put_lookup`` of one field and side, into the native field ``name``."""
    if side is Side.BC or not _is_simple(each):
        return lambda value, links, present: put_lookup(each, side, name, value, links)
    (through,), by_reference = each.lookup, each.by_reference

    def put(value: Value, links: Links, present: Values) -> Put:
        if value is None:
            return {name: None}
        key = str(value)
        target = links.sales_id(through, key, by_reference and key != ZERO_ID)
        if target is None:
            return put_lookup(each, side, name, value, links)
        return {name: target if each.target else int(target)}

    return put


def _is_simple(each: FieldMapping) -> bool:
    """Whether one column leads through one mapping to one table."""
    return len(each.lookup) == 1 and not each.also and not each.sales_fallback
