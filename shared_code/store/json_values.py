"""Values as JSON text: decimals keep their digits, nothing else changes form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from shared_code.core.records import Value, Values

_DECIMAL = "$n"


def dump(values: Mapping[str, object]) -> str:
    """Compact JSON; a ``Decimal`` becomes ``{"$n": "1.50"}``.

    Readable where it can be; half a surrogate pair, which no storage carries, makes it plain ASCII.
    """
    text = _text(values, ascii_only=False)
    return text if is_unicode(text) else _text(values, ascii_only=True)


def _text(values: Mapping[str, object], *, ascii_only: bool) -> str:
    return (_ASCII if ascii_only else _READABLE).encode(values)


def is_unicode(text: str) -> bool:
    """Whether the text holds no half of a surrogate pair."""
    return text.isascii() or text.encode("utf-8", "ignore").decode() == text


def load(text: str) -> dict[str, Any]:
    """What ``dump`` was given."""
    return dict(_DECODER.decode(text)) if text else {}


def load_values(text: str) -> dict[str, Value]:
    """As ``load``, for field values."""
    return load(text)


def _encode(value: object) -> object:
    if isinstance(value, Decimal):
        return {_DECIMAL: str(value)}
    raise TypeError(f"{type(value).__name__} is no field value")


def _decode(pairs: dict[str, Any]) -> object:
    return Decimal(pairs[_DECIMAL]) if pairs.keys() == {_DECIMAL} else pairs


_READABLE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_encode)
_ASCII = json.JSONEncoder(separators=(",", ":"), default=_encode)
_DECODER = json.JSONDecoder(object_hook=_decode)
"""Made once: ``json.dumps`` and ``json.loads`` with settings make one for each text."""


def differing(values: Values, others: Values) -> dict[str, Value]:
    """The entries of ``others`` that are not the same in ``values``."""
    return {name: value for name, value in others.items() if name not in values or values[name] != value}
