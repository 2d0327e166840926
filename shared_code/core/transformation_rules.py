"""Transformation rules by name: what a mapping's field does to a value on its way.

A rule takes what the field holds on the side it flows from and gives what the neutral value is read from.
Rules that only tidy a text (``trim``, ``collapse``, ``upper``, ``lower``, ``plain_text``) work in both
directions, because doing them twice changes nothing; all others flow one way.  Whatever a rule
cannot read stays readable to a person: it becomes ``unreadable:<text>``, which is refused where it would be
written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from shared_code.core.records import Value, Values
from shared_code.core.rich_text import plain

UNREADABLE_PREFIX = "unreadable:"
"""Begins the neutral value of a field whose rule met something it cannot read."""

MAX_RULES = 20
MAX_PATTERN, MAX_MATCHED, MAX_REPEATS = 200, 250, 3
"""Characters of a pattern and of a text it is tried on, and endless repeats: more could take minutes."""

type Parameter = str | int | tuple[str, ...] | tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One step: the rule's name and its parameters, in the order of their names."""

    name: str
    parameters: tuple[tuple[str, Parameter], ...] = ()

    def text(self, key: str, default: str = "") -> str:
        return str(dict(self.parameters).get(key, default))

    def number(self, key: str, default: int) -> int:
        given = dict(self.parameters).get(key, default)
        return given if isinstance(given, int) else default

    def texts(self, key: str) -> tuple[str, ...]:
        given = dict(self.parameters).get(key, ())
        return tuple(each for each in given if isinstance(each, str)) if isinstance(given, tuple) else ()

    def pairs(self, key: str) -> dict[str, str]:
        given = dict(self.parameters).get(key, ())
        return dict(each for each in given if isinstance(each, tuple)) if isinstance(given, tuple) else {}


class Unreadable(ValueError):
    """A rule met a value it cannot work on."""


def apply(rules: tuple[Rule, ...], value: Value, native: Values) -> Value:
    """The value after all rules; ``native`` is the whole record, for rules that take several fields."""
    for rule in rules:
        try:
            value = KINDS[rule.name].apply(rule, value, native)
        except Unreadable as found:
            return f"{UNREADABLE_PREFIX}{found}"
    return value


def fields_read(rules: tuple[Rule, ...]) -> Iterator[str]:
    """The native fields that rules take besides the field's own."""
    for rule in rules:
        if rule.name == "template":
            yield from _PLACE.findall(rule.text("template"))
        elif rule.name == "join":
            yield from rule.texts("join")


def _string(value: Value) -> str:
    """A value as a person would write it: no exponent, no needless zeros."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value.normalize():f}" if value.is_finite() else str(value)
        case float():
            return _string(Decimal(str(value)))
    return str(value)


def _tidy(change: Callable[[str], str]) -> Callable[[Rule, Value, Values], Value]:
    return lambda rule, value, native: None if value is None else change(_string(value))


def _replace(rule: Rule, value: Value, native: Values) -> Value:
    return _string(value).replace(rule.text("replace"), rule.text("with"))


def _regex(rule: Rule, value: Value, native: Values) -> Value:
    text = _string(value)
    if len(text) > MAX_MATCHED:
        raise Unreadable(f"a text of {len(text)} characters; a pattern is tried on up to {MAX_MATCHED}")
    try:
        return re.sub(rule.text("regex"), rule.text("with"), text)
    except (re.error, IndexError) as error:
        raise Unreadable(f"the pattern cannot be applied ({error})") from error


def _table(rule: Rule, value: Value, native: Values) -> Value:
    text = _string(value).strip()
    table = rule.pairs("table")
    if text in table:
        return table[text]
    match rule.text("otherwise", "refuse"):
        case "keep":
            return value
        case "blank":
            return None
    if not text:
        return None
    raise Unreadable(f"“{text}” is not in the table of the rule")


def _join(rule: Rule, value: Value, native: Values) -> Value:
    parts = (_string(native.get(name)).strip() for name in rule.texts("join"))
    return rule.text("separator", " ").join(part for part in parts if part)


_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def _template(rule: Rule, value: Value, native: Values) -> Value:
    names = _PLACE.findall(rule.text("template"))
    if not any(_string(native.get(name)).strip() for name in names):
        return None  # Commas between blanks are no address.
    return _PLACE.sub(lambda found: _string(native.get(found[1])), rule.text("template"))


def _split(rule: Rule, value: Value, native: Values) -> Value:
    parts = _string(value).split(rule.text("split"))
    wanted = rule.number("part", 1)
    position = wanted - 1 if wanted > 0 else len(parts) + wanted
    return parts[position] if 0 <= position < len(parts) else None


def _date_format(rule: Rule, value: Value, native: Values) -> Value:
    """``YYYY``, ``MM`` and ``DD`` in the given order; BC's blank date is blank."""
    text = _string(value).strip()
    if not text or text.startswith("0001-01-01"):
        return None
    try:
        day = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(f"“{text}” is no date") from error
    form = rule.text("date_format")
    return form.replace("YYYY", f"{day:%Y}".zfill(4)).replace("MM", f"{day:%m}").replace("DD", f"{day:%d}")


