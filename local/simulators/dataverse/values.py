"""Column values: what a body may hold, how it is stored, how it is labelled.

Stored forms: text, int, bool, float (Decimal where a float would lose digits), dates as
``YYYY-MM-DDThh:mm:ssZ`` or ``YYYY-MM-DD``, ids as lower-case text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from local.simulators.dataverse import errors
from local.simulators.dataverse.errors import Refused, bad_request
from local.simulators.dataverse.schema import CHOICE_TYPES, Column

GUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)")
EARLIEST = datetime(1753, 1, 1, tzinfo=UTC)
MONEY_DIGITS_DEFAULT = 2


def to_stored(table: str, column: Column, value: Any, money_digits: int = MONEY_DIGITS_DEFAULT) -> Any:
    """Check a JSON value for a column and return its stored form.  Raises ``Refused``."""
    if value is None:
        return None
    if column.type == "Money":
        return _money(table, column, value, money_digits)
    return _CHECKS[column.type](table, column, value)


def text_length(text: str) -> int:
    """Length as the database counts it: UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def rounded(value: Decimal, digits: int) -> float | Decimal:
    """``value`` to ``digits`` decimals, half away from zero, in stored form."""
    return stored_number(value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def stored_number(value: Decimal) -> float | Decimal:
    """A float where that keeps every digit, else the Decimal itself."""
    near = float(value)
    return near if Decimal(repr(near)) == value else value


def moment_text(seconds: float) -> str:
    """Seconds since the epoch as a DateTime value."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_moment(text: str) -> datetime:
    """Read a DateTimeOffset literal.  Raises ValueError."""
    if not MOMENT.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text).astimezone(UTC)


def formatted(column: Column, value: Any, symbol: str = "$") -> str | None:
    """The label of a value for the formatted-value annotation; None where the type has none."""
    if column.type in CHOICE_TYPES:
        choice = column.options.get(value)
        return str(value) if choice is None else choice.label
    if column.type == "Boolean":
        choice = column.options.get(int(value))
        return ("Yes" if value else "No") if choice is None else choice.label
    if column.type == "Money":
        return f"{symbol}{Decimal(str(value)):,.2f}"
    if column.type in ("Decimal", "Double"):
        return f"{Decimal(str(value)):,.{column.precision or 2}f}"
    if column.type in ("Integer", "BigInt"):
        return f"{value:,}"
    return _formatted_date(column, value) if column.type == "DateTime" else None


def _formatted_date(column: Column, value: str) -> str:
    moment = datetime.fromisoformat(value)
    day = f"{moment.month}/{moment.day}/{moment.year}"
    if column.date_only or column.date_format == "DateOnly":
        return day
    hour = moment.hour % 12 or 12
    return f"{day} {hour}:{moment.minute:02d} {'AM' if moment.hour < 12 else 'PM'}"


def _cannot_convert(value: Any, edm_type: str) -> Refused:
    return bad_request(f"Cannot convert the literal '{str(value)[:100]}' to the expected type '{edm_type}'.")


def _text(table: str, column: Column, value: Any) -> str:
    if not isinstance(value, str):
        raise _cannot_convert(value, "Edm.String")
    limit = column.max_length
    if limit is not None and column.type != "Image" and text_length(value) > limit:
        raise bad_request(
            f"A validation error occurred.  The length of the '{column.name}' attribute of the '{table}' "
            f"entity exceeded the maximum allowed length of '{limit}'.",
            errors.TEXT_TOO_LONG,
        )
    return value


def _integer(table: str, column: Column, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _cannot_convert(value, "Edm.Int32")
    _check_range(table, column, value, errors.INVALID_ARGUMENT)
    return value


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _cannot_convert(value, "Edm.Decimal")
    return Decimal(str(value))


def _money(table: str, column: Column, value: Any, digits: int) -> float | Decimal:
    amount = _number(value)
    _check_range(table, column, amount, errors.MONEY_OUT_OF_RANGE)
    return rounded(amount, digits)


def _decimal(table: str, column: Column, value: Any) -> float | Decimal:
    amount = _number(value)
    _check_range(table, column, amount, errors.INVALID_ARGUMENT)
    return rounded(amount, column.precision if column.precision is not None else 2)


def _check_range(table: str, column: Column, value: int | Decimal, code: str) -> None:
    low, high = column.minimum, column.maximum
    below = low is not None and value < Decimal(repr(low))
    if below or (high is not None and value > Decimal(repr(high))):
        raise bad_request(
            f"A validation error occurred. The value {value} of '{column.name}' on record of type '{table}' "
            f"is outside the valid range. Accepted values: {low} to {high}.",
            code,
        )


def _boolean(table: str, column: Column, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _cannot_convert(value, "Edm.Boolean")
    return value


def _choice(table: str, column: Column, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _cannot_convert(value, "Edm.Int32")
    if value not in column.options:
        raise bad_request(
            f"A validation error occurred. The value {value} of '{column.name}' on record of type '{table}' "
            f"is outside the valid range. Accepted Values: {','.join(map(str, column.options))}",
            errors.CHOICE_OUT_OF_RANGE,
        )
    return value


def _date(table: str, column: Column, value: Any) -> str:
    try:
        if column.date_only:
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                raise ValueError(value)
            return date.fromisoformat(value).isoformat()
        moment = parse_moment(value)
    except (ValueError, TypeError, OverflowError):
        raise _cannot_convert(value, "Edm.Date" if column.date_only else "Edm.DateTimeOffset") from None
    if moment < EARLIEST:
        raise bad_request(
            "DateTime is less than minimum value supported by CrmDateTime.", errors.INVALID_ARGUMENT
        )
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _guid(table: str, column: Column, value: Any) -> str:
    if not isinstance(value, str) or not GUID.fullmatch(value):
        raise _cannot_convert(value, "Edm.Guid")
    return value.lower()


_CHECKS: dict[str, Callable[[str, Column, Any], Any]] = {
    "String": _text,
    "Memo": _text,
    "Image": _text,
    "EntityName": _text,
    "Integer": _integer,
    "BigInt": _integer,
    "Decimal": _decimal,
    "Double": _decimal,
    "Boolean": _boolean,
    "Picklist": _choice,
    "State": _choice,
    "Status": _choice,
    "DateTime": _date,
    "Uniqueidentifier": _guid,
}
