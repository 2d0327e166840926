"""Selection: which mappings there are, and which are wanted with all they depend on."""

from __future__ import annotations

from typing import Any

import pytest

from shared_code.compose import chosen_mappings
from shared_code.core.catalogue import MappingInvalid
from shared_code.core.features import Feature
from shared_code.core.selection import available, with_dependencies
from shared_code.settings import SettingError

WITH = frozenset({Feature.EXTENSION})


def document(name: str, *depends_on: str, **more: Any) -> dict[str, Any]:
    sides = {"bc": {"table": "b"}, "sales": {"table": "s"}}
    field = {"name": "name", "bc": "n", "sales": "n"}
    return {
        "name": name,
        "direction": "to_sales",
        "depends_on": list(depends_on),
        "fields": [field],
        **sides,
        **more,
    }


ALL = [
    document("CUSTOMER", "CURRENCY", "SHIPPING AGENT"),
    document("CURRENCY"),
    document("SHIPPING AGENT", needs="extension"),
    document("ITEM", "CURRENCY"),
]


def test_a_mapping_that_needs_a_feature_is_there_only_with_it() -> None:
    assert [each.name for each in available(ALL, WITH)] == ["CUSTOMER", "CURRENCY", "SHIPPING AGENT", "ITEM"]
    assert [each.name for each in available(ALL, frozenset())] == ["CUSTOMER", "CURRENCY", "ITEM"]


def test_what_is_not_there_is_nothing_to_wait_for() -> None:
    customer = available(ALL, frozenset())[0]
    assert customer.depends_on == ("CURRENCY",)


def test_what_a_mapping_depends_on_comes_with_it() -> None:
    assert with_dependencies(available(ALL, WITH), ["CUSTOMER"]) == {"CUSTOMER", "CURRENCY", "SHIPPING AGENT"}
    assert [each.name for each in chosen_mappings(available(ALL, WITH), ["ITEM"])] == ["CURRENCY", "ITEM"]


def test_without_a_choice_everything_is_wanted() -> None:
    assert len(chosen_mappings(available(ALL, WITH), [])) == 4


def test_a_name_that_is_not_there_stops_with_the_setting_and_what_there_is() -> None:
    with pytest.raises(SettingError, match=r"MAPPINGS is wrong.*“SHIPPING AGENT”.*CUSTOMER, CURRENCY, ITEM"):
        chosen_mappings(available(ALL, frozenset()), ["SHIPPING AGENT"])


def test_two_documents_of_one_name_are_refused() -> None:
    with pytest.raises(MappingInvalid, match="several documents"):
        available([*ALL, document("ITEM")], WITH)


def test_a_feature_that_does_not_exist_is_told_with_the_mappings_name() -> None:
    with pytest.raises(MappingInvalid, match=r"mapping ITEM.*magic"):
        available([document("ITEM", needs="magic")], WITH)


def back_reference(lookup: str) -> dict[str, Any]:
    return {
        "name": "back", "type": "lookup", "lookup": lookup, "bc": "b", "sales": "s", "target": "rows",
        "after_create": True,
    }  # fmt: skip


def test_a_field_that_refers_back_to_what_is_not_wanted_is_left_out() -> None:
    first = document("FIRST")
    first["fields"].append(back_reference("SECOND"))
    mappings = available([first, document("SECOND", "FIRST")], frozenset())
    alone = chosen_mappings(mappings, ["FIRST"])
    assert [[f.name for f in each.fields] for each in alone] == [["name"]]
    both = {each.name: each for each in chosen_mappings(mappings, ["SECOND"])}
    assert [f.name for f in both["FIRST"].fields] == ["name", "back"]


def test_what_is_part_of_a_creation_looks_up_only_what_comes_before() -> None:
    first = document("FIRST")
    first["fields"].append(back_reference("SECOND") | {"after_create": False})
    with pytest.raises(MappingInvalid, match="must be in depends_on"):
        available([first, document("SECOND", "FIRST")], frozenset())
