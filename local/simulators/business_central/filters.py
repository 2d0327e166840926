"""``$filter`` as far as the service understands it.

Microsoft docs, webservices/use-filter-expressions-in-odata-uris.md and odata-known-limitations.md:
eq ne gt ge lt le, and, or (one field only), startswith endswith contains, substring tolower toupper
without nesting.  ``in`` (before schema version 2.1) and any/all are silently ignored: the whole
filter then does nothing.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from local.simulators.business_central.errors import ApiError, bad_request, unknown_property
from local.simulators.business_central.filter_words import Token, literal_value, split_tokens, syntax_error
from local.simulators.business_central.schema import MODIFIED, ROW_VERSION, EntityType, Property
from local.simulators.business_central.storage import Row
from local.simulators.business_central.values import stamp_from_text

MAX_FILTER_CHARS = 200_000
MAX_DEPTH = 50
_OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_TESTS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": operator.contains,
}
_CASES: Final[Mapping[str, Callable[[str], str]]] = {"tolower": str.lower, "toupper": str.upper}
Test = Callable[[Row], bool]
Getter = Callable[[Row], Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """What to test rows with, and how to find candidates fast.

    ``ids``: only these can match.  ``modified_since_ms``: no row stamped before can match, and
    ``version_from``: none with a lower row version.  ``equal``: the values a property must have one of.
    """

    test: Test
    ids: frozenset[str] | None = None
    modified_since_ms: float | None = None
    fields: frozenset[str] = frozenset()
    version_from: float | None = None
    equal: Mapping[str, frozenset[Any]] = field(default_factory=dict)


class _Ignored(Exception):
    """The service drops the whole filter without a word."""


@dataclass(frozen=True, slots=True)
class _Operand:
    """The left side of a comparison: a field as it is, or what a function makes of it."""

    prop: Property
    read: Getter
    literal: Callable[[Any], Any]
    plain: bool


def parse_filter(text: str, entity: EntityType, *, schema_version: str = "2.0") -> Filter | None:
    """The filter in a decoded ``$filter``; None where the service ignores it.  Raises ``ApiError``."""
    if len(text) > MAX_FILTER_CHARS:
        raise bad_request("The filter is too long.")
    try:
        return _Parser(split_tokens(text), entity, allows_in=schema_version == "2.1").whole()
    except _Ignored:
        return None


def field_getter(prop: Property) -> Getter:
    """How a property's value is compared and sorted; the stamp as milliseconds."""
    name = prop.name
    if name == MODIFIED:
        return lambda row: row.modified_ms
    if prop.kind == "datetime":
        return lambda row: stamp_from_text(row.values[name])
    return lambda row: row.values[name]


def queryable(entity: EntityType, name: str, option: str) -> Property:
    """The property, if it may be used in ``$filter`` or ``$orderby``; raises ``ApiError``."""
    prop = entity.properties.get(name)
    if prop is None:
        raise unknown_property(name, entity.entity)
    if not prop.filterable or prop.kind == "stream":
        raise bad_request(
            f"The property '{name}' cannot be used in {option} because it is not bound directly "
            "to a table field."
        )
    return prop


