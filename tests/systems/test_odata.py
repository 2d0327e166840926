"""OData text: nothing a person can type breaks out of a literal, and numbers keep every digit."""

import json
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.systems import odata

UNICODE = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
ODD = 'O\'Brien & Söhne 🙂 #1 + 100% "x" \\ /?=\r\n'


def test_a_quote_is_doubled() -> None:
    assert odata.literal("O'Brien") == "'O''Brien'"


def test_literals_of_other_types_are_bare() -> None:
    given_values = [None, True, False, 12, Decimal("1.50"), Decimal("1E+2")]
    assert [odata.literal(value) for value in given_values] == ["null", "true", "false", "12", "1.50", "100"]


@given(UNICODE)
def test_an_encoded_option_decodes_to_itself_and_to_nothing_else(text: str) -> None:
    url = odata.address("https://x.example/set", filter=f"name eq {odata.literal(text)}", top="1")
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    assert pairs == [("$filter", f"name eq {odata.literal(text)}"), ("$top", "1")]


def test_an_option_without_value_is_left_out() -> None:
    assert odata.address("set", filter=None, select="a,b") == "set?$select=a,b"


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18, places=8))
def test_a_number_is_read_back_with_exactly_the_digits_that_were_written(value: Decimal) -> None:
    assert odata.loads(odata.dumps({"x": value})) == {"x": value}


def test_fractions_are_read_as_decimals() -> None:
    assert odata.loads(b'{"a": 0.1, "b": 7}') == {"a": Decimal("0.1"), "b": 7}


@pytest.mark.parametrize("text", [b"NaN", b"[1", b"<html>", b"", b"[" * 100_000])
def test_what_is_not_json_is_a_value_error(text: bytes) -> None:
    with pytest.raises(ValueError):
        odata.loads(text)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1E+999999"])
def test_absurd_numbers_are_not_written(number: str) -> None:
    with pytest.raises(ValueError):
        odata.dumps(Decimal(number))


@given(st.text(max_size=40))
def test_any_text_survives_json(text: str) -> None:
    written = odata.dumps([text])
    assert written.isascii()
    assert json.loads(written) == [text]


@pytest.mark.parametrize("bad", ["", "1a", "a b", "a)", "a'", "a/b", "a" * 200, "name\n"])
def test_only_names_are_names(bad: str) -> None:
    with pytest.raises(ValueError):
        odata.name(bad)


@pytest.mark.parametrize("bad", ["", "x", "11111111-1111-1111-1111-11111111111g", "' or 1 eq 1 or id eq '"])
def test_only_guids_are_record_ids(bad: str) -> None:
    with pytest.raises(ValueError):
        odata.guid(bad)


@pytest.mark.parametrize(
    ("given_text", "fixed"),
    [
        ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00.000Z"),
        ("2024-05-01T10:00:00.47Z", "2024-05-01T10:00:00.470Z"),
        ("2024-05-01T10:00:00.1234567Z", "2024-05-01T10:00:00.123Z"),
    ],
)
def test_instants_have_fixed_width(given_text: str, fixed: str) -> None:
    assert odata.instant(given_text) == fixed


@given(st.integers(min_value=0, max_value=4_000_000_000_000))
def test_seconds_and_instants_lead_back_to_each_other(milliseconds: int) -> None:
    stamp = odata.instant_of(milliseconds / 1000)
    assert odata.instant(stamp) == stamp
    assert odata.seconds_of(stamp) == pytest.approx(milliseconds / 1000, abs=1e-6)


@pytest.mark.parametrize(
    ("link", "same"),
    [
        ("https://a.example/x/set?$skiptoken=1", True),
        ("https://A.example/x/set?y", True),
        ("http://a.example/x/set", False),
        ("https://a.example.evil.example/x/set", False),
        ("https://a.example@evil.example/x/set", False),
        ("https://a.example/x/other", False),
        ("https://a.example:444/x/set", False),
    ],
)
def test_a_link_must_stay_where_it_was_asked(link: str, same: bool) -> None:
    assert odata.same_place(link, "https://a.example/x/set?$select=id") is same


def test_odd_text_is_one_literal() -> None:
    assert odata.any_of("name", [odata.literal(ODD)]).count("''") == 1
