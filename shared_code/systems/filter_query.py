"""A mapping's filter as a service's own query, as far as the service can answer it.  Pure.

What a service cannot answer, or not as ``core/filters.py`` evaluates it, is left out of the query and told:
the query then finds more than the filter takes in, never less, and the rest is for Tandem to evaluate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from shared_code.core.conditions import Compound, Condition, Joint, Test, fields_of
from shared_code.core.descriptions import ColumnDescription
from shared_code.core.filter_language import negated, text_of

MAX_CHARS = 4_000
"""The longest query that is sent, percent-encoded; an address has room for it with all else."""


@dataclass(frozen=True, slots=True)
class FilterQuery:
    """What to ask the service: ``text`` (blank: everything), or nothing at all where ``never`` holds.

    ``told`` are the conditions that only Tandem evaluates, each with the reason.
    """

    text: str = ""
    told: tuple[str, ...] = ()
    never: bool = False


class NotAskable(Exception):
    """A condition that the service cannot answer just as Tandem evaluates it; the text tells why."""


type Part = str | bool
"""A condition as the service's text, or what it comes to for every record."""

type Leaf = Callable[[Condition, ColumnDescription], Part]
"""A single condition for one service.  Raises ``NotAskable``."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one service is asked.  ``one_field_or``: its ``or`` stands only between conditions on one field."""

    leaf: Leaf
    negated_leaf: Leaf
    one_field_or: bool = False


def query_of(
    tests: Sequence[Test],
    columns: Mapping[str, ColumnDescription],
    dialect: Dialect,
    encoded: Callable[[str], str],
) -> FilterQuery:
    """The query for all of these tests; ``encoded`` is how the text stands in an address."""
    found = FilterQuery()
    for test in tests:
        try:
            part = _part(_pushed_down(test), columns, dialect)
        except NotAskable as reason:
            found = replace(found, told=(*found.told, f"{text_of((test,))}: {reason}"))
            continue
        if part is False:
            return FilterQuery(never=True)
        if isinstance(part, str):
            longer = f"{found.text} and {part}" if found.text else part
            if len(encoded(longer)) > MAX_CHARS:
                found = replace(found, told=(*found.told, f"{text_of((test,))}: the query would be too long"))
            else:
                found = replace(found, text=longer)
    return found


def _pushed_down(test: Test, *, opposite: bool = False) -> Test:
    """The same with every ``not`` right before a condition."""
    if isinstance(test, Condition):
        return negated(test) if opposite else test
    if test.joint is Joint.NOT:
        return _pushed_down(test.parts[0], opposite=not opposite)
    joint = _OPPOSITE[test.joint] if opposite else test.joint
    return Compound(joint, tuple(_pushed_down(each, opposite=opposite) for each in test.parts))


_OPPOSITE = {Joint.ALL: Joint.ANY, Joint.ANY: Joint.ALL}


def _part(test: Test, columns: Mapping[str, ColumnDescription], dialect: Dialect) -> Part:
    match test:
        case Condition():
            return dialect.leaf(test, _column(test, columns))
        case Compound(Joint.NOT, (Condition() as inner,)):
            return dialect.negated_leaf(inner, _column(inner, columns))
    if test.joint is Joint.ANY and dialect.one_field_or and len(set(fields_of((test,)))) > 1:
        raise NotAskable("it takes “or” between conditions on one and the same field only")
    return joined(
        " and " if test.joint is Joint.ALL else " or ", [_part(p, columns, dialect) for p in test.parts]
    )


def _column(test: Condition, columns: Mapping[str, ColumnDescription]) -> ColumnDescription:
    if test.field not in columns:
        raise NotAskable(f"it has no field {test.field}")
    return columns[test.field]


def joined(word: str, parts: Sequence[Part]) -> Part:
    """Parts joined by ``" and "`` or ``" or "``, in brackets; what holds always or never is worked out."""
    decides = word == " or "
    if any(part is decides for part in parts):
        return decides
    texts = [part for part in parts if isinstance(part, str)]
    if not texts:
        return not decides
    return texts[0] if len(texts) == 1 else f"({word.join(texts)})"
