"""I2 for what a variant takes from its item: name and price of its product are the item's."""

from __future__ import annotations

from decimal import Decimal

from local.simulate.evidence import Evidence, Linked

NAME = "I2 variants"
LONGEST_NAME = 100


def check(evidence: Evidence) -> list[str]:
    variants = (each for each in evidence.links if each.pair.mapping == "ITEM VARIANT-PRODUCT")
    return [line for each in variants for line in _differences(evidence, each)]


def _differences(evidence: Evidence, link: Linked) -> list[str]:
    variant, product = evidence.values(link.bc), evidence.values(link.sales)
    if variant is None or product is None or evidence.problems_of(link.bc):
        return []
    if evidence.was_undone(link.bc.id) or not evidence.is_inside(link.pair, link.sales):
        return []
    item = evidence.observer.of("bc", "items", link.bc.company).get(variant["itemId"])
    if item is None:
        return []
    name = f"{item['displayName']}, {variant['description']}"[:LONGEST_NAME].strip()
    wanted = (name, Decimal(str(item["unitPrice"])))
    held = (str(product["name"]), Decimal(str(product.get("price") or 0)))
    return [] if held == wanted else [f"{link.bc.id} / {link.sales.id}: {wanted} in BC, {held} in Sales"]
