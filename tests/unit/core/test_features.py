"""Features: one document for companies that have something and for those that have not."""

from __future__ import annotations

import pytest

from shared_code.core.features import Feature, Features, FeatureUnknown, choose

WITH: Features = frozenset({Feature.EXTENSION})
WITHOUT: Features = frozenset()


def test_what_needs_a_feature_is_there_only_with_it() -> None:
    document = {"fields": [{"name": "fax", "needs": "extension"}, {"name": "phone"}]}
    assert choose(document, WITH) == {"fields": [{"name": "fax"}, {"name": "phone"}]}
    assert choose(document, WITHOUT) == {"fields": [{"name": "phone"}]}


def test_what_is_there_unless_there_is_a_feature_ends_with_it() -> None:
    document = {"not_carried": [{"field": "Fax", "reason": "none", "unless": "extension"}]}
    assert choose(document, WITH) == {"not_carried": []}
    assert choose(document, WITHOUT) == {"not_carried": [{"field": "Fax", "reason": "none"}]}


def test_keys_can_be_others_with_a_feature() -> None:
    field = {"name": "terms", "bc": "paymentTermsId", "when": {"extension": {"bc": "paymentTermsCode"}}}
    assert choose({"fields": [field]}, WITH) == {"fields": [{"name": "terms", "bc": "paymentTermsCode"}]}
    assert choose({"fields": [field]}, WITHOUT) == {"fields": [{"name": "terms", "bc": "paymentTermsId"}]}


def test_a_side_is_chosen_like_any_other_table_and_what_it_holds_too() -> None:
    inner = {"filter": [{"field": "blocked", "is": False, "unless": "extension"}]}
    document = {"bc": {"table": "items", "when": {"extension": {"api": "tandem/sync/v1.0"}}, **inner}}
    assert choose(document, WITH) == {"bc": {"table": "items", "api": "tandem/sync/v1.0", "filter": []}}
    assert choose(document, WITHOUT) == {
        "bc": {"table": "items", "filter": [{"field": "blocked", "is": False}]}
    }


def test_a_whole_mapping_can_need_a_feature() -> None:
    document = {"name": "RESOURCE-PRODUCT", "needs": "extension"}
    assert choose(document, WITHOUT) is None
    assert choose(document, WITH) == {"name": "RESOURCE-PRODUCT"}


def test_what_needs_several_features_is_there_only_with_all_of_them() -> None:
    document = {"name": "PERSON SHIPPING AGENT", "needs": ["extension", "person_customers"]}
    assert choose(document, WITH) is None
    assert choose(document, WITH | {Feature.PERSON_CUSTOMERS}) == {"name": "PERSON SHIPPING AGENT"}


@pytest.mark.parametrize(
    "document",
    [
        {"needs": ["extension", "magic"]},
        {"needs": "magic"},
        {"unless": "magic"},
        {"bc": {"when": {"magic": {"api": "x"}}}},
    ],
)
def test_a_feature_that_does_not_exist_is_told(document: dict[str, object]) -> None:
    with pytest.raises(FeatureUnknown, match="magic"):
        choose(document, WITHOUT)
