"""Transformations by example, type by type."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from shared_code.core.countries import ALL_CODES, country_code, country_name
from shared_code.core.mapping import FieldMapping, FieldType
from shared_code.core.plain import decimal_of
from shared_code.core.put_results import Missing, Put, Unfit
from shared_code.core.records import ZERO_ID, Side, Value, Values
from shared_code.core.transform import get, put, split_name
from tests.unit.core.makers import FROM_SALES, TO_SALES, Couplings, make_field

USER = "10000000-0000-0000-0000-0000000000aa"
EURO = "20000000-0000-0000-0000-0000000000bb"
TERMS = "30000000-0000-0000-0000-0000000000cc"
NO_RATE = "40000000-0000-0000-0000-0000000000dd"
LINKS = Couplings(
    coupled=[
        ("SALESPEOPLE", "AH", USER),
        ("CURRENCY", EURO, "euro-row"),
        ("CURRENCY", ZERO_ID, "dollar-row"),
        ("TERMS", TERMS, "3"),
        ("VENDOR", "V10", "supplier-row"),
        ("CURRENCY", NO_RATE, "dinar-row"),
    ],
    rates={EURO: Decimal("0.9")},
)


def read(each: FieldMapping, side: Side, value: Value) -> Value:
    """The neutral value of one native value in the field's own column."""
    native = each.bc if side is Side.BC else each.sales[0]
    assert native is not None
    return get(each, side, {native: value}, LINKS)


