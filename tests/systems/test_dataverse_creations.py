"""Creating rows: alone and in bulk, what is there already, and what is read back by the last request."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.simulators.faults import Fault
from shared_code.core.records import Values
from shared_code.systems import dataverse_creations as creating
from shared_code.systems.dataverse_writes import CHUNK, Write
from shared_code.systems.interface import Creation, Exists, OutcomeUnknown, Refused
from tests.systems.conftest import Surroundings
from tests.systems.organisations import ACCOUNTS, ODD, Organisation, creation, organisation, row_of

__all__ = ["organisation"]


@pytest.mark.parametrize("bulk", [True, False])
def test_what_was_created_is_what_is_read(surroundings: Surroundings, bulk: bool) -> None:
    organisation = Organisation(surroundings, bulk={"account": bulk})
    values: Values = {
        "name": ODD,
        "accountnumber": "00042",
        "creditlimit": Decimal("1234.56"),
        "creditonhold": True,
    }
    key = str(uuid.uuid4())
    results = organisation.system.create(ACCOUNTS, [Creation(values, key), creation("second")])
    row = row_of(results[0])
    assert row.id == key
    assert {name: row.values[name] for name in values} == values
    assert organisation.system.read(ACCOUNTS, [key.upper()]) == {key: row}


def test_a_bulk_creation_costs_a_probe_and_a_write_that_reads(organisation: Organisation) -> None:
    organisation.accounts(50)
    assert organisation.requests() == 2
    organisation.accounts(50)
    assert organisation.requests() == 1


def test_a_bulk_creation_of_many_is_read_back_by_its_last_request(organisation: Organisation) -> None:
    organisation.accounts(50)
    organisation.requests()
    organisation.accounts(350)
    assert organisation.requests() == 4


def test_one_bad_row_does_not_spoil_a_bulk_creation(organisation: Organisation) -> None:
    rows = [creation("a"), creation("x" * 500), creation("b")]
    first, second, third = organisation.system.create(ACCOUNTS, rows)
    assert isinstance(second, Refused)
    assert second.code == "0x80044331"
    assert {row_of(first).values["name"], row_of(third).values["name"]} == {"a", "b"}


def test_an_id_that_is_taken_exists(organisation: Organisation) -> None:
    one = creation("a")
    row_of(organisation.system.create(ACCOUNTS, [one])[0])
    assert organisation.system.create(ACCOUNTS, [one]) == [Exists()]
    again, other = organisation.system.create(ACCOUNTS, [one, creation("b")])
    assert again == Exists()
    row_of(other)


def test_a_bulk_creation_that_was_half_done_is_finished_with_few_requests(organisation: Organisation) -> None:
    rows = [creation(f"a {number}") for number in range(100)]
    for result in organisation.system.create(ACCOUNTS, rows[::3]):
        row_of(result)
    organisation.requests()
    results = organisation.system.create(ACCOUNTS, rows)
    assert [one == Exists() for one in results] == [number % 3 == 0 for number in range(100)]
    assert organisation.requests() <= 5  # refused, which are there, the others again, read back
    assert organisation.system.create(ACCOUNTS, rows) == [Exists()] * 100
    assert organisation.requests() <= 3


@pytest.mark.parametrize("bulk", [True, False])
@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.TRUNCATED])
def test_a_creation_whose_answer_is_lost_is_unknown(
    surroundings: Surroundings, bulk: bool, fault: Fault
) -> None:
    organisation = Organisation(surroundings, bulk={"account": bulk})
    organisation.fail(fault, "POST")
    rows = [creation("a"), creation("b")]
    results = organisation.system.create(ACCOUNTS, rows)
    assert [type(one) for one in results] == [OutcomeUnknown, OutcomeUnknown]
    found = organisation.system.read(ACCOUNTS, [one.id for one in rows if one.id])
    assert len(found) == 2
    assert organisation.system.create(ACCOUNTS, rows) == [Exists(), Exists()]


@settings(deadline=None)
@given(count=st.integers(2, 500))
def test_there_are_as_many_requests_as_full_ones_would_be_and_the_last_is_short(count: int) -> None:
    rows = [Write("POST", "", {}, "{}", str(number), False) for number in range(count)]
    others, size, last = creating._before_the_last(rows)
    assert [*others, *last] == rows
    assert -(-len(others) // size) + 1 == -(-count // CHUNK)
    assert size <= creating.CHUNK_BEFORE
    assert len(last) >= (creating.LAST_CHUNK if others else count)


@pytest.mark.parametrize(
    ("count", "size", "last"), [(500, 120, 20), (200, 120, 80), (101, 81, 20), (100, 100, 100)]
)
def test_five_hundred_are_four_times_a_hundred_and_twenty_and_twenty(
    count: int, size: int, last: int
) -> None:
    rows = [Write("POST", "", {}, "{}", str(number), False) for number in range(count)]
    others, found, short = creating._before_the_last(rows)
    assert (found, len(short), len(others)) == (size, last, count - last)
