"""``$filter``: an expression becomes a function from a row to true or false.

Text compares without case and trailing blanks, as the database does.  Microsoft docs:
webapi/query/filter-rows.  Lambda operators and the rarer functions are answered with 501.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from local.simulators.dataverse import errors
from local.simulators.dataverse.errors import bad_request, not_simulated
from local.simulators.dataverse.literals import (
    Literal,
    Token,
    closing,
    literal_of,
    split_outside,
    text_array,
    tokens,
    unterminated,
)
from local.simulators.dataverse.store import comparable
from local.simulators.dataverse.values import GUID

Getter = Callable[[Any], Any]
Predicate = Callable[[Any], bool]

MAX_CONDITIONS = 500
MAX_DEPTH = 100
CRM = "Microsoft.Dynamics.CRM."
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt,
    "ge": operator.ge, "lt": operator.lt, "le": operator.le,
}  # fmt: skip
_TEXT: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": str.startswith,
    "endswith": str.endswith,
}
_SAME_KIND = {"date": "moment"}


@dataclass(frozen=True)
class OneOf:
    """Whether a column's value is among some; ``column`` is named as in the expression."""

    column: str
    get: Getter
    wanted: frozenset[Any]

    def __call__(self, row: Any) -> bool:
        return comparable(self.get(row)) in self.wanted


class Fields(Protocol):
    """What the names in an expression mean."""

    def field(self, path: str) -> tuple[str, Getter]:
        """Kind and getter of a property path.  Raises ``Refused`` for an unknown one."""
        ...

    def column(self, name: str) -> tuple[str, Getter]:
        """The same for the ``PropertyName`` of a query function."""
        ...


@dataclass(frozen=True)
class _Operand:
    kind: str
    get: Getter
    constant: bool = False
    value: Any = None


def compile_filter(expression: str, fields: Fields, aliases: Mapping[str, str]) -> Predicate:
    """Read an expression; ``aliases`` holds the query's parameter aliases (``@p1``).  Raises ``Refused``."""
    return _Parser(expression, fields, aliases).parse()


