"""OData text: literals, filters, addresses and JSON whose numbers stay exact.  Pure.

Sources: OData 4.0 URL conventions; Microsoft docs webservices/use-filter-expressions-in-odata-uris.md
(Business Central) and webapi/query/filter-rows.md (Dataverse).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from types import NoneType
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import orjson

from shared_code.core.records import Value

MAX_DIGITS = 60
"""More digits than any field of either system; a number beyond is refused instead of written out."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}\Z")
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z\Z")
_SAFE = "/:@$,()'*"
_PLAIN_OPTION = re.compile(r"[A-Za-z0-9_.~/:@$,()'* -]*\Z")
"""What nearly all options are, such as the ids of a batch: only blanks are encoded."""
_quoted = json.encoder.encode_basestring_ascii


def name(text: str) -> str:
    """``text`` itself when it can name a set or a field.  Raises ValueError."""
    if not _is_name(text):
        raise ValueError(f"{text[:80]!r} is not the name of a field or table")
    return text


@lru_cache(4096)
def _is_name(text: str) -> bool:
    return _NAME.match(text) is not None


@lru_cache(16_384)
def guid(text: str) -> str:
    """A record id in lower case.  Raises ValueError for anything that is no GUID."""
    lowered = text.lower()
    if not _GUID.match(lowered):
        raise ValueError(f"{text[:80]!r} is not a record id")
    return lowered


def is_guid(text: str) -> bool:
    """Whether ``text`` is a record id as both services write it."""
    return _GUID.match(text.lower()) is not None


def literal(value: Value) -> str:
    """``value`` inside a filter, not yet percent-encoded: text is quoted, its quotes doubled."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case _:
            return number(value)


def number(value: int | Decimal) -> str:
    """A number without exponent.  Raises ValueError for infinity, NaN or absurd lengths."""
    if isinstance(value, int):
        return str(value)
    if not value.is_finite() or abs(value.adjusted()) > MAX_DIGITS:
        raise ValueError("a number that neither system can hold")
    return format(value, "f")


def encode(text: str) -> str:
    """Percent-encode a query option's value.  Raises ValueError for text that is not Unicode."""
    return text.replace(" ", "%20") if _PLAIN_OPTION.match(text) else quote(text, safe=_SAFE)


def address(path: str, **options: str | None) -> str:
    """``path?$option=value&…``; an option of ``None`` or empty text is left out."""
    given = [f"${key}={encode(value)}" for key, value in options.items() if value]
    return path + ("?" + "&".join(given) if given else "")


def any_of(field: str, literals: Iterable[str]) -> str:
    """``field eq a or field eq b``; the only form of ``or`` that Business Central accepts."""
    return " or ".join(f"{field} eq {one}" for one in literals)


def chunks[T](items: Sequence[T], size: int) -> list[Sequence[T]]:
    """``items`` in parts of at most ``size``, in order."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def loads(text: bytes | str) -> object:
    """Read JSON; fractions become ``Decimal``.  Raises ValueError for anything that is not JSON."""
    try:
        if isinstance(text, bytes):
            text = text.decode(json.detect_encoding(text), "surrogatepass")
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError("JSON nested too deeply") from None


def _refuse_constant(text: str) -> object:
    raise ValueError(f"{text} is not JSON")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant)
"""Made once: ``json.loads`` with settings makes one for each text."""


def dumps(data: object) -> str:
    """Write JSON in ASCII; a ``Decimal`` becomes a number with exactly its digits.

    Raises ValueError for numbers that JSON cannot carry and TypeError for other types.
    """
    write = _WRITERS.get(type(data))
    if write is not None:
        return write(data)
    match data:
        case str():
            return _quoted(data)
        case bool():
            return "true" if data else "false"
        case int() | Decimal():
            return number(data)
        case Mapping():
            return _object(data)
        case list() | tuple():
            return _list(data)
    raise TypeError(f"{type(data).__name__} has no JSON form")


def body(data: Mapping[str, object]) -> str:
    """The fields of a record as JSON that goes out in UTF-8; as ``dumps`` otherwise."""
    if _PLAIN.issuperset(map(type, data.values())):
        with suppress(TypeError):  # Half a surrogate pair, or a number that is too large for it.
            return orjson.dumps(data, _digits).decode()
    return dumps(data)


def _digits(value: Any) -> orjson.Fragment:
    return orjson.Fragment(number(value))


def _object(data: Mapping[Any, object]) -> str:
    """The standard library's encoder is quick; what it would give another form comes behind it."""
    exact = {key: value for key, value in data.items() if type(value) in _EXACT}
    others = [f"{_quoted(str(k))}:{dumps(v)}" for k, v in data.items() if type(v) not in _EXACT]
    if not (exact and others):
        return _WRITER.encode(exact) if exact else "{" + ",".join(others) + "}"
    return f"{_WRITER.encode(exact)[:-1]},{','.join(others)}}}"


