"""Records what a release stores: ``python -m tests.upgrade.record FOLDER [SCENE]``, run in its checkout.

Three files: ``state.jsonl.gz``, a backup (``tandem/storage/backup.py``) of what is stored after a first full
synchronisation, an edit that was carried, a conflict and a record that could not be carried; and
``expected.json``, what the release's own code reads from it: couplings with versions and bases, watermarks,
problems; and ``messages.jsonl``, messages that this world has sent, as they wait in the queues during an
upgrade.  Copy this file into a checkout that does not have it yet.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.core.records import Side, Values
from shared_code.store.table_list import TABLES
from shared_code.sync.parts import ConnectionParts
from tests.sync import ordering, worlds

TRANSIENT = ("Permits", "Previews")
FIRST_ORDER, SECOND_ORDER = "81486af9-20a5-5205-b8a8-b13034ba6466", "63c62edb-62e7-59b0-ac4c-222c2d182bf7"
"""Ids that do not follow from how many requests a release needs before."""


def world(sent: list[str] | None = None) -> World:
    """The world whose state is recorded; building it again gives the same records with the same ids.

    What it puts into the queues is added to ``sent``.
    """
    made = worlds.new_world()
    _note(made, sent)
    worlds.full(made)
    _edits(made)
    return made


def orders(sent: list[str] | None = None) -> World:
    """The same with the extension, items, and an order that was carried and one that could not be."""
    made = ordering.new_world(ordering.EXTENSION)
    _note(made, sent)
    worlds.full(made, release=list(made.at.mappings))
    _edits(made)
    ordering.submit(made, ordering.sold(made, ordering.BICYCLE, 2, 1000), salesorderid=FIRST_ORDER)
    desk = ordering.sold(made, ordering.DESK, 1, 99.99)
    ordering.submit(made, desk, name="Łódź 日本", salesorderid=SECOND_ORDER)
    worlds.cycles(made, 3)
    return made


def _edits(made: World) -> None:
    made.settle(2)
    pair = worlds.pair(made)
    worlds.edit_bc(made, pair, city="Łódź")
    worlds.cycle(made)
    worlds.edit_bc(made, pair, phoneNumber="+44 1")
    worlds.edit_sales(made, pair, telephone1="+44 2")
    worlds.cycle(made)
    worlds.new_account(made, "A name that Business Central's hundred characters do not hold " * 2)
    worlds.cycle(made)


SCENES = {"heart": world, "orders": orders}


def _note(made: World, sent: list[str] | None) -> None:
    if sent is None:
        return
    send = made.queue.send

    def noted(name: str, body: str, *, delay_s: float = 0) -> None:
        sent.append(body)
        send(name, body, delay_s=delay_s)

    made.queue.send = noted  # type: ignore[method-assign]


def expected(at: ConnectionParts) -> dict[str, Any]:
    """What the stores read, in plain values that no later release may read otherwise."""
    return {name: _mapping(at, name) for name in sorted(at.mappings)}


def _mapping(at: ConnectionParts, name: str) -> dict[str, Any]:
    store = at.couplings(name)
    problems = store.all_problems(10_000)
    return {
        "couplings": {each.bc_id: _pair(each) for each in store.all_coupled()},
        "watermarks": {str(side): at.watermarks.get(name, side).cursor or "" for side in Side},
        "problems": sorted([each.code, str(each.side), each.record_id] for each in problems),
    }


def _pair(each: Coupling) -> dict[str, Any]:
    return {
        "sales_id": each.sales_id,
        "generation": each.generation,
        "versions": [version and version.stamp for version in (each.bc_version, each.sales_version)],
        "base": {str(side): _values(each.base.on(side)) for side in Side} if each.base else None,
    }


def _values(values: Values) -> dict[str, str]:
    return {name: repr(value) for name, value in sorted(values.items())}


def main() -> None:
    """Writes both files."""
    folder, sent = Path(sys.argv[1]), list[str]()
    made = SCENES[(sys.argv[2:] or ["heart"])[0]](sent)
    rows = [
        {"t": table, "p": each.partition, "r": each.row, "v": dict(each.values)}
        for table in TABLES if table not in TRANSIENT
        for each in made.tables.scan(table, limit=10**9)
    ]  # fmt: skip
    header = {"kind": "tandem backup", "form": 1, "schema": 1, "taken_at": "2026-11-27T00:00:00+00:00"}
    lines = [json.dumps(each, separators=(",", ":")) for each in (header, *rows, {"rows": len(rows)})]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "state.jsonl.gz").write_bytes(gzip.compress(("\n".join(lines) + "\n").encode("ascii"), mtime=0))
    text = json.dumps(expected(made.at), indent=1, sort_keys=True, ensure_ascii=False)
    kinds = {(body[:30], tuple(sorted(json.loads(body)))): body for body in sent}
    (folder / "messages.jsonl").write_text("\n".join(sorted(kinds.values())) + "\n", encoding="utf-8")
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
