"""What is run: kills by seed, records by seed."""

from __future__ import annotations

import os
from itertools import pairwise

import pytest

from local.environment import HEART, WHOLE
from local.load.__main__ import arguments, plan_from
from local.load.plan import MOST_DOWN_S, Plan, kills_of
from local.load.watching import peak_rss_mib


def test_each_kill_has_its_part_of_the_run() -> None:
    kills = kills_of(Plan(kills=5, seed=3), writes=50)
    assert [each.after_writes // 10 for each in kills] == [0, 1, 2, 3, 4]
    assert {name for each in kills for name in each.hosts} <= {"host-1", "host-2"}
    assert all(len(each.hosts) == 1 and 0 <= each.down_s <= MOST_DOWN_S for each in kills)


def test_the_seed_decides() -> None:
    many = [kills_of(Plan(seed=seed), 6_000) for seed in range(20)]
    assert many[4] == kills_of(Plan(seed=4), 6_000)
    assert all(one != other for one, other in pairwise(many))
    assert {each.hosts for kills in many for each in kills} == {("host-1",), ("host-2",)}


def test_a_power_cut_ends_all_hosts() -> None:
    kills = kills_of(Plan(hosts=3, power_cut=True, kills=2), 10)
    assert [each.hosts for each in kills] == [("host-1", "host-2", "host-3")] * 2


def test_the_command_line_becomes_a_plan() -> None:
    given = ["--customers", "7", "--contacts", "9", "--seed", "5", "--no-bulk", "--kills", "0", "--reverse"]
    plan = plan_from(arguments().parse_args(given))
    assert plan == Plan(7, 9, kills=0, seed=5, bulk=False, reverse=True)
    assert plan.scope() == HEART
    assert plan_from(arguments().parse_args(["--mappings", "all"])).scope() == WHOLE
    with pytest.raises(ValueError, match="NOWHERE"):
        plan_from(arguments().parse_args(["--mappings", "NOWHERE"]))
    assert plan.records == 16
    drawn = {plan_from(arguments().parse_args([])).seed for _ in range(5)}
    assert len(drawn) > 1


@pytest.mark.parametrize("wrong", [{"customers": 0}, {"contacts": -1}, {"kills": -1}, {"hosts": 0}])
def test_numbers_without_sense_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Plan(**wrong)  # type: ignore[arg-type]


def test_peak_memory_is_told_where_the_system_tells_it() -> None:
    assert peak_rss_mib(None) == 0.0
    if os.path.exists("/proc/self/status"):
        assert peak_rss_mib(os.getpid()) > 5
