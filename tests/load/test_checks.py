"""Each checker sees what it is there for, and only that."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace

import pytest

from local.load import checks
from local.load.checks import wrong
from local.load.comparing import differences
from local.load.snapshot import Snapshot
from local.load.stored import StoredProblem
from tests.load.conftest import batch

PARTNER = "every record has its partner or a reason"
GOOD = "no record failed or waits"
DOUBLED = "nothing is doubled"
COUPLED = "couplings are 1:1 and both records exist"
EQUAL = "coupled pairs hold equal values"
ACCOUNTED = "every record is accounted for once"
COUNTERS = "the counters people see add up"
GIVEN = "the full run was given every record"
GIVEN_UP = "no message was given up"


def found(shot: Snapshot) -> set[str]:
    """The names of the checks that are not content."""
    return {name for name, sentences in wrong(shot).items() if sentences}


def test_a_state_in_step_is_all_right(shot: Snapshot) -> None:
    assert found(shot) == set()


def test_two_equal_states_do_not_differ(shot: Snapshot) -> None:
    assert list(differences(shot, copy.deepcopy(shot), chosen_by_bc=False)) == []


def lose_a_coupling(shot: Snapshot) -> None:
    del shot.couplings.by_bc["CONTACT"]["k2"]
    del shot.couplings.by_sales["CONTACT"]["p1"]


def double_a_row(shot: Snapshot) -> None:
    shot.accounts["a2"] = {**shot.accounts["a1"], "accountid": "a2", "customertypecode": 1}


def double_a_customer(shot: Snapshot) -> None:
    shot.customers["c2"] = {**shot.customers["c1"], "id": "c2", "number": "G2", "blocked": "All"}


def lose_a_pointer(shot: Snapshot) -> None:
    shot.couplings.by_sales["CUSTOMER"].clear()


def leave_an_intent(shot: Snapshot) -> None:
    shot.couplings.intents["CUSTOMER"] = ["a9"]


def lose_a_row(shot: Snapshot) -> None:
    del shot.sales_contacts["p1"]


def change_a_street(shot: Snapshot) -> None:
    shot.accounts["a1"]["address1_line1"] = "Grosse Gasse 1"


def change_the_employer(shot: Snapshot) -> None:
    shot.sales_contacts["p1"]["_parentcustomerid_value"] = "a0"


def change_the_currency(shot: Snapshot) -> None:
    shot.customers["c1"]["currencyCode"] = "USD"


def change_the_terms(shot: Snapshot) -> None:
    shot.accounts["a1"]["paymenttermscode"] = None


def leave_a_batch_open(shot: Snapshot) -> None:
    shot.batches[0] = batch("CUSTOMER", "bc", "c1", done=False, counts={})


def count_too_little(shot: Snapshot) -> None:
    shot.batches[0] = batch("CUSTOMER", "bc", "c1", counts={})


def lose_what_was_handed_on(shot: Snapshot) -> None:
    shot.batches[0] = batch("CUSTOMER", "bc", "c1", counts={}, rest=("c1",), rest_id="bc|00000|x")


def give_twice(shot: Snapshot) -> None:
    shot.batches.append(batch("CUSTOMER", "bc", "c1", "c3"))


def never_give(shot: Snapshot) -> None:
    shot.batches[1] = batch("CONTACT", "bc", "k2", job="another")


def not_finish(shot: Snapshot) -> None:
    shot.full_sync["status"] = "In Process"


def miscount_for_people(shot: Snapshot) -> None:
    shot.full_sync["lines"][0]["toSales"]["given"] = 2


@pytest.mark.parametrize(
    ("breaks", "seen"),
    [
        (lose_a_coupling, {PARTNER, DOUBLED}),
        (double_a_row, {DOUBLED}),
        (double_a_customer, {DOUBLED}),
        (lose_a_pointer, {PARTNER, COUPLED, DOUBLED}),
        (leave_an_intent, {COUPLED}),
        (lose_a_row, {COUPLED}),
        (change_a_street, {EQUAL}),
        (change_the_employer, {EQUAL}),
        (change_the_currency, {EQUAL}),
        (change_the_terms, {EQUAL}),
        (leave_a_batch_open, {ACCOUNTED}),
        (count_too_little, {ACCOUNTED}),
        (lose_what_was_handed_on, {ACCOUNTED}),
        (give_twice, {ACCOUNTED}),
        (never_give, {GIVEN}),
        (not_finish, {COUNTERS}),
        (miscount_for_people, {COUNTERS}),
    ],
)
def test_each_fault_is_seen(shot: Snapshot, breaks: Callable[[Snapshot], None], seen: set[str]) -> None:
    breaks(shot)
    assert found(shot) == seen


def test_a_message_that_was_given_up_is_seen(shot: Snapshot) -> None:
    assert found(replace(shot, poisoned=1)) == {GIVEN_UP}


def test_a_record_may_wait_with_a_reason_but_not_for_ever(shot: Snapshot) -> None:
    lose_a_coupling(shot)
    shot.couplings.problems.append(StoredProblem("CONTACT", "bc", "k2", "refused", "no"))
    del shot.sales_contacts["p1"]
    assert found(shot) == {GOOD}


def test_a_price_that_sales_has_no_place_for_is_no_failure(shot: Snapshot) -> None:
    shot.couplings.problems.append(StoredProblem("PLLINE-PRODPRICE", "bc", "x", "not_carried", "no place"))
    assert found(shot) == set()
    shot.couplings.problems.append(StoredProblem("PLLINE-PRODPRICE", "bc", "y", "refused", "no"))
    assert found(shot) == {GOOD}


def test_couplings_of_any_mapping_are_the_same_in_both_runs(shot: Snapshot) -> None:
    shot.couplings.by_bc["ITEM-PRODUCT"] = {"i1": "r1"}
    other = copy.deepcopy(shot)
    other.couplings.by_bc["ITEM-PRODUCT"] = {"i1": "r2"}
    assert list(differences(shot, other, chosen_by_bc=False)) == ["the couplings of ITEM-PRODUCT differ"]


def test_a_base_unit_that_sales_makes_itself_has_another_id_in_each_run(shot: Snapshot) -> None:
    shot.couplings.by_bc["UNIT GROUP BASE"] = {"i1": "r1"}
    other = copy.deepcopy(shot)
    other.couplings.by_bc["UNIT GROUP BASE"] = {"i1": "r2"}
    assert list(differences(shot, other, chosen_by_bc=False)) == []
    other.couplings.by_bc["UNIT GROUP BASE"] = {"i2": "r2"}
    assert list(differences(shot, other, chosen_by_bc=False)) == ["the couplings of UNIT GROUP BASE differ"]


def test_records_outside_the_filters_need_no_partner(shot: Snapshot) -> None:
    lose_a_coupling(shot)
    shot.bc_contacts["k2"]["contactBusinessRelation"] = "Vendor"
    del shot.sales_contacts["p1"]
    assert list(checks.everything_has_its_partner(shot)) == []


@pytest.mark.parametrize("breaks", [double_a_row, change_a_street, lose_a_row, change_the_currency])
def test_states_that_differ_are_told_apart(shot: Snapshot, breaks: Callable[[Snapshot], None]) -> None:
    other = copy.deepcopy(shot)
    breaks(other)
    assert list(differences(shot, other, chosen_by_bc=False))


def test_numbers_that_business_central_chose_make_no_difference(shot: Snapshot) -> None:
    other = copy.deepcopy(shot)
    other.customers["c7"] = {**other.customers.pop("c1"), "id": "c7", "number": "C00070"}
    other.couplings.by_bc["CUSTOMER"] = {"c7": "a1"}
    assert list(differences(shot, other, chosen_by_bc=True)) == []
    assert list(differences(shot, other, chosen_by_bc=False))