GETS: list[tuple[FieldType, dict[str, Any], Side, Value, Value]] = [
    (FieldType.TEXT, {}, Side.BC, "", None),
    (FieldType.TEXT, {}, Side.SALES, None, None),
    (FieldType.TEXT, {}, Side.SALES, "  \t ", None),
    (FieldType.TEXT, {}, Side.SALES, " a  b ", "a  b"),
    (FieldType.TEXT, {}, Side.BC, "Cafe\u0301", "Café"),
    (FieldType.TEXT, {}, Side.BC, "x" * 2000, "x" * 2000),
    (FieldType.CODE, {}, Side.SALES, " ab 1 ", "AB 1"),
    (FieldType.CODE, {}, Side.SALES, "straße", "STRAßE"),
    (FieldType.CODE, {}, Side.SALES, "i\u0307", "\u0130"),
    (FieldType.PHONE, {}, Side.SALES, " +49  (0) 1 ", "+49 (0) 1"),
    (FieldType.EMAIL, {}, Side.BC, "a@b.example ", "a@b.example"),
    (FieldType.COUNTRY, {}, Side.SALES, "Germany", "DE"),
    (FieldType.COUNTRY, {}, Side.SALES, "united states", "US"),
    (FieldType.COUNTRY, {}, Side.BC, "de", "DE"),
    (FieldType.COUNTRY, {}, Side.SALES, "Neverland", "Neverland"),
    (FieldType.COUNTRY, {}, Side.BC, "", None),
    (FieldType.DECIMAL, {"places": 2}, Side.BC, Decimal("1.005"), Decimal("1.01")),
    (FieldType.DECIMAL, {"places": 2}, Side.BC, Decimal("-1.005"), Decimal("-1.01")),
    (FieldType.DECIMAL, {"places": 2}, Side.BC, Decimal("-0.00"), None),
    (FieldType.DECIMAL, {"places": 2}, Side.SALES, Decimal("0.004"), None),
    (FieldType.DECIMAL, {"places": 2}, Side.SALES, None, None),
    (FieldType.DECIMAL, {"places": 2}, Side.SALES, "no number", None),
    (FieldType.DECIMAL, {"places": 2}, Side.SALES, Decimal("NaN"), None),
    (FieldType.DECIMAL, {"places": 2}, Side.SALES, Decimal("Infinity"), None),
    (FieldType.INTEGER, {}, Side.BC, 0, None),
    (FieldType.INTEGER, {}, Side.BC, -7, -7),
    (FieldType.INTEGER, {}, Side.SALES, "12", 12),
    (FieldType.INTEGER, {}, Side.SALES, Decimal("12.0"), 12),
    (FieldType.INTEGER, {}, Side.SALES, "²", None),
    (FieldType.INTEGER, {}, Side.SALES, "--5", None),
    (FieldType.INTEGER, {}, Side.SALES, "9" * 5000, Decimal("9" * 5000)),
    (FieldType.DECIMAL, {"places": 2}, Side.SALES, Decimal(10**40), Decimal(10**40)),
    (FieldType.BOOLEAN, {}, Side.SALES, None, False),
    (FieldType.BOOLEAN, {}, Side.SALES, True, True),
    (FieldType.DATE, {}, Side.BC, "0001-01-01", None),
    (FieldType.DATE, {}, Side.BC, "0001-01-01T00:00:00Z", None),
    (FieldType.DATE, {}, Side.SALES, "2024-02-29T00:00:00Z", "2024-02-29"),
    (FieldType.DATE, {}, Side.SALES, None, None),
    (FieldType.DATE, {}, Side.SALES, "2024-02-28T23:00:00Z", "2024-02-29"),
    (FieldType.DATE, {}, Side.SALES, "2024-02-29T05:00:00Z", "2024-02-29"),
    (FieldType.DATE, {}, Side.SALES, "2024-02-29T12:00:00Z", "2024-02-29"),
    (FieldType.DATE, {}, Side.SALES, "9999-12-31T22:00:00Z", "9999-12-31"),
    (FieldType.DATE, {}, Side.SALES, "some day in March", "some day in March"),
    (FieldType.DATE_TIME, {}, Side.BC, "2024-02-29T12:00:00.47Z", "2024-02-29T12:00:00Z"),
    (FieldType.DATE_TIME, {}, Side.BC, "2024-02-29T12:00:00.1234567+02:00", "2024-02-29T10:00:00Z"),
    (FieldType.DATE_TIME, {}, Side.BC, "0001-01-01T00:00:00Z", None),
    (FieldType.DATE_TIME, {}, Side.SALES, None, None),
    (FieldType.OPTION, {"options": (("Open", 1),)}, Side.BC, "Open", "Open"),
    (FieldType.OPTION, {"options": (("Open", 1),)}, Side.BC, "_x0020_", None),
    (FieldType.OPTION, {"options": (("Open", 1),)}, Side.SALES, 1, "Open"),
    (FieldType.OPTION, {"options": (("Open", 1),)}, Side.SALES, None, None),
    (FieldType.OPTION, {"options": (("Open", 1),)}, Side.SALES, 9, "sales:9"),
    (FieldType.OPTION, {"options": (("true", 1), ("false", 0))}, Side.BC, True, "true"),
    (FieldType.OPTION, {"options": (("true", 1), ("false", 0))}, Side.BC, False, "false"),
    (FieldType.OPTION, {"options": (("true", 1), ("false", 0))}, Side.SALES, 0, "false"),
    (FieldType.LOOKUP, {"lookup": ("CURRENCY",), "target": "currencies"}, Side.BC, EURO.upper(), EURO),
    (FieldType.LOOKUP, {"lookup": ("CURRENCY",), "target": "currencies"}, Side.BC, ZERO_ID, None),
    (FieldType.LOOKUP, {"lookup": ("CURRENCY",), "blank_is_record": True}, Side.BC, ZERO_ID, ZERO_ID),
    (FieldType.LOOKUP, {"lookup": ("CURRENCY",), "target": "currencies"}, Side.SALES, "euro-row", EURO),
    (
        FieldType.LOOKUP,
        {"lookup": ("CURRENCY",), "target": "currencies"},
        Side.SALES,
        "strange",
        "sales:strange",
    ),
    (FieldType.LOOKUP, {"lookup": ("CURRENCY",), "target": "currencies"}, Side.SALES, None, None),
    (
        FieldType.LOOKUP,
        {"lookup": ("SALESPEOPLE",), "by_reference": True, "target": "users"},
        Side.BC,
        " ah",
        "AH",
    ),
    (
        FieldType.LOOKUP,
        {"lookup": ("SALESPEOPLE",), "by_reference": True, "target": "users"},
        Side.BC,
        "",
        None,
    ),
    (
        FieldType.LOOKUP,
        {"lookup": ("SALESPEOPLE",), "by_reference": True, "target": "users"},
        Side.SALES,
        USER,
        "AH",
    ),
]


