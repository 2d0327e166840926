"""Outcomes and problems: what became of a record, and what a person can do about it."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from shared_code.core.frozen import frozen
from shared_code.core.records import Side


class Outcome(StrEnum):
    """What became of a record that a job was given: exactly one, the first that applies."""

    FAILED = "failed"
    CONFLICT = "conflict"
    WAITING = "waiting"
    SKIPPED = "skipped"
    DELETED = "deleted"
    INSERTED = "inserted"
    MODIFIED = "modified"
    COUPLED = "coupled"
    UNCOUPLED = "uncoupled"
    UNCHANGED = "unchanged"


@frozen
class ProblemCode:
    """A stable code, what it means and what a person can do; ``heals`` tells whether waiting is enough."""

    code: str
    meaning: str
    remedy: str
    heals: bool = False


PROBLEMS = {
    each.code: each
    for each in (
        ProblemCode("conflict", "The same field was changed on both sides to different values.",
                    "Decide whose value counts (POST /api/conflicts/decide), or write it on both sides."),
        ProblemCode("waits_for_lookup", "The record refers to one that is not coupled yet.",
                    "Nothing: it goes through when that record is coupled. Couple it, or create it.", True),
        ProblemCode("couple_first", "Both sides hold records that are not coupled; creating waits.",
                    "Couple what belongs together, then release the creation of the rest."),
        ProblemCode("possible_partner", "The other side holds records that may be the same.",
                    "Couple it with the right one, or release it as a new record."),
        ProblemCode("coupled_elsewhere", "The record moved here from another mapping, where it is coupled.",
                    "Uncouple it in the mapping that the message names, or move it back.", True),
        ProblemCode("partner_deleted", "The coupled record of the other side was deleted.",
                    "Restore it, uncouple the pair, or delete the survivor too."),
        ProblemCode("merged", "Its partner in Sales was merged into another record.",
                    "Couple it with the survivor (recouple), or uncouple it."),
        ProblemCode("uncoupled", "A person uncoupled the record; it gets no partner by itself.",
                    "Couple it, create its partner, or retry it: then it counts as a new record."),
        ProblemCode("parted", "Its partner was deleted; by the mapping's rule it gets no new one by itself.",
                    "Nothing; or couple it, create its partner, or retry it."),
        ProblemCode("not_carried", "Sales has no place for the record; the message says why.",
                    "Nothing, unless the record is meant to be another one: then correct it."),
        ProblemCode("left_behind", "The record left the filter (a price ended); a person made its Sales row.",
                    "Delete the row in Sales, or leave it: Tandem does not write it any more."),
        ProblemCode("refused", "The service refused the record; its own words are in the message.",
                    "Correct the value the message names, then retry."),
        ProblemCode("not_kept", "Sales computes other amounts than Business Central tells.",
                    "Compare the lines; check the organisation's discounts and price calculation."),
        ProblemCode("order_content", "The order holds what cannot be carried; the message names the lines.",
                    "Make the order Active in Sales, correct the lines that are named, submit it again."),
        ProblemCode("account_missing", "A line of an order needs an account, and none is set for its kind.",
                    "Name the account in the app setting ORDER_ACCOUNTS, then retry."),
        ProblemCode("totals_differ", "Both systems come to other amounts for the same order.",
                    "Compare the lines; correct the order in Business Central, then retry."),
        ProblemCode("waits_for_approval", "The order waits for approval or prepayment in Business Central.",
                    "Nothing: later changes go over once it is approved, paid or reopened.", True),
        ProblemCode("order_shipped", "A line of which something was shipped cannot go or become less.",
                    "Put the line back in Sales, or ask the bookkeeper for a return."),
        ProblemCode("order_done", "The order is fulfilled or invoiced; what was changed since stays there.",
                    "Tell the bookkeeper or the salesperson; or leave it out."),
        ProblemCode("too_long", "A value is longer than the other side can hold; nothing was cut off.",
                    "Shorten the value, then retry."),
        ProblemCode("too_large", "A number has more digits than the other side can hold.",
                    "Correct the number, then retry."),
        ProblemCode("country_unknown", "A country is neither a code nor a known name.",
                    "Write the country's code or its English name."),
        ProblemCode("unreadable", "A transformation rule of the mapping cannot read a value.",
                    "Correct the value or the mapping's rule, then retry."),
        ProblemCode("rate_missing", "An amount in local currency has no rate into the record's currency.",
                    "Add an exchange rate to the currency in Business Central.", True),
        ProblemCode("option_missing", "Sales has no option of this code in the choice column.",
                    "Add it: POST /api/mappings/{name}/options, or by hand in Sales, then publish.",
                    True),
        ProblemCode("option_unknown", "A choice has no counterpart on the other side.",
                    "Add the option on the other side, then retry."),
        ProblemCode("outcome_unknown", "A creation was sent and no answer came; it may still be running.",
                    "Nothing: it is looked up before anything is sent again.", True),
        ProblemCode("several_found", "Several records may be the one Tandem made, or it made one too many.",
                    "Couple the record with the right one and delete what is doubled."),
        ProblemCode("already_coupled", "The partner is coupled with another record.",
                    "Uncouple one of the two, then couple again."),
        ProblemCode("unsettled", "Both sides kept changing while the record was synchronised.",
                    "Nothing: it is tried again.", True),
        ProblemCode("access_denied", "Tandem's user may not do this; the service's words name the right.",
                    "Give the user the right, then retry.", True),
        ProblemCode("hidden", "The service shows none of the records it is asked for.",
                    "Check the rights of Tandem's user, then start a full synchronisation of the mapping.",
                    True),
        ProblemCode("internal", "Tandem met a fault of its own with this record.",
                    "Retry; if it stays, report the code and the message.", True),
    )
}  # fmt: skip
"""All problem codes, by code."""


@frozen
class Problem:
    """Why a record is not in step, kept until it is.

    ``details`` hold what a person needs to decide (field names with both values, the lookup's target);
    ``waits_for`` is ``mapping|side|key`` of the record it waits for, once per mapping it may be coupled in.
    ``attempts`` counts failures in a row;
    ``stamp`` is the version it was seen at, so that seeing the same version again changes nothing.
    ``set_aside``: a person leaves the record out; it is not written until somebody wants it again.
    """

    side: Side
    record_id: str
    outcome: Outcome
    code: str
    message: str
    details: dict[str, object] = field(default_factory=dict)
    waits_for: tuple[str, ...] = ()
    attempts: int = 0
    next_attempt_at_s: float = 0.0
    since_s: float = 0.0
    stamp: str = ""
    set_aside: bool = False
    etag: str = ""


def target_key(mapping: str, side: Side, key: str) -> str:
    """How a waiting record names what it waits for."""
    return f"{mapping}|{side}|{key}"


FIRST_RETRY_S = 60.0
LONGEST_RETRY_S = 6 * 3600.0


def retry_delay_s(attempts: int) -> float:
    """How long a failed record rests before it is tried again: doubling from a minute to six hours."""
    return min(FIRST_RETRY_S * 2.0 ** max(0, attempts - 1), LONGEST_RETRY_S)


NEVER_S = 4e10
"""A moment that does not come: the record waits for a person."""

SKIP_AFTER = 5
"""Failures in a row after which a record counts as skipped: it is tried rarely, or by a person."""
