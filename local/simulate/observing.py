"""What happened at the services, written down as it happens: every version of every record, and by whom.

The observer stands behind the services' own commit and knows nothing of the product.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from local.simulators.business_central import BusinessCentral
from local.simulators.business_central.storage import Unit
from local.simulators.dataverse import Dataverse
from local.simulators.dataverse.organisation import Event as SalesEvent

HEART: Mapping[str, tuple[str, ...]] = {
    "bc": ("customers", "contacts", "currencies", "salespeoplePurchasers"),
    "sales": ("account", "contact", "transactioncurrency", "systemuser"),
}
"""The tables that are watched in every seed."""


SERVICE = "the service"
"""Who writes what a service does by itself."""


@dataclass(frozen=True)
class Key:
    """A record: side, company (empty in Sales), table and id."""

    side: str
    company: str
    table: str
    id: str


@dataclass(frozen=True)
class Write:
    """One committed write: ``changed`` maps a field to (before, after); ``after`` is the whole record."""

    at: float
    who: str
    key: Key
    kind: str
    changed: Mapping[str, tuple[Any, Any]]
    after: Mapping[str, Any] | None
    etag: str = ""
    late: bool = False

    def readable(self) -> str:
        """One line for a story."""
        key = self.key
        what = f"{key.side} {key.table} {key.id} {self.kind}"
        return f"WROTE {self.who}: {what} {dict(self.changed)} -> {self.etag}"


@dataclass(frozen=True)
class Version:
    """What a record held from the moment somebody (blank: the setting) wrote it until the next write."""

    values: Mapping[str, Any]
    who: str
    since: float
    until: float


_BC_TABLE = re.compile(r"companies\(([0-9A-Fa-f-]+)\)/(\w+)")

_BOOKKEEPING = frozenset({
    "lastModifiedDateTime", "modifiedon", "_modifiedby_value", "_modifiedonbehalfby_value", "versionnumber",
    "rowVersion",
})  # fmt: skip


@dataclass
class Observer:
    """Knows the present values of the watched records and every write that led there."""

    now: Callable[[], float]
    actor: str = "setting"
    writes: list[Write] = field(default_factory=list)
    present: dict[Key, Mapping[str, Any]] = field(default_factory=dict)
    history: dict[Key, list[Mapping[str, Any]]] = field(default_factory=dict)
    looks: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    on_write: Callable[[Write], None] = lambda write: None
    app_user: str = ""
    is_late: bool = False
    watched: Mapping[str, Sequence[str]] = field(default_factory=lambda: HEART)
    _kinds: dict[Key, Mapping[str, str]] = field(default_factory=dict)

    @contextmanager
    def acting(self, who: str) -> Iterator[None]:
        """Writes inside are this one's."""
        before, self.actor = self.actor, who
        try:
            yield
        finally:
            self.actor = before

    def watch(self, bc: BusinessCentral, sales: Dataverse) -> None:
        """Look at what there is and hear of every commit from now on."""
        for company in bc.env.companies.values():
            for table in self.watched["bc"]:
                for row in company.tables[table].rows.values():
                    self._begin(Key("bc", company.id, table, row.id), row.values)
        for name in self.watched["sales"]:
            for sales_row in sales.org.store.tables[name].rows.values():
                self._begin(Key("sales", "", name, sales_row.id), sales_row.values)
                self._kinds[Key("sales", "", name, sales_row.id)] = sales_row.kinds
        self._watch_bc(bc)
        self._watch_sales(sales)

    def kinds(self, key: Key) -> Mapping[str, str]:
        """The target tables of a Sales row's lookups of several kinds."""
        return self._kinds.get(key, {})

    def look(self, request: str) -> None:
        """A read of Business Central was answered: when somebody could see these companies' tables."""
        for company, table in dict.fromkeys(_BC_TABLE.findall(request)):
            self.looks.setdefault((company.lower(), table), []).append(self.now())

    def versions(self, key: Key) -> list[Version]:
        """All that a record held, in the order of time; nothing for the time when it was not there."""
        mine = [each for each in self.writes if each.key == key]
        first = [] if mine and mine[0].kind == "created" else [(self.history[key][0], "", -math.inf)]
        held = [*first, *((each.after, each.who, each.at) for each in mine), (None, "", math.inf)]
        return [
            Version(values, who, since, until)
            for (values, who, since), (_, _, until) in pairwise(held)
            if values is not None
        ]

    def of(self, side: str, table: str, company: str = "") -> dict[str, Mapping[str, Any]]:
        """The present records of a table by id."""
        return {
            key.id: values
            for key, values in self.present.items()
            if key.side == side and key.table == table and key.company == company
        }

    def put_back(self, side: str, company: str, table: str, row_id: str, row: Any) -> None:
        """A backup was put back: the record is as it was then, and nobody wrote it."""
        if table in self.watched[side]:
            key = Key(side, company, table, row_id)
            if row is not None and side == "sales":
                self._kinds[key] = row.kinds
            self._take(key, row.values if row else None, "", "restored")

    def _begin(self, key: Key, values: Mapping[str, Any]) -> None:
        self.present[key] = values
        self.history[key] = [values]

    def _watch_bc(self, bc: BusinessCentral) -> None:
        env, commit, watched = bc.env, bc.env.commit, self.watched["bc"]

        def observed(unit: Unit) -> None:
            commit(unit)
            for each in (*unit.kept, *unit.changes):
                if each.table in watched:
                    row = env.companies[each.company_id].tables[each.table].rows.get(each.row_id)
                    values, etag = (row.values, row.etag) if row else (None, "")
                    self._take(Key("bc", each.company_id, each.table, each.row_id), values, etag, self.actor)

        env.commit = observed  # type: ignore[method-assign]

    def _watch_sales(self, sales: Dataverse) -> None:
        store, told, watched = sales.org.store, sales.org.on_event, self.watched["sales"]

        def observed(event: SalesEvent) -> None:
            told(event)
            if event.table not in watched:
                return
            row = store.tables[event.table].rows.get(event.row_id)
            key = Key("sales", "", event.table, event.row_id)
            if row is not None:
                self._kinds[key] = row.kinds
            who = self.actor
            if (event.caller.user_id == self.app_user) != who.startswith("tandem"):
                # A commit of somebody else's long transaction, seen while another one acts.
                who = "tandem late" if event.caller.user_id == self.app_user else "a person"
            self._take(key, row.values if row else None, f'W/"{row.version}"' if row else "", who)
            if row is None:
                self._see_links_go(sales, event.row_id)

        sales.org.on_event = observed

    def _see_links_go(self, sales: Dataverse, gone: str) -> None:
        """Sales empties the lookups that led to a deleted row, and tells of no write."""
        pointing = [k for k, v in self.present.items() if k.side == "sales" and gone in v.values()]
        for key in pointing:
            row = sales.org.store.tables[key.table].rows.get(key.id)
            if row is not None:
                self._take(key, row.values, f'W/"{row.version}"', SERVICE)

    def _take(self, key: Key, values: Mapping[str, Any] | None, etag: str, who: str) -> None:
        before = self.present.get(key)
        if values is None and before is None:
            return
        changed = _changed(before or {}, values or {})
        kind = "deleted" if values is None else "created" if before is None else "updated"
        write = Write(self.now(), who, key, kind, changed, values, etag, self.is_late)
        if values is None:
            del self.present[key]
        else:
            self.present[key] = values
            self.history.setdefault(key, []).append(values)
        self.writes.append(write)
        self.on_write(write)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = dict.fromkeys([*before, *after])
    return {
        name: (before.get(name), after.get(name))
        for name in sorted(names)
        if name not in _BOOKKEEPING and before.get(name) != after.get(name)
    }
