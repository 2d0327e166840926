"""Marked personal data and secrets through failures, conflicts and faults, in process.

Neither gets into a message, a log at its finest, or a table that does not hold records.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.simulation.receiving import WEBHOOK_SECRET
from local.simulation.world import World
from local.simulators.faults import Fault, FaultPlan
from shared_code.core.records import Side
from shared_code.sync import api
from shared_code.sync.api import answering
from shared_code.sync.registration import keep_registered
from tests.conformance.scenes import refuse_in_sales
from tests.security import markers
from tests.security.markers import found_in, outside_records
from tests.sync import worlds

CLIENT_SECRET = "not a secret: no token endpoint is asked"
SECRETS = (WEBHOOK_SECRET, CLIENT_SECRET, "Bearer", "authvalue")
RATES = {Fault.STATUS_503: 0.04, Fault.STATUS_429: 0.04, Fault.ANSWER_LOST: 0.04, Fault.RESET_BEFORE: 0.03,
         Fault.HTML_INSTEAD: 0.02, Fault.TRUNCATED: 0.03}  # fmt: skip


@dataclass
class Story:
    """What was seen of a world while everything went wrong."""

    world: World
    messages: list[str] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)


class Keeping(logging.Handler):
    """Keeps every line with its further fields and traceback."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.NOTSET)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)} {record.__dict__}")


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    root = logging.getLogger()
    world = worlds.new_world(webhooks=True)
    story = Story(world)
    keeping, level = Keeping(story.logs), root.level
    root.addHandler(keeping)
    root.setLevel(logging.DEBUG)
    try:
        logging.getLogger("tandem").debug("the beginning")
        _watch_messages(story)
        keep_registered(world.parts)
        _plant(world)
        _live(story)
        yield story
    finally:
        root.removeHandler(keeping)
        root.setLevel(level)


def _watch_messages(story: Story) -> None:
    send = story.world.queue.send

    def noted(name: str, body: str, *, delay_s: float = 0) -> None:
        story.messages.append(body)
        send(name, body, delay_s=delay_s)

    story.world.queue.send = noted  # type: ignore[method-assign]


def _plant(world: World) -> None:
    refuse_in_sales(world, "name", f"{markers.NAME} 3", f"{markers.NAME} 3 is not wanted here")
    for number in range(8):
        world.person_in_bc().call("POST", "customers", markers.customer(number))
        world.person_in_sales.call("POST", "accounts", markers.account(number))
        world.person_in_sales.call("POST", "contacts", markers.contact(number))
    long = {"name": markers.NAME + "x" * 140, "address1_country": markers.COUNTRY}
    world.person_in_sales.call("POST", "accounts", markers.account(20, **long))
    unknown = {"address1_country": markers.COUNTRY}
    world.person_in_sales.call("POST", "accounts", markers.account(21, **unknown))


def _live(story: Story) -> None:
    """Two synchronisations in full under faults, with edits on both sides, lost answers and wrong input."""
    world = story.world
    for seed in range(3):
        for side in Side:
            world.faults[side.value].replace(FaultPlan(seed + 1, RATES))
        worlds.full(world, release=["CUSTOMER", "CONTACT"])
        _edit_both(world, seed)
        for _ in range(4):
            worlds.cycle(world, 200)
            world.notify()
        story.codes |= {each["code"] for each in worlds.listed(world.at)}
    for side in Side:
        world.faults[side.value].replace(FaultPlan(0, {}))
    worlds.cycles(world, 3, 700)
    story.codes |= {each["code"] for each in worlds.listed(world.at)}


def _edit_both(world: World, seed: int) -> None:
    for pair in list(world.at.couplings("CUSTOMER").all_coupled())[:4]:
        changes = {"addressLine1": f"{markers.STREET} bc {seed}", "phoneNumber": f"{markers.PHONE} {seed}"}
        worlds.edit_bc(world, pair, **changes)
        worlds.edit_sales(world, pair, address1_line1=f"{markers.STREET} sales {seed}")


def tables(world: World) -> dict[str, list[Any]]:
    return {
        name: [(e.partition, e.row, dict(e.values)) for e in world.tables.scan(name, limit=100_000)]
        for name in world.tables._tables
    }


def test_the_story_has_failures_conflicts_and_records_in_step(story: Story) -> None:
    assert {"conflict", "too_long", "country_unknown", "refused"} <= story.codes
    assert len(list(story.world.at.couplings("CUSTOMER").all_coupled())) >= 10
    assert len(story.messages) > 50
    assert "the beginning" in story.logs[0]
    assert WEBHOOK_SECRET in str([each.client_state for each in story.world.bc.env.notifications.active()])


def test_values_are_kept_in_the_tables_of_records_alone(story: Story) -> None:
    kept = tables(story.world)
    assert found_in(kept["Couplings"])
    assert found_in(kept["Journal"])
    assert found_in(outside_records(kept)) == []


def test_no_message_carries_a_value_or_a_secret(story: Story) -> None:
    assert found_in(story.messages) == []
    assert found_in(story.messages, SECRETS) == []


def test_no_log_carries_a_value_or_a_secret(story: Story) -> None:
    assert found_in("\n".join(story.logs)) == []
    assert found_in("\n".join(story.logs), SECRETS) == []


def test_no_secret_is_kept_in_any_table(story: Story) -> None:
    assert found_in(tables(story.world), SECRETS) == []


def test_no_refusal_of_the_api_tells_of_a_record(story: Story) -> None:
    parts = story.world.parts
    answers = [
        answering(lambda: api.get_job(parts, "nothing", {})),
        answering(lambda: api.get_job(parts, markers.NAME, {"connection": "x"})),
        answering(lambda: api.list_problems(parts, {"connection": "x"})),
        answering(lambda: api.start_full_sync(parts, b'{"mappings": ["X"]}', {})),
    ]
    assert {each.status for each in answers} == {400, 404}
    assert found_in([each.text() for each in answers]) == []
    health = api.get_health(lambda: parts, {}).text()
    assert found_in(health) == []
    assert found_in(health, SECRETS) == []
