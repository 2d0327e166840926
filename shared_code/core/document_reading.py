"""Reading a document by its shape: every value that is there, and everything that is wrong, at once."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from typing import Any

from shared_code.core.document_kinds import Text, table_of
from shared_code.core.document_shape import Inner, Inners, Key, Shape

type Document = MappingOf[str, Any]

type Values = dict[str, Any]
"""What stands under each key of a shape: inner tables as ``Values`` of their own, ``None`` for none."""


def read(shape: Shape, document: Document) -> tuple[Values, list[str]]:
    """The document's values and its faults.  A value that is wrong or missing is its kind's default."""
    faults: list[str] = []
    return _table(shape, document, shape.label(document), faults), faults


def _table(shape: Shape, document: Document, where: str, faults: list[str]) -> Values:
    faults += [f"{where} has an unknown key “{key}”" for key in document if key not in shape.keys]
    return {name: _value(key, name, document, where, faults) for name, key in shape.keys.items()}


def _value(key: Key, name: str, document: Document, where: str, faults: list[str]) -> Any:
    if key.missing and _is_missing(key, name, document) and not isinstance(key.kind, Inner):
        entry = document.get("field") or "every entry"
        faults.append(key.missing.format(where=where, key=name, entry=entry))
        return () if isinstance(key.kind, Inners) else key.kind.default
    given = document.get(name)
    match key.kind:
        case Inner(shape):
            there = name in document or bool(key.missing)
            return _inner(shape, name, document.get(name, {}), where, faults) if there else None
        case Inners():
            return _inners(key.kind, name, given if name in document else [], where, faults)
        case kind if name in document:
            value, wrong = kind.read(given, where, name)
            faults += wrong
            return value
        case kind:
            return kind.default


def _is_missing(key: Key, name: str, document: Document) -> bool:
    """Whether nothing stands there, or a blank where a name is needed."""
    given = document.get(name)
    is_blank = isinstance(key.kind, Text) and isinstance(given, str) and not given.strip()
    return name not in document or is_blank


def _inner(shape: Shape, name: str, given: object, where: str, faults: list[str]) -> Values:
    inner, wrong = table_of(given, where, name)
    faults += wrong
    # A table of a side is called with the side's name.
    label = f"{where}.{shape.called}" if where in ("bc", "sales") else shape.called
    return _table(shape, inner, label, faults)


def _inners(kind: Inners, name: str, given: object, where: str, faults: list[str]) -> tuple[Values, ...]:
    if not isinstance(given, list):
        faults.append(f"{where}: {name} is {given} and must be a list")
        return ()
    if not kind.least <= len(given) <= kind.most:
        faults.append(f"{name} must list between {kind.least} and {kind.most} entries")
        return ()
    wrong = [each for each in given if not isinstance(each, dict)]
    faults += [f"{where}: an entry of {name} is {each} and must be a table" for each in wrong]
    tables = [each for each in given if isinstance(each, dict)]
    # A table of a side is called with the side's name.
    prefix = f"{where}." if where in ("bc", "sales") else ""
    return tuple(_table(kind.shape, each, prefix + kind.shape.label(each), faults) for each in tables)
