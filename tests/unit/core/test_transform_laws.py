"""The laws of the transformations, for every field type, both sides and any text whatsoever.

What is put is what is read; and putting back what was read changes nothing more than the first time.  Each
service's own normalisation stands in between: Business Central upper-cases and trims Code fields and has no
null, Dataverse keeps text, stores blank as null and rounds to the column's precision
(``normalisation.py``, which is compared with the simulators).
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_code.core.mapping import FieldMapping, FieldType
from shared_code.core.put_results import Missing, Unfit
from shared_code.core.records import ZERO_ID, Side, Value
from shared_code.core.transform import get, put, split_name
from shared_code.core.transformation_rules import Rule
from tests.unit.core.makers import TO_SALES, Couplings, make_field
from tests.unit.core.normalisation import stored

A, B = "a0000000-0000-0000-0000-00000000000a", "b0000000-0000-0000-0000-00000000000b"
EXAMPLES = 40

LINKS = Couplings(
    coupled=[
        ("BY ID", A, B),
        ("BY CODE", "AH", B),
        ("OPTIONS", A, "3"),
        ("CURRENCY", A, B),
        ("CURRENCY", ZERO_ID, A),
    ],
    rates={A: Decimal("1.2345678901")},
)

FIELDS: dict[str, FieldMapping] = {
    "text": make_field("f", bc_length=100, sales_length=160),
    "code": make_field("f", FieldType.CODE, bc_length=20, sales_length=20),
    "phone": make_field("f", FieldType.PHONE, bc_length=30, sales_length=50),
    "email": make_field("f", FieldType.EMAIL, bc_length=80, sales_length=100),
    "country": make_field("f", FieldType.COUNTRY, bc_length=10, sales_length=80),
    "name in parts": make_field(
        "f", FieldType.PERSON_NAME, sales=("first", "last"), bc_length=100, sales_length=50
    ),
    "whole name": make_field("f", FieldType.PERSON_NAME, bc_length=100, sales_length=160),
    "decimal": make_field("f", FieldType.DECIMAL, places=2),
    "rate": make_field("f", FieldType.DECIMAL, places=10),
    "integer": make_field("f", FieldType.INTEGER),
    "boolean": make_field("f", FieldType.BOOLEAN),
    "date": make_field("f", FieldType.DATE),
    "day kept as an instant": make_field("f", FieldType.DATE, user_local=True),
    "instant": make_field("f", FieldType.DATE_TIME),
    "option": make_field("f", FieldType.OPTION, options=(("Open", 1), ("In_x0020_Review", 2))),
    "lookup by id": make_field("f", FieldType.LOOKUP, lookup=("BY ID",), target="rows"),
    "lookup of an option": make_field("f", FieldType.LOOKUP, lookup=("OPTIONS",)),
    "lookup where blank is a record": make_field(
        "f", FieldType.LOOKUP, lookup=("CURRENCY",), blank_is_record=True, target="rows"
    ),
    "lookup by code": make_field(
        "f", FieldType.LOOKUP, lookup=("BY CODE",), by_reference=True, target="rows"
    ),
    "tidied, in capitals": make_field(
        "f", rules=(Rule("collapse"), Rule("trim"), Rule("upper")), bc_length=9
    ),
    "tidied, in small letters": make_field("f", FieldType.EMAIL, rules=(Rule("lower"),)),
    "day read from a text": make_field(
        "f", FieldType.DATE, TO_SALES, rules=(Rule("read_date", (("read_date", "DD.MM.YYYY"),)),)
    ),
    "number read from a text": make_field(
        "f", FieldType.DECIMAL, TO_SALES, places=2, rules=(Rule("read_number", (("read_number", ","),)),)
    ),
    "cut": make_field("f", FieldType.TEXT, TO_SALES, sales_length=3, rules=(Rule("cut", (("cut", 3),)),)),
    "constant": make_field("f", FieldType.CONSTANT, TO_SALES, constant=3),
    "state": make_field(
        "f", FieldType.STATE, TO_SALES, sales=("state", "status"), states=(("Open", 0, 4), ("Lost", 2, 5))
    ),
    "local amount": make_field(
        "f", FieldType.LOCAL_AMOUNT, TO_SALES, lookup=("CURRENCY",), places=2, bc_currency="currency"
    ),
}

ODD_TEXT = [
    "", " ", "a ", " a", "a  b", "x" * 2000, "50%/a'b\"c", "\x00", "\ud800", "\u2001a\u00a0",
    "😀", "👩‍👩‍👧", "مرحبا", "Cafe\u0301", "Caf\u00e9", "i\u0307", "ß", "ǆ", "\u0345", "ﬁ", "²",
    "_x0020_", "sales:1", "0001-01-01", "2024-02-29", "2024-02-29T12:00:00Z", "-0.00", "1E+400", "NaN",
    ZERO_ID, A, B, A.upper(), "AH", "ah ", "Germany", "de", "Open",
]  # fmt: skip

any_text = st.one_of(
    st.sampled_from(ODD_TEXT),
    st.text(st.characters(exclude_categories=()), max_size=12),
    st.lists(st.sampled_from(ODD_TEXT), max_size=3).map(" ".join),
)
any_value: st.SearchStrategy[Value] = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.decimals(allow_nan=False), any_text,
    st.decimals(-(10**12), 10**12, places=4), st.integers(10**14, 10**40),
)  # fmt: skip
instants: st.SearchStrategy[Value] = st.one_of(
    st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
    st.builds(
        "{}T{:02}:00:00{:+03}:00".format,
        st.dates(),
        st.sampled_from([0, 11, 12, 13, 23]),
        st.integers(-12, 14),
    ),
)
likely: dict[str, st.SearchStrategy[Value]] = {
    "decimal": st.decimals(-(10**12), 10**12, places=4),
    "rate": st.decimals(-(10**6), 10**6, places=12),
    "integer": st.integers(-(10**9), 10**9),
    "date": st.dates().map(str),
    "day kept as an instant": st.dates().map(str) | instants,
    "instant": instants,
    "lookup of an option": st.sampled_from([3, A]),
    "boolean": st.booleans(),
    "local amount": st.decimals(-(10**12), 10**12, places=4),
}


def natives_of(each: FieldMapping, side: Side) -> tuple[str, ...]:
    return each.sales if side is Side.SALES else tuple(n for n in (each.bc, each.bc_currency) if n)


def records(kind: str, side: Side) -> st.SearchStrategy[dict[str, Value]]:
    value = st.one_of(any_value, likely[kind]) if kind in likely else any_value
    if FIELDS[kind].blank_is_record:
        value = st.sampled_from([ZERO_ID, A, B])
    return st.fixed_dictionaries(dict.fromkeys(natives_of(FIELDS[kind], side), value))


def targets(each: FieldMapping) -> list[Side]:
    return [side for side in Side if each.direction.flows_to(side)]


def sources(each: FieldMapping) -> list[Side]:
    """Where neutral values come from: a constant from its source, and Sales leaves no currency blank."""
    only_bc = each.type is FieldType.CONSTANT or each.blank_is_record
    return [Side.BC] if only_bc else list(Side)


CASES = [
    (kind, source, target)
    for kind, each in FIELDS.items()
    for source in sources(each)
    for target in targets(each)
]


@pytest.mark.parametrize(("kind", "source", "target"), CASES)
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_what_is_put_is_what_is_read(kind: str, source: Side, target: Side, data: st.DataObject) -> None:
    each = FIELDS[kind]
    neutral = get(each, source, data.draw(records(kind, source)), LINKS)
    native = put(each, target, neutral, LINKS)
    if isinstance(native, dict):
        assert get(each, target, stored(each, target, native), LINKS) == neutral
    else:
        assert isinstance(native, Missing | Unfit)
        assert native.field == "f"


@pytest.mark.parametrize(
    ("kind", "side"), [(k, side) for k, each in FIELDS.items() for side in targets(each) if k != "constant"]
)
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_putting_back_what_was_read_changes_nothing_the_second_time(
    kind: str, side: Side, data: st.DataObject
) -> None:
    each = FIELDS[kind]
    record = data.draw(records(kind, side))
    native = put(each, side, get(each, side, record, LINKS), LINKS)
    if isinstance(native, dict):
        once = stored(each, side, native)
        again = put(each, side, get(each, side, once, LINKS), LINKS)
        assert isinstance(again, dict)
        assert stored(each, side, again) == once


def as_noticed(value: Value) -> Value:
    """Two values are one to a service: null and empty text, numbers of equal worth, trailing blanks."""
    return (value.rstrip(" ") or None) if isinstance(value, str) else value


def is_tidy(text: str) -> bool:
    return text == " ".join(text.split()) == unicodedata.normalize("NFC", text)


tidy_text = st.text(max_size=10).filter(is_tidy)
TIDY: dict[str, st.SearchStrategy[Value]] = {
    "text": tidy_text,
    "phone": tidy_text,
    "email": tidy_text,
    "decimal": st.decimals(-(10**9), 10**9, places=2),
    "rate": st.decimals(-(10**6), 10**6, places=10),
    "integer": st.integers(-(10**9), 10**9),
    "boolean": st.booleans(),
    "date": st.dates().map(str),
    "instant": st.datetimes().map(lambda moment: f"{moment.replace(microsecond=0).isoformat()}Z"),
}
TIDY_IN: dict[Side, dict[str, st.SearchStrategy[Value]]] = {
    Side.BC: {
        "code": st.text("ABC123-/ ", max_size=10).map(str.strip),
        "country": st.sampled_from(["", "DE", "GB", "US", "ABC"]),
        "option": st.sampled_from(["_x0020_", "Open", "In_x0020_Review"]),
        "lookup by id": st.sampled_from([ZERO_ID, A, B]),
        "lookup by code": st.sampled_from(["", "AH", "XX"]),
        "whole name": tidy_text,
        "day kept as an instant": st.dates().map(str),
    },
    Side.SALES: {
        "code": st.text("ABC123-/ ", max_size=10).map(str.strip),
        "country": st.sampled_from([None, "DE", "Neverland"]),
        "option": st.sampled_from([None, 1, 2]),
        "lookup by id": st.sampled_from([None, B]),
        "lookup by code": st.sampled_from([None, B]),
        "whole name": tidy_text,
        "day kept as an instant": st.dates().map("{}T12:00:00Z".format),
    },
}


@pytest.mark.parametrize(
    ("kind", "side"), [(kind, side) for side in Side for kind in {**TIDY, **TIDY_IN[side]}]
)
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_putting_back_what_was_read_changes_nothing_in_a_tidy_record(
    kind: str, side: Side, data: st.DataObject
) -> None:
    each = FIELDS[kind]
    (name,) = natives_of(each, side)
    value = data.draw({**TIDY, **TIDY_IN[side]}[kind])
    record = stored(each, side, {name: value})
    native = put(each, side, get(each, side, record, LINKS), LINKS)
    assert isinstance(native, dict)
    after = stored(each, side, native)
    zero_is_blank = each.type in (FieldType.DECIMAL, FieldType.INTEGER) and not after[name]
    assert as_noticed(after[name]) == as_noticed(record[name]) or (zero_is_blank and not record[name])


@settings(max_examples=200, deadline=None)
@given(value=any_value, kind=st.sampled_from(sorted(FIELDS)), side=st.sampled_from(Side))
def test_any_value_can_be_read_and_any_neutral_value_put(value: Value, kind: str, side: Side) -> None:
    each = FIELDS[kind]
    get(each, side, dict.fromkeys(natives_of(each, side), value), LINKS)
    assert isinstance(put(each, side, value, LINKS), dict | Missing | Unfit)


@settings(max_examples=200, deadline=None)
@given(
    number=st.one_of(st.integers(), st.integers(10**14, 10**60), st.decimals(allow_nan=False)),
    kind=st.sampled_from(["decimal", "rate", "integer", "local amount"]),
    source=st.sampled_from(Side),
)
def test_a_number_arrives_or_is_told_of_and_never_becomes_blank(
    number: Value, kind: str, source: Side
) -> None:
    """Blank stands for zero alone: what rounds to it, or is infinite, which no service answers."""
    each = FIELDS[kind]
    neutral = get(each, source, {"bc_f": number, "sales_f": number}, LINKS)
    native = put(each, Side.SALES, neutral, LINKS)
    given = Decimal(str(number))
    if neutral is None:
        assert not given.is_finite() or abs(given) <= Decimal("0.5").scaleb(-each.places)
    elif abs(given) >= 10**15:
        assert isinstance(native, Unfit)
        assert native.code == "too_large"


@settings(max_examples=200, deadline=None)
@given(day=st.dates(date(1753, 1, 2), date(9999, 12, 30)), offset_h=st.integers(-11, 11))
def test_a_day_a_person_entered_anywhere_is_that_day_and_is_shown_as_it(day: date, offset_h: int) -> None:
    """The browser keeps a day as midnight of the person's time zone, and shows an instant's day there."""
    each, there = FIELDS["day kept as an instant"], timezone(timedelta(hours=offset_h))
    midnight = datetime.combine(day, time(), there).astimezone(UTC)
    entered = f"{midnight.replace(tzinfo=None).isoformat()}Z"
    assert get(each, Side.SALES, {"sales_f": entered}, LINKS) == day.isoformat()
    written = put(each, Side.SALES, day.isoformat(), LINKS)
    assert isinstance(written, dict)
    assert datetime.fromisoformat(str(written["sales_f"])).astimezone(there).date() == day


@settings(max_examples=200, deadline=None)
@given(moment=st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)), offset_min=st.integers(-720, 840))
def test_an_instant_is_the_same_in_every_time_zone(moment: datetime, offset_min: int) -> None:
    here = moment.replace(tzinfo=UTC)
    there = here.astimezone(timezone(timedelta(minutes=offset_min)))
    neutral = {get(FIELDS["instant"], Side.BC, {"bc_f": each.isoformat()}, LINKS) for each in (here, there)}
    assert neutral == {f"{moment.replace(microsecond=0).isoformat()}Z"}


@settings(max_examples=200, deadline=None)
@given(words=st.lists(any_text, max_size=5), first=any_text, last=any_text, kept=st.integers(0, 5))
def test_a_name_that_was_split_joins_to_the_same_name(
    words: list[str], first: str, last: str, kept: int
) -> None:
    """Whatever parts the record has now, parts of the very name among them."""
    first, last = " ".join(words[:kept]) or first, " ".join(words[kept:]) or last
    name = get(FIELDS["name in parts"], Side.BC, {"bc_f": " ".join(words)}, LINKS)
    if isinstance(name, str):
        for parts in (split_name(name), split_name(name, first, last), split_name(name, last, first)):
            native = dict(zip(("first", "last"), parts, strict=True))
            assert get(FIELDS["name in parts"], Side.SALES, native, LINKS) == name


@settings(max_examples=200, deadline=None)
@given(text=any_text, length=st.integers(1, 10))
def test_what_is_put_never_exceeds_the_length_and_is_never_cut(text: str, length: int) -> None:
    each = make_field("f", bc_length=length, sales_length=length)
    neutral = get(each, Side.SALES, {"sales_f": text}, LINKS)
    units = len(str(neutral or "").encode("utf-16-le", "surrogatepass")) // 2
    native = put(each, Side.BC, neutral, LINKS)
    assert native == {"bc_f": neutral or ""} if units <= length else isinstance(native, Unfit)


def test_every_field_type_is_under_the_laws() -> None:
    """Lines of an order are no value of the order itself: they have laws of their own."""
    assert {each.type for each in FIELDS.values()} == set(FieldType) - {FieldType.LINES}
