"""The route constraints of ASP.NET Core that a template may name (aspnetcore/fundamentals/routing.md)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime

Constraint = Callable[[str], bool]


def _is_int(text: str, bits: int = 32) -> bool:
    if re.fullmatch(r"[+-]?[0-9]{1,20}", text) is None:
        return False
    return -(1 << (bits - 1)) <= int(text) < 1 << (bits - 1)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9]{1,300}(?:\.[0-9]{1,300})?(?:[eE][+-]?[0-9]{1,3})?", text) is not None


def _is_guid(text: str) -> bool:
    shape = r"[0-9a-fA-F]{32}|[({]?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}[)}]?"
    if re.fullmatch(shape, text) is None:
        return False
    try:
        uuid.UUID(text.strip("(){}"))
    except ValueError:
        return False
    return True


def _is_datetime(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


_PLAIN: dict[str, Constraint] = {
    "int": _is_int,
    "long": lambda text: _is_int(text, 64),
    "bool": lambda text: text.lower() in ("true", "false"),
    "guid": _is_guid,
    "datetime": _is_datetime,
    "decimal": _is_number,
    "double": _is_number,
    "float": _is_number,
    "alpha": lambda text: re.fullmatch("[a-zA-Z]*", text) is not None,
    "required": lambda text: text != "",
}


def constraint_from(name: str, argument: str | None) -> Constraint:
    """The check that ``name`` or ``name(argument)`` means; ValueError for one that is not known."""
    if argument is None and name in _PLAIN:
        return _PLAIN[name]
    if argument is not None and name == "regex":
        pattern = re.compile(argument.replace("{{", "{").replace("}}", "}"), re.IGNORECASE)
        return lambda text: pattern.search(text) is not None
    if argument is not None:
        return _bounded(name, [int(part) for part in argument.split(",")])
    raise ValueError(f"the constraint {name} is not known")


def _bounded(name: str, bounds: list[int]) -> Constraint:
    low, high = bounds[0], bounds[-1]
    checks: dict[tuple[str, int], Constraint] = {
        ("length", 1): lambda text: len(text) == low,
        ("length", 2): lambda text: low <= len(text) <= high,
        ("minlength", 1): lambda text: len(text) >= low,
        ("maxlength", 1): lambda text: len(text) <= high,
        ("min", 1): lambda text: _is_int(text, 64) and int(text) >= low,
        ("max", 1): lambda text: _is_int(text, 64) and int(text) <= high,
        ("range", 2): lambda text: _is_int(text, 64) and low <= int(text) <= high,
    }
    if (name, len(bounds)) not in checks:
        raise ValueError(f"the constraint {name} with {len(bounds)} arguments is not known")
    return checks[name, len(bounds)]
