"""The checker of shipping agents: each is an option or listed, and customers have one on both sides."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from local.simulate.checkers.agents import check
from local.simulate.evidence import Evidence
from local.simulate.observing import Key
from local.simulate.pairs import CUSTOMER

IN_BC, IN_SALES = Key("bc", "c1", "customers", "k1"), Key("sales", "", "account", "a1")
OPTIONS = [
    {"Value": n, "Label": {"UserLocalizedLabel": {"Label": text}}} for n, text in ((1, "DHL"), (2, "UPS"))
]


def evidence(
    *, named: str = "DHL", option: int | None = 1, coupled: int | None = 1, listed: bool = False,
    parts: tuple[str, ...] = ("agents",),
) -> Evidence:  # fmt: skip
    """One agent, DHL, and a customer it delivers to."""
    pairs = [SimpleNamespace(bc_id="g1", sales_id=str(coupled))] if coupled else []
    problems = [SimpleNamespace(record_id="g1")] if listed else []
    store = SimpleNamespace(all_coupled=lambda: pairs, all_problems=lambda limit: problems)
    row = SimpleNamespace(extra={"shippingAgentCode": named})
    company = SimpleNamespace(tables={"customers": SimpleNamespace(rows={"k1": row})})
    answer: Any = {"OptionSet": {"Options": OPTIONS}}
    simulation = SimpleNamespace(
        incidents=SimpleNamespace(plan=SimpleNamespace(parts=parts)),
        people=SimpleNamespace(sales=SimpleNamespace(call=lambda method, path: answer)),
        surroundings=SimpleNamespace(bc=SimpleNamespace(env=SimpleNamespace(companies={"c1": company}))),
    )
    stand_in = SimpleNamespace(
        simulation=simulation,
        connections=[SimpleNamespace(couplings=lambda mapping: store)],
        links=[SimpleNamespace(pair=CUSTOMER, bc=IN_BC, sales=IN_SALES)],
        observer=SimpleNamespace(of=lambda side, table, company: {"g1": {"code": "DHL"}}),
        company_of=lambda at: "c1",
        values=lambda key: {"address1_shippingmethodcode": option},
        problems_of=lambda *keys: [],
        was_undone=lambda bc_id: False,
        is_inside=lambda pair, key: True,
        belongs_elsewhere=lambda key: False,
    )
    return cast(Evidence, stand_in)


def test_an_agent_with_its_option_and_a_customer_that_names_it_on_both_sides_are_right() -> None:
    assert check(evidence()) == []
    assert check(evidence(named="", option=None)) == []


def test_an_agent_without_an_option_is_told_unless_it_is_listed() -> None:
    assert "the agent DHL" in check(evidence(coupled=None))[0]
    assert check(evidence(coupled=None, listed=True)) == []


def test_an_option_of_another_name_is_told() -> None:
    assert "“UPS”" in check(evidence(coupled=2))[0]


def test_a_customer_whose_sides_name_different_agents_is_told() -> None:
    assert "“DHL” in BC, “UPS” in Sales" in check(evidence(option=2))[0]
    assert "“DHL” in BC, “” in Sales" in check(evidence(option=None))[0]


def test_a_seed_without_agents_has_none_to_judge() -> None:
    assert check(evidence(coupled=None, parts=())) == []
