"""What a mapping's document says for an installation with these features, and for one without.

A feature is something a company may have or not (Tandem's extension in Business Central, units kept per item,
price lists instead of classic prices, number series that let a number be chosen) or want or not (vendors or
invoices in Sales).  Any table of a document may carry

    needs = "extension"              only there where the feature is; a list: where all of them are
    unless = "extension"             only there where it is not
    when.extension = { bc = "…" }    these keys instead of the others where it is

so that one file tells the whole story of a mapping.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from enum import StrEnum
from typing import Any

type Document = MappingOf[str, Any]


class Feature(StrEnum):
    """What a company may have or want, or not."""

    EXTENSION = "extension"
    VENDORS = "vendors"
    UNIT_GROUPS = "unit_groups"
    PRICE_LISTS = "price_lists"
    OPPORTUNITIES = "opportunities"
    INVOICES = "invoices"
    ORDERS = "orders"
    QUOTES = "quotes"
    ORDER_NOTES = "order_notes"
    ORDER_CHOICES = "order_choices"
    ORDERS_BOTH_WAYS = "orders_both_ways"
    MANUAL_NUMBERS = "manual_numbers"
    CREDIT_MEMOS = "credit_memos"
    ITEM_CATEGORIES = "item_categories"
    ITEM_VARIANTS = "item_variants"
    COUNTRY_NAMES = "country_names"
    LONE_CONTACTS = "lone_contacts"
    PARENT_ACCOUNTS = "parent_accounts"
    ACCOUNT_STATISTICS = "account_statistics"
    PERSON_CUSTOMERS = "person_customers"
    ITEM_PRICES = "item_prices"


type Features = frozenset[Feature]


class FeatureUnknown(ValueError):
    """A document asks for a feature that does not exist."""


def choose(document: Document, features: Features) -> Document | None:
    """The document with every choice made, ``None`` where the whole of it needs what is not there.

    Raises ``FeatureUnknown``.
    """
    if not _is_there(document, features):
        return None
    when = document.get("when", {})
    # Where it is no table it is no choice but a condition (on records, in a template for new ones).
    is_choice = isinstance(when, dict)
    chosen = {key: value for key, value in document.items() if key not in _CHOICES}
    chosen |= {} if is_choice else {"when": when}
    for name, instead in when.items() if is_choice else ():
        if _feature(name) in features:
            chosen |= instead
    return {key: _chosen(value, features) for key, value in chosen.items()}


_CHOICES = frozenset(("needs", "unless", "when"))


def _chosen(value: Any, features: Features) -> Any:
    if isinstance(value, dict):
        return choose(value, features) or {}
    if isinstance(value, list):
        entries = (choose(each, features) if isinstance(each, dict) else each for each in value)
        return [each for each in entries if each is not None]
    return value


def _is_there(document: Document, features: Features) -> bool:
    needs, unless = document.get("needs"), document.get("unless")
    wanted = needs if isinstance(needs, list) else [] if needs is None else [needs]
    has_it = {_feature(each) for each in wanted} <= features
    return has_it and (unless is None or _feature(unless) not in features)


def _feature(name: object) -> Feature:
    try:
        return Feature(str(name))
    except ValueError:
        known = ", ".join(each.value for each in Feature)
        raise FeatureUnknown(f"there is no feature “{name}”; there are {known}") from None


def choices_schema(instead: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of the keys that any table may carry; ``instead`` is that of a feature's."""
    feature = {"$ref": "#/$defs/feature"}
    return {
        "needs": {
            "description": "This table is there only with the feature, or with all of them.",
            "anyOf": [feature, {"type": "array", "items": feature, "minItems": 1}],
        },
        "unless": {"description": "This table is there only without the feature.", **feature},
        "when": {
            "description": "Keys that count instead of the others where a feature is there.",
            "type": "object",
            "propertyNames": feature,
            "additionalProperties": instead,
        },
    }


def feature_schema() -> dict[str, Any]:
    """The JSON Schema of a feature's name, which the other refers to as ``#/$defs/feature``."""
    return {"enum": [each.value for each in Feature]}
