"""Records that vanished and live on: an order that is invoiced goes, and its invoice names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from shared_code.core.merging import Known
from shared_code.core.records import Row, Side, Value, Values, Version
from shared_code.core.table_rules import LivesOn
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.systems.interface import Column, Table

UNSEEN = Version("*", "")
"""Of a record that went before anybody read it."""


def know(work: Work, side: Side, lacking: Mapping[str, Item], rows: Mapping[str, Row]) -> None:
    """Let the states of those of the missing records be known that live on; one request for all, another for
    those that no row of the table names, and another for those that went before their number was read.

    Such a record holds what it held last, but for what the mapping says it holds then.  One that holds that
    already was found before and is not looked for again: what it lives on in may go, too.
    """
    rule = work.mapping.bc.lives_on
    if rule is None or side is not Side.BC:
        return
    missing = {i: each for i, each in lacking.items() if i not in rows and each.coupling}
    for record_id in [i for i, each in missing.items() if _was_found(each, rule)]:
        _know(missing.pop(record_id), record_id, rule)
    gone = {i: each for i, each in missing.items() if _is_told(each)}
    known = {i: each for i, each in gone.items() if _held(each, rule.by)}
    _find(work, rule, known, rule.names, rule.by)
    if rule.lines:
        _find_in_lines(work, rule, {i: each for i, each in known.items() if not each.lives_on})
    unread = {i: each for i, each in gone.items() if i not in known}
    if rule.or_names:
        _find(work, rule, unread, rule.or_names, rule.or_by)


def _find(work: Work, rule: LivesOn, gone: Mapping[str, Item], names: str, by: str) -> None:
    columns = tuple(map(Column, dict.fromkeys((rule.names, names))))
    found = _named(work, Table(rule.table, "id", columns), names, gone, by)
    for record_id, row in found.items():
        _know(gone[record_id], record_id, rule, row.values.get(rule.names))


def _find_in_lines(work: Work, rule: LivesOn, gone: Mapping[str, Item]) -> None:
    """An invoice of several orders names none of them; each of its lines names the one it is of."""
    table = Table(rule.lines, "id", (Column(rule.lines_name),), api=rule.lines_api)
    for record_id in _named(work, table, rule.lines_name, gone, rule.by):
        _know(gone[record_id], record_id, rule, _held(gone[record_id], rule.by))


def _named(work: Work, table: Table, names: str, gone: Mapping[str, Item], by: str) -> dict[str, Row]:
    """By the ids of those records of which a row's ``names`` holds what their field ``by`` held: that row."""
    numbers = {i: number for i, each in gone.items() if (number := _held(each, by))}
    if not numbers:
        return {}
    rows = work.system(Side.BC).find(table, names, sorted(set(numbers.values())))
    found = {str(row.values.get(names)): row for row in rows}
    return {i: found[number] for i, number in numbers.items() if number in found}


def _was_found(item: Item, rule: LivesOn) -> bool:
    """Whether it was found there before; a rule that changes nothing tells of none."""
    base = item.coupling.base if item.coupling else None
    return base is not None and bool(rule.then) and dict(rule.then).items() <= base.bc.items()


def needs_sales_first(work: Work) -> bool:
    """Whether some record was coupled and never read since: what it is called only Sales tells."""
    return work.mapping.bc.lives_on is not None and any(
        each.coupling is not None and each.coupling.base is None for each in work.open_items()
    )


def _is_told(item: Item) -> bool:
    """Whether anything is known of what the record held."""
    has_base = item.coupling is not None and item.coupling.base is not None
    return has_base or isinstance(item.states.get(Side.SALES), Known)


def _held(item: Item, name: str) -> str:
    """What the record held in a field, as far as that is known: else what Sales holds."""
    base = item.coupling.base if item.coupling else None
    if base is not None:
        return str(base.bc.get(name) or "")
    sales = item.states.get(Side.SALES)
    return str(sales.values.get(name) or "") if isinstance(sales, Known) else ""


def _know(item: Item, record_id: str, rule: LivesOn, number: Value = None) -> None:
    coupling = item.coupling
    assert coupling is not None, "only such an item lives on"
    held = {rule.by: number, **(coupling.base.bc if coupling.base else {}), **dict(rule.then)}
    item.lives_on = True
    item.states[Side.BC] = Known(record_id, coupling.bc_version or UNSEEN, held)


def complete(work: Work) -> None:
    """What nobody had read of such a record before it went stays in Sales as it is."""
    if work.mapping.bc.lives_on is None:
        return
    for item in work.open_items():
        bc, sales = item.states.get(Side.BC), item.states.get(Side.SALES)
        if item.lives_on and isinstance(bc, Known) and isinstance(sales, Known):
            item.states[Side.BC] = replace(bc, values={**sales.values, **bc.values})


def gone_already(work: Work, sent: Mapping[str, Values]) -> dict[str, Row]:
    """Of creations whose answers were lost, by what was sent: those of which the record came and went before
    anybody knew its id.  The row it lives on in stands for it, under that row's id.  One request at most.
    """
    rule = work.mapping.bc.lives_on
    numbers = {i: str(values.get(rule.or_by) or "") for i, values in sent.items()} if rule else {}
    wanted = sorted(set(filter(None, numbers.values())))
    if rule is None or not rule.or_names or not wanted:
        return {}
    table = Table(rule.table, "id", tuple(map(Column, dict.fromkeys((rule.names, rule.or_names)))))
    rows = work.system(Side.BC).find(table, rule.or_names, wanted)
    # One that was entered without such a record names none.
    found = {str(row.values.get(rule.or_names)): row for row in rows if row.values.get(rule.names)}
    return {i: _as_it_was(work, rule, found[number]) for i, number in numbers.items() if number in found}


def _as_it_was(work: Work, rule: LivesOn, row: Row) -> Row:
    fields = {each.name: each.bc for each in work.mapping.fields if each.bc}
    known = {rule.by: row.values.get(rule.names), rule.or_by: row.values.get(rule.or_names)}
    held = {**known, **dict(rule.then)}
    return Row(row.id, UNSEEN, {fields[name]: value for name, value in held.items() if name in fields})
