"""Backups of both services, and putting them back: rows, versions and ids as they were then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.simulate.observing import Observer
from local.simulators.business_central import BusinessCentral
from local.simulators.business_central.storage import Row as BcRow
from local.simulators.dataverse import Dataverse
from local.simulators.dataverse.store import Row as SalesRow

RESTORED = "restored"
"""Who writes when a backup is put back."""

SALES_TABLES = ("account", "contact")


@dataclass(frozen=True)
class SalesBackup:
    """Some tables, the organisation's version counter, and when each table was changed last."""

    version: int
    rows: Mapping[str, Mapping[str, SalesRow]]
    deletions: Mapping[str, int]
    schema_versions: Mapping[str, int]

    def stamps(self) -> dict[str, str]:
        """The version of each row, by id, as Tandem writes it."""
        return {each.id: f"{each.version:020d}" for rows in self.rows.values() for each in rows.values()}


@dataclass(frozen=True)
class BcBackup:
    """Every table of every company, their number series, relations, payments and the version counter."""

    version: int
    rows: Mapping[tuple[str, str], Mapping[str, BcRow]]
    last: Mapping[tuple[str, str], int]
    relations: Mapping[str, dict[str, Any]]
    paid: Mapping[str, dict[str, float]]

    def stamps(self) -> dict[str, str]:
        """The version of each record that has one, by id."""
        every = (each for rows in self.rows.values() for each in rows.values())
        return {each.id: at for each in every if (at := each.values.get("lastModifiedDateTime"))}


def back_up_sales(sales: Dataverse, tables: Iterable[str] = SALES_TABLES) -> SalesBackup:
    store = sales.org.store
    rows = {name: dict(store.tables[name].rows) for name in tables}
    return SalesBackup(
        store.version,
        rows,
        {name: len(store.tables[name].deletions) for name in rows},
        {name: table.changed_at_version for name, table in sales.org.schema.tables.items()},
    )


def restore_sales(sales: Dataverse, backup: SalesBackup, observer: Observer) -> int:
    """Put it back; how many rows changed by that."""
    store, changed = sales.org.store, 0
    store._late.clear()
    for name, rows in backup.rows.items():
        data = store.tables[name]
        for row_id in dict.fromkeys([*data.rows, *rows]):
            if data.rows.get(row_id) is not rows.get(row_id):
                store._replace(name, row_id, rows.get(row_id))
                observer.put_back("sales", "", name, row_id, rows.get(row_id))
                changed += 1
        del data.deletions[backup.deletions[name] :]
        data.log = sorted((each.version, each.id) for each in data.rows.values())
    store.version = backup.version
    for name, version in backup.schema_versions.items():
        sales.org.schema.tables[name].changed_at_version = version
    return changed


def back_up_bc(bc: BusinessCentral) -> BcBackup:
    env = bc.env
    version = env.next_version()
    companies = env.companies.values()
    return BcBackup(
        version,
        {(c.id, name): dict(table.rows) for c in companies for name, table in c.tables.items()},
        {(c.id, code): series.last for c in companies for code, series in c.series.items()},
        {c.id: dict(c.relations) for c in companies},
        {c.id: dict(c.paid) for c in companies},
    )


def restore_bc(bc: BusinessCentral, backup: BcBackup, observer: Observer) -> int:
    """Put it back; how many records changed by that."""
    env, changed = bc.env, 0
    for (company_id, name), rows in backup.rows.items():
        company = env.companies[company_id]
        table = company.tables[name]
        table._hidden.clear()
        either = dict.fromkeys([*table.rows, *rows])
        moved = [each for each in either if table.rows.get(each) is not rows.get(each)]
        for row_id in moved:  # first away, then back: a number may have passed to another record
            table.replace(row_id, None)
        for row_id in moved:
            table.replace(row_id, rows.get(row_id))
            observer.put_back("bc", company_id, name, row_id, rows.get(row_id))
        changed += len(moved)
        company.relations, company.paid = dict(backup.relations[company_id]), dict(backup.paid[company_id])
    for (company_id, code), last in backup.last.items():
        env.companies[company_id].series[code].last = last
    env.last_version = backup.version
    return changed