@pytest.mark.parametrize(("type_", "more", "side", "native", "neutral"), GETS)
def test_get(type_: FieldType, more: dict[str, Any], side: Side, native: Value, neutral: Value) -> None:
    assert read(make_field("f", type_, **more), side, native) == neutral


def test_what_sales_needs_goes_there_as_zero_and_means_blank_all_the_same() -> None:
    def amount(**more: Any) -> FieldMapping:
        return make_field("f", FieldType.DECIMAL, TO_SALES, places=2, **more)

    assert put(amount(), Side.SALES, None, LINKS) == {"sales_f": None}
    assert put(amount(never_blank=True), Side.SALES, None, LINKS) == {"sales_f": Decimal(0)}
    assert get(amount(never_blank=True), Side.SALES, {"sales_f": 0}, LINKS) is None


def test_a_field_that_is_not_there_is_blank() -> None:
    for type_ in FieldType:
        columns = ("state", "status") if type_ is FieldType.STATE else None
        each = make_field("f", type_, TO_SALES, lookup=("CURRENCY",), sales=columns)
        for side in Side:
            assert get(each, side, {}, LINKS) in (None, False)


PUTS: list[tuple[FieldType, dict[str, Any], Side, Value, Value]] = [
    (FieldType.TEXT, {}, Side.BC, None, ""),
    (FieldType.TEXT, {}, Side.SALES, None, None),
    (FieldType.TEXT, {}, Side.SALES, "O'Neill / Söhne", "O'Neill / Söhne"),
    (FieldType.CODE, {}, Side.BC, None, ""),
    (FieldType.DECIMAL, {"places": 2}, Side.BC, None, Decimal(0)),
    (FieldType.DECIMAL, {"places": 2}, Side.SALES, None, None),
    (FieldType.INTEGER, {}, Side.BC, None, 0),
    (FieldType.BOOLEAN, {}, Side.BC, None, False),
    (FieldType.DATE, {}, Side.BC, None, "0001-01-01"),
    (FieldType.DATE, {}, Side.SALES, None, None),
    (FieldType.DATE, {}, Side.SALES, "2024-02-29", "2024-02-29"),
    (FieldType.DATE, {"user_local": True}, Side.SALES, "2024-02-29", "2024-02-29T12:00:00Z"),
    (FieldType.DATE, {"user_local": True}, Side.BC, "2024-02-29", "2024-02-29"),
    (FieldType.DATE_TIME, {}, Side.BC, None, "0001-01-01T00:00:00Z"),
    (FieldType.DATE_TIME, {}, Side.SALES, "2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"),
    (FieldType.OPTION, {"options": (("Open", 1),)}, Side.BC, None, "_x0020_"),
    (FieldType.OPTION, {"options": (("Open", 1),)}, Side.BC, "Open", "Open"),
    (FieldType.OPTION, {"options": (("Open", 1),)}, Side.SALES, "Open", 1),
    (FieldType.OPTION, {"options": (("true", 1), ("false", 0))}, Side.BC, "true", True),
    (FieldType.OPTION, {"options": (("true", 1), ("false", 0))}, Side.BC, "false", False),
    (FieldType.OPTION, {"options": (("true", 1), ("false", 0))}, Side.BC, None, False),
    (FieldType.OPTION, {"options": (("true", 1), ("false", 0))}, Side.SALES, "true", 1),
    (FieldType.LOOKUP, {"lookup": ("CURRENCY",), "target": "currencies"}, Side.BC, None, ZERO_ID),
    (FieldType.LOOKUP, {"lookup": ("CURRENCY",), "target": "currencies"}, Side.BC, EURO, EURO),
    (FieldType.LOOKUP, {"lookup": ("CURRENCY",), "target": "currencies"}, Side.SALES, EURO, "euro-row"),
    (FieldType.LOOKUP, {"lookup": ("CURRENCY",), "target": "currencies"}, Side.SALES, ZERO_ID, "dollar-row"),
    (FieldType.LOOKUP, {"lookup": ("CURRENCY",), "target": "currencies"}, Side.SALES, None, None),
    (
        FieldType.LOOKUP,
        {"lookup": ("SALESPEOPLE",), "by_reference": True, "target": "users"},
        Side.BC,
        None,
        "",
    ),
    (
        FieldType.LOOKUP,
        {"lookup": ("SALESPEOPLE",), "by_reference": True, "target": "users"},
        Side.SALES,
        "AH",
        USER,
    ),
]


