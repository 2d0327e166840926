"""Keys and their order."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from shared_code.store.codec import (
    _MOST_PER_COUNTED,
    _REQUEST_OVERHEAD_BYTES,
    _bytes_on_the_wire,
    _checked_size,
    after_prefix,
    escape_key,
    order_of,
    unescape_key,
)
from shared_code.store.tables import Delete, Entity, Operation, Upsert

EDGES = "/\\#?%~u0\x00\x1f\x7f\x9f\xa0\ud7ff\ud800\udfff\ue000\ufffe\uffff\U00010000\U0010ffff'ab"
any_text = st.text(st.one_of(st.sampled_from(EDGES), st.characters(exclude_categories=[])), max_size=12)
sendable = st.text(
    st.one_of(st.sampled_from("a\ud7ff\ue000\uffff\U00010000\U0010ffff"), st.characters()), max_size=6
)


def test_ordinary_keys_stay_readable() -> None:
    for text in ("b|6f9619ff-8b86-d011-b42d-00c04fc964ff", "Ærø & Søn (1)", "שלום", "CUST-00010"):
        assert escape_key(text) == text
    assert escape_key("a/b ~ 50 %") == "a~2fb ~7e 50 ~25"


@given(any_text)
def test_escaping_is_reversible(text: str) -> None:
    assert unescape_key(escape_key(text)) == text


@given(any_text)
def test_an_escaped_text_holds_nothing_a_key_may_not(text: str) -> None:
    assert not re.search(r"[/\\#?%\x00-\x1f\x7f-\x9f\ud800-\udfff]", escape_key(text))


@given(any_text, any_text)
def test_a_prefix_stays_a_prefix(head: str, tail: str) -> None:
    assert escape_key(head + tail) == escape_key(head) + escape_key(tail)


@given(sendable, sendable)
def test_the_end_of_a_prefix_divides_what_starts_with_it_from_what_follows(prefix: str, other: str) -> None:
    end = after_prefix(prefix)
    from_prefix_on = order_of(prefix) <= order_of(other)
    before_end = end is None or order_of(other) < order_of(end)
    assert other.startswith(prefix) == (from_prefix_on and before_end)


@given(sendable, sendable)
def test_everything_that_starts_with_a_prefix_is_before_its_end(prefix: str, tail: str) -> None:
    end = after_prefix(prefix)
    assert end is None or order_of(prefix) <= order_of(prefix + tail) < order_of(end)


@given(st.text("abcXYZ019 |-_.:", max_size=8), st.text("abcXYZ019 |-_.:", max_size=8))
def test_ordinary_keys_keep_their_order(one: str, other: str) -> None:
    assert (one < other) == (order_of(escape_key(one)) < order_of(escape_key(other)))


_stored = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
)
_keys = any_text.map(escape_key)
_values = st.dictionaries(st.text("abXY_", min_size=1, max_size=4), _stored, max_size=4)
_operations = st.one_of(st.builds(Delete, _keys, _keys), st.builds(Entity, _keys, _keys, _values).map(Upsert))


@given(_operations)
def test_what_the_service_counts_bounds_what_goes_over_the_wire(operation: Operation) -> None:
    at_most = _REQUEST_OVERHEAD_BYTES + _MOST_PER_COUNTED * _checked_size(operation)
    assert _bytes_on_the_wire(operation) <= at_most