def _read_date(rule: Rule, value: Value, native: Values) -> Value:
    text = _string(value).strip()
    if not text:
        return None
    form = rule.text("read_date").replace("YYYY", "%Y").replace("MM", "%m").replace("DD", "%d")
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC).date().isoformat()
    except ValueError as error:
        raise Unreadable(f"“{text}” is no date of the form {rule.text('read_date')}") from error


def _number_format(rule: Rule, value: Value, native: Values) -> Value:
    """``places`` decimals, with the given signs for the decimal point and the thousands."""
    if value is None or _string(value).strip() == "":
        return None
    places = rule.number("number_format", 2)
    try:
        number = Decimal(_string(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if not number.is_finite():
            raise ValueError(value)
        whole, _, part = f"{number:,f}".partition(".")
    except (InvalidOperation, ValueError) as error:
        raise Unreadable(f"“{_string(value)}” is no number") from error
    point = rule.text("point", ".") if part else ""
    return whole.replace(",", rule.text("thousands")) + point + part


def _read_number(rule: Rule, value: Value, native: Values) -> Value:
    text = "".join(_string(value).split())
    thousands, point = rule.text("thousands"), rule.text("read_number")
    plain = text.replace(thousands, "") if thousands else text
    if not plain:
        return None
    found = re.fullmatch(rf"([+-]?[0-9]{{1,28}})(?:{re.escape(point)}([0-9]{{1,28}}))?", plain)
    if not found:
        raise Unreadable(f"“{_string(value)}” is no number")
    return Decimal(f"{found[1]}.{found[2] or 0}")


def _default(rule: Rule, value: Value, native: Values) -> Value:
    return rule.text("default") if _string(value).strip() == "" else value


def _constant(rule: Rule, value: Value, native: Values) -> Value:
    return rule.text("constant")


def _cut(rule: Rule, value: Value, native: Values) -> Value:
    """The first UTF-16 units, as both services count; never half a character."""
    if value is None:
        return None
    units = _string(value).encode("utf-16-le", "surrogatepass")[: 2 * rule.number("cut", 1)]
    return units.decode("utf-16-le", "ignore")


@dataclass(frozen=True, slots=True)
class Kind:
    """One rule there is: what it does, its parameters by name, and whether it only tidies."""

    does: str
    apply: Callable[[Rule, Value, Values], Value]
    parameters: tuple[tuple[str, type], ...] = ()
    tidies: bool = False


KINDS: dict[str, Kind] = {
    "trim": Kind("leaves out blanks before and after", _tidy(str.strip), tidies=True),
    "collapse": Kind(
        "makes every run of blanks one blank", _tidy(lambda text: " ".join(text.split())), tidies=True
    ),
    "upper": Kind("puts all letters into capitals", _tidy(str.upper), tidies=True),
    "lower": Kind("puts all letters into small ones", _tidy(str.lower), tidies=True),
    "plain_text": Kind("leaves out the marks of HTML and keeps the lines", _tidy(plain), tidies=True),
    "title": Kind("begins every word with a capital", _tidy(str.title)),
    "replace": Kind("replaces a text wherever it stands", _replace, (("replace", str), ("with", str))),
    "regex": Kind("replaces whatever fits a regular expression", _regex, (("regex", str), ("with", str))),
    "table": Kind(
        "looks the value up; what is not in the table is refused, or as `otherwise` says (`keep`, `blank`)",
        _table, (("table", dict), ("otherwise", str)),
    ),
    "join": Kind(
        "puts fields one after the other, blank ones left out", _join, (("join", list), ("separator", str))
    ),
    "template": Kind("fills fields into a text; blank when all are", _template, (("template", str),)),
    "split": Kind(
        "takes one part of a text (1 the first, -1 the last; `part`)", _split, (("split", str), ("part", int))
    ),
    "date_format": Kind("writes a date with YYYY, MM and DD", _date_format, (("date_format", str),)),
    "read_date": Kind("reads a date written with YYYY, MM and DD", _read_date, (("read_date", str),)),
    "number_format": Kind(
        "writes a number with so many decimals",
        _number_format, (("number_format", int), ("point", str), ("thousands", str)),
    ),
    "read_number": Kind(
        "reads a number with this decimal point", _read_number, (("read_number", str), ("thousands", str))
    ),
    "default": Kind("stands in for a blank", _default, (("default", str),)),
    "constant": Kind("is this, whatever the field holds", _constant, (("constant", str),)),
    "cut": Kind("keeps the first characters and drops the rest", _cut, (("cut", int),)),
}  # fmt: skip
"""Every rule by its name."""
