"""Naming: a record that waits tells the number or name of what it waits for, not only an id.

The name is read once, with one request per side and mapping for all that begin to wait in a round; what
waits on keeps the name it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared_code.core.coupling import Coupling
from shared_code.core.labels import label_of
from shared_code.core.outcome import Problem
from shared_code.core.records import Row, Side
from shared_code.sync.parts import table_of
from shared_code.sync.processing.committing import is_coupled
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.systems.interface import SystemFault

NAME = "waitsFor"
MAX_NAMED = 500
"""Records whose names one round reads; further ones are told with their ids."""


def name_targets(work: Work) -> None:
    """Write the names of what records wait for into their problems, where they are known or can be read."""
    waiting = [each for each in work.items if each.new_problem and _lacks_name(each.new_problem)]
    if not waiting:
        return
    for item in waiting:
        if known := _known_name(item):
            item.new_problem = _named(item.new_problem, known)
    unnamed = [each for each in waiting if each.new_problem and _lacks_name(each.new_problem)]
    try:
        _read_names(work, unnamed)
    except SystemFault:
        return  # The ids have to do.  Whatever keeps the service from answering is told elsewhere.


def name_survivors(work: Work) -> None:
    """Write into the problems of pairs whose row was merged what its survivor is called, and whose it is."""
    merged = [each for each in work.items if each.new_problem and _lacks_survivor(each.new_problem)]
    if not merged:
        return
    ids = sorted({str(each.new_problem.details["survivor"]) for each in merged if each.new_problem})
    try:
        rows = work.system(Side.SALES).read(work.table(Side.SALES), ids[:MAX_NAMED])
    except SystemFault:
        return
    coupled = work.store.load(Side.SALES, ids)
    for item in merged:
        assert item.new_problem is not None
        own = str(item.new_problem.details["survivor"])
        name = label_of(work.mapping.sales, rows[own].values) if own in rows else own
        partner = coupled.get(own)
        taken = (
            {"survivorWith": partner.bc_id} if isinstance(partner, Coupling) and is_coupled(partner) else {}
        )
        message = item.new_problem.message.replace("another record", f"“{name}”")
        details = item.new_problem.details | {"survivorName": name} | taken
        item.new_problem = replace(item.new_problem, message=message, details=details)


def _lacks_survivor(problem: Problem) -> bool:
    return problem.code == "merged" and "survivorName" not in problem.details


def _lacks_name(problem: Problem) -> bool:
    return bool(problem.waits_for) and NAME not in problem.details


def _known_name(item: Item) -> str:
    """The name that the problem on file has, if the record waited for the same."""
    old, new = item.problem, item.new_problem
    same = old is not None and new is not None and old.waits_for == new.waits_for
    return str(old.details.get(NAME, "")) if old and same else ""


def _named(problem: Problem | None, name: str) -> Problem:
    assert problem is not None
    *_, key = problem.waits_for[0].split("|", 2)
    message = problem.message.replace(f"“{key}”", f"“{name}”", 1)
    return replace(problem, message=message, details=problem.details | {NAME: name})


def _read_names(work: Work, items: Sequence[Item]) -> None:
    wanted: dict[tuple[str, Side], set[str]] = {}
    for item in items:
        for mapping, side, key in _targets(item):
            if mapping in work.at.mappings and _is_id(key):
                wanted.setdefault((mapping, side), set()).add(key)
    names: dict[tuple[str, Side, str], str] = {}
    for (mapping, side), keys in wanted.items():
        rows = _rows(work, mapping, side, sorted(keys)[:MAX_NAMED])
        rule = work.at.mappings[mapping].side(side)
        names |= {(mapping, side, own): label_of(rule, row.values) for own, row in rows.items()}
    for item in items:
        found = next((name for each in _targets(item) if (name := names.get(each))), "")
        if found:
            item.new_problem = _named(item.new_problem, found)


def _rows(work: Work, mapping: str, side: Side, keys: Sequence[str]) -> dict[str, Row]:
    return dict(work.system(side).read(table_of(work.at.mappings[mapping], side), keys))


def _targets(item: Item) -> list[tuple[str, Side, str]]:
    targets = item.new_problem.waits_for if item.new_problem else ()
    parted = (each.split("|", 2) for each in targets)
    return [(mapping, Side(side), key) for mapping, side, key in parted]


def _is_id(key: str) -> bool:
    """Codes and numbers are what people call a record; only ids are not."""
    return len(key) == ID_LENGTH and key.count("-") == ID_HYPHENS


ID_LENGTH, ID_HYPHENS = 36, 4
