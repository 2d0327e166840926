"""Values as JSON text: decimals keep their digits, nothing else changes form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from shared_code.core.records import Value, Values

_DECIMAL = "$n"


def dump(values: Mapping[str, object]) -> str:
    """Compact JSON; a ``Decimal`` becomes ``{"$n": "1.50"}``."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_encode)


def load(text: str) -> dict[str, Any]:
    """What ``dump`` was given."""
    return dict(json.loads(text, object_hook=_decode)) if text else {}


def load_values(text: str) -> dict[str, Value]:
    """As ``load``, for field values."""
    return load(text)


def _encode(value: object) -> object:
    if isinstance(value, Decimal):
        return {_DECIMAL: str(value)}
    raise TypeError(f"{type(value).__name__} is no field value")


def _decode(pairs: dict[str, Any]) -> object:
    return Decimal(pairs[_DECIMAL]) if pairs.keys() == {_DECIMAL} else pairs


def differing(values: Values, others: Values) -> dict[str, Value]:
    """The entries of ``others`` that are not the same in ``values``."""
    return {name: value for name, value in others.items() if name not in values or values[name] != value}
