"""Quotes in the simulation: which seeds have some, and that the checker sees each thing that may go wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from local.simulate.checkers.quotes import check
from local.simulate.evidence import Evidence
from local.simulate.observing import Key
from local.simulate.ordering import Content, GoneQuote, Line, Written
from local.simulate.quoting import BESIDE, COMBINATIONS, HEADERS, draw_quoting
from local.simulate.quoting_actions import reference_of

CONTENT = Content((Line("l1", "p1", Decimal(2), Decimal(10), Decimal(0)),))
NOW = datetime(2027, 1, 15, tzinfo=UTC)
LATER, PAST = "2030-01-01", "2027-01-14"
WON = 2


def test_only_seeds_with_an_incident_that_leaves_pairs_alone_have_quotes() -> None:
    assert {draw_quoting(seed, "") for seed in range(100)} == {(), *COMBINATIONS}
    assert {draw_quoting(seed, "restored_bc") for seed in range(100)} == {()}


@pytest.mark.parametrize(("revision", "told"), [(0, "Q1"), (2, "Q1 REV. 2")])
def test_a_quote_is_known_by_number_and_revision(revision: int, told: str) -> None:
    assert reference_of({"quotenumber": "Q1", "revisionnumber": revision}) == told


def quote(number: int, status: str, net: float, last_day: str) -> SimpleNamespace:
    values = {"externalDocumentNumber": "Q1", "totalAmountExcludingTax": net, "status": status,
              "validUntilDate": last_day}  # fmt: skip
    return SimpleNamespace(id=f"b{number}", values=values)


def evidence(
    *, quotes: int = 1, lines: int = 1, net: float = 20, status: str = "Draft", last_day: str = LATER,
    gone: str = "", ordered: bool = False, problem: str = "", state: int = 1, **beside: Any,
) -> Evidence:  # fmt: skip
    """Q1 was activated and is in Business Central, once and whole, and Sales is told so."""
    written = Written("s1", "Q1", "a1", "c1", CONTENT, [CONTENT])
    rows = [quote(n, status, net, last_day) for n in range(quotes)]
    held = {
        f"{row.id}{n}": SimpleNamespace(values={"documentId": row.id, "lineType": "Item"})
        for row in rows
        for n in range(lines)
    }
    orders = {"o1": quote(1, "Open", net, "")} if ordered else {}
    tables = {"salesQuotes": {row.id: row for row in rows}, "salesQuoteLines": held, "salesOrders": orders}
    company = SimpleNamespace(id="c", tables={k: SimpleNamespace(rows=v) for k, v in tables.items()})
    present: dict[Key, dict[str, Any]] = {
        Key("sales", "", HEADERS, "s1"): {"statecode": state, "_customerid_value": "a1"},
        Key("sales", "", BESIDE, "s1"): {"tandem_status": "Open"} | beside,
    }
    listed = [SimpleNamespace(record_id="s1", code=problem, message="why")] if problem else []
    store = SimpleNamespace(
        all_coupled=lambda: [SimpleNamespace(bc_id="b0", sales_id="s1")] if quotes or gone else [],
        all_problems=lambda limit: listed,
        load=lambda side, ids: {each: each for each in ids},
    )
    history = [GoneQuote("b9", "c", gone, "Q1")] if gone else []
    book = SimpleNamespace(quotes={"s1": written}, gone_quotes=history)
    env = SimpleNamespace(clock=SimpleNamespace(time=NOW.timestamp))
    stand_in = SimpleNamespace(
        simulation=SimpleNamespace(
            incidents=SimpleNamespace(plan=SimpleNamespace(parts=("quotes",))),
            people=SimpleNamespace(company=lambda name: company, book=book),
            surroundings=SimpleNamespace(bc=SimpleNamespace(env=env)),
        ),
        connections=[SimpleNamespace(couplings=lambda mapping: store)],
        company_of=lambda at: "c",
        values=present.get,
    )
    return cast(Evidence, stand_in)


@pytest.mark.parametrize(
    "right",
    [
        {},
        {"status": "Sent", "tandem_status": "Sent"},
        {"state": WON, "last_day": PAST},
        {"quotes": 0, "gone": "make_order", "tandem_status": "Ordered"},
        {"quotes": 0, "gone": "delete", "problem": "partner_deleted"},
        {"quotes": 0, "problem": "refused", "tandem_reason": "why"},
        {"quotes": 0, "state": WON},
    ],
)
def test_what_is_as_it_should_be_is_right(right: dict[str, Any]) -> None:
    assert check(evidence(**right)) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"quotes": 2}, "Q1 is 2 quotes of Business Central"),
        ({"gone": "make_order"}, "Q1 is 1 quotes of Business Central, and was 1 more"),
        ({"lines": 2}, "Q1 has 2 lines for 20"),
        ({"net": 19.0}, "Q1 has 1 lines for 19.0"),
        ({"status": "Sent"}, "Q1 is Sent in Business Central, and Sales is told “Open”"),
        ({"state": WON}, "Q1 ended in Sales, and counts in Business Central until 2030-01-01"),
        ({"quotes": 0}, "Q1 is active, and is neither in Business Central nor listed"),
        ({"quotes": 0, "problem": "refused"}, "listed as “why”, and Sales is told “None”"),
        ({"quotes": 0, "gone": "make_order", "ordered": True}, "Q1 is ordered in Business Central"),
        ({"quotes": 0, "gone": "make_order"}, "Q1 is not in Business Central any more"),
        ({"quotes": 0, "gone": "delete"}, "Q1 is not in Business Central any more, and no problem says so"),
    ],
)
def test_what_is_wrong_is_told(wrong: dict[str, Any], told: str) -> None:
    assert any(told in line for line in check(evidence(**wrong)))