@pytest.mark.parametrize(("type_", "more", "side", "neutral", "native"), PUTS)
def test_put(type_: FieldType, more: dict[str, Any], side: Side, neutral: Value, native: Value) -> None:
    name = "bc_f" if side is Side.BC else "sales_f"
    assert put(make_field("f", type_, **more), side, neutral, LINKS) == {name: native}


def code_of(result: Put) -> str:
    assert isinstance(result, Unfit)
    return result.code


class TestTooLong:
    """Both services count UTF-16 code units."""

    FIELD = make_field("f", bc_length=4, sales_length=6)

    @pytest.mark.parametrize("text", ["abcd", "😀😀", "éééé"])
    def test_what_fits_is_put(self, text: str) -> None:
        assert put(self.FIELD, Side.BC, text, LINKS) == {"bc_f": text}

    @pytest.mark.parametrize("text", ["abcde", "😀😀a", "\ud800" * 5])
    def test_what_does_not_fit_is_never_cut(self, text: str) -> None:
        assert code_of(put(self.FIELD, Side.BC, text, LINKS)) == "too_long"
        assert put(self.FIELD, Side.SALES, text, LINKS) == {"sales_f": text}

    def test_the_text_says_how_long_it_may_be_and_where_to_shorten_it(self) -> None:
        result = put(self.FIELD, Side.BC, "abcde", LINKS)
        assert isinstance(result, Unfit)
        assert result.text == "f has 5 characters; Business Central holds 4. Shorten it in Sales."

    def test_a_field_without_a_length_takes_anything(self) -> None:
        assert put(make_field("f"), Side.BC, "x" * 2000, LINKS) == {"bc_f": "x" * 2000}


class TestLookup:
    """A lookup whose target is not coupled makes the record wait for it."""

    def test_without_a_target_table_it_leads_to_an_option_by_its_number(self) -> None:
        each = make_field("terms", FieldType.LOOKUP, lookup=("TERMS",))
        assert put(each, Side.SALES, TERMS, LINKS) == {"sales_terms": 3}
        assert read(each, Side.SALES, 3) == TERMS

    def test_towards_sales_the_bc_record_is_missing(self) -> None:
        each = make_field(
            "owner", FieldType.LOOKUP, lookup=("SALESPEOPLE",), by_reference=True, target="users"
        )
        assert put(each, Side.SALES, "XX", LINKS) == Missing("owner", ("SALESPEOPLE",), Side.BC, "XX")

    def test_towards_bc_the_sales_record_is_missing(self) -> None:
        each = make_field(
            "owner", FieldType.LOOKUP, lookup=("SALESPEOPLE",), by_reference=True, target="users"
        )
        neutral = read(each, Side.SALES, "stranger")
        assert put(each, Side.BC, neutral, LINKS) == Missing(
            "owner", ("SALESPEOPLE",), Side.SALES, "stranger"
        )

    def test_several_mappings_are_asked_in_their_order(self) -> None:
        both = ("SALESPEOPLE", "VENDOR")
        each = make_field("f", FieldType.LOOKUP, lookup=both, by_reference=True, target="accounts")
        assert put(each, Side.SALES, "V10", LINKS) == {"sales_f": "supplier-row"}
        assert put(each, Side.SALES, "AH", LINKS) == {"sales_f": USER}
        assert read(each, Side.SALES, "supplier-row") == "V10"
        assert put(each, Side.SALES, "XX", LINKS) == Missing("f", both, Side.BC, "XX")


