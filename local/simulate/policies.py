"""Policies: what the mappings of a seed do about deletions, and brakes with a share of their own.

Which seed has some is drawn from random numbers of their own, so that every other seed is as it was.  The
mappings of the heart and the further ones have theirs apart.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from unittest.mock import patch

from shared_code.core.brakes import Brakes
from shared_code.core.mapping import Mapping as Integration
from shared_code.core.policies import BySide, DeletionRule, DeletionRules
from shared_code.core.records import Value

type Values = tuple[tuple[str, Value], ...]

FEW = 2
"""So many at once are believed by every brake of a seed with brakes: a world of a dozen records has no 20."""

BRAKES: Mapping[str, Brakes] = {
    "deleted": Brakes(deleted_percent=20),
    "changed": Brakes(changed_percent=30),
}
_OUT_OF_USE: Values = (("statecode", 1), ("statuscode", 2))
_BLOCKED: Values = (("blocked", True),)
_BLOCKED_FOR_ALL: Values = (("blocked", "All"),)


@dataclass(frozen=True)
class Ruled:
    """What may be asked for of a mapping: ``carries`` are the sides that a deletion is carried over to,
    ``creates`` those where what was deleted may be created again; ``bc`` and ``sales`` take a record there
    out of use, where that can be."""

    carries: tuple[str, ...] = ("bc", "sales")
    creates: tuple[str, ...] = ("bc", "sales")
    bc: Values = ()
    sales: Values = ()

    def out_of_use(self, side: str) -> Values:
        """What takes a record of a side out of use; nothing, where none can be."""
        return self.bc if side == "bc" else self.sales

    def allows(self, rule: str) -> bool:
        """Whether the rule can be asked for at all."""
        return rule != "deactivate" or bool(self.bc or self.sales)


HEART: Mapping[str, Ruled] = {
    "CUSTOMER": Ruled(bc=_BLOCKED_FOR_ALL, sales=_OUT_OF_USE),
    "CONTACT": Ruled(sales=_OUT_OF_USE),
}
"""A contact of Business Central cannot be taken out of use."""

_TO_SALES = Ruled(("sales",), ("sales",))
FURTHER: Mapping[str, Ruled] = {
    "VENDOR": Ruled(bc=_BLOCKED_FOR_ALL, sales=_OUT_OF_USE),
    "ITEM-PRODUCT": Ruled(bc=_BLOCKED, sales=_OUT_OF_USE),
    "RESOURCE-PRODUCT": Ruled(creates=("sales",), bc=_BLOCKED, sales=_OUT_OF_USE),
    "OPPORTUNITY": Ruled(),
    **dict.fromkeys(
        (
            "PLHEADER-PRICE", "CUSTPRCGRP-PRICE", "UNIT OF MEASURE", "ITEM UOM", "RESOURCE UOM", "CURRENCY",
            "SHIP-TO ADDRESS",
        ),
        _TO_SALES,
    ),
    "ITEM VARIANT-PRODUCT": replace(_TO_SALES, sales=_OUT_OF_USE),
}  # fmt: skip
"""Mappings that only some seeds have.  Prices have a rule of their own in the catalogue, users are not
deleted, and what becomes of documents and orders, their checkers ask."""

RULED = {**HEART, **FURTHER}

DELETIONS = ("uncouple", "restore", "delete", "deactivate")
"""What becomes of a record whose partner was deleted, beside to ask."""

SHARES = {"": 0.3, "empty_answer": 0.2, "wrong_system": 0.2, "lost_watermarks": 0.2}
"""How many seeds with an incident (blank: none) have a rule for deletions; half as many have a brake."""


@dataclass(frozen=True)
class Policies:
    """The names of a rule for deletions and of a brake, of customers and contacts and of the further
    mappings; blank: as the catalogue has it."""

    deletion: str = ""
    brake: str = ""
    further_deletion: str = ""
    further_brake: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Everything there is."""
        every = (self.deletion, self.brake, self.further_deletion, self.further_brake)
        return frozenset(each for each in every if each)

    def brake_of(self, mapping: str) -> str:
        """The brake of a mapping, blank where it has the catalogue's."""
        return self.brake if mapping in HEART else self.further_brake if mapping in FURTHER else ""

    def deletion_of(self, mapping: str) -> str:
        """The rule for deletions that a mapping was given, blank for none."""
        found, name = (HEART, self.deletion) if mapping in HEART else (FURTHER, self.further_deletion)
        return name if name and mapping in found and found[mapping].allows(name) else ""


NONE = Policies()


def draw_policies(seed: int, incident: str, beside: str = "") -> Policies:
    """The policies of customers and contacts in a seed, most often none; ``beside`` what else it has."""
    rng = random.Random(f"manners {beside}{incident} {seed}")
    return Policies(*_drawn(rng, SHARES.get(incident, 0.0)))


def draw_further_policies(seed: int, incident: str) -> dict[str, str]:
    """Those of the further mappings, in a seed that has some."""
    rule, brake = _drawn(random.Random(f"further manners {incident} {seed}"), SHARES.get(incident, 0.0))
    return {"further_deletion": rule, "further_brake": brake}


def _drawn(rng: random.Random, share: float) -> tuple[str, str]:
    rule, brake = rng.choice(DELETIONS), rng.choice(list(BRAKES))
    has_rule, has_brake = rng.random() < share, rng.random() < share / 2
    return rule if has_rule else "", brake if has_brake else ""


def ruled(mapping: Integration, policies: Policies) -> Integration:
    """The mapping under these policies."""
    if brake := policies.brake_of(mapping.name):
        mapping = replace(mapping, brake=BRAKES[brake])
    rule = policies.deletion_of(mapping.name)
    if not rule:
        return mapping
    allowed = RULED[mapping.name]
    mapping = replace(mapping, deletion=_rules(allowed, rule))
    if rule != "deactivate":
        return mapping
    return replace(
        mapping,
        bc=replace(mapping.bc, deactivate=allowed.bc),
        sales=replace(mapping.sales, deactivate=allowed.sales),
    )


def _rules(allowed: Ruled, name: str) -> DeletionRules:
    """A deletion is carried over only where the mapping's file could ask for it."""
    if name == "uncouple":
        return DeletionRule.UNCOUPLE
    if name == "restore":
        return DeletionRule.RESTORE
    of_sales, of_bc = (_acts(allowed, name, left) for left in ("bc", "sales"))
    return of_bc if of_bc is of_sales is DeletionRule.DEACTIVATE else BySide(of_bc, of_sales)


def _acts(allowed: Ruled, name: str, left: str) -> DeletionRule:
    can = left in allowed.carries and (name != "deactivate" or allowed.out_of_use(left))
    return DeletionRule(name) if can else DeletionRule.ASK


def rule_of(mapping: str, policies: Policies, gone: str) -> str:
    """What is to become of a pair of the mapping whose record of the side ``gone`` was deleted."""
    name = policies.deletion_of(mapping)
    if not name or name == "uncouple":
        return name or "ask"
    allowed, left = RULED[mapping], "sales" if gone == "bc" else "bc"
    if name == "restore":
        return name if gone in allowed.creates else "ask"
    return _acts(allowed, name, left).value


@contextmanager
def small_brakes(policies: Policies) -> Iterator[None]:
    """Where a seed has brakes, few records trip them."""
    if not (policies.brake or policies.further_brake):
        yield
        return
    with patch("shared_code.core.brakes.FEW", FEW):
        yield
