"""Under random faults a client never claims what did not happen, nor denies what did."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

import pytest

from local.simulators.faults import Fault, FaultPlan
from shared_code.core.records import Row
from shared_code.systems.interface import (
    Change,
    Creation,
    Exists,
    OutcomeUnknown,
    System,
    SystemFault,
    Table,
    WriteResult,
    Written,
)
from tests.systems import companies as bc
from tests.systems import organisations as sales
from tests.systems.conftest import Surroundings

RATES = dict.fromkeys(sorted(set(Fault) - {Fault.LATENCY, Fault.DUPLICATE}), 0.1)
SEEDS = range(15)
ROWS = 120


def tried(write: Callable[[], list[WriteResult]], count: int) -> list[WriteResult | None]:
    """The results; ``None`` for each record when the call as a whole did nothing."""
    try:
        return [*write()]
    except SystemFault:
        return [None] * count


def all_rows(system: System, table: Table) -> Mapping[str, Row]:
    return system.read(table, [one.id for one in system.scan(table, None).seen])


@pytest.mark.parametrize("seed", SEEDS)
def test_business_central_updates(surroundings: Surroundings, seed: int) -> None:
    company = bc.Company(surroundings)
    company.customers(ROWS)

    def plan(given: FaultPlan) -> None:
        company.faulty.replace(given)

    honest_updates(company.system, bc.CUSTOMERS, "displayName", plan, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_sales_updates(surroundings: Surroundings, seed: int) -> None:
    organisation = sales.Organisation(surroundings)
    organisation.accounts(ROWS)

    def plan(given: FaultPlan) -> None:
        organisation.faulty.replace(given)

    honest_updates(organisation.system, sales.ACCOUNTS, "name", plan, seed)


def honest_updates(
    system: System, table: Table, name: str, plan: Callable[[FaultPlan], None], seed: int
) -> None:
    before = all_rows(system, table)
    changes = [Change(key, row.version, {name: f"new {key}"}) for key, row in before.items()]
    plan(FaultPlan(seed=seed, rates=RATES))
    results = tried(lambda: system.update(table, changes), len(changes))
    plan(FaultPlan())
    after = all_rows(system, table)
    for change, result in zip(changes, results, strict=True):
        done = after[change.id].values[name] == f"new {change.id}"
        assert isinstance(result, OutcomeUnknown) or done == isinstance(result, Written)
        if isinstance(result, Written):
            assert result.row == after[change.id]


@pytest.mark.parametrize("seed", SEEDS)
def test_business_central_creations_happen_at_most_once(surroundings: Surroundings, seed: int) -> None:
    company = bc.Company(surroundings)
    company.faulty.replace(FaultPlan(seed=seed, rates=RATES))
    creations = [Creation({"displayName": f"C {n}"}) for n in range(ROWS)]
    results = tried(lambda: company.system.create(bc.CUSTOMERS, creations), ROWS)
    company.faulty.replace(FaultPlan())
    names = [row.values["displayName"] for row in all_rows(company.system, bc.CUSTOMERS).values()]
    for creation, result in zip(creations, results, strict=True):
        count = names.count(creation.values["displayName"])
        assert count <= 1
        assert isinstance(result, OutcomeUnknown) or count == isinstance(result, Written)


@pytest.mark.parametrize("bulk", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_sales_creations_end_with_every_row_once(surroundings: Surroundings, seed: int, bulk: bool) -> None:
    organisation = sales.Organisation(surroundings, bulk={"account": bulk})
    creations = [Creation({"name": f"A {n}"}, str(uuid.UUID(int=n + 1))) for n in range(ROWS)]
    organisation.faulty.replace(FaultPlan(seed=seed, rates=RATES))
    results = tried(lambda: organisation.system.create(sales.ACCOUNTS, creations), ROWS)
    organisation.faulty.replace(FaultPlan())
    there = organisation.system.read(sales.ACCOUNTS, [one.id for one in creations if one.id])
    for creation, result in zip(creations, results, strict=True):
        assert isinstance(result, OutcomeUnknown) or (creation.id in there) == isinstance(result, Written)
    again = organisation.system.create(sales.ACCOUNTS, creations)
    assert all(isinstance(one, Written | Exists) for one in again)
