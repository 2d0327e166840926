"""Further parts of the catalogue: some seeds keep more in step than customers and contacts.

Each part names its mappings and the features it needs, the simulation's own list of what corresponds to
what in it, and a few records.  What a seed has is drawn from random numbers of their own, so that a seed
without a further part is as it was.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.simulate.fields import Pair
from local.simulate.further_pairs import (
    CONTACT_OF_ALL,
    CURRENCY,
    ITEM,
    ITEM_UNIT,
    OPPORTUNITY,
    PRICE_GROUP,
    PRICE_LIST,
    SALESPERSON,
    UNIT,
    VENDOR,
    with_extension,
)
from local.simulate.ordering import ORDERING
from local.simulate.pairs import PAIRS
from local.simulate.part import Chosen, Further, Records, copied
from local.simulate.quoting import QUOTING
from local.simulate.wider import WIDER

FEW = 3
LIST = "RETAIL"
"""The price list or price group of a seed that has prices."""


def _vendors(whole: Records, kept: Records, rng: random.Random) -> Chosen:
    """Some vendors with the contacts of their companies, and the people who work there."""
    relations = [each for each in whole["contactBusinessRelations"] if each["linkToTable"] == "Vendor"]
    links = rng.sample(relations, 2)
    numbers = {each["relatedNumber"] for each in links}
    companies = {each["contactNumber"] for each in links}
    people = [each for each in whole["contacts"] if each["companyNumber"] in companies]
    known = {each["id"] for each in kept["contacts"]}
    vendors = [dict(each) for each in whole["vendors"] if each["number"] in numbers]
    codes = {each["code"] for each in kept["currencies"]} | {each["currencyCode"] for each in vendors}
    return {
        "vendors": vendors,
        "contacts": [*copied(kept["contacts"]), *(dict(p) for p in people if p["id"] not in known)],
        "contactBusinessRelations": [*copied(kept["contactBusinessRelations"]), *copied(links)],
        "countriesRegions": copied(whole["countriesRegions"]),
        "currencies": copied(each for each in whole["currencies"] if each["code"] in codes),
        "currencyExchangeRates": copied(
            each for each in whole["currencyExchangeRates"] if each["currencyCode"] in codes
        ),
    }


def _items(whole: Records, kept: Records, rng: random.Random) -> Chosen:
    """Some items with their units, and a unit that none of them has."""
    items = rng.sample(whole["items"], FEW)
    numbers = {each["number"] for each in items}
    units = [each for each in whole["itemUnitsOfMeasure"] if each["itemNumber"] in numbers]
    codes = {each["code"] for each in units} | {each["baseUnitOfMeasureCode"] for each in items} | {"BOX"}
    return {
        "items": copied(items),
        "itemUnitsOfMeasure": copied(units),
        "unitsOfMeasure": copied(each for each in whole["unitsOfMeasure"] if each["code"] in codes),
        "itemCategories": copied(whole["itemCategories"]),
    }


def _price_lists(whole: Records, kept: Records, rng: random.Random) -> Chosen:
    """A price list with a price for some of the items."""
    header = {"code": LIST, "description": "Retail", "status": "Active"}
    priced = rng.sample(kept["items"], FEW - 1)
    lines = [_line(each, rng) for each in priced]
    return {"priceListHeaders": [header], "priceListLines": lines}


def _line(item: Mapping[str, Any], rng: random.Random) -> dict[str, Any]:
    return {
        "priceListCode": LIST, "assetType": "Item", "itemId": item["id"], "itemNumber": item["number"],
        "unitOfMeasureCode": item["baseUnitOfMeasureCode"], "unitPrice": rng.randrange(1, 1000),
    }  # fmt: skip


def _price_groups(whole: Records, kept: Records, rng: random.Random) -> Chosen:
    """A customer price group with a price for some of the items."""
    prices = [
        {
            "salesType": "Customer_x0020_Price_x0020_Group", "salesCode": LIST, "itemNumber": each["number"],
            "unitOfMeasureCode": each["baseUnitOfMeasureCode"], "unitPrice": rng.randrange(1, 1000),
        }
        for each in rng.sample(kept["items"], FEW - 1)
    ]  # fmt: skip
    return {"customerPriceGroups": [{"code": LIST, "displayName": "Retail"}], "salesPrices": prices}


def _opportunities(whole: Records, kept: Records, rng: random.Random) -> Chosen:
    """The opportunities of the contacts that are there; where these have none, some of others are theirs."""
    contacts = [each["number"] for each in kept["contacts"]]
    found = [each for each in whole["opportunities"] if each["contactNumber"] in contacts]
    others = [each for each in whole["opportunities"] if not each["closed"]]
    return {
        "opportunities": [dict(each) for each in found[:FEW]] or [
            {**each, "contactNumber": rng.choice(contacts)} for each in rng.sample(others, 2)
        ]
    }  # fmt: skip


FURTHER: Mapping[str, Further] = {
    "vendors": Further(("VENDOR",), ("vendors",), (VENDOR, CONTACT_OF_ALL), _vendors),
    "items": Further(("ITEM-PRODUCT",), (), (ITEM, UNIT), _items),
    "item_units": Further(("ITEM-PRODUCT",), ("extension", "unit_groups"), (ITEM, ITEM_UNIT), _items),
    "price_lists": Further(("PLLINE-PRODPRICE",), ("extension", "price_lists"), (PRICE_LIST,), _price_lists),
    "price_groups": Further(("SALESPRC-PRODPRICE",), ("extension",), (PRICE_GROUP,), _price_groups),
    "opportunities": Further(("OPPORTUNITY",), ("opportunities",), (OPPORTUNITY,), _opportunities),
    **WIDER,
    **ORDERING,
    **QUOTING,
}


@dataclass(frozen=True)
class Prices:
    """A table of prices and what in it names the list and the item."""

    mapping: str
    table: str
    list: str
    item: str


PRICES: Mapping[str, Prices] = {
    "price_lists": Prices("PLLINE-PRODPRICE", "tandem/priceListLines", "priceListCode", "assetNumber"),
    "price_groups": Prices("SALESPRC-PRODPRICE", "tandem/salesPrices", "salesCode", "itemNumber"),
}
"""Lines of prices by the part that has them.  A record is made of lines: there is no pair of two tables."""


COMBINATIONS: tuple[tuple[str, ...], ...] = (
    ("vendors",),
    ("items",),
    ("item_units",),
    ("opportunities",),
    ("items", "price_lists"),
    ("items", "price_groups"),
    ("item_units", "price_lists"),
    ("vendors", "opportunities"),
    ("vendors", "item_units", "price_lists", "opportunities"),
)
ALWAYS = (CURRENCY, SALESPERSON)
"""What every seed keeps in step, and only one with further parts has people edit."""


def draw_parts(seed: int, incident: str) -> tuple[str, ...]:
    """The further parts of a seed, most often none."""
    rng = random.Random(f"parts of {incident} {seed}" if incident else f"further {seed}")
    return rng.choice(COMBINATIONS) if rng.random() < SHARES.get(incident, 0.0) else ()


SHARES = {"": 0.5, "empty_answer": 0.4, "wrong_system": 0.4, "lost_watermarks": 0.4, "lost_couplings": 0.4,
          "lost_part": 0.4, "restored_sales": 0.3, "restored_bc": 0.3}  # fmt: skip
"""How many seeds with an incident (blank: none) have further parts.  The other incidents concern customers,
accounts and their contacts."""


def pairs_of(parts: Sequence[str]) -> dict[str, Pair]:
    """The pairs of these parts, by mapping."""
    found = [pair for name in parts for pair in FURTHER[name].pairs]
    pairs = {each.mapping: each for each in (*found, *(ALWAYS if parts else ()))}
    if "extension" not in features_of(parts):
        return pairs
    return {name: with_extension(each) for name, each in {**PAIRS, **pairs}.items()}


def features_of(parts: Sequence[str]) -> list[str]:
    return sorted({feature for name in parts for feature in FURTHER[name].features})


def mappings_of(parts: Sequence[str]) -> list[str]:
    return [mapping for name in parts for mapping in FURTHER[name].mappings]


def records_of(parts: Sequence[str], whole: Records, kept: Records, rng: random.Random) -> Records:
    """The records of a company with these parts."""
    records = dict(kept)
    for name in parts:
        records |= FURTHER[name].records(whole, records, rng)
    return records
