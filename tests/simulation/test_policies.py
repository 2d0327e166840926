"""Rules for deletions and brakes: which seeds have some, what mappings say, and what the checkers see."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

import pytest

from local.simulate import further
from local.simulate.checkers import brakes, deletions
from local.simulate.evidence import Evidence
from local.simulate.observing import Key, Write
from local.simulate.ordering import takes_orders
from local.simulate.packages import package_of
from local.simulate.pairs import CUSTOMER
from local.simulate.people import Token
from local.simulate.plan import draw_plan
from local.simulate.policies import (
    BRAKES,
    DELETIONS,
    FURTHER,
    HEART,
    NONE,
    RULED,
    Policies,
    draw_policies,
    rule_of,
)
from shared_code.core import brakes as product
from shared_code.core.contradictions import contradictions
from shared_code.core.mapping import ConflictRule, Mapping, deletion_rule
from shared_code.core.records import Side

NAME = CUSTOMER.texts[0]


def test_every_rule_and_brake_comes_in_two_hundred_seeds_and_most_have_none() -> None:
    drawn = [draw_plan(seed).policies for seed in range(200)]
    assert {each.deletion for each in drawn} == {"", *DELETIONS}
    assert {each.brake for each in drawn} == {"", *BRAKES}
    assert Counter(each == NONE for each in drawn)[True] > 120


def test_every_rule_and_brake_comes_to_further_mappings_and_beside_orders_in_two_hundred_seeds() -> None:
    plans = [draw_plan(seed) for seed in range(200)]
    assert {each.policies.further_deletion for each in plans} == {"", *DELETIONS}
    assert {each.policies.further_brake for each in plans} == {"", *BRAKES}
    assert all(each.parts for each in plans if each.policies.further_deletion or each.policies.further_brake)
    assert any(each.policies.deletion for each in plans if takes_orders(each.parts))


def test_the_policies_of_the_heart_are_drawn_as_if_there_were_no_others() -> None:
    for seed in range(200):
        plan = draw_plan(seed)
        if not takes_orders(plan.parts):
            heart = Policies(plan.policies.deletion, plan.policies.brake)
            assert heart == draw_policies(seed, plan.incident)


def every_mapping(policies: Policies) -> dict[str, Mapping]:
    """The mappings of all further parts under these policies."""
    parts = [each for each in further.FURTHER if each not in ("items", "orders")]
    kinds = (parts, ["items"], ["item_units", "price_groups"])
    found = [package_of(ConflictRule.ASK, each, policies).mappings for each in kinds]
    return {mapping.name: mapping for mappings in found for mapping in mappings}


@pytest.mark.parametrize("name", DELETIONS)
def test_the_mappings_under_a_rule_contradict_nothing(name: str) -> None:
    mappings = every_mapping(Policies(deletion=name, further_deletion=name))
    assert mappings.keys() >= RULED.keys()
    for each in RULED:
        assert contradictions(mappings[each]) == []


@pytest.mark.parametrize("name", DELETIONS)
@pytest.mark.parametrize("side", list(Side))
def test_what_the_checkers_expect_is_what_the_mapping_says(name: str, side: Side) -> None:
    policies = Policies(deletion=name, further_deletion=name)
    for each in (m for m in every_mapping(policies).values() if m.name in RULED):
        told = deletion_rule(each.deletion, side).value
        can = told != "restore" or each.may_create(side, insists=True)
        assert rule_of(each.name, policies, side.value) == (told if can else "ask"), each.name


def test_the_rules_of_the_heart_and_of_the_further_mappings_are_apart() -> None:
    policies = Policies(deletion="delete", further_deletion="restore")
    assert {rule_of(each, policies, "bc") for each in HEART} == {"delete"}
    assert rule_of("VENDOR", policies, "bc") == rule_of("UNIT OF MEASURE", policies, "sales") == "restore"
    assert rule_of("UNIT OF MEASURE", policies, "bc") == "ask", "nothing is created in Business Central"
    assert not HEART.keys() & FURTHER.keys()


def test_a_contact_of_business_central_is_not_taken_out_of_use() -> None:
    policies = Policies(deletion="deactivate")
    assert rule_of("CONTACT", policies, "sales") == "ask"
    assert rule_of("CONTACT", policies, "bc") == rule_of("CUSTOMER", policies, "sales") == "deactivate"
    assert rule_of("ITEM-PRODUCT", policies, "bc") == "ask"


def test_a_brake_has_the_share_of_its_seed() -> None:
    mappings = {m.name: m for m in package_of(ConflictRule.ASK, (), Policies(brake="changed")).mappings}
    assert mappings["CUSTOMER"].brake == BRAKES["changed"]
    assert mappings["CURRENCY"].brake == product.Brakes()


def customer(number: int) -> tuple[Key, Key]:
    return Key("bc", "c1", "customers", f"b{number}"), Key("sales", "", "account", f"s{number}")


def write(at: float, who: str, key: Key, kind: str, **changed: tuple[Any, Any]) -> Write:
    return Write(at, who, key, kind, changed, None if kind == "deleted" else {})


def evidence(
    *writes: Write, policies: Policies, pairs: int = 1, tokens: dict[str, Token] | None = None,
    history: dict[Key, list[dict[str, Any]]] | None = None,
) -> Evidence:  # fmt: skip
    """Customers that were coupled, and what was written on them since."""
    coupled = {customer(n) for n in range(pairs)}
    gone = {each.key for each in writes if each.kind == "deleted"}
    plan = SimpleNamespace(policies=policies, clerk=False)
    stand_in = SimpleNamespace(
        simulation=SimpleNamespace(
            incidents=SimpleNamespace(plan=plan), calm_from_s=1000.0,
            conclusions=SimpleNamespace(coupled=coupled, concluded=[]),
        ),
        connections=[],
        observer=SimpleNamespace(writes=list(writes), history=history or {}),
        ledger=SimpleNamespace(tokens=tokens or {}),
        pairs={"CUSTOMER": CUSTOMER},
        links=[],
        our_writes=lambda: [each for each in writes if each.who.startswith("tandem")],
        values=lambda key: None if key in gone else {},
        was_undone=lambda bc_id: False,
    )  # fmt: skip
    return cast(Evidence, stand_in)


BC, SALES = customer(0)
MADE = write(1.0, "tandem a", SALES, "created")
DELETED = write(5.0, "a person", BC, "deleted")
REMOVED = write(9.0, "tandem a", SALES, "deleted", name=("9000001 Zq", None))


@pytest.mark.parametrize(("rule", "allowed"), [("delete", True), ("restore", False), ("", False)])
def test_only_the_rule_to_delete_removes_what_is_left(rule: str, allowed: bool) -> None:
    found = evidence(MADE, DELETED, REMOVED, policies=Policies(deletion=rule))
    assert deletions.may_remove(found, REMOVED) is allowed


def test_a_removal_before_the_deletion_is_not_the_rules() -> None:
    found = evidence(MADE, DELETED, REMOVED, policies=Policies(deletion="delete"))
    early = write(4.0, "tandem a", SALES, "deleted")
    assert not deletions.may_remove(found, early)


def test_a_removed_record_that_somebody_had_edited_is_told() -> None:
    policies, token = Policies(deletion="delete"), Token("9000001", SALES, NAME, 3.0, "9000001 Zq")
    tokens = {token.token: token}
    (told,) = deletions.check(evidence(MADE, DELETED, REMOVED, policies=policies, tokens=tokens))
    assert "“9000001 Zq” was never carried" in told
    carried: dict[Key, list[dict[str, Any]]] = {BC: [{"displayName": "9000001 Zq"}]}
    known = evidence(MADE, DELETED, REMOVED, policies=policies, tokens=tokens, history=carried)
    assert deletions.check(known) == []


def test_a_row_that_a_person_made_is_not_removed() -> None:
    (told,) = deletions.check(evidence(DELETED, REMOVED, policies=Policies(deletion="delete")))
    assert "which a person had made" in told


def carried(number: int) -> tuple[Token, Write]:
    """A customer's new name, which we wrote on its account."""
    bc, sales = customer(number)
    token = Token(f"900000{number}", bc, NAME, 10.0, f"900000{number} Zq")
    return token, write(20.0, "tandem a", sales, "updated", name=("Old", token.value))


@pytest.mark.parametrize(("changed", "held"), [(2, True), (3, False)])
def test_more_changes_than_the_brake_lets_are_told(changed: int, held: bool) -> None:
    made = [carried(number) for number in range(changed)]
    tokens = {token.token: token for token, _ in made}
    writes = [each for _, each in made]
    found = evidence(*writes, policies=Policies(brake="changed"), pairs=7, tokens=tokens)
    assert (brakes.check(found) == []) is held


def test_what_a_look_at_the_partner_carried_is_not_counted() -> None:
    made = [carried(number) for number in range(3)]
    edits = [write(12.0, "a person", customer(number)[1], "updated") for number in range(3)]
    tokens = {token.token: token for token, _ in made}
    writes = [*(each for _, each in made), *edits]
    assert brakes.check(evidence(*writes, policies=Policies(brake="changed"), pairs=7, tokens=tokens)) == []
