"""Templates for new records: which apply, and which value counts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.filter_language import parse_filter
from shared_code.core.new_records import template_values
from shared_code.core.records import Side, Value
from shared_code.core.table_rules import Template

PERSON = Template((("kind", 1), ("note", "person")), parse_filter('type = "Person"'))
ALL = Template((("note", "new"), ("rank", 3)))


def test_of_several_templates_that_set_a_field_the_first_counts() -> None:
    assert template_values((PERSON, ALL), {"type": "person"}, Side.BC) == {
        "kind": 1, "note": "person", "rank": 3,
    }  # fmt: skip
    assert template_values((ALL, PERSON), {"type": "Person"}, Side.BC)["note"] == "new"


def test_a_template_whose_conditions_are_not_met_gives_nothing() -> None:
    assert template_values((PERSON,), {"type": "Company"}, Side.BC) == {}
    assert template_values((PERSON,), {}, Side.BC) == {}
    assert template_values((), {"type": "Person"}, Side.BC) == {}


values = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=3)


@given(st.lists(values, max_size=4))
def test_every_field_has_the_value_of_the_first_that_names_it(given_: list[dict[str, Value]]) -> None:
    templates = [Template(tuple(each.items())) for each in given_]
    found = template_values(templates, {}, Side.SALES)
    for name in {key for each in given_ for key in each}:
        assert found[name] == next(each[name] for each in given_ if name in each)
