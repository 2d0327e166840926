"""What a run of seeds reached: each fault and each decision must have happened."""

from __future__ import annotations

from collections import Counter

from local.simulate.faults import RATES

FAMILIES: dict[str, tuple[str, ...]] = {
    "F1 answer lost": (
        "answer_lost", "answer_lost_late", "creation_answer_lost", "reset_before",
        "storage_answer_lost", "storage_unavailable", "storage_outage", "tables_outage",
    ),
    "F2 crash": ("crash",),
    "F3 throttled": ("status_429", "status_429_no_hint", "status_503", "status_503_no_hint",
                     "throttled_mid_batch"),
    "F4 batch refused as a whole": ("batch_refused_as_a_whole",),
    "F5 batch half applied": ("half_applied",),
    "F6 messages": ("message_late", "message_twice", "message_out_of_order"),
    "F7 paused past its lease": ("pause_past_lease", "lease_lost"),
    "F8 clocks apart": ("clocks_apart", "clock_jumps"),
    "F9 ties": ("ties", "small_pages"),
    "F10 changed while scanning": ("changed_while_scanning", "late_commit"),
    "F11 scan cut short": ("truncated",),
    "F12 a side answers nothing": ("empty_answer", "brake_held"),
    "F13 edit and deletion": ("deleted",),
    "F14 service changes what is written": ("plugin",),
    "F15 stale reads": ("stale_read", "replica_lag"),
    "F16 renamed, merged, moved": ("renamed", "accounts_merged", "moved_company"),
    "F17 several candidates": ("problem possible_partner",),
    "F18 dependency later": ("dependency_came_later",),
    "F19 rules changed": ("rules_field", "rules_filter", "rules_conflict"),
    "F20 restored or another system": ("restored_sales", "restored_bc", "wrong_system", "accepted_systems"),
    "F21 storage lost": ("lost_couplings", "lost_part", "lost_watermarks", "lost_pairs_too"),
    "F22 sign-in and rights": ("token_refused", "html_instead", "rights_removed"),
    "F23 change token expired": ("token_expired",),
    "F24 two instances": ("two_instances",),
    "F25 odd data": ("odd_text",),
    "notifications": ("webhook_hint", "webhook_forged"),
    "rules other than to ask": ("conflict_rule",),
    "orders": (
        "order_submitted", "order_withdrawn", "order_revised", "order_release", "order_ship", "order_invoice",
        "order_delete", "order_of_business_central", "problem order_content",
    ),
    "a person in Tandem": (
        "deed synchronise_now", "deed try_again", "deed set_aside", "deed decide", "deed preview",
        "deed create_partner", "deed couple", "deed uncouple", "deed undo",
    ),
    "the wider catalogue": (
        "agent_changed", "agent_added", "edited RESOURCE-PRODUCT", "edited ITEM VARIANT-PRODUCT",
        "edited SHIP-TO ADDRESS",
    ),
    "rules for deletions": (
        "rule uncouple", "rule restore", "rule delete", "rule deactivate", "brake deleted", "brake changed",
        "deleted_many", "changed_many",
    ),
    "rules for deletions of further mappings": (
        "further rule uncouple", "further rule restore", "further rule delete", "further rule deactivate",
        "deleted bc of a further mapping", "deleted sales of a further mapping", "changed_many_further",
    ),
    "quotes and notes": (
        "quote_activated", "quote_won", "quote_closed", "quote_revised", "quote_send", "quote_accept",
        "quote_make_order", "quote_delete", "created ORDER NOTE", "edited ORDER NOTE",
    ),
    "stock": ("stock_moved",),
    "prices with dates": ("dated_price_added", "dates_moved", "midnight"),
    "documents": (
        "posted POSTEDSALESINV-INV", "posted POSTEDSALESCRMEMO-INV", "posted_later", "paid", "paid_in_part",
        "invoice_canceled", "due_date_changed", "invoice_deleted_in_sales",
    ),
}  # fmt: skip
"""The faults of the failure model that are simulated, and the counters that tell of each."""

DECISIONS = (
    "Merge in step", "Merge to_bc", "Merge to_sales", "Merge to_bc+to_sales", "Merge conflicts", "Create",
    "ReadFirst", "Hold", "PartnerDeleted", "EndCoupling", "Leave outside_filter", "Leave other_company",
    "Leave no_record", "Remove", "Deactivate",
)  # fmt: skip

MAPPINGS = (
    "CUSTOMER", "CONTACT", "CURRENCY", "SALESPEOPLE", "PAYMENT TERMS", "SHIPMENT METHOD", "VENDOR",
    "UNIT OF MEASURE", "BASE UNIT", "UNIT GROUP", "UNIT GROUP BASE", "ITEM UOM", "ITEM-PRODUCT",
    "PLHEADER-PRICE", "PLLINE-PRODPRICE", "CUSTPRCGRP-PRICE", "SALESPRC-PRODPRICE", "OPPORTUNITY",
    "RESOURCE UNIT GROUP", "RESOURCE UNIT GROUP BASE", "RESOURCE UOM", "RESOURCE-PRODUCT", "SHIPPING AGENT",
    "ITEM VARIANT-PRODUCT", "SHIP-TO ADDRESS", "INVOICE PRICE LIST", "POSTEDSALESINV-INV",
    "POSTEDSALESCRMEMO-INV", "SALESORDER-ORDER",
    "SALESQUOTE-QUOTE", "ORDER NOTE",
)  # fmt: skip
"""Of each of these some seed must have coupled records at its end."""

NEEDED_SEEDS = 500
"""From so many seeds on, what never happened fails the run."""


def missing(counts: Counter[str]) -> list[str]:
    """What never happened."""
    faults = [f"{family}: {kind}" for family, kinds in FAMILIES.items() for kind in kinds if not counts[kind]]
    faults += [
        f"fault {kind} is in no family" for kind in RATES if not any(kind in k for k in FAMILIES.values())
    ]
    faults += [f"decision {name}" for name in DECISIONS if not counts[f"decision {name}"]]
    return faults + [f"mapping {name}" for name in MAPPINGS if not counts[f"mapping {name}"]]


def table(counts: Counter[str]) -> str:
    """How often everything happened, as lines of text."""
    lines = []
    for family, kinds in FAMILIES.items():
        lines.append(f"  {family:<38}" + ", ".join(f"{kind} {counts[kind]}" for kind in kinds))
    told = {kind for kinds in FAMILIES.values() for kind in kinds}
    named = {"decisions": "decision ", "seeds with couplings of": "mapping "}
    for title, prefix in named.items():
        found = {k.removeprefix(prefix): v for k, v in sorted(counts.items()) if k.startswith(prefix)}
        lines.append(f"  {title}: " + ", ".join(f"{name} {number}" for name, number in found.items()))
    others = {k: v for k, v in sorted(counts.items()) if k not in told}
    rest = {k: v for k, v in others.items() if not k.startswith(tuple(named.values()))}
    lines.append("  also: " + ", ".join(f"{name} {number}" for name, number in rest.items()))
    return "\n".join(lines)
