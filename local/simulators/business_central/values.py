"""Values on the wire: what a body may hold, how it is stored, stamps, etags and ids.

Rules: Microsoft docs, webservices/dynamics-error-codes.md and the captured responses named in
README.md.  Nothing is null on read; Code fields are trimmed and upper-cased; a date-time is cut
of trailing zeros; SQL Server rounds stamps to 0, 3 or 7 in the last of three digits.
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from local.simulators.business_central.errors import ApiError, bad_request
from local.simulators.business_central.schema import EntityType, Property

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)\Z")
ETAG = re.compile(r'W/"([A-Za-z0-9+/]+=*)"\Z')
_LARGEST_DECIMAL = 10**15
_ETAG_STEP = 6_364_136_223_846_793_005
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a request body.  Raises 400 for anything else, doubled keys included."""
    try:
        data = json.loads(body, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise bad_request(f"The request body could not be read as JSON: {error}") from None
    if not isinstance(data, dict):
        raise bad_request("The request body must be one JSON object.")
    return data


def checked_body(entity: EntityType, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body's values as stored.  Raises for unknown, read-only, too long or wrongly typed ones."""
    return {
        name: checked_value(entity, _writable(entity, name), value)
        for name, value in body.items()
        if "@odata." not in name
    }


def checked_value(entity: EntityType, prop: Property, value: Any) -> Any:
    """One value as stored; raises ``ApiError`` (400)."""
    if value is None:
        code = "BadRequest_RequiredParamNotProvided" if prop.required else "BadRequest"
        raise ApiError(400, code, f"Invalid value for property '{prop.name}': null is not allowed.")
    match prop.kind:
        case "boolean":
            return _typed(prop, value, isinstance(value, bool))
        case "decimal" | "integer":
            return _number(prop, value)
        case "guid":
            return str(_typed(prop, value, isinstance(value, str) and GUID.match(value) is not None)).lower()
        case "date":
            return _date(prop, value)
        case "datetime":
            return _moment(prop, value)
        case "enum":
            return _enum(prop, value)
        case _:
            return _text(entity, prop, value)


def stored_code(value: str) -> str:
    """A text as a Code field stores it: blanks around cut, capitals letter by letter, so never longer."""
    return "".join(upper if len(upper := letter.upper()) == 1 else letter for letter in value).strip(" ")


def stamp_ms(seconds: float) -> int:
    """Milliseconds since the epoch as SQL Server's datetime rounds them (1/300 s)."""
    return round(round(seconds * 300) * 10 / 3)


def stamp_text(milliseconds: int) -> str:
    """``2025-05-13T22:03:05.47Z``: trailing zeros of the fraction are cut."""
    seconds, fraction = divmod(milliseconds, 1000)
    text = (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None).isoformat()
    return f"{text}.{fraction:03d}".rstrip("0").rstrip(".") + "Z" if fraction else text + "Z"


def stamp_from_text(text: str) -> float:
    """Milliseconds since the epoch of a date-time literal, fractions kept; raises ValueError."""
    if not DATE_TIME.match(text):
        raise ValueError(f"{text!r} is no date-time with zone")
    delta = datetime.fromisoformat(text) - _EPOCH
    return delta.days * 86_400_000 + delta.seconds * 1000 + delta.microseconds / 1000


def etag_of(version: int) -> str:
    """The weak etag of a row version: base64 of a quoted ``length;digits;00;``, as live servers send."""
    digits = str(10**18 + version * _ETAG_STEP % (9 * 10**18)) + "1"
    content = base64.b64encode(f"'{len(digits) - 1};{digits};00;'".encode()).decode("ascii")
    return f'W/"{content}"'


def sql_order(record_id: str) -> bytes:
    """Where SQL Server sorts a uniqueidentifier: the last six bytes weigh most."""
    raw = uuid.UUID(record_id).bytes_le
    return raw[10:16] + raw[8:10] + raw[6:8] + raw[4:6] + raw[0:4]


def sequential_id(counter: int, node: int) -> str:
    """The ``counter``-th id of a company: grows in SQL order, as the service's own ids do."""
    raw = counter.to_bytes(4, "big") + bytes((0x5A, 0x3C, 0xF1, 0x11)) + b"\x9a\x4a" + node.to_bytes(6, "big")
    return str(uuid.UUID(bytes_le=raw))


def _writable(entity: EntityType, name: str) -> Property:
    prop = entity.properties.get(name)
    if prop is None:
        raise bad_request(
            f"The property '{name}' does not exist on type 'Microsoft.NAV.{entity.entity}'. "
            "Make sure to only use property names that are defined by the type."
        )
    if prop.read_only:
        raise ApiError(400, "BadRequest_InvalidOperation", f"Control '{name}' is read-only")
    return prop


def _typed(prop: Property, value: Any, fits: bool) -> Any:
    if not fits:
        raise bad_request(f"Cannot convert a value to target type '{prop.kind}' for property '{prop.name}'.")
    return value


def _number(prop: Property, value: Any) -> int | float:
    kinds = int if prop.kind == "integer" else int | float
    _typed(prop, value, isinstance(value, kinds) and not isinstance(value, bool))
    _typed(prop, value, abs(value) < _LARGEST_DECIMAL)
    number: int | float = value
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _date(prop: Property, value: Any) -> str:
    _typed(prop, value, isinstance(value, str) and len(value) == 10)
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return str(_typed(prop, value, False))


def _moment(prop: Property, value: Any) -> str:
    try:
        return stamp_text(int(stamp_from_text(value)))
    except (TypeError, ValueError, OverflowError):
        return str(_typed(prop, value, False))


def _enum(prop: Property, value: Any) -> str:
    _typed(prop, value, isinstance(value, str))
    if value in prop.enum:
        return str(value)
    if value == " " and "_x0020_" in prop.enum:  # the documented samples send the blank unescaped
        return "_x0020_"
    options = ",".join(prop.captions)
    raise ApiError(400, "Unknown", f"'{value}' is not an option. The existing options are: {options}")


def _text(entity: EntityType, prop: Property, value: Any) -> str:
    text = str(_typed(prop, value, isinstance(value, str)))
    if prop.kind == "code":
        text = stored_code(text)
    if prop.max_length is not None and len(text.encode("utf-16-le", "surrogatepass")) // 2 > prop.max_length:
        raise ApiError(
            400,
            "Application_StringExceededLength",
            f"The length of the string is {len(text)}, but it must be less than or equal to "
            f"{prop.max_length} characters. Value: {text}",
        )
    if prop.not_blank and not text:
        raise ApiError(
            400, "BadRequest_RequiredParamNotProvided", f"{prop.name} must be filled in {entity.table}."
        )
    return text


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a name occurs twice in one object")
    return data


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
