"""What is made ready for a mapping says the same as the transformations that it is made of."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_code.compose import default_mappings
from shared_code.core import transform
from shared_code.core.features import Feature
from shared_code.core.fields import FieldMapping, native_of
from shared_code.core.lenses import _put_apart, getter, put_groups, putter
from shared_code.core.mapping import Mapping
from shared_code.core.records import ZERO_ID, Side, Value
from tests.unit.core.makers import TO_SALES, Couplings, make_field
from tests.unit.core.test_transform_laws import FIELDS, LINKS

A = "a0000000-0000-0000-0000-00000000000a"
CATALOGUE = [
    each for features in (frozenset[Feature](), frozenset(Feature)) for each in default_mappings(features)
]
ALL = [*FIELDS.values(), *(each for mapping in CATALOGUE for each in mapping.all_fields)]

values = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**17), 10**17), st.decimals(allow_nan=False, places=3),
    st.text(max_size=30), st.sampled_from(["", " ", "a  b ", "ß", "É", A, ZERO_ID, "0001-01-01", "DE"]),
)  # fmt: skip


@pytest.mark.parametrize("side", Side)
@given(each=st.sampled_from(ALL), data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_getter_reads_what_get_reads(side: Side, each: FieldMapping, data: st.DataObject) -> None:
    names = [*native_of(each, side), *each.sales, each.bc or "none"]
    native = data.draw(st.dictionaries(st.sampled_from(names), values))
    assert getter(each, side)(native, LINKS) == transform.get(each, side, native, LINKS)


@pytest.mark.parametrize("side", Side)
@given(each=st.sampled_from(ALL), text=values)
@settings(max_examples=300, deadline=None)
def test_a_putter_puts_what_put_puts(side: Side, each: FieldMapping, text: Value) -> None:
    if not (each.sales if side is Side.SALES else each.bc):
        return  # Nothing is ever put there.
    value = transform.get(each, side.other, {each.bc or "": text, **dict.fromkeys(each.sales, text)}, LINKS)
    assert putter(each, side)(value, LINKS, {}) == transform.put(each, side, value, LINKS)


@pytest.mark.parametrize("length", [2, 3, 4])
def test_a_text_that_is_too_long_is_unfit_all_the_same(length: int) -> None:
    each = make_field("name", direction=TO_SALES, sales_length=3)
    put = putter(each, Side.SALES)("x" * length, Couplings(), {})
    assert isinstance(put, dict) is (length <= 3)


@pytest.mark.parametrize("mapping", CATALOGUE, ids=lambda each: each.name)
def test_a_mapping_has_a_lens_for_each_of_its_fields(mapping: Mapping) -> None:
    for side in Side:
        assert [name for name, _ in mapping.getters[side]] == [each.name for each in mapping.fields]
        assert [[name for name, _ in group] for group in mapping.putters[side]] == [
            [each.name for each in group] for group in mapping.groups
        ]


@pytest.mark.parametrize("side", Side)
@given(mapping=st.sampled_from(CATALOGUE), data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_record_is_put_in_one_go_as_it_is_put_group_by_group(
    side: Side, mapping: Mapping, data: st.DataObject
) -> None:
    names = mapping.created_with[side]
    held = data.draw(st.dictionaries(st.sampled_from(names), values)) if names else {}
    groups = mapping.putters[side]
    assert put_groups(groups, held, LINKS, {}) == _put_apart(groups, held, LINKS, {})
