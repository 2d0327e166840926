"""JSON in and out: exact decimals, UTF-8, no NaN."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from local.simulators.dataverse.errors import bad_request


def dumps(value: Any) -> bytes:
    """Compact UTF-8 JSON; a Decimal becomes a number with all of its digits."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except TypeError:
        text = _text(value)
    return text.encode("utf-8", "replace")


def read_object(body: bytes) -> dict[str, Any]:
    """The object in a request body.  Raises ``Refused`` for anything else."""
    try:
        data = json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise bad_request(f"An error occurred while reading the JSON of the request: {error}") from None
    if not isinstance(data, dict):
        raise bad_request("The body of the request must be a JSON object.")
    return data


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(key))}:{_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    return format(value, "f") if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")
