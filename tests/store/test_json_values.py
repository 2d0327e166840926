"""Values as JSON text: what goes in comes out, and a person can read it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.store.json_values import ascii_body, dump, load

any_text = st.text(st.characters(), max_size=20)
"""Half surrogate pairs too: a person's text may hold one, and no storage carries it."""

plain = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), any_text,
    st.decimals(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip


def of_standard_library(values: dict[str, object]) -> str:
    def encode(value: object) -> object:
        assert isinstance(value, Decimal)
        return {"$n": str(value)}

    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=encode)


@given(st.dictionaries(any_text, st.one_of(plain, st.lists(plain, max_size=3)), max_size=6))
def test_what_is_dumped_is_loaded(values: dict[str, object]) -> None:
    assert load(dump(values)) == values


@given(st.dictionaries(any_text, plain, max_size=6))
def test_what_an_older_release_wrote_is_loaded(values: dict[str, object]) -> None:
    assert load(of_standard_library(values)) == values


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, "{}"),
        ({"name": "Müller & Söhne", "no": None}, '{"name":"Müller & Söhne","no":null}'),
        ({"limit": Decimal("1.50")}, '{"limit":{"$n":"1.50"}}'),
        ({"name": "a\ud800"}, '{"name":"a\\ud800"}'),
        ({"many": 2**70}, '{"many":1180591620717411303424}'),
    ],
)
def test_the_text_is_the_same_in_every_release(values: dict[str, object], text: str) -> None:
    assert dump(values) == text


@given(st.dictionaries(st.text(max_size=9), st.one_of(st.booleans(), st.text()), max_size=6))
def test_a_body_is_ascii_and_holds_what_it_was_given(values: dict[str, object]) -> None:
    body = ascii_body(values)
    assert body.isascii()
    assert json.loads(body) == values


def test_a_letter_in_a_body_is_escaped_as_json_escapes_it() -> None:
    assert ascii_body({"name": "Ærø 😀"}) == b'{"name":"\\u00c6r\\u00f8 \\ud83d\\ude00"}'


def test_what_is_no_value_is_refused() -> None:
    with pytest.raises(TypeError):
        dump({"set": {1, 2}})
    with pytest.raises(ValueError, match=r"."):
        load("{no json")


odd = st.text(st.sampled_from('\\"xuUé€😀a\n'), max_size=12)


@given(st.dictionaries(odd, odd, max_size=4))
def test_backslashes_beside_letters_are_told_apart(values: dict[str, object]) -> None:
    assert json.loads(ascii_body({"base": dump(values)})) == {"base": dump(values)}
