"""Lookups: what a record refers to, translated through the couplings of other mappings.

So are local amounts, which are converted at the rate of the currency they look up.

A Sales lookup whose target is not coupled is ``sales:<id>`` in neutral form, a local amount without a rate
``local:<currency>|<amount>``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from shared_code.core.fields import FieldMapping
from shared_code.core.moments import BLANK_DATE
from shared_code.core.plain import LARGEST, decimal_of, plain_text
from shared_code.core.put_results import Missing, Put, Unfit
from shared_code.core.records import ZERO_ID, Side, Value, Values
from shared_code.core.references import first_part, last_part, reference_key

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

    def is_there(self, mapping: str, bc_key: str) -> bool:
        """Whether a coupled BC record was asked for and is there; false where nobody asked."""
        ...


def looked_up(each: FieldMapping, side: Side, native: Values) -> Value:
    """What a lookup holds: its column; for one without a BC field the record that is the same for all."""
    if side is Side.SALES:
        return native.get(each.sales[0])
    if each.bc:
        return native.get(each.bc)
    counts = each.bc_when is None or native.get(each.bc_when) not in _NOTHING
    return each.constant if counts else None


_NOTHING = (None, "", 0, ZERO_ID, BLANK_DATE)


def target_id(value: Value) -> str:
    """The id in what a lookup of Sales holds natively, which may say its table, too."""
    return str(value).strip().lower().rpartition("/")[2]


def _led_through(each: FieldMapping, value: str) -> tuple[str, ...]:
    """The mappings that a lookup of Sales with this value may lead through: those of the table it says."""
    table = value.rpartition("/")[0]
    return tuple(name for name in each.lookup if each.target_of(name) == table) if each.also else each.lookup


def get_lookup(each: FieldMapping, side: Side, native: Values, value: Value, links: Links) -> Value:
    key = plain_text(value)
    if side is Side.SALES and key is None and each.sales_fallback:
        other = plain_text(native.get(each.sales_fallback))
        return other and (links.bc_key(each.lookup[-1], other, each.by_reference) or UNCOUPLED_PREFIX + other)
    if side is Side.BC and key is None and each.by_reference and each.blank_is_record:
        return ZERO_ID
    if key is None or (key == ZERO_ID and not each.blank_is_record):
        return None
    if side is Side.BC and each.by_reference:
        return reference_key([native.get(each.bc_within), key] if each.bc_within else [key])
    if side is Side.BC:
        return key.lower()
    own = target_id(key) if each.also else key
    found = (_living(each, name, own, links) for name in _led_through(each, key))
    return next(filter(None, found), None) or (None if each.optional else UNCOUPLED_PREFIX + own)


def _living(each: FieldMapping, mapping: str, sales_id: str, links: Links) -> str | None:
    """The BC record that a row is coupled with, unless it is over for this lookup."""
    key = links.bc_key(mapping, sales_id, each.by_reference)
    return None if key is not None and is_over(each, mapping, key, links) else key


def is_over(each: FieldMapping, mapping: str, bc_key: str, links: Links) -> bool:
    """Whether a BC record held what is said of one that goes, and is not known to be there all the same."""
    held = (links.held(mapping, bc_key, each.by_reference, name) == value for name, value in each.over_when)
    return bool(each.over_when) and all(held) and not links.is_there(mapping, bc_key)


def get_local_amount(each: FieldMapping, native: Values, links: Links) -> Value:
    """An amount in local currency as an amount in the record's own currency.

    Without a rate it is no amount that Sales could hold: it keeps its currency, and ``put`` says why not.
    """
    amount = decimal_of(native.get(each.bc or ""), each.places)
    currency = plain_text(native.get(each.bc_currency or ""))
    if amount is None or currency is None or currency == ZERO_ID:
        return amount
    if abs(amount) >= LARGEST[each.type]:
        return amount
    rate = links.rate(each.lookup[0], currency.lower())
    return (
        f"{UNCONVERTED_PREFIX}{currency.lower()}|{amount}"
        if rate is None
        else decimal_of(amount * rate, each.places)
    )


def without_rate(each: FieldMapping, value: str, links: Links) -> Missing | Unfit:
    currency = value.removeprefix(UNCONVERTED_PREFIX).partition("|")[0]
    if links.sales_id(each.lookup[0], currency, by_reference=False) is None:
        return Missing(each.name, each.lookup, Side.BC, currency)
    what = f"{each.name} cannot be converted: its currency has no exchange rate in Business Central."
    return Unfit(each.name, "rate_missing", what)


def put_lookup(each: FieldMapping, side: Side, name: str, value: Value, links: Links) -> Put:
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
    if target is None and each.optional and each.only_on_create:
        return {name: None}
    if target is None:
        return Missing(each.name, each.lookup, Side.BC, key)
    if each.sales_fallback and through == each.lookup[-1]:
        return {name: None}  # The column it falls back to, which another field writes, leads to the record.
    if each.also:
        return {name: f"{each.target_of(through)}/{target}"}
    # A lookup without a target table leads to an option of a choice column, which is a number.
    return {name: target if each.target else int(target)}


def _bc_form(each: FieldMapping, key: str) -> str:
    """What the field of Business Central holds: the reference's own part; blank for what blank means."""
    if each.by_reference and key == ZERO_ID:
        return ""
    if each.within_only:
        return first_part(key)
    return last_part(key) if each.bc_within else key