def test_an_option_without_a_counterpart_is_unfit() -> None:
    each = make_field("f", FieldType.OPTION, options=(("Open", 1),))
    assert code_of(put(each, Side.SALES, "Closed", LINKS)) == "option_unknown"
    assert code_of(put(each, Side.BC, "sales:9", LINKS)) == "option_unknown"


def test_a_country_nobody_knows_is_not_written_to_business_central() -> None:
    each = make_field("country", FieldType.COUNTRY)
    assert code_of(put(each, Side.BC, "Neverland", LINKS)) == "country_unknown"
    assert put(each, Side.SALES, "Neverland", LINKS) == {"sales_country": "Neverland"}


class TestFallback:
    """A blank BC field can be stood in for by another one."""

    FIELD = make_field("name", direction=TO_SALES, bc_fallback="code")

    @pytest.mark.parametrize(
        ("native", "neutral"),
        [
            ({"bc_name": "Euro", "code": "EUR"}, "Euro"),
            ({"bc_name": " ", "code": "EUR"}, "EUR"),
            ({"bc_name": "", "code": ""}, None),
        ],
    )
    def test_in_business_central(self, native: Values, neutral: Value) -> None:
        assert get(self.FIELD, Side.BC, native, LINKS) == neutral

    def test_never_in_sales(self) -> None:
        assert get(self.FIELD, Side.SALES, {"sales_name": None, "code": "EUR"}, LINKS) is None


class TestLocalAmount:
    """An amount in local currency goes to Sales in the record's own currency."""

    FIELD = make_field(
        "limit", FieldType.LOCAL_AMOUNT, TO_SALES, lookup=("CURRENCY",), places=2, bc_currency="cur"
    )

    @pytest.mark.parametrize(
        ("amount", "currency", "neutral"),
        [
            (Decimal(100), ZERO_ID, Decimal("100.00")),
            (Decimal(100), "", Decimal("100.00")),
            (Decimal(100), EURO, Decimal("90.00")),
            (Decimal(100), EURO.upper(), Decimal("90.00")),
            (Decimal("0.01"), EURO, Decimal("0.01")),
            (Decimal(100), NO_RATE, f"local:{NO_RATE}|100.00"),
            (Decimal(0), EURO, None),
            (None, EURO, None),
        ],
    )
    def test_in_business_central(self, amount: Value, currency: Value, neutral: Value) -> None:
        assert get(self.FIELD, Side.BC, {"bc_limit": amount, "cur": currency}, LINKS) == neutral

    def test_without_a_rate_it_waits_or_says_so_and_is_never_written_as_it_is(self) -> None:
        coupled = put(self.FIELD, Side.SALES, f"local:{NO_RATE}|100.00", LINKS)
        assert code_of(coupled) == "rate_missing"
        unknown = put(self.FIELD, Side.SALES, f"local:{TERMS}|100.00", LINKS)
        assert unknown == Missing("limit", ("CURRENCY",), Side.BC, TERMS)

    def test_in_sales_it_is_what_it_is(self) -> None:
        assert read(self.FIELD, Side.SALES, Decimal("90.0000")) == Decimal("90.00")


class TestConstant:
    """A constant is what its source always says, whatever the target holds now."""

    @pytest.mark.parametrize(("direction", "source"), [(TO_SALES, Side.BC), (FROM_SALES, Side.SALES)])
    def test_the_source_says_it_and_the_target_is_read(self, direction: Any, source: Side) -> None:
        each = make_field("f", FieldType.CONSTANT, direction, constant=3)
        assert read(each, source, 9) == 3
        assert read(each, source.other, 9) == 9

    def test_needs_no_field_at_its_source(self) -> None:
        each = make_field("f", FieldType.CONSTANT, TO_SALES, bc=None, constant=3)
        assert get(each, Side.BC, {}, LINKS) == 3
        assert put(each, Side.SALES, 3, LINKS) == {"sales_f": 3}


