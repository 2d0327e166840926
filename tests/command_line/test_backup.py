"""Backup and restore: a file is whole or refused, nothing is overwritten unasked."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from local.dev.azurite import start_azurite
from local.dev.processes import Processes
from local.simulation.world import World
from shared_code.store import schema
from shared_code.store.memory import MemoryTables
from shared_code.store.table_list import FILLED_FIRST, TABLES
from shared_code.store.tables import Entity, StorageUnavailable
from tandem.exits import Exit
from tandem.storage import backup
from tandem.storage.__main__ import main
from tandem.storage.backup import BackupInvalid, NotEmpty
from tests.sync import worlds


def taken(tables: MemoryTables) -> list[str]:
    out = io.StringIO()
    backup.write(tables, out, "2026-11-27T00:00:00+00:00")
    return out.getvalue().splitlines()


def content(tables: MemoryTables) -> dict[str, list[tuple[str, str, dict[str, object]]]]:
    return {
        name: [(each.partition, each.row, dict(each.values)) for each in tables.scan(name, limit=10**6)]
        for name in backup.order()
    }


@pytest.fixture
def world() -> World:
    return worlds.synced()


def test_what_was_backed_up_comes_back_exactly(world: World) -> None:
    schema.bring_up_to_date(world.tables, FILLED_FIRST)
    tables = MemoryTables()
    assert backup.restore(tables, taken(world.tables), over=False) > 100
    assert content(tables) == content(world.tables)


def test_every_kind_of_value_comes_back_as_it_was() -> None:
    tables = MemoryTables()
    tables.ensure(TABLES)
    values = {"text": "Łódź ' | \n \u2028", "whole": 2**60, "truth": True, "fraction": 1.0, "tiny": 5e-324}
    tables.insert("Couplings", Entity("a|b", "s|1", values))
    restored = MemoryTables()
    backup.restore(restored, taken(tables), over=False)
    [found] = restored.scan("Couplings", limit=9)
    assert [(type(each), each) for each in found.values.values()] == [(type(v), v) for v in values.values()]


def test_after_a_restore_of_an_older_backup_nothing_is_lost_doubled_or_taken_back(world: World) -> None:
    """The backup is of before two edits that were carried, and of before a record that was created."""
    lines = taken(world.tables)
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, city="Łódź")
    worlds.cycle(world)
    worlds.edit_sales(world, pair, telephone1="+44 2")
    worlds.new_customer(world, "Made after the backup")
    worlds.cycle(world)
    accounts, customers = len(worlds.accounts(world)), len(worlds.customers(world))
    for table in TABLES:
        world.tables.drop(table)
    backup.restore(world.tables, lines, over=False)
    worlds.full(world, release=("CUSTOMER", "CONTACT"))
    world.settle(3)
    assert (len(worlds.accounts(world)), len(worlds.customers(world))) == (accounts, customers)
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 2"
    assert worlds.account_of(world, pair)["address1_city"] == "Łódź"
    assert worlds.codes(world) == []
    assert worlds.writes_of_a_cycle(world) == []


def test_watermarks_are_read_before_couplings_so_that_work_meanwhile_is_looked_at_again() -> None:
    order = backup.order()
    assert order.index("Watermarks") < order.index("Journal") < order.index("Couplings") == len(order) - 1
    assert {*order, *backup.LEFT_OUT} == set(TABLES)


def test_a_restore_that_was_cut_off_can_be_repeated(world: World) -> None:
    lines, tables = taken(world.tables), MemoryTables()
    seen = 0

    def die(operation: str, _place: str) -> None:
        nonlocal seen
        seen += operation == "transact"
        if seen == 5:
            raise StorageUnavailable("the connection is gone")

    tables.before = die
    with pytest.raises(StorageUnavailable):
        backup.restore(tables, lines, over=False)
    tables.before = lambda _operation, _place: None
    backup.restore(tables, lines, over=True)
    schema.bring_up_to_date(world.tables, FILLED_FIRST)
    assert content(tables) == content(world.tables)


def test_nothing_is_restored_over_data_unasked(world: World) -> None:
    before = content(world.tables)
    with pytest.raises(NotEmpty):
        backup.restore(world.tables, taken(world.tables), over=False)
    assert content(world.tables) == before


def spoilt(lines: list[str], how: str) -> list[str]:
    match how:
        case "cut off":
            return lines[:-1]
        case "a row is missing":
            return [*lines[:5], *lines[6:]]
        case "something follows":
            return [*lines, lines[5]]
        case "no backup":
            return ['{"kind": "x"}', *lines[1:]]
        case "empty":
            return []
        case "no JSON":
            return [*lines[:5], "Łódź", *lines[6:]]
        case "a table nobody knows":
            return [*lines[:5], lines[5].replace('"t":"', '"t":"X'), *lines[6:]]
        case "a row without its key":
            return [*lines[:5], lines[5].replace('"p":', '"q":'), *lines[6:]]
        case "a value of no kind that is stored":
            return [*lines[:5], lines[5].replace('"v":{', '"v":{"x":[1],'), *lines[6:]]
        case "a newer form":
            return [lines[0].replace('"schema":1', '"schema":99'), *lines[1:]]
    raise AssertionError(how)


HOW = ["cut off", "a row is missing", "something follows", "no backup", "empty", "no JSON",
       "a table nobody knows", "a row without its key", "a value of no kind that is stored",
       "a newer form"]  # fmt: skip


@pytest.mark.parametrize("how", HOW)
def test_a_file_that_is_not_whole_is_refused(world: World, how: str) -> None:
    with pytest.raises(BackupInvalid) as caught:
        backup.check(spoilt(taken(world.tables), how))
    assert "Adatum" not in str(caught.value)


def test_what_lives_for_a_moment_is_left_out(world: World) -> None:
    assert not any(json.loads(line).get("t") in backup.LEFT_OUT for line in taken(world.tables))


@pytest.mark.storage
@pytest.mark.parametrize("name", ["kept.jsonl", "kept.jsonl.gz"])
def test_the_command_backs_up_checks_and_restores(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from shared_code.runtime import ThreadRuntime
    from shared_code.store.azure_tables import AzureTables, connect

    file = tmp_path / name
    with Processes(tmp_path / "logs") as processes:
        full, empty = ({"AzureWebJobsStorage": start_azurite(processes, each)} for each in ("full", "empty"))
        tables = AzureTables(ThreadRuntime(), connect(full))
        tables.ensure(TABLES)
        for number in range(250):
            tables.insert("Couplings", Entity("p", f"{number:04d}", {"name": "Łódź", "number": number}))
        assert main(["backup", str(file)], full) == Exit.DONE
        assert main(["backup", str(file)], full) == Exit.USAGE  # never over another
        assert file.stat().st_mode & 0o077 == 0
        assert main(["check", str(file)], {}) == Exit.DONE
        assert main(["restore", str(file)], full) == Exit.REFUSED
        assert main(["restore", str(file)], empty) == Exit.DONE
        restored = list(AzureTables(ThreadRuntime(), connect(empty)).scan("Couplings", limit=1000))
    assert [each.values["number"] for each in restored] == list(range(250))
    told = capsys.readouterr().err
    assert "Couplings: 250 rows" in told
    assert "--over" in told
    assert "Łódź" not in told


@pytest.mark.parametrize("arguments", [["restore", "not-there.jsonl"], ["check", "not-there.jsonl"]])
def test_a_file_that_is_not_there_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments, {"AzureWebJobsStorage": "UseDevelopmentStorage=true"}) == Exit.USAGE
    assert "not-there.jsonl" in capsys.readouterr().err


def test_without_a_storage_account_the_setting_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", str(tmp_path / "x")], {}) == Exit.UNREACHABLE
    assert "AzureWebJobsStorage__accountName" in capsys.readouterr().err
