"""Wider parts of the catalogue: resources, shipping agents, variants, delivery addresses.

Which seed has some is drawn from random numbers of their own, so that every other seed is as it was.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from local.simulate.dates import PART
from local.simulate.document_pairs import CREDIT_MEMO, INVOICE
from local.simulate.part import Chosen, Further, Records, copied
from local.simulate.wider_pairs import RESOURCE, RESOURCE_UNIT, SHIP_TO, VARIANT

FEW = 3


def _resources(whole: Records, kept: Records, rng: random.Random) -> Chosen:
    """Some resources with their units, and a unit that none of them has."""
    resources = rng.sample(whole["resources"], FEW)
    numbers = {each["number"] for each in resources}
    units = [each for each in whole["resourceUnitsOfMeasure"] if each["resourceNumber"] in numbers]
    codes = {each["code"] for each in units} | {"HOUR", "DAY"}
    named = [each for each in whole["unitsOfMeasure"] if each["code"] in codes]
    return {
        "resources": copied(resources),
        "resourceUnitsOfMeasure": copied(units),
        "unitsOfMeasure": _joined(kept.get("unitsOfMeasure", ()), named),
    }


def _joined(*groups: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return copied({each["id"]: each for group in groups for each in group}.values())


def _agents(whole: Records, kept: Records, rng: random.Random) -> Chosen:
    """The shipping agents, and customers that are delivered by them."""
    codes = [each["code"] for each in whole["shippingAgents"]]
    return {
        "shippingAgents": copied(whole["shippingAgents"]),
        "customers": [{**each, "shippingAgentCode": rng.choice((*codes, ""))} for each in kept["customers"]],
    }


def _delivery(whole: Records, kept: Records, rng: random.Random) -> Chosen:
    """The delivery addresses there are, of the customers that are there."""
    owners = [rng.choice(kept["customers"]) for _ in whole["shipToAddresses"]]
    return {
        "shipToAddresses": [
            {**each, "customerId": owner["id"], "customerNumber": owner["number"]}
            for each, owner in zip(whole["shipToAddresses"], owners, strict=True)
        ]
    }


def _variants(whole: Records, kept: Records, rng: random.Random) -> Chosen:
    """Two variants of one item, and one of another."""
    first, second = rng.sample(kept["items"], 2)
    named = ((first, "RED", "Red"), (first, "BLUE", "Blue"), (second, "RED", "Red"))
    return {"itemVariants": [_variant(*each) for each in named]}


def _variant(item: Mapping[str, Any], code: str, description: str) -> dict[str, Any]:
    made = uuid.uuid5(uuid.UUID(item["id"]), code)
    return {
        "id": str(made), "itemId": item["id"], "itemNumber": item["number"], "code": code,
        "description": description,
    }  # fmt: skip


def _invoices(whole: Records, kept: Records, rng: random.Random) -> Chosen:
    """Two invoices that were posted long ago."""
    sold = [(rng.choice(kept["customers"]), rng.choice(kept["items"])) for _ in range(2)]
    return {"salesInvoices": [_posted(f"10320{n}", *each) for n, each in enumerate(sold, 1)]}


def _posted(number: str, customer: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    made, total = str(uuid.uuid5(uuid.UUID(customer["id"]), number)), round(2 * item["unitPrice"], 2)
    line = {
        "id": str(uuid.uuid5(uuid.UUID(item["id"]), number)), "documentId": made, "sequence": 10000,
        "lineType": "Item", "lineObjectNumber": item["number"], "itemId": item["id"],
        "description": item["displayName"], "unitOfMeasureId": item["baseUnitOfMeasureId"],
        "unitOfMeasureCode": item["baseUnitOfMeasureCode"], "quantity": 2, "unitPrice": item["unitPrice"],
        "amountExcludingTax": total, "netAmount": total, "netTaxAmount": 0, "netAmountIncludingTax": total,
    }  # fmt: skip
    return {
        "id": made, "number": number, "status": "Open" if total else "Paid", "customerId": customer["id"],
        "customerNumber": customer["number"], "customerName": customer["displayName"],
        "billToCustomerNumber": customer["number"], "postingDate": "2026-11-02", "dueDate": "2026-12-02",
        "currencyId": customer["currencyId"], "currencyCode": customer["currencyCode"],
        "totalAmountExcludingTax": total, "totalTaxAmount": 0, "totalAmountIncludingTax": total,
        "salesInvoiceLines": [line],
    }  # fmt: skip


def _memos(whole: Records, kept: Records, rng: random.Random) -> Chosen:
    """None at first: people enter them."""
    return {"salesCreditMemos": []}


def _dates(whole: Records, kept: Records, rng: random.Random) -> Chosen:
    """The prices there are have none at first: people give them some."""
    return {}


WIDER: Mapping[str, Further] = {
    "resources": Further(
        ("RESOURCE-PRODUCT",), ("extension", "unit_groups"), (RESOURCE, RESOURCE_UNIT), _resources
    ),
    "agents": Further(("SHIPPING AGENT",), ("extension",), (), _agents),
    "delivery": Further(("SHIP-TO ADDRESS",), ("extension",), (SHIP_TO,), _delivery),
    "variants": Further(("ITEM VARIANT-PRODUCT",), ("item_variants",), (VARIANT,), _variants),
    "invoices": Further(("POSTEDSALESINV-INV",), ("invoices",), (INVOICE,), _invoices),
    PART: Further((), (), (), _dates),
    "memos": Further(("POSTEDSALESCRMEMO-INV",), ("credit_memos",), (CREDIT_MEMO,), _memos),
}

COMBINATIONS: Sequence[tuple[str, ...]] = (
    ("resources",),
    ("agents",),
    ("delivery",),
    ("items", "variants"),
    ("item_units", "variants"),
    ("agents", "delivery", "resources"),
    ("items", "price_lists", "dates"),
    ("item_units", "price_groups", "dates"),
    ("items", "invoices"),
    ("item_units", "invoices", "memos"),
    ("items", "variants", "invoices", "memos"),
)
SHARES = {"": 0.4, "empty_answer": 0.3, "wrong_system": 0.3, "lost_watermarks": 0.3, "lost_couplings": 0.3,
          "lost_part": 0.3, "restored_sales": 0.2, "restored_bc": 0.2}  # fmt: skip
"""How many seeds with an incident (blank: none) have wider parts."""


def draw_wider(seed: int, incident: str) -> tuple[str, ...]:
    """The wider parts of a seed, most often none."""
    rng = random.Random(f"others {incident} {seed}")
    return rng.choice(COMBINATIONS) if rng.random() < SHARES.get(incident, 0.0) else ()
