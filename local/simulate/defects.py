"""Deliberate defects: the product made wrong in one place at a time.  A checker must find each of them.

A further one is one more entry: what is wrong, where, and a function that makes the wrong thing out of the
right one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from local.simulate.defect import Defect, always, often
from local.simulate.further_defects import FURTHER, LOSSES
from local.simulate.ordering_defects import ORDER_DEFECTS
from local.simulate.pairs import PAIRS
from local.simulate.simulation import Simulation
from local.simulate.wider_defects import WIDER
from shared_code.core.mapping import Mapping
from shared_code.core.outcome import Outcome
from shared_code.core.records import Side
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.systems.interface import Page, Sighting


def _if_match_any(simulation: Simulation, original: Any) -> Any:
    def change(table: Any, writer: Any, one: Any) -> Any:
        return original(table, writer, replace(one, version=replace(one.version, etag="*")))

    return change


def _base_first(simulation: Simulation, original: Any) -> Any:
    """The base takes what will be written before anything is sent, and is stored."""

    def update(work: Work, plan: Any) -> None:
        from shared_code.sync.processing import committing

        for planned in plan.updates.values():
            for each in planned:
                item, base = each.item, each.item.base
                if base is not None:
                    item.base = replace(base, bc={**base.bc, **each.sent}, sales={**base.sales, **each.sent})
                    item.dirty = True
        committing.commit(work)
        original(work, plan)

    return update


def _watermark_first(simulation: Simulation, original: Any) -> Any:
    """The watermark moves before the batches are on file."""

    def select(at: Any, mapping: Mapping, side: Side, page: Page) -> Any:
        if page.watermark:
            at.watermarks.set(mapping.name, side, page.watermark.text)
        return original(at, mapping, side, page)

    return select


def _repeatable(simulation: Simulation, original: Any) -> Any:
    def send(client: Any, root: str, kind: str, parts: Any, *, repeatable: bool) -> Any:
        return original(client, root, kind, parts, repeatable=True)

    return send


def _apart(simulation: Simulation, original: Any) -> Any:
    """What belongs into one transaction goes one by one."""

    def transact(store: Any, operations: Sequence[Any]) -> list[str]:
        return [etag for each in operations for etag in original(store, [each])]

    return transact


def _forgotten_creation(simulation: Simulation, original: Any) -> Any:
    """A record that could not be created is not remembered."""

    def operations(work: Work, item: Item) -> list[Any]:
        if item.coupling is None and item.outcome is Outcome.FAILED:
            item.new_problem = None
        return list(original(work, item))

    return operations


def _echo_by_user(simulation: Simulation, original: Any) -> Any:
    """A record that our own user wrote last is taken for an echo."""

    def is_work(at: Any, mapping: Mapping, side: Side, seen: Sighting, *more: Any) -> bool:
        pair = PAIRS.get(mapping.name)
        last = [each for each in simulation.observer.writes if each.key.id == seen.id] if pair else []
        if last and last[-1].who.startswith("tandem"):
            return False
        return bool(original(at, mapping, side, seen, *more))

    return is_work


def _unlisted(simulation: Simulation, original: Any) -> Any:
    """A conflict is left open and nobody is told."""

    def conflict(work: Work, item: Item, conflicts: Any) -> None:
        item.outcome, item.new_problem = Outcome.CONFLICT, None

    return conflict


def _cut_off(simulation: Simulation, original: Any) -> Any:
    """A value that is too long is cut off."""

    def put_plain(each: Any, side: Side, names: Any, value: Any) -> Any:
        longest = each.length_on(side)
        if isinstance(value, str) and longest is not None:
            value = value[:longest]
        return original(each, side, names, value)

    return put_plain


def _no_intent(simulation: Simulation, original: Any) -> Any:
    """A creation goes out and nothing on file tells of it."""

    def write_group(work: Work, planned: Any, keys: Any) -> None:
        return

    return write_group


DEFECTS: dict[str, Defect] = {
    "no-if-match-sales": Defect(
        "updates in Sales overwrite whatever is there",
        "shared_code.systems.dataverse_writes._change", _if_match_any,
    ),
    "no-if-match-bc": Defect(
        "updates in Business Central overwrite whatever is there",
        "shared_code.systems.business_central_writes._if_match", always({"If-Match": "*"}),
    ),
    "base-first": Defect(
        "the base is stored before the write is confirmed",
        "shared_code.sync.processing.writing.update", _base_first,
    ),
    "watermark-first": Defect(
        "the watermark moves before the work is queued",
        "shared_code.sync.detect.select", _watermark_first,
        choices=often("crash", "storage_unavailable"),
    ),
    "repeated-post": Defect(
        "a creation whose answer was lost is sent again",
        "shared_code.systems.business_central_batch.send", _repeatable,
        choices=often("creation_answer_lost", from_the_start=True),
    ),
    "two-transactions": Defect(
        "a coupling's rows are written one by one",
        "shared_code.store.couplings.CouplingStore.transact", _apart,
        choices=often("crash", "storage_answer_lost", from_the_start=True),
        suits=lambda setting: setting.hostility > 1,
    ),
    "no-look-back": Defect(
        "each look begins where the last one ended",
        "shared_code.systems.business_central_scan.oldest_of",
        lambda simulation, original: lambda since, look_back_s: original(since, 0.0),
    ),
    "failed-creation-forgotten": Defect(
        "a failed creation is not remembered",
        "shared_code.sync.processing.committing._problem_operations", _forgotten_creation,
    ),
    "echo-by-user": Defect(
        "what our own user wrote last is never looked at",
        "shared_code.sync.selecting._is_work", _echo_by_user,
        LOSSES,
    ),
    "conflict-unlisted": Defect(
        "conflicts are not listed", "shared_code.sync.processing.problems.conflict", _unlisted
    ),
    "cut-off": Defect("too long values are cut off", "shared_code.core.transform._put_plain", _cut_off),
    "no-intent": Defect(
        "a creation in Business Central leaves no intent",
        "shared_code.sync.processing.intents._write_intent_group", _no_intent,
        choices=often("creation_answer_lost", from_the_start=True),
    ),
    **FURTHER,
    **WIDER,
    **ORDER_DEFECTS,
}  # fmt: skip
