"""The rarer incidents: each comes often enough, and most seeds keep their course."""

from __future__ import annotations

from collections import Counter
from inspect import Parameter, signature
from types import FunctionType
from typing import Any, cast

import pytest

from local.simulate import coverage
from local.simulate.building import build
from local.simulate.defect import Defect, nothing, often, resolve
from local.simulate.defects import DEFECTS
from local.simulate.faults import OFTEN, RATES
from local.simulate.finding import Found, find, find_all, page, seeds_for
from local.simulate.further import COMBINATIONS, FURTHER, SHARES, mappings_of, pairs_of
from local.simulate.ordering import WITH_BOTH_WAYS as ORDERING
from local.simulate.packages import OTHER_PHONE, package_of
from local.simulate.plan import INCIDENTS, draw_plan
from local.simulate.quoting import COMBINATIONS as QUOTING
from local.simulate.setting import draw
from local.simulate.wider import COMBINATIONS as WIDER
from shared_code.core.mapping import ConflictRule
from shared_code.core.rules_digest import digest_of, same_selection


def test_every_incident_comes_several_times_in_two_hundred_seeds_and_half_of_them_have_none() -> None:
    drawn = Counter(draw_plan(seed).incident for seed in range(200))
    assert set(drawn) == {"", *INCIDENTS}
    assert min(drawn.values()) >= 6
    assert 90 <= drawn[""] <= 110


def test_every_combination_of_further_parts_comes_in_two_hundred_seeds_with_and_without_incidents() -> None:
    plans = [draw_plan(seed) for seed in range(200)]
    drawn = Counter(each.parts for each in plans)
    assert set(drawn) == {(), *COMBINATIONS, *WIDER, *ORDERING, *QUOTING}
    assert 40 <= len(plans) - drawn[()] <= 140
    assert {each.incident for each in plans if each.parts} == set(SHARES)


def test_the_mappings_of_every_part_are_asked_for() -> None:
    for part in FURTHER:
        assert {*pairs_of([part]), *mappings_of([part])} <= set(coverage.MAPPINGS)


def test_a_plan_is_the_same_each_time_and_without_a_kind_the_rest_stays() -> None:
    seed = next(seed for seed in range(50) if draw_plan(seed).webhooks)
    plan = draw_plan(seed)
    assert draw_plan(seed) == plan
    without = draw_plan(seed, frozenset({plan.incident}))
    assert (without.incident, without.at, without.webhooks) == ("", plan.at, True)


def test_a_run_in_which_a_family_never_happened_says_so() -> None:
    everything = Counter({kind: 1 for kinds in coverage.FAMILIES.values() for kind in kinds})
    everything |= Counter({f"decision {name}": 1 for name in coverage.DECISIONS})
    everything |= Counter({f"mapping {name}": 1 for name in coverage.MAPPINGS})
    assert coverage.missing(everything) == []
    del everything["lost_part"]
    assert coverage.missing(everything) == ["F21 storage lost: lost_part"]
    assert {each.partition(" ")[0] for each in coverage.FAMILIES} >= {f"F{n}" for n in range(1, 26)}


@pytest.mark.parametrize(("incident", "same"), [("rules_field", True), ("rules_filter", False)])
def test_a_deployment_changes_the_rules_for_processes_that_start_from_then_on(
    incident: str, same: bool
) -> None:
    package = package_of(ConflictRule.ASK)
    before = next(each for each in package.mappings if each.name == "CUSTOMER")
    package.deploy(incident, ConflictRule.ASK)
    after = next(each for each in package.mappings if each.name == "CUSTOMER")
    assert digest_of(before) != digest_of(after)
    assert same_selection(digest_of(before), digest_of(after)) is same
    columns = {name for text in package.pairs["CUSTOMER"].texts for name in text.sales}
    assert (OTHER_PHONE in columns) is same


def test_a_defect_is_looked_for_first_where_its_incident_is() -> None:
    seeds = seeds_for("restore-unnoticed", 0, 52)
    assert len({*seeds}) == 52
    assert {draw_plan(seed).incident for seed in seeds[:20]} == {"restored_sales", "restored_bc"}
    rest = seeds[next(n for n, seed in enumerate(seeds) if not draw_plan(seed).incident) :]
    assert rest == sorted(rest), "then every other seed in turn"


def test_a_defect_is_looked_for_first_where_its_setting_is() -> None:
    seeds = seeds_for("companies-mixed", 0, 80)
    assert len({*seeds}) == 80
    assert len(draw(seeds[0]).companies) == 2
    assert len(draw(seeds[-1]).companies) == 1


def test_a_defect_that_the_product_never_comes_to_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = Defect("nothing", "local.simulate.finding.page", nothing)
    monkeypatch.setitem(DEFECTS, "nowhere", nowhere)
    with pytest.raises(AssertionError, match=r"never came to local\.simulate"):
        find("nowhere", 3, 1)


def test_faults_that_are_asked_for_come_often_and_from_the_start() -> None:
    seed = next(seed for seed in range(50) if not draw_plan(seed).incident and draw(seed).calm_start)
    simulation = build(seed, draw(seed), often("crash", from_the_start=True))
    assert simulation.faults.rates["crash"] >= RATES["crash"] * OFTEN
    assert not simulation.setting.calm_start
    assert build(seed, draw(seed)).setting.calm_start


def test_the_page_of_defects_names_what_was_not_found() -> None:
    name = next(iter(DEFECTS))
    text = page([Found(name, 3, 2, "I1 nothing lost: a value"), Found("no-intent", None, 9)], 200, 12.0)
    assert f"| `{name}` | {DEFECTS[name].what} | 3 | 2 | I1 nothing lost |" in text
    assert "1 of 2 found" in text
    assert "| not found | 9 |" in text


@pytest.mark.parametrize("name", DEFECTS)
def test_what_a_defect_replaces_is_there(name: str) -> None:
    with DEFECTS[name].patched(build(0, draw(0))):
        pass


def test_there_are_enough_defects_and_each_says_what_is_wrong() -> None:
    assert len(DEFECTS) >= 24
    assert len({each.what for each in DEFECTS.values()}) == len(DEFECTS)


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_can_be_called_as_what_it_replaces(name: str) -> None:
    owner, _, attribute = DEFECTS[name].place.rpartition(".")
    original: Any = getattr(resolve(owner), attribute)
    made = DEFECTS[name].make(cast(Any, None), original)
    if isinstance(original, FunctionType) and isinstance(made, FunctionType):
        wanted = [each for each in signature(original).parameters.values() if each.default is Parameter.empty]
        named = {each.name: None for each in wanted if each.kind is Parameter.KEYWORD_ONLY}
        in_order = [None for each in wanted if each.kind is Parameter.POSITIONAL_OR_KEYWORD]
        signature(made).bind(*in_order, **named)


def test_a_defect_that_proves_nothing_is_told_and_the_others_are_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unfit = Defect("never comes", "local.simulate.defect.at_all", nothing)
    monkeypatch.setattr("local.simulate.finding.DEFECTS", {"unfit": unfit, "unfit-too": unfit})
    found = list(find_all(0, 1, jobs=1))
    assert [each.seed for each in found] == [None, None]
    assert "NOT FOUND  unfit: " in found[0].line()
