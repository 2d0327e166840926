"""What a seed draws beside its setting: the rarer incidents, from random numbers of their own.

Half of the seeds have none, and those that have one run as before until it happens: the incidents draw from
streams that nothing else uses.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from local.simulate.further import draw_parts
from local.simulate.ordering import draw_ordering, takes_orders
from local.simulate.policies import NONE, Policies, draw_further_policies, draw_policies
from local.simulate.quoting import draw_quoting
from local.simulate.stock_actions import draw_stock
from local.simulate.wider import draw_wider
from shared_code.core.mapping import ConflictRule

INCIDENTS = (
    "empty_answer", "wrong_system", "accounts_merged", "moved_company", "rules_field", "rules_filter",
    "rules_conflict", "restored_sales", "restored_bc", "lost_couplings", "lost_part", "lost_watermarks",
    "lost_pairs_too",
)  # fmt: skip
"""One of these happens in a seed that has an incident."""

RESTORES = ("restored_sales", "restored_bc")
CLERKS = 0.4
"""How many seeds have somebody who works in Tandem while it works."""

OUTAGE_S = 1000.0
"""How long a system is away while it is restored: longer than the product trusts it without asking."""


@dataclass(frozen=True)
class Plan:
    """``incident`` (blank: none) happens after the share ``at`` of the hostile time.

    ``webhooks``: both systems tell of changes.  ``conflict``: the rule for customers and contacts.  ``parts``
    of the catalogue are kept in step beside these (see ``further``).  ``clerk``: somebody works in Tandem.
    ``policies``: rules for deletions, and brakes.  ``stock`` moves.
    """

    incident: str = ""
    at: float = 0.0
    webhooks: bool = False
    conflict: ConflictRule = ConflictRule.ASK
    parts: tuple[str, ...] = ()
    clerk: bool = False
    policies: Policies = NONE
    stock: bool = False

    @property
    def ends_pairs(self) -> bool:
        """Whether a restore or a loss takes away pairs, or what is known of them."""
        return self.incident.startswith(("restored", "lost"))

    @property
    def changes_rules(self) -> bool:
        """Whether other rules come into force."""
        return self.incident.startswith("rules")

    @property
    def more_s(self) -> float:
        """What the hostile time is longer by, so that the incident and what follows it fit in."""
        return OUTAGE_S + 400.0 if self.incident in RESTORES else 0.0


def _incident_of(seed: int) -> str:
    """Each incident once in every so many seeds, in an order that is drawn, and as many seeds without one."""
    block, place = divmod(seed, 2 * len(INCIDENTS))
    drawn = [*INCIDENTS, *("" for _ in INCIDENTS)]
    random.Random(f"plan block {block}").shuffle(drawn)
    return drawn[place]


def _parts_of(seed: int, incident: str) -> tuple[str, ...]:
    """The further parts of a seed: each kind is drawn among the seeds that have none yet."""
    kinds = (draw_wider, draw_parts, draw_ordering, draw_quoting)
    return next((parts for draw in kinds if (parts := draw(seed, incident))), ())


def _policies_of(seed: int, incident: str, parts: tuple[str, ...]) -> Policies:
    """The policies of the heart, and beside further parts those of theirs."""
    own = draw_policies(seed, incident, "orders " if takes_orders(parts) else "")
    return replace(own, **draw_further_policies(seed, incident)) if parts else own


def draw_plan(seed: int, without: frozenset[str] = frozenset()) -> Plan:
    """The plan of a seed; ``without`` leaves kinds out (shrinking)."""
    rng = random.Random(f"plan {seed}")
    incident, at = _incident_of(seed), rng.uniform(0.2, 0.6)
    if incident in RESTORES:
        at += 0.4
    parts = _parts_of(seed, incident) if "parts" not in without else ()
    clerk = random.Random(f"clerk {seed}").random() < CLERKS and "clerk" not in without
    policies = NONE if "policies" in without else _policies_of(seed, incident, parts)
    stock = draw_stock(seed, parts)
    if not incident:
        return Plan(parts=parts, clerk=clerk, policies=policies, stock=stock)
    webhooks = rng.random() < 0.4
    rule = rng.choice((ConflictRule.ASK, ConflictRule.ASK, ConflictRule.BC_WINS, ConflictRule.SALES_WINS))
    return Plan(
        "" if incident in without else incident,
        at,
        webhooks and "webhook_hint" not in without,
        ConflictRule.ASK if "conflict_rule" in without else rule,
        parts,
        clerk,
        policies,
        stock,
    )
