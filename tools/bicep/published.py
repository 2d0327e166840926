"""The published resource types: what a resource's body may hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("published_types.json")

type Expression = str | int | Mapping[str, Any]
"""A type: a word (``string``, ``int``, ``bool``, ``any``), the number of an object, or one of ``text``,
``one_of``, ``list``."""


@dataclass(frozen=True, slots=True)
class Body:
    """What an object may hold.  ``more``: properties of any name have this type."""

    properties: Mapping[str, Expression]
    required: frozenset[str]
    read_only: frozenset[str]
    more: Expression | None


@dataclass(frozen=True)
class Resource:
    """One resource type in one version."""

    name: str
    body: Expression
    types: tuple[Mapping[str, Any], ...]

    def object(self, expression: Expression, kind: str | None = None) -> Body | None:
        """The object that the expression means, where it means one; ``kind``: the value of the property
        that tells which of several it is."""
        if not isinstance(expression, int):
            return None
        given = self.types[expression]
        base = _body(given)
        if "kinds" not in given:
            return base
        own = self.object(given["kinds"][kind]) if kind in given["kinds"] else None
        if own is None:
            return None
        return Body(
            {**base.properties, **own.properties}, base.required | own.required,
            base.read_only | own.read_only, own.more,
        )  # fmt: skip

    def teller(self, expression: Expression) -> str | None:
        """The property that tells which of several objects the expression means."""
        return self.types[expression].get("by") if isinstance(expression, int) else None


def _body(given: Mapping[str, Any]) -> Body:
    return Body(
        given["properties"], frozenset(given.get("required", ())), frozenset(given.get("read_only", ())),
        given.get("more"),
    )  # fmt: skip


@cache
def published() -> Mapping[str, Resource]:
    """Every known type by name and version (``Microsoft.Web/sites@2024-11-01``)."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return {each["name"]: Resource(each["name"], each["body"], tuple(each["types"])) for each in found}