class _Parser:
    def __init__(self, expression: str, fields: Fields, aliases: Mapping[str, str]) -> None:
        self._text = expression
        self._fields = fields
        self._aliases = aliases
        self._conditions = 0
        self._depth = 0
        self._restart(0)

    def parse(self) -> Predicate:
        found = self._any_of()
        if self._token is not None:
            raise self._syntax_error()
        return found

    def _restart(self, at: int) -> None:
        self._tokens: Iterator[Token] = tokens(self._text, at)
        self._token: Token | None = next(self._tokens, None)

    def _advance(self) -> Token:
        token = self._token
        if token is None:
            raise self._syntax_error()
        self._token = next(self._tokens, None)
        return token

    def _is(self, text: str) -> bool:
        return self._token is not None and self._token.kind in ("name", "mark") and self._token.text == text

    def _expect(self, mark: str) -> None:
        if not self._is(mark):
            raise self._syntax_error()
        self._advance()

    def _any_of(self) -> Predicate:
        parts = [self._all_of()]
        while self._is("or"):
            self._advance()
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else lambda row: any(part(row) for part in parts)

    def _all_of(self) -> Predicate:
        parts = [self._unary()]
        while self._is("and"):
            self._advance()
            parts.append(self._unary())
        return parts[0] if len(parts) == 1 else lambda row: all(part(row) for part in parts)

    def _unary(self) -> Predicate:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise bad_request("The filter is nested too deeply.")
        try:
            return self._unary_within_depth()
        finally:
            self._depth -= 1

    def _unary_within_depth(self) -> Predicate:
        if self._is("not"):
            self._advance()
            inner = self._unary()
            return lambda row: not inner(row)
        if self._is("("):
            self._advance()
            inner = self._any_of()
            self._expect(")")
            return inner
        return self._condition()

    def _condition(self) -> Predicate:
        self._conditions += 1
        if self._conditions > MAX_CONDITIONS:
            raise bad_request(
                "Number of conditions in query exceeded maximum limit.", errors.TOO_MANY_CONDITIONS
            )
        first = self._advance()
        if first.kind == "name" and self._is("("):
            return self._function(first)
        left = self._operand(first)
        if self._token is None and left.kind == "bool" and not left.constant:
            return lambda row: left.get(row) is True
        sign = self._advance()
        if sign.text not in _COMPARE:
            raise self._syntax_error()
        return _comparison(sign.text, left, self._operand(self._advance()))

    def _operand(self, token: Token) -> _Operand:
        literal = self._alias(token.text) if token.kind == "alias" else literal_of(token)
        if literal is not None:
            value = literal.value if literal.kind == "moment" else comparable(literal.value)
            return _Operand(literal.kind, lambda row: value, True, value)
        if token.kind != "name":
            raise self._syntax_error()
        kind, get = self._fields.field(token.text)
        return _Operand(kind, (lambda row: comparable(get(row))) if kind == "text" else get)

    def _alias(self, name: str) -> Literal:
        if name not in self._aliases:
            raise bad_request(f"The parameter alias '{name}' has no value in the query.")
        found = list(tokens(self._aliases[name]))
        literal = literal_of(found[0]) if len(found) == 1 else None
        if literal is None:
            raise bad_request(f"The value of the parameter alias '{name}' is not a literal.")
        return literal

    def _function(self, name: Token) -> Predicate:
        start = name.end
        start = self._text.index("(", start) + 1
        end = closing(self._text, start)
        arguments = [part.strip() for part in split_outside(self._text[start:end], ",")]
        self._restart(end + 1)
        if name.text in _TEXT:
            return self._text_function(name.text, arguments)
        if name.text.startswith(CRM):
            return self._query_function(name.text.removeprefix(CRM), arguments)
        if name.text.endswith(("/any", "/all")):
            raise not_simulated(f"The lambda operator in '{name.text}'")
        raise bad_request(f"An unknown function with name '{name.text}' was found.")

    def _text_function(self, name: str, arguments: list[str]) -> Predicate:
        operands = [self._argument(text) for text in arguments]
        if [operand.kind for operand in operands] != ["text", "text"]:
            raise bad_request(
                f"No function signature for the function with name '{name}' matches the specified arguments."
            )
        left, right = operands
        test = _TEXT[name]
        return lambda row: (text := left.get(row)) is not None and test(text, right.get(row))

    def _argument(self, text: str) -> _Operand:
        found = list(tokens(text))
        if len(found) != 1:
            raise bad_request(f"Syntax error in the function argument '{text[:200]}'.")
        operand = self._operand(found[0])
        if operand.constant and operand.kind == "text":  # blanks count when searching inside a text
            literal = self._alias(text) if found[0].kind == "alias" else literal_of(found[0])
            part = literal.value.casefold() if literal is not None else operand.value
            return _Operand("text", lambda row: part, True, part)
        return operand

    def _query_function(self, name: str, arguments: list[str]) -> Predicate:
        if name not in ("In", "NotIn", "Between"):
            raise not_simulated(f"The query function {CRM}{name}")
        given = dict(part.split("=", 1) for part in arguments if "=" in part)
        if given.keys() != {"PropertyName", "PropertyValues"}:
            raise bad_request("Request message has unresolved parameters.")
        raw = {key: self._aliases.get(value, value) for key, value in given.items()}
        literal = literal_of(next(tokens(raw["PropertyName"])))
        if literal is None or literal.kind != "text":
            raise bad_request("The PropertyName of a query function must be a quoted text.")
        kind, get = self._fields.column(literal.value)
        values = [_converted(kind, value) for value in text_array(raw["PropertyValues"])]
        return _membership(name, literal.value, get, values)

    def _syntax_error(self) -> Exception:
        if self._text.count("'") % 2:
            return unterminated(self._text)
        at = self._token.end if self._token is not None else len(self._text)
        return bad_request(f"Syntax error at position {at} in '{self._text[:500]}'.")


def _comparison(sign: str, left: _Operand, right: _Operand) -> Predicate:
    kinds = {_SAME_KIND.get(side.kind, side.kind) for side in (left, right)} - {"null"}
    if len(kinds) > 1:
        raise bad_request(
            "A binary operator with incompatible types was detected. "
            f"Found operand types '{left.kind}' and '{right.kind}' for operator kind '{sign}'."
        )
    compare = _COMPARE[sign]
    if sign in ("eq", "ne"):
        return lambda row: bool(compare(left.get(row), right.get(row)))
    return lambda row: _ordered(compare, left.get(row), right.get(row))


def _ordered(compare: Callable[[Any, Any], Any], left: Any, right: Any) -> bool:
    return left is not None and right is not None and bool(compare(left, right))


def _converted(kind: str, text: str) -> Any:
    try:
        if kind == "number":
            return int(text) if text.lstrip("-").isdigit() else float(text)
        if kind == "bool":
            return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
    except (ValueError, KeyError):
        raise bad_request(f"'{text[:100]}' is not a value of the property.") from None
    if kind == "guid" and not GUID.fullmatch(text):
        raise bad_request(f"Expected a Guid value but found '{text[:100]}'.")
    return comparable(text)


def _membership(name: str, column: str, get: Getter, values: list[Any]) -> Predicate:
    if name == "Between":
        if len(values) != 2:
            raise bad_request("Between takes two values.")
        low, high = values
        return lambda row: (found := comparable(get(row))) is not None and low <= found <= high
    wanted = frozenset(values)
    if name == "In":
        return OneOf(column, get, wanted)
    return lambda row: comparable(get(row)) not in wanted
