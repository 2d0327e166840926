"""A record that Tandem made and nobody is the partner of: only a person who was asked about it excuses it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from local.simulate.checkers.no_duplicates import check
from local.simulate.evidence import Evidence
from local.simulate.observing import Key, Observer
from local.simulate.pairs import PAIRS, pair_of
from shared_code.core.outcome import Outcome, Problem
from shared_code.core.records import Side

MADE = Key("bc", "c1", "customers", "b1")
ROW = Key("sales", "", "account", "s1")
OTHER_ROW = Key("sales", "", "account", "s2")
CONTACT = Key("sales", "", "contact", "k1")
PERSON = Key("bc", "c1", "contacts", "p1")


def evidence(
    *listed: Key, code: str = "several_found", parted: frozenset[tuple[str, str]] = frozenset()
) -> Evidence:
    """Tandem made a customer “Bar 1” for the row of that name, which was renamed since; nobody is coupled."""
    observer = Observer(lambda: 1.0)
    observer._begin(ROW, {"name": "BAR 1"})
    observer._begin(OTHER_ROW, {"name": "Foo 2"})
    observer._begin(CONTACT, {"firstname": "Bar", "lastname": "1"})
    with observer.acting("tandem a"):
        observer._take(MADE, {"displayName": "Bar 1"}, "", observer.actor)
    with observer.acting("pat"):
        observer._take(ROW, {"name": "Bar 3"}, "", observer.actor)
    problems = {key: [Problem(Side(key.side), key.id, Outcome.FAILED, code, "")] for key in listed}
    stand_in = SimpleNamespace(
        observer=observer, problems=problems, links=[], by_key={}, values=observer.present.get,
        our_writes=lambda: [each for each in observer.writes if each.who.startswith("tandem")],
        pairs=PAIRS, pair_of=lambda key: pair_of(PAIRS, key.side, key.table, observer.history[key][-1]),
        rows=lambda table: iter(()), ledger=SimpleNamespace(tokens={}),
        simulation=SimpleNamespace(
            incidents=SimpleNamespace(plan=SimpleNamespace(incident="")),
            conclusions=SimpleNamespace(coupled={(MADE, ROW)}, uncoupled=parted),
        ),
        is_inside=lambda pair, key: True,
    )  # fmt: skip
    return cast(Evidence, cast(Any, stand_in))


@pytest.mark.parametrize("listed", [(MADE,), (ROW,), (OTHER_ROW, ROW)])
def test_a_person_was_asked_about_it(listed: tuple[Key, ...]) -> None:
    assert check(evidence(*listed)) == []


@pytest.mark.parametrize("listed", [(), (OTHER_ROW,), (CONTACT,)])
def test_a_question_about_others_excuses_nothing(listed: tuple[Key, ...]) -> None:
    (line,) = check(evidence(*listed))
    assert "b1" in line
    assert "coupled with nothing" in line


def test_another_problem_is_no_question() -> None:
    assert len(check(evidence(ROW, code="too_long"))) == 1


PARTED = frozenset({("cronus", MADE.id)})


def test_one_that_a_person_uncoupled_is_in_nobodys_way_while_it_is_listed() -> None:
    assert check(evidence(MADE, code="waits_for_lookup", parted=PARTED)) == []
    assert len(check(evidence(parted=PARTED))) == 1
    assert len(check(evidence(MADE, code="waits_for_lookup"))) == 1


@pytest.mark.parametrize(("listed", "found"), [((PERSON,), []), ((), ["p1"])])
def test_a_person_that_came_along_with_its_customer_was_made_for_nobody(
    listed: tuple[Key, ...], found: list[str]
) -> None:
    beside = evidence(*listed, code="refused")
    with beside.observer.acting("tandem a"):
        beside.observer._take(PERSON, {"type": "Person", "displayName": "Pat"}, "", beside.observer.actor)
    lines = [each for each in check(beside) if "p1" in each]
    assert [each in line for each, line in zip(found, lines, strict=True)] == [True] * len(found)


def test_a_person_that_was_made_alone_is_somebodys_partner() -> None:
    beside = evidence(PERSON, code="refused")
    beside.observer.writes.clear()
    with beside.observer.acting("tandem a"):
        beside.observer._take(PERSON, {"type": "Person", "displayName": "Pat"}, "", beside.observer.actor)
    (line,) = check(beside)
    assert "p1" in line
