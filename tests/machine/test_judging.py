"""The judge sees each thing that may go wrong, and is content with what is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from local.load.snapshot import Snapshot
from local.load.stored import StoredProblem
from local.machine.judging import Evidence, wrong
from local.machine.ledger import Ledger, Place, tokens_in
from local.simulate.pairs import CONTACT, CUSTOMER
from tests.load.conftest import batch

PLACE = Place("bc", "CUSTOMER", "c1")
CITY = next(text for text in CUSTOMER.texts if text.bc == "city")
SECRET = "the secret of the app"


@pytest.fixture
def evidence(shot: Snapshot) -> Evidence:
    """A person wrote a city on one side, and it is on both."""
    ledger = Ledger()
    token, value = ledger.new_value(CITY)
    ledger.write(token, PLACE, CITY, value)
    shot.customers["c1"]["city"] = shot.accounts["a1"]["address1_city"] = value
    return Evidence(shot, ledger, logs="a line", secrets=(SECRET,))


def city(evidence: Evidence) -> str:
    return evidence.ledger.open()[0].value


def found(evidence: Evidence) -> set[str]:
    """The names of the invariants that do not hold."""
    return {each.partition(": ")[0] for each in wrong(evidence)}


def problem(evidence: Evidence, code: str, details: str = "") -> None:
    evidence.shot.couplings.problems.append(StoredProblem("CUSTOMER", "bc", "c1", code, "", details))


def test_a_state_in_step_is_all_right(evidence: Evidence) -> None:
    assert wrong(evidence) == []


def overwrite(evidence: Evidence) -> None:
    evidence.shot.customers["c1"]["city"] = evidence.shot.accounts["a1"]["address1_city"] = "Oslo"


def not_carry(evidence: Evidence) -> None:
    evidence.shot.accounts["a1"]["address1_city"] = "Oslo"


def not_list_the_value(evidence: Evidence) -> None:
    not_carry(evidence)
    problem(evidence, "conflict", '{"fields": {"address": {"bc": {"street": "x"}}}}')


def double_a_mail_address(evidence: Evidence) -> None:
    text = next(each for each in CUSTOMER.texts if each.bc == "email")
    _, value = evidence.ledger.new_value(text)
    for row in ("a1", "a2"):
        old = evidence.shot.accounts["a1"]
        evidence.shot.accounts[row] = {**old, "accountid": row, "emailaddress1": value, "statecode": 1}
    evidence.shot.accounts["a2"]["accountnumber"] = ""
    evidence.shot.accounts["a1"]["statecode"] = 0
    evidence.shot.customers["c1"]["email"] = value


def lose_a_coupling(evidence: Evidence) -> None:
    del evidence.shot.couplings.by_bc["CONTACT"]["k2"]
    del evidence.shot.couplings.by_sales["CONTACT"]["p1"]


def lose_a_pointer(evidence: Evidence) -> None:
    evidence.shot.couplings.by_sales["CONTACT"].clear()


def lose_a_record(evidence: Evidence) -> None:
    del evidence.shot.sales_contacts["p1"]


def differ(evidence: Evidence) -> None:
    evidence.shot.sales_contacts["p1"]["jobtitle"] = "Buyer"


def wait_for_nothing(evidence: Evidence) -> None:
    waits = StoredProblem("CONTACT", "sales", "p9", "waits_for_lookup", "", "", "CUSTOMER|sales|a1")
    evidence.shot.couplings.problems.append(waits)


def count_too_little(evidence: Evidence) -> None:
    evidence.shot.batches[0] = batch("CUSTOMER", "bc", "c1", counts={})


@pytest.mark.parametrize(
    ("breaks", "seen"),
    [
        (overwrite, {"nothing is lost"}),
        (not_carry, {"nothing is lost", "coupled pairs hold equal values"}),
        (not_list_the_value, {"nothing is lost"}),
        (double_a_mail_address, {"nothing is doubled"}),
        (lose_a_coupling, {"every record has its partner or a reason"}),
        (lose_a_pointer, {"couplings are 1:1 and both records exist",
                          "every record has its partner or a reason"}),
        (lose_a_record, {"couplings are 1:1 and both records exist"}),
        (differ, {"coupled pairs hold equal values"}),
        (wait_for_nothing, {"who waits waits for something"}),
        (count_too_little, {"every record is accounted for"}),
    ],
)  # fmt: skip
def test_each_fault_is_seen(evidence: Evidence, breaks: Callable[[Evidence], None], seen: set[str]) -> None:
    breaks(evidence)
    assert found(evidence) == seen


def test_what_stands_beside_the_records_is_judged_too(evidence: Evidence) -> None:
    assert found(replace(evidence, idle_writes=1)) == {"the next cycle writes nothing"}
    assert found(replace(evidence, poison=("x",))) == {"no message was given up"}
    assert found(replace(evidence, nonsense=("x",))) == {"no message was given up"}
    assert found(replace(evidence, nonsense=("x",), poison=("x",))) == set()
    for log in ("", f"a {SECRET} b", "Bearer eyJ0eXAiOiJKV1Qi.eyJhdWQiOiJodHRw", f"wrote {city(evidence)}"):
        assert found(replace(evidence, logs=log)) == {"no log tells a secret"}


def test_an_open_conflict_that_holds_the_value_or_another_problem_is_enough(evidence: Evidence) -> None:
    not_carry(evidence)
    problem(evidence, "conflict", f'{{"bc": "{city(evidence)}"}}')
    assert found(evidence) == set()
    evidence.shot.couplings.problems.clear()
    problem(evidence, "too_long")
    assert found(evidence) == set()


def test_nothing_need_be_carried_outside_the_filter(evidence: Evidence) -> None:
    not_carry(evidence)
    evidence.shot.customers["c1"]["blocked"] = "All"
    assert found(evidence) == set()
    evidence.shot.customers["c1"]["blocked"] = " "
    evidence.shot.accounts["a1"]["statecode"] = 1
    assert found(evidence) == set()


def test_a_deletion_must_be_listed_once_it_can_be_known(evidence: Evidence) -> None:
    del evidence.shot.customers["c1"]
    evidence.ledger.values.clear()
    assert found(evidence) == {"couplings are 1:1 and both records exist"}
    assert found(replace(evidence, deletions_known=False)) == set()
    problem(evidence, "partner_deleted")
    assert found(evidence) == set()
    del evidence.shot.accounts["a1"]
    assert "couplings are 1:1 and both records exist" in found(evidence)


def test_a_survivor_that_is_listed_may_be_deleted_in_business_central_before_anybody_looks(
    evidence: Evidence,
) -> None:
    del evidence.shot.sales_contacts["p1"], evidence.shot.bc_contacts["k2"]
    unknown = replace(evidence, deletions_known=False)
    broken = {"couplings are 1:1 and both records exist"}
    assert found(unknown) == found(evidence) == broken, "Sales told of its deletion"
    evidence.shot.couplings.problems.append(StoredProblem("CONTACT", "bc", "k2", "partner_deleted", "", ""))
    assert found(unknown) == set()
    assert found(evidence) == broken, "after a complete look the pair has ended"


def test_a_deletion_in_sales_is_listed_at_once(evidence: Evidence) -> None:
    del evidence.shot.sales_contacts["p1"]
    unknown = replace(evidence, deletions_known=False)
    assert found(unknown) == {"couplings are 1:1 and both records exist"}


def test_a_value_that_a_person_replaced_need_not_be_found(evidence: Evidence) -> None:
    evidence.ledger.replace([city(evidence)])
    overwrite(evidence)
    assert found(evidence) == set()


def test_each_value_has_a_number_of_its_own_and_fits_its_field() -> None:
    ledger = Ledger()
    for text in (*CUSTOMER.texts, *CONTACT.texts):
        token, value = ledger.new_value(text)
        assert tokens_in("x", value) == {token}
        assert len(value) <= min(text.bc_length, text.sales_length)
