"""Opportunities over the wire: closing by actions in Sales, the contact's company in Business Central."""

from __future__ import annotations

import uuid

import pytest

from shared_code.core.records import Row
from shared_code.systems.interface import Change, Column, Creation, Moved, Refused, Table, Written
from tests.systems.conftest import Surroundings
from tests.systems.organisations import ACCOUNTS, Organisation, row_of

OPPORTUNITIES = Table(
    "opportunities",
    "opportunityid",
    (
        Column("name"),
        Column("statecode"),
        Column("statuscode"),
        Column("actualclosedate"),
        Column("parentaccountid", "accounts"),
    ),
)
WON = {"statecode": 1, "statuscode": 3, "actualclosedate": "2026-11-20"}


@pytest.fixture
def organisation(surroundings: Surroundings) -> Organisation:
    return Organisation(surroundings)


def opened(organisation: Organisation, count: int) -> list[Row]:
    account = row_of(organisation.system.create(ACCOUNTS, [Creation({"name": "A"}, str(uuid.uuid4()))])[0]).id
    new = [Creation({"name": f"O {n}", "parentaccountid": account}, str(uuid.uuid4())) for n in range(count)]
    rows = [row_of(each) for each in organisation.system.create(OPPORTUNITIES, new)]
    organisation.requests()
    return rows


def test_closed_ones_and_others_are_written_together_and_answered_in_order(
    organisation: Organisation,
) -> None:
    first, second, third = opened(organisation, 3)
    changes = [
        Change(first.id, first.version, {"name": "won", **WON}),
        Change(second.id, second.version, {"name": "open"}),
        Change(third.id, third.version, {"statecode": 2, "statuscode": 5}),
    ]
    rows = [row_of(each) for each in organisation.system.update(OPPORTUNITIES, changes)]
    told = [(each.values["name"], each.values["statecode"], each.values["statuscode"]) for each in rows]
    assert told == [("won", 1, 3), ("open", 0, 1), ("O 2", 2, 5)]
    assert rows[0].values["actualclosedate"] == "2026-11-20"
    assert organisation.requests() == 2
    assert {each.id: each for each in rows} == organisation.system.read(
        OPPORTUNITIES, [each.id for each in rows]
    )


def test_where_the_row_has_moved_it_is_not_closed(organisation: Organisation) -> None:
    (row,) = opened(organisation, 1)
    organisation.system.update(OPPORTUNITIES, [Change(row.id, row.version, {"name": "edited"})])
    (result,) = organisation.system.update(OPPORTUNITIES, [Change(row.id, row.version, WON)])
    assert isinstance(result, Moved)
    assert organisation.system.read(OPPORTUNITIES, [row.id])[row.id].values["statecode"] == 0


def test_what_is_closed_already_is_refused_in_the_service_s_words(organisation: Organisation) -> None:
    (row,) = opened(organisation, 1)
    closing = Change(row.id, row.version, {"statecode": 1, "statuscode": 3})
    assert isinstance(organisation.system.update(OPPORTUNITIES, [closing])[0], Written)
    (again,) = organisation.system.update(OPPORTUNITIES, [closing])
    assert isinstance(again, Refused)
