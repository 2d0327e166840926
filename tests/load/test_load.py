"""Small load runs with kills, as real processes: both ways, judged by the checkers."""

from __future__ import annotations

import pytest

from local.load import Plan, Run, kills_of, run, verdict
from local.load.verdict import told, told_findings

pytestmark = [pytest.mark.host, pytest.mark.storage, pytest.mark.slow]


def both(plan: Plan) -> tuple[Run, Run]:
    undisturbed = run(plan, (), print)
    return undisturbed, run(plan, kills_of(plan, undisturbed.writes), print)


def judged(plan: Plan, undisturbed: Run, disturbed: Run) -> list[str]:
    found = verdict(plan, undisturbed, disturbed)
    print(told(plan, disturbed), told_findings(found), sep="\n")
    return [f"{name}: {each}" for name, wrong in found.items() for each in wrong]


def test_customers_and_contacts_reach_sales_though_hosts_are_killed() -> None:
    plan = Plan(customers=120, contacts=240, kills=2, seed=1, latency_ms=100, lease_s=3, settle_s=6)
    undisturbed, disturbed = both(plan)
    assert len(disturbed.killed) == 2
    assert judged(plan, undisturbed, disturbed) == []
    assert undisturbed.requests["sales"]["requests"] < plan.records / 2


def test_accounts_and_contacts_reach_business_central_though_the_power_is_cut() -> None:
    plan = Plan(
        customers=120, contacts=240, kills=2, seed=2, reverse=True, power_cut=True, latency_ms=100,
        lease_s=3, settle_s=6,
    )  # fmt: skip
    undisturbed, disturbed = both(plan)
    assert len(disturbed.killed) == 2
    assert judged(plan, undisturbed, disturbed) == []
