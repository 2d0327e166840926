"""The language in which people write filters: one for both sides.

    customertypecode in (3, 12) and not blocked and (name starts with "A" or country is blank)

A condition is a field with ``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=`` and a value, ``in (…)``,
``not in (…)``, ``is blank``, ``is not blank``, ``starts with``, ``ends with``, ``contains``, or alone (true).
``not`` binds before ``and``, ``and`` before ``or``.  Values are texts in quotes (a quote inside is written
twice), numbers, ``true``, ``false``, dates (2026-01-31) and moments in UTC (2026-01-31T08:00:00Z).  A field
that is called like a word of the language stands in brackets: ``[contains]``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from shared_code.core.conditions import Compound, Condition, Joint, Test
from shared_code.core.records import Value

MAX_CHARS, MAX_DEPTH, MAX_CONDITIONS, MAX_VALUES = 4_000, 20, 100, 200
"""The longest filter, how deep it may be nested, its conditions, and the values of one ``in``."""


class FilterUnreadable(ValueError):
    """A filter cannot be read; the text tells where, why, and what may have been meant."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>"(?:[^"]|"")*"|'(?:[^']|'')*')
    | (?P<moment>\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,7})?Z)?(?![\w-]))
    | (?P<number>-?\d{1,28}(?:\.\d{1,18})?(?![\w.]))
    | (?P<name>[A-Za-z_][A-Za-z0-9_]{0,127}(?!\w))
    | \[(?P<field>[A-Za-z_][A-Za-z0-9_]{0,127})\]
    | (?P<mark><=|>=|!=|<>|[=<>(),])
    )""",
    re.VERBOSE | re.ASCII,
)
_SIGNS = {
    "=": "is",
    "!=": "is_not",
    "<>": "is_not",
    "<": "less",
    "<=": "at_most",
    ">": "more",
    ">=": "at_least",
}
_WRITTEN = {"less": "<", "at_most": "<=", "more": ">", "at_least": ">=",
            "starts_with": "starts with", "ends_with": "ends with", "contains": "contains"}  # fmt: skip
_WORDS = frozenset(
    ("and", "or", "not", "in", "is", "blank", "true", "false", "starts", "ends", "with", "contains")
)
_MAY_FOLLOW = "=, !=, <, <=, >, >=, in, not in, is blank, is not blank, starts with, ends with, contains"


def parse_filter(text: str) -> tuple[Test, ...]:
    """The tests of a filter, all of which must hold.  Raises ``FilterUnreadable``."""
    if len(text) > MAX_CHARS:
        raise FilterUnreadable(f"it has {len(text)} characters; up to {MAX_CHARS} are possible")
    parser = _Parser(_tokens(text), len(text))
    found = parser.whole()
    return found.parts if isinstance(found, Compound) and found.joint is Joint.ALL else (found,)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            why = "this text is not ended by a quote" if text[at] in "\"'" else "this cannot be read"
            raise FilterUnreadable(f"at character {at + 1}, “{text[at : at + 20]}”: {why}")
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return found


class _Parser:
    """Recursive descent: or, and, not, then one condition or a bracket."""

    def __init__(self, tokens: Sequence[_Token], end: int) -> None:
        self._tokens, self._end = tokens, end
        self._next, self._depth, self._conditions = 0, 0, 0

    def whole(self) -> Test:
        found = self._any()
        if self._next < len(self._tokens):
            raise self._unexpected("“and”, “or” or the end")
        return found

    def _any(self) -> Test:
        parts = [self._all()]
        while self._accept("or"):
            parts.append(self._all())
        return joined(Joint.ANY, parts)

    def _all(self) -> Test:
        parts = [self._single()]
        while self._accept("and"):
            parts.append(self._single())
        return joined(Joint.ALL, parts)

    def _single(self) -> Test:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FilterUnreadable(f"it is nested more than {MAX_DEPTH} deep")
        found = self._within_depth()
        self._depth -= 1
        return found

    def _within_depth(self) -> Test:
        if self._accept("not"):
            return negated(self._single())
        if self._accept("("):
            found = self._any()
            self._expect(")")
            return found
        return self._condition()

    def _condition(self) -> Test:
        self._conditions += 1
        if self._conditions > MAX_CONDITIONS:
            raise FilterUnreadable(f"it has more than {MAX_CONDITIONS} conditions")
        token = self._peek()
        if token is None or token.kind not in ("name", "field") or self._is_word(token):
            raise self._unexpected("the name of a field, “not” or “(”")
        self._next += 1
        return self._asked_of(token.text)

    def _asked_of(self, field: str) -> Test:
        token = self._peek()
        if token and token.kind == "mark" and token.text in _SIGNS:
            self._next += 1
            return self._compared(field, _SIGNS[token.text], token)
        if self._accept("is"):
            op = "is_not_blank" if self._accept("not") else "is_blank"
            self._expect("blank")
            return Condition(field, op, (True,))
        if self._accept("not"):
            self._expect("in")
            return Condition(field, "is_not", self._values())
        if self._accept("in"):
            return Condition(field, "one_of", self._values())
        if textual := self._textual():
            return self._part(field, textual)
        if token is None or (token.kind in ("name", "mark") and token.text in ("and", "or", ")")):
            return Condition(field, "is", (True,))
        raise self._unexpected(_MAY_FOLLOW)

    def _compared(self, field: str, op: str, sign: _Token) -> Condition:
        value = self._value()
        if op in ("is", "is_not"):
            return Condition(field, op, (value,))
        is_time = isinstance(value, str) and self._tokens[self._next - 1].kind == "moment"
        if not is_time and (isinstance(value, bool | str) or value is None):
            raise FilterUnreadable(
                f"at character {sign.at + 1}: “{sign.text}” compares numbers and dates; a date is written "
                "without quotes (2026-01-31)"
            )
        return Condition(field, op, (value,))

    def _textual(self) -> str:
        for word in ("starts", "ends"):
            if self._accept(word):
                self._expect("with")
                return f"{word}_with"
        return "contains" if self._accept("contains") else ""

    def _part(self, field: str, op: str) -> Condition:
        token = self._peek()
        if token is None or token.kind != "text" or len(token.text) == 2:
            raise self._unexpected("a text in quotes that is not empty")
        return Condition(field, op, (self._value(),))

    def _values(self) -> tuple[Value, ...]:
        self._expect("(")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        if len(values) > MAX_VALUES:
            raise FilterUnreadable(f"“in” has {len(values)} values; up to {MAX_VALUES} are possible")
        self._expect(")")
        return tuple(values)

    def _value(self) -> Value:
        token = self._peek()
        self._next += 1
        match token:
            case _Token("text", text):
                return text[1:-1].replace(text[0] * 2, text[0])
            case _Token("moment", text):
                return text
            case _Token("number", text):
                return Decimal(text) if "." in text else int(text)
            case _Token("name", "true" | "false" as text):
                return text == "true"
        self._next -= 1
        raise self._unexpected("a value: a text in quotes, a number, a date, true or false")

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _is_word(self, token: _Token) -> bool:
        return token.kind == "name" and token.text in _WORDS

    def _accept(self, text: str) -> bool:
        token = self._peek()
        found = token is not None and token.kind in ("name", "mark") and token.text == text
        self._next += found
        return found

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise self._unexpected(f"“{text}”")

    def _unexpected(self, wanted: str) -> FilterUnreadable:
        token = self._peek()
        if token is None:
            return FilterUnreadable(f"it ends at character {self._end + 1}, where {wanted} is needed")
        return FilterUnreadable(
            f"at character {token.at + 1}, “{token.text[:40]}”: {wanted} is needed here{_meant(token)}"
        )


def _meant(token: _Token) -> str:
    """What a word may have been meant for."""
    if token.kind != "name" or token.text in _WORDS:
        return ""
    known = {**{word: word for word in _WORDS}, "startswith": "starts with", "endswith": "ends with"}
    close = difflib.get_close_matches(token.text.lower(), known, 1, 0.75)
    return f"; did you mean “{known[close[0]]}”?" if close else ""


def joined(joint: Joint, parts: Sequence[Test]) -> Test:
    """Several tests as one; parts that are joined the same way become parts of the whole."""
    flat: list[Test] = []
    for each in parts:
        same = isinstance(each, Compound) and each.joint is joint and not each.otherwise
        flat += each.parts if same and isinstance(each, Compound) else [each]
    return flat[0] if len(flat) == 1 else Compound(joint, tuple(flat))


def negated(test: Test) -> Test:
    """The opposite of a test, without a ``not`` where a condition has its own opposite."""
    match test:
        case Condition(field, "is" | "one_of", values):
            return Condition(field, "is_not", values)
        case Condition(field, "is_not", values):
            return Condition(field, "is" if len(values) == 1 else "one_of", values)
        case Condition(field, "is_blank", values):
            return Condition(field, "is_not_blank", values)
        case Condition(field, "is_not_blank", values):
            return Condition(field, "is_blank", values)
        case Compound(Joint.NOT, (inner,)):
            return inner
    return Compound(Joint.NOT, (test,))


def text_of(tests: Sequence[Test]) -> str:
    """The tests as a person would write them."""
    return " and ".join(_text(each, inside=len(tests) > 1) for each in tests)


def _text(test: Test, *, inside: bool) -> str:
    if isinstance(test, Condition):
        return _condition_text(test)
    if test.joint is Joint.NOT:
        return f"not ({text_of(test.parts)})"
    word = " and " if test.joint is Joint.ALL else " or "
    text = word.join(_text(each, inside=True) for each in test.parts)
    return f"({text})" if inside else text


def _condition_text(test: Condition) -> str:
    field = f"[{test.field}]" if test.field in _WORDS else test.field
    values = ", ".join(_value_text(each) for each in test.values)
    match test.op:
        case "is_blank" | "is_not_blank":
            return f"{field} {test.op.replace('_', ' ')}"
        case "is" if test.values == (True,) and test.values[0] is True:
            return field
        case "is_not" if test.values == (True,) and test.values[0] is True:
            return f"not {field}"
        case "is" if len(test.values) == 1:
            return f"{field} = {values}"
        case "is_not" if len(test.values) == 1:
            return f"{field} != {values}"
        case "is" | "one_of":
            return f"{field} in ({values})"
        case "is_not":
            return f"{field} not in ({values})"
    return f"{field} {_WRITTEN[test.op]} {values}"


_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,7})?Z)?", re.ASCII)


def _value_text(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case None:
            return '""'
    return value if _TIME.fullmatch(value) else '"' + value.replace('"', '""') + '"'
