"""Values as JSON text: decimals keep their digits, nothing else changes form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from types import NoneType
from typing import Any

import orjson

from shared_code.core.records import Value, Values

_DECIMAL = "$n"


def dump(values: Mapping[str, object]) -> str:
    """Compact JSON; a ``Decimal`` becomes ``{"$n": "1.50"}``.

    Readable where it can be; half a surrogate pair, which no storage carries, makes it plain ASCII.
    """
    try:
        return orjson.dumps(values, _encode, _PLAIN_ONLY).decode()
    except TypeError:
        # What orjson refuses and JSON knows: half a pair, a number of more than 64 bits.
        text = _READABLE.encode(values)
        return text if is_unicode(text) else _ASCII.encode(values)


def is_unicode(text: str) -> bool:
    """Whether the text holds no half of a surrogate pair."""
    return text.isascii() or text.encode("utf-8", "ignore").decode() == text


def load(text: str) -> dict[str, Any]:
    """What ``dump`` was given."""
    if not text:
        return {}
    try:
        found = dict(orjson.loads(text))
    except orjson.JSONDecodeError:
        return dict(_DECODER.decode(text))  # Half a pair, which only the standard library reads, or no JSON.
    # Decimals are within, and a float may be a number of more than 64 bits.
    return found if _FLAT.issuperset(map(type, found.values())) else dict(_DECODER.decode(text))


def load_values(text: str) -> dict[str, Value]:
    """As ``load``, for field values."""
    return load(text)


def _encode(value: object) -> object:
    if isinstance(value, Decimal):
        return {_DECIMAL: str(value)}
    raise TypeError(f"{type(value).__name__} is no field value")


def _decode(pairs: dict[str, Any]) -> object:
    return Decimal(pairs[_DECIMAL]) if pairs.keys() == {_DECIMAL} else pairs


_FLAT = frozenset({str, int, bool, NoneType})
"""What nearly all values are."""

_PLAIN_ONLY = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
"""Nothing becomes text unasked."""

_READABLE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_encode)
_ASCII = json.JSONEncoder(separators=(",", ":"), default=_encode)
_DECODER = json.JSONDecoder(object_hook=_decode)
"""Made once: ``json.dumps`` and ``json.loads`` with settings make one for each text."""


def differing(values: Values, others: Values) -> dict[str, Value]:
    """The entries of ``others`` that are not the same in ``values``."""
    return {name: value for name, value in others.items() if name not in values or values[name] != value}


def ascii_body(values: Mapping[str, object]) -> bytes:
    """JSON in ASCII for a request's body.

    The emulator decodes a body piece by piece: a letter of several bytes at the end of a piece would be lost.
    Raises TypeError for half a surrogate pair.
    """
    body = orjson.dumps(values)
    return body if body.isascii() else _COMPACT.encode(values).encode("ascii")


_COMPACT = json.JSONEncoder(separators=(",", ":"))
