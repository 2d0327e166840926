"""Texts and numbers in neutral form, whatever form they come in."""

from __future__ import annotations

import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, getcontext
from functools import cache

from shared_code.core.fields import FieldType
from shared_code.core.records import Value


def tidy_text(value: Value) -> str | None:
    """Text without outer blanks and doubled inner ones, in NFC; blank is ``None``."""
    if value is None:
        return None
    if type(value) is str and value.isascii():  # nothing to normalise
        return " ".join(value.split()) or None
    return " ".join(unicodedata.normalize("NFC", str(value)).split()) or None


def plain_text(value: Value) -> str | None:
    """Text without outer blanks, in NFC; inner blanks are the person's own."""
    if type(value) is str and value.isascii():  # nothing to normalise
        return value.strip() or None
    return None if value is None else (unicodedata.normalize("NFC", str(value)).strip() or None)


LARGEST: dict[FieldType, int] = {
    FieldType.DECIMAL: 10**15, FieldType.LOCAL_AMOUNT: 10**15, FieldType.INTEGER: 2**31,
}  # fmt: skip
"""No service holds such a number: AL's Decimal ends below 10^15, Dataverse's Money and Decimal before."""


def decimal_of(value: Value, places: int) -> Decimal | None:
    """A number rounded half up to ``places``; zero, blank and what is no number are ``None``.

    One with too many digits to be rounded stays as it is: ``put`` refuses it, so that it is told of.
    """
    try:
        number = value if type(value) is Decimal else Decimal(str(value))
        fits = number.is_finite() and number.adjusted() + places < getcontext().prec
        number = number.quantize(_last_place(places), ROUND_HALF_UP) if fits else number
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() and number != 0 else None


@cache
def _last_place(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)
