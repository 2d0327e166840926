"""The mappings that processes are started with, and others that come with a new deployment.

A process that starts takes what is deployed then; one that runs keeps what it has.  So for a while both
rules are at work.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from local.simulate.fields import Pair
from local.simulate.further import features_of, pairs_of
from local.simulate.pairs import CUSTOMER, PAIRS
from local.simulate.policies import NONE, Policies, ruled
from shared_code import compose
from shared_code.core.features import Feature
from shared_code.core.mapping import ConflictRule, FieldMapping, Mapping

_default = cache(compose.default_mappings)
_RULED = ("CUSTOMER", "CONTACT")
OTHER_PHONE = "telephone2"
"""Where the customer's phone number goes under the other rules."""


@dataclass
class Package:
    """What is deployed.  ``pairs`` is the simulation's own list of what corresponds to what under it."""

    mappings: list[Mapping] = field(default_factory=list)
    pairs: MappingOf[str, Pair] = field(default_factory=lambda: dict(PAIRS))
    takes_blocked: bool = False
    ruled: bool = False

    def deploy(self, incident: str, conflict: ConflictRule) -> None:
        """Other rules, for every process that starts from now on."""
        mappings = {each.name: each for each in self.mappings}
        customer = mappings["CUSTOMER"]
        match incident:
            case "rules_field":
                fields = tuple(_elsewhere(each) for each in customer.fields)
                mappings["CUSTOMER"] = replace(customer, fields=fields)
                self.pairs = {**PAIRS, "CUSTOMER": _pair_elsewhere()}
            case "rules_filter":
                mappings["CUSTOMER"] = replace(customer, bc=replace(customer.bc, filter=()))
                self.takes_blocked = True
            case "rules_conflict":
                rule = ConflictRule.SALES_WINS if conflict is ConflictRule.ASK else ConflictRule.ASK
                mappings["CUSTOMER"] = replace(customer, conflict=rule)
                self.ruled = self.ruled or rule is not ConflictRule.ASK
        self.mappings = list(mappings.values())


def package_of(conflict: ConflictRule, parts: Sequence[str] = (), policies: Policies = NONE) -> Package:
    """The mappings of the catalogue that these further parts have, with a rule for conflicts and policies."""
    default = _default(frozenset(map(Feature, features_of(parts))))
    mappings = [replace(m, conflict=conflict) if m.name in _RULED else m for m in default]
    has_rule = conflict is not ConflictRule.ASK
    own = mappings if has_rule else default
    if policies != NONE:
        own = [ruled(each, policies) for each in own]
    return Package(own, {**PAIRS, **pairs_of(parts)}, ruled=has_rule)


def _elsewhere(each: FieldMapping) -> FieldMapping:
    return replace(each, sales=(OTHER_PHONE,)) if each.name == "phone" else each


def _pair_elsewhere() -> Pair:
    texts = tuple(replace(t, sales=(OTHER_PHONE,)) if t.bc == "phoneNumber" else t for t in CUSTOMER.texts)
    return replace(CUSTOMER, texts=texts, allowed_sales=CUSTOMER.allowed_sales | {"telephone1"})