class TestPersonName:
    """One display name in Business Central, first and last name in Sales."""

    WIDE = make_field("name", FieldType.PERSON_NAME, sales=("firstname", "lastname"))
    FIELD = make_field(
        "name", FieldType.PERSON_NAME, sales=("firstname", "lastname"), bc_length=100, sales_length=10
    )

    @pytest.mark.parametrize(
        ("text", "parts"),
        [
            ("Anna Schmidt", ("Anna", "Schmidt")),
            ("Prof. Dr. Anna Maria Schmidt", ("Prof. Dr. Anna Maria", "Schmidt")),
            ("Schmidt", (None, "Schmidt")),
            ("安娜", (None, "安娜")),
            ("أنا شميت", ("أنا", "شميت")),
        ],
    )
    def test_the_last_word_is_the_last_name(self, text: str, parts: tuple[str | None, str]) -> None:
        assert split_name(text) == parts

    @pytest.mark.parametrize(
        ("text", "first", "last", "parts"),
        [
            ("Anne van der Berg", "Anna", "van der Berg", ("Anne", "van der Berg")),
            ("Anna van der Bergh", "Anna", "van der Berg", ("Anna", "van der Bergh")),
            ("Anna Maria van der Berg", "Anna", " van der  Berg ", ("Anna", "Maria van der Berg")),
            ("Otto Schmidt", "Anna", "van der Berg", ("Otto", "Schmidt")),
            ("van der Berg", "Anna", "van der Berg", ("van der", "Berg")),
            ("Annabel", "Anna", "bel", (None, "Annabel")),
        ],
    )
    def test_a_part_that_is_still_there_stays_a_part(
        self, text: str, first: str, last: str, parts: tuple[str | None, str]
    ) -> None:
        present = {"firstname": first, "lastname": last}
        assert put(self.WIDE, Side.SALES, text, LINKS, present) == dict(zip(present, parts, strict=True))

    @pytest.mark.parametrize(
        ("first", "last", "name"),
        [
            ("Anna", "Schmidt", "Anna Schmidt"),
            (" Anna   Maria ", " van der  Berg", "Anna Maria van der Berg"),
            (None, "Schmidt", "Schmidt"),
            ("Anna", None, "Anna"),
            (None, None, None),
            ("", " ", None),
        ],
    )
    def test_the_parts_are_joined_with_one_blank(self, first: Value, last: Value, name: Value) -> None:
        assert get(self.FIELD, Side.SALES, {"firstname": first, "lastname": last}, LINKS) == name

    def test_a_blank_name_empties_both_parts(self) -> None:
        assert put(self.FIELD, Side.SALES, None, LINKS) == {"firstname": None, "lastname": None}

    def test_a_part_that_is_too_long_is_never_cut(self) -> None:
        assert code_of(put(self.FIELD, Side.SALES, "Anna Maria Josephine Schmidt", LINKS)) == "too_long"
        assert code_of(put(self.FIELD, Side.SALES, "Anna Schmidt-Wolkenstein", LINKS)) == "too_long"

    def test_business_central_takes_the_whole(self) -> None:
        name = "Anna Maria Josephine Schmidt"
        assert put(self.FIELD, Side.BC, name, LINKS) == {"bc_name": name}


@pytest.mark.parametrize("places", range(11))
def test_a_number_has_as_many_places_as_the_field(places: int) -> None:
    number = decimal_of(Decimal("1.23456789012345"), places)
    assert number is not None
    assert -int(number.as_tuple().exponent) == places


@pytest.mark.parametrize(("code", "name"), [("DE", "Germany"), ("GB-NIR", "GB-NIR"), (None, None)])
def test_a_country_by_its_name_is_read_as_its_code_again(code: str | None, name: str | None) -> None:
    named = make_field("country", FieldType.COUNTRY, as_name=True, bc_length=10, sales_length=80)
    put_there = put(named, Side.SALES, code, Couplings())
    assert put_there == {"sales_country": name}
    assert get(named, Side.SALES, put_there, Couplings()) == code


def test_every_countrys_name_leads_back_to_its_code() -> None:
    assert {code: country_code(country_name(code)) for code in ALL_CODES} == {
        code: code for code in ALL_CODES
    }
