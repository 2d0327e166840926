"""Policies: what the mappings of a seed do about deletions, and brakes with a share of their own.

Which seed has some is drawn from random numbers of their own, so that every other seed is as it was.
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

RULED = ("CUSTOMER", "CONTACT")
"""The mappings that the policies are of."""

FEW = 2
"""So many at once are believed by every brake of a seed with brakes: a world of a dozen records has no 20."""

DELETIONS: Mapping[str, DeletionRules] = {
    "uncouple": DeletionRule.UNCOUPLE,
    "restore": DeletionRule.RESTORE,
    "delete": BySide(DeletionRule.DELETE, DeletionRule.DELETE),
    "deactivate": DeletionRule.DEACTIVATE,
}
"""What becomes of a record whose partner was deleted, beside to ask."""

BRAKES: Mapping[str, Brakes] = {
    "deleted": Brakes(deleted_percent=20),
    "changed": Brakes(changed_percent=30),
}
_OUT_OF_USE: Mapping[str, tuple[tuple[str, Value], ...]] = {
    "sales": (("statecode", 1), ("statuscode", 2)),
    "bc": (("blocked", "All"),),
}
SHARES = {"": 0.3, "empty_answer": 0.2, "wrong_system": 0.2, "lost_watermarks": 0.2}
"""How many seeds with an incident (blank: none) have a rule for deletions; half as many have a brake."""


@dataclass(frozen=True)
class Policies:
    """The names of a rule for deletions and of a brake; blank: as the catalogue has it."""

    deletion: str = ""
    brake: str = ""


NONE = Policies()


def draw_policies(seed: int, incident: str) -> Policies:
    """The policies of a seed, most often none."""
    rng = random.Random(f"manners {incident} {seed}")
    share = SHARES.get(incident, 0.0)
    rule, brake = rng.choice(list(DELETIONS)), rng.choice(list(BRAKES))
    has_rule, has_brake = rng.random() < share, rng.random() < share / 2
    return Policies(rule if has_rule else "", brake if has_brake else "")


def ruled(mapping: Integration, policies: Policies) -> Integration:
    """The mapping under these policies."""
    if mapping.name not in RULED:
        return mapping
    if policies.brake:
        mapping = replace(mapping, brake=BRAKES[policies.brake])
    if not policies.deletion:
        return mapping
    mapping = replace(mapping, deletion=_rule(mapping, policies.deletion))
    return _with_values(mapping) if policies.deletion == "deactivate" else mapping


def rule_of(mapping: str, policies: Policies, gone: str) -> str:
    """What is to become of a pair of the mapping whose record of the side ``gone`` was deleted."""
    if mapping not in RULED or not policies.deletion:
        return "ask"
    if policies.deletion == "deactivate" and mapping == "CONTACT" and gone == "sales":
        return "ask"
    return policies.deletion


def _rule(mapping: Integration, name: str) -> DeletionRules:
    """A contact of Business Central cannot be taken out of use."""
    if name == "deactivate" and mapping.name == "CONTACT":
        return BySide(bc=DeletionRule.DEACTIVATE)
    return DELETIONS[name]


def _with_values(mapping: Integration) -> Integration:
    bc = _OUT_OF_USE["bc"] if mapping.name == "CUSTOMER" else ()
    return replace(
        mapping,
        bc=replace(mapping.bc, deactivate=bc),
        sales=replace(mapping.sales, deactivate=_OUT_OF_USE["sales"]),
    )


@contextmanager
def small_brakes(policies: Policies) -> Iterator[None]:
    """Where a seed has brakes, few records trip them."""
    if not policies.brake:
        yield
        return
    with patch("shared_code.core.brakes.FEW", FEW):
        yield