class _Parser:
    """Recursive descent over the tokens: or, and, then one comparison or a bracket."""

    def __init__(self, tokens: list[Token], entity: EntityType, *, allows_in: bool) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._entity = entity
        self._allows_in = allows_in

    def whole(self) -> Filter:
        parsed = self._either()
        if self._peek() is not None:
            raise syntax_error(self._tokens[self._at].text)
        return parsed

    def _either(self) -> Filter:
        parts = [self._both()]
        while self._accept("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else _any_of(parts)

    def _both(self) -> Filter:
        parts = [self._primary()]
        while self._accept("and"):
            parts.append(self._primary())
        return parts[0] if len(parts) == 1 else _all_of(parts)

    def _primary(self) -> Filter:
        token = self._next()
        if token.text == "(" and token.kind == "mark":
            return self._bracket()
        if token.kind != "name":
            raise syntax_error(token.text)
        if token.text in _TESTS:
            return self._text_test(token.text)
        if token.text == "not":
            raise bad_request("The 'not' operator is not supported in an OData filter.")
        return self._comparison(self._operand(token))

    def _bracket(self) -> Filter:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise bad_request("The filter is nested too deeply.")
        inside = self._either()
        self._expect(")")
        self._depth -= 1
        return inside

    def _comparison(self, left: _Operand) -> Filter:
        sign = self._next().text
        if sign == "in":
            return self._membership(left)
        if sign not in _OPERATORS:
            raise syntax_error(sign)
        right = left.literal(literal_value(left.prop, self._next(), self._entity))
        return _compare(left, sign, right)

    def _membership(self, left: _Operand) -> Filter:
        if not self._allows_in:
            raise _Ignored
        self._expect("(")
        wanted = {left.literal(literal_value(left.prop, self._next(), self._entity))}
        while self._accept(","):
            wanted.add(left.literal(literal_value(left.prop, self._next(), self._entity)))
        self._expect(")")
        read, name = left.read, left.prop.name
        equal = {name: frozenset(wanted)} if left.plain else {}
        return Filter(lambda row: read(row) in wanted, fields=frozenset({name}), equal=equal)

    def _operand(self, token: Token) -> _Operand:
        if token.text.endswith(("/any", "/all")):
            raise _Ignored
        if token.text in _CASES:
            return self._changed_case(_CASES[token.text])
        if token.text == "substring":
            return self._substring()
        prop = queryable(self._entity, token.text, "$filter")
        return _Operand(prop, field_getter(prop), _same, plain=True)

    def _changed_case(self, change: Callable[[str], str]) -> _Operand:
        self._expect("(")
        prop = self._plain_text_field()
        self._expect(")")
        name = prop.name
        return _Operand(prop, lambda row: change(row.values[name]), change, plain=False)

    def _substring(self) -> _Operand:
        self._expect("(")
        prop = self._plain_text_field()
        self._expect(",")
        start, end = self._whole_number(), None
        if self._accept(","):
            end = start + self._whole_number()
        self._expect(")")
        name = prop.name
        return _Operand(prop, lambda row: row.values[name][start:end], _same, plain=False)

    def _text_test(self, function: str) -> Filter:
        self._expect("(")
        token = self._next()
        left = self._operand(token)
        if left.prop.kind not in ("text", "code"):
            raise bad_request(f"The function '{function}' needs a text, and '{left.prop.name}' is none.")
        self._expect(",")
        wanted = left.literal(literal_value(left.prop, self._next(), self._entity))
        self._expect(")")
        if self._accept("eq"):
            self._expect("true")
        test, read = _TESTS[function], left.read
        return Filter(lambda row: test(read(row), wanted), fields=frozenset({left.prop.name}))

    def _plain_text_field(self) -> Property:
        token = self._next()
        if token.text in _CASES or token.text == "substring":
            raise bad_request("Nested function calls are not supported in an OData filter.")
        prop = queryable(self._entity, token.text, "$filter")
        if prop.kind not in ("text", "code"):
            raise bad_request(f"A text function cannot be applied to '{prop.name}'.")
        return prop

    def _whole_number(self) -> int:
        token = self._next()
        if token.kind != "number" or not token.text.isdigit():
            raise syntax_error(token.text)
        return int(token.text)

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self) -> Token:
        token = self._peek()
        if token is None:
            raise syntax_error("the end")
        self._at += 1
        return token

    def _accept(self, text: str) -> bool:
        token = self._peek()
        found = token is not None and token.kind in ("name", "mark") and token.text == text
        self._at += found
        return found

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise syntax_error(self._next().text)


def _compare(left: _Operand, sign: str, right: Any) -> Filter:
    compare, read = _OPERATORS[sign], left.read
    ids, since = None, None
    name = left.prop.name
    version = right if name == ROW_VERSION and sign in ("gt", "ge", "eq") else None
    equal = {name: frozenset({right})} if left.plain and sign == "eq" else {}
    if left.plain and left.prop.kind == "guid" and left.prop.name == "id" and sign == "eq":
        ids = frozenset({right})
    if left.prop.name == MODIFIED and sign in ("gt", "ge", "eq"):
        since = right
    fields = frozenset({name})
    return Filter(lambda row: compare(read(row), right), ids, since, fields, version, equal)


def _any_of(parts: list[Filter]) -> Filter:
    fields = frozenset().union(*(part.fields for part in parts))
    if len(fields) > 1:
        raise ApiError(
            501,
            "BadRequest_MethodNotImplemented",
            "The 'OR' operator is not supported on distinct fields on an OData filter.",
        )
    known = [part.ids for part in parts if part.ids is not None]
    if len(known) == len(parts):
        ids = frozenset().union(*known)
        return Filter(lambda row: row.values["id"] in ids, ids, None, fields)
    tests = [part.test for part in parts]
    name = next(iter(fields))
    named = [part.equal[name] for part in parts if name in part.equal]
    equal = {name: frozenset().union(*named)} if len(named) == len(parts) else {}
    return Filter(lambda row: any(test(row) for test in tests), fields=fields, equal=equal)


def _all_of(parts: list[Filter]) -> Filter:
    tests = [part.test for part in parts]
    ids = next((part.ids for part in parts if part.ids is not None), None)
    bounds = [part.modified_since_ms for part in parts if part.modified_since_ms is not None]
    fields = frozenset().union(*(part.fields for part in parts))
    versions = [part.version_from for part in parts if part.version_from is not None]
    equal: dict[str, frozenset[Any]] = {}
    for part in parts:
        for name, values in part.equal.items():
            equal[name] = equal.get(name, values) & values
    return Filter(
        lambda row: all(test(row) for test in tests),
        ids,
        max(bounds, default=None),
        fields,
        max(versions, default=None),
        equal,
    )


def _same(value: Any) -> Any:
    return value