def _list(data: Sequence[object]) -> str:
    return "[" + ",".join(map(dumps, data)) + "]"


_EXACT = frozenset({NoneType, str, bool, int})
_PLAIN = _EXACT | {Decimal}
_WRITER = json.JSONEncoder(separators=(",", ":"))

_WRITERS: Mapping[type, Callable[[Any], str]] = {
    str: _quoted,
    NoneType: lambda _: "null",
    bool: lambda data: "true" if data else "false",
    int: number,
    Decimal: number,
    dict: _object,
    list: _list,
    tuple: _list,
}
"""The types that nearly everything is of; what is derived from them goes a longer way."""


def mapping(data: object) -> Mapping[str, object]:
    """``data`` as a JSON object.  Raises ValueError."""
    if not isinstance(data, dict):
        raise ValueError("the answer is not a JSON object")
    return data


def rows(data: object) -> list[Mapping[str, object]]:
    """The rows of a collection answer.  Raises ValueError."""
    value = mapping(data).get("value")
    if not isinstance(value, list):
        raise ValueError("the answer has no rows")
    return [mapping(row) for row in value]


def text(row: Mapping[str, object], key: str) -> str:
    """A text member that must be there.  Raises ValueError."""
    value = row.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"the answer lacks {key}")
    return value


SCALARS = frozenset({NoneType, str, bool, int, Decimal})
"""The types that a field's value has, whoever read it."""


def reader(names: Iterable[str]) -> Callable[[Mapping[str, object]], dict[str, Value]]:
    """Reads these members of many rows.  It raises ValueError for one that is missing or no field's value."""
    wanted = tuple(names)

    def read(row: Mapping[str, object]) -> dict[str, Value]:
        try:
            found = {name: row[name] for name in wanted}
        except KeyError as missing:
            raise ValueError(f"the answer lacks {missing.args[0]}") from None
        if not SCALARS.issuperset(map(type, found.values())):
            return {name: scalar(value) for name, value in found.items()}
        return found  # type: ignore[return-value]

    return read


def scalar(value: object) -> Value:
    """A JSON value as a field's value.  Raises ValueError for objects and lists."""
    if type(value) in SCALARS or isinstance(value, (str, int, Decimal)):
        return value  # type: ignore[return-value]
    raise ValueError("a field holds a nested value")


def instant(text: str) -> str:
    """A date-time in UTC at fixed width: milliseconds, so that text order is time order.

    Raises ValueError.  Business Central cuts trailing zeros (``.47Z``) and may send more digits.
    """
    parts = _INSTANT.match(text)
    if parts is None:
        raise ValueError(f"{text[:40]!r} is not a UTC date-time")
    return f"{parts[1]}.{(parts[2] or '')[:3]:0<3}Z"


def instant_of(seconds: float) -> str:
    """Seconds since the epoch as ``instant`` text."""
    moment = datetime.fromtimestamp(round(seconds * 1000) / 1000, UTC)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def seconds_of(stamp: str) -> float:
    """Seconds since the epoch of an ``instant`` text.  Raises ValueError."""
    return datetime.fromisoformat(stamp).timestamp()


def same_place(link: str, start: str) -> bool:
    """Whether ``link`` stays at the scheme, host and path of ``start``; nobody leads us elsewhere."""
    there, here = urlsplit(link), urlsplit(start)
    return (there.scheme, there.netloc.lower()) == (here.scheme, here.netloc.lower()) and (
        unquote(there.path).lower() == unquote(here.path).lower()
    )
