"""Further deliberate defects: what a programmer forgets about creations, rules, restores and losses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from local.simulate.defect import Defect, always, nothing, often
from local.simulate.further import PRICES
from local.simulate.simulation import Simulation
from shared_code.core.base import Base
from shared_code.core.outcome import NEVER_S, Outcome
from shared_code.core.reconcile import EndCoupling, Remove
from shared_code.core.records import Side
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.systems import odata
from shared_code.systems.business_central_scan import _cursor

LOSSES = ("lost_couplings", "lost_part", "lost_pairs_too")
RESTORES = ("restored_sales", "restored_bc")


def _stale_read_believed(simulation: Simulation, original: Any) -> Any:
    """Whatever is read counts, also when it is older than what was seen before."""

    def take(work: Work, item: Item, side: Side, row: Any) -> None:
        work.know(item, side, row)

    return take


def _counted_twice(simulation: Simulation, original: Any) -> Any:
    """Outcomes are added to what is on file instead of put in its place."""

    def finish(store: Any, batch: Any) -> None:
        known = store.batch(batch.job, batch.id)
        if known and known.done:
            sums = {o: known.counts.get(o, 0) + batch.counts.get(o, 0) for o in Outcome}
            batch = replace(batch, counts=sums)
        store._tables.upsert("Batches", store._entity(batch))

    return finish


def _waits_for_ever(simulation: Simulation, original: Any) -> Any:
    """A record that waits for another one is not tried again by itself."""

    def wait_for(work: Work, item: Item, missing: Any) -> None:
        original(work, item, missing)
        assert item.new_problem is not None
        item.new_problem = replace(item.new_problem, next_attempt_at_s=NEVER_S, waits_for=())

    return wait_for


def _both_as_sent(simulation: Simulation, original: Any) -> Any:
    """The base takes what was sent, not what the service made of it."""

    def confirm(base: Any, sent_to: Side, sent: Any, returned: Any) -> Base:
        old = base or Base({}, {})
        return Base({**old.bc, **sent}, {**old.sales, **sent})

    return confirm


def _more_than_mapped(simulation: Simulation, original: Any) -> Any:
    """A column that no mapping names is written too."""

    def native(work: Work, side: Side, values: Any, present: Any = None) -> Any:
        put, faults, sent = original(work, side, values, present)
        extra = side is Side.SALES and work.mapping.name == "CUSTOMER" and present is not None
        return (put | {"description": "Kept by Tandem"} if extra else put), faults, sent

    return native


def _blank_instead(simulation: Simulation, original: Any) -> Any:
    """A reference to something that is not coupled is left out, and nothing waits."""

    def put(each: Any, side: Side, name: str, value: Any, links: Any) -> Any:
        found = original(each, side, name, value, links)
        return found if isinstance(found, dict) else {}

    return put


def _overwrites(simulation: Simulation, original: Any) -> Any:
    """A pair that is coupled again takes what Business Central holds."""

    def couple(work: Work, item: Item, side: Side, row: Any) -> None:
        original(work, item, side, row)
        sales = item.values_on(Side.SALES)
        item.base = Base(sales, sales)

    return couple


def _first_page(simulation: Simulation, original: Any) -> Any:
    """What does not fit on the first page is not read."""

    def scan(*arguments: Any) -> Any:
        page, now = original(*arguments)
        if page.next is None:
            return page, now
        stamp = simulation.surroundings.bc.env.clock.time()
        ended = replace(page, next=None, watermark=_cursor(kind="since", stamp=odata.instant_of(stamp)))
        return ended, now

    return scan


def _unheard(simulation: Simulation, original: Any) -> Any:
    """A refusal is taken for a success that changed nothing."""

    def refused(work: Work, item: Item, *more: Any) -> None:
        item.outcome, item.new_problem = Outcome.UNCHANGED, None

    return refused


def _stays(simulation: Simulation, original: Any) -> Any:
    """What is left of a pair is uncoupled where the mapping says to delete it."""

    def decide(*arguments: Any) -> Any:
        decision = original(*arguments)
        return EndCoupling((decision.side.other,)) if isinstance(decision, Remove) else decision

    return decide


def _examined_as_stored(simulation: Simulation, original: Any) -> Any:
    def examine(parts: Any, at: Any, stored: Any) -> Any:
        return stored

    return examine


def _confirmed(simulation: Simulation, original: Any) -> Callable[..., bool]:
    return lambda parts, at: True


FURTHER: dict[str, Defect] = {
    "sent-again-too-early": Defect(
        "a creation is sent again while the first may still run",
        "shared_code.sync.processing.intents._may_still_run", always(False),
        choices=often("answer_lost_late", from_the_start=True),
    ),
    "stale-read-believed": Defect(
        "a read that is older than what was seen is not dropped",
        "shared_code.sync.processing.reading._take_read", _stale_read_believed,
        choices=often("stale_read"),
    ),
    "brake-removed": Defect(
        "a service that shows nothing is believed",
        "shared_code.sync.absence.looks_hidden",
        always(False),
        ("empty_answer",),
    ),
    "first-page-only": Defect(
        "only the first page of a scan is read",
        "shared_code.systems.business_central_scan.scan_plain", _first_page,
    ),
    "waiters-forgotten": Defect(
        "a record that waits for another one is not tried again",
        "shared_code.sync.processing.problems.wait_for", _waits_for_ever,
        suits=lambda setting: setting.missing_options,
    ),
    "counted-twice": Defect(
        "a batch that is delivered twice counts twice",
        "shared_code.store.jobs.JobStore.finish", _counted_twice,
        choices=often("message_twice"),
    ),
    "retry-lost": Defect(
        "failed records are never tried again", "shared_code.sync.tick.queue_due", always(0)
    ),
    "companies-mixed": Defect(
        "a record of another company is taken for one's own",
        "shared_code.core.filters.foreign", always(False),
        suits=lambda setting: len(setting.companies) > 1,
    ),
    "echo-written-back": Defect(
        "what a service made of a value counts as somebody's edit",
        "shared_code.sync.processing.writing.confirm_base", _both_as_sent,
        suits=lambda setting: bool(setting.plugins),
    ),
    "unmapped-written": Defect(
        "a column that no mapping names is written",
        "shared_code.sync.processing.work.Work.native", _more_than_mapped,
    ),
    "dangling-lookup": Defect(
        "a reference to what is not coupled is left out",
        "shared_code.core.lookup_lenses.put_lookup", _blank_instead,
    ),
    "refusal-unheard": Defect(
        "a record that a service refused counts as done",
        "shared_code.sync.processing.problems.refused", _unheard,
        suits=lambda setting: any(each["action"] == "refuse" for each in setting.plugins),
    ),
    "identity-unchecked": Defect(
        "nobody asks whether the systems are the known ones",
        "shared_code.sync.dispatch.is_confirmed", _confirmed, ("wrong_system",),
    ),
    "journal-missing": Defect(
        "the values that a rule decides against are not kept",
        "shared_code.store.journal.JournalStore.announce", always([]),
    ),
    "relink-overwrites": Defect(
        "a pair whose coupling was lost takes what Business Central holds",
        "shared_code.sync.processing.relinking.couple_found", _overwrites, LOSSES,
    ),
    "not-relinked": Defect(
        "a record whose coupling was lost gets a second partner",
        "shared_code.sync.processing.relinking.relink", nothing, LOSSES,
    ),
    "old-rules-believed": Defect(
        "a base counts although its fields mean something else now",
        "shared_code.sync.rules.is_made_under", always(True), ("rules_field",),
    ),
    "rule-change-unnoticed": Defect(
        "a mapping that was changed counts as the one before",
        "shared_code.sync.parts.digest_of",
        always("same"),
        ("rules_filter", "rules_field"),
    ),
    "restore-unnoticed": Defect(
        "nobody notices that a system was put back to an earlier state",
        "shared_code.sync.witnesses.examine", _examined_as_stored, RESTORES,
    ),
    "accepted-with-bases": Defect(
        "after a restore the bases of before are kept",
        "shared_code.sync.acceptance._forget_bases", nothing, RESTORES,
    ),
    "lost-watermark-unnoticed": Defect(
        "a watermark that got lost is waited for",
        "shared_code.sync.detect._is_lost", always(False), ("lost_watermarks",),
    ),
    "contest-read-once": Defect(
        "where both sides moved, the side that was read first is not read again",
        "shared_code.sync.processing.contested.read_again", nothing,
        ("items", "item_units", "price_lists", "delivery", "resources", "variants"),
        often("pause_past_lease", hasty=True),
    ),
    "ended-price-stays": Defect(
        "a price whose line was deleted in Business Central stays in Sales",
        "shared_code.core.reconcile._decide_deletion", _stays, tuple(PRICES),
    ),
    "forged-hint-believed": Defect(
        "a notification without the secret is believed",
        "shared_code.sync.webhooks.is_ours", always(True),
        ("webhooks",),
    ),
}  # fmt: skip
