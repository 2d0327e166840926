"""An upgrade keeps what earlier releases stored: each state on file is taken over by this release's code."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from local.simulation.world import World
from shared_code.store import schema
from shared_code.store.memory import MemoryTables
from shared_code.store.table_list import FILLED_FIRST, TABLES
from shared_code.sync.messages import Advance, BatchDue, ScanStep, from_text
from tandem.storage import backup
from tests.sync import worlds
from tests.upgrade import record

STATES = Path(__file__).with_name("states")
STATED = sorted(path.parent for path in STATES.glob("*/*/state.jsonl.gz"))
"""A folder for each version of the form; in it one for each code that wrote it, named by its day and hour."""


def version_of(folder: Path) -> int:
    return int(folder.parent.name)


def scene_of(folder: Path) -> str:
    """``2026-11-27-21h`` is of the heart, ``2026-11-27-22h-orders`` of orders."""
    return folder.name.partition("h-")[2] or "heart"


def lines_of(folder: Path) -> list[str]:
    return gzip.decompress((folder / "state.jsonl.gz").read_bytes()).decode().splitlines()


def named(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


@pytest.fixture(params=STATED, ids=named)
def folder(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture
def world(folder: Path) -> World:
    """The recorded world, with the recorded state in place of what this code stored."""
    world = record.SCENES[scene_of(folder)](None)
    for table in TABLES:
        world.tables.drop(table)
    backup.restore(world.tables, lines_of(folder), over=False)
    schema.bring_up_to_date(world.tables, FILLED_FIRST)
    return world


def test_there_is_a_state_of_every_version() -> None:
    versions = {version_of(each) for each in STATED}
    assert set(range(schema.FIRST, max(schema.FIRST + 1, schema.present()))) <= versions
    assert {scene_of(each) for each in STATED} == set(record.SCENES)


def test_couplings_bases_watermarks_and_problems_are_as_the_release_read_them(
    folder: Path, world: World
) -> None:
    kept = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    read = record.expected(world.at)
    assert {name: read[name] for name in kept} == kept
    new = [read[name] for name in read.keys() - kept.keys()]  # mappings that came since have nothing yet
    assert [each for each in new if each["couplings"] or each["problems"]] == []
    assert sum(len(each["couplings"]) for each in kept.values()) > 20
    assert sum(len(each["problems"]) for each in kept.values()) == 2


def test_after_the_upgrade_nothing_is_written_and_the_next_edit_arrives(world: World) -> None:
    world.reset_requests()
    world.settle(3)  # mappings whose rules the new release changed are looked at anew, once
    asked = {kind for kinds in world.requests.values() for kind in kinds}
    assert asked <= {"scan", "read", "identity", "deletions"}, asked
    pair = worlds.pair(world, "20000")
    worlds.edit_bc(world, pair, city="Kraków")
    worlds.cycle(world)
    assert worlds.account_of(world, pair)["address1_city"] == "Kraków"
    assert "conflict" in worlds.codes(world)  # the open one is still open
    assert len(worlds.accounts(world)) == len(worlds.customers(world)) + 1  # the one that is too long


def test_a_full_synchronisation_after_the_upgrade_creates_and_deletes_nothing(world: World) -> None:
    accounts, customers = len(worlds.accounts(world)), len(worlds.customers(world))
    worlds.full(world)
    world.settle(2)
    assert (len(worlds.accounts(world)), len(worlds.customers(world))) == (accounts, customers)


def test_messages_that_wait_during_an_upgrade_are_understood(folder: Path) -> None:
    texts = (folder / "messages.jsonl").read_text(encoding="utf-8").splitlines()
    assert {type(from_text(text)) for text in texts} >= {ScanStep, Advance, BatchDue}


def test_the_state_is_whole_and_holds_no_row_twice(folder: Path) -> None:
    lines = lines_of(folder)
    assert backup.check(lines)["schema"] == version_of(folder)
    backup.restore(MemoryTables(), lines, over=False)
    rows = [json.loads(line) for line in lines[1:-1]]
    assert len({(each["t"], each["p"], each["r"]) for each in rows}) == len(rows)
