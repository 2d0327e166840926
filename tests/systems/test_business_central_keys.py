"""Creations under a key through the extension: let through once, and told afterwards."""

from __future__ import annotations

import pytest

from local.simulators.faults import Fault
from shared_code.systems.business_central_keys import body
from shared_code.systems.interface import Column, Creation, Refused, Table, Written
from tests.systems.companies import CUSTOMERS, Company
from tests.systems.conftest import Surroundings

KEYED = Table("customers", "id", (Column("number"), Column("displayName")), api="tandem/sync/v1.0")
VENDORS = Table("vendors", "id", (Column("displayName"),), api="tandem/sync/v1.0")
ONE, TWO = (f"{n}1111111-1111-4111-8111-111111111111" for n in (1, 2))


def test_what_a_line_sells_goes_before_what_depends_on_it() -> None:
    """The service takes properties one after the other, and resolves a number by the type set so far."""
    names = ("itemVariantId", "quantity", "lineObjectNumber", "lineType")
    lines = Table("salesQuoteLines", "id", tuple(map(Column, names)))
    quotes = Table("salesQuotes", "id", (), lines=lines, collection="salesQuoteLines")
    sent = body(quotes, Creation({}, "", (Creation(dict.fromkeys(names, "1")),)))["salesQuoteLines"]
    assert isinstance(sent, list)
    assert list(sent[0]) == ["lineType", "lineObjectNumber", "itemVariantId", "quantity"]


@pytest.fixture
def company(surroundings: Surroundings) -> Company:
    return Company(surroundings, extension=True)


def test_only_what_the_extension_creates_is_kept_under_a_key(company: Company) -> None:
    assert company.system.keeps_keys(KEYED)
    assert not company.system.keeps_keys(CUSTOMERS)
    assert not company.system.keeps_keys(Table("resources", "id", (), api="tandem/sync/v1.0"))
    (made,) = company.system.create(CUSTOMERS, [Creation({"displayName": "A"}, ONE)])
    assert isinstance(made, Written)


def test_a_key_leads_to_the_record_it_made(company: Company) -> None:
    (made,) = company.system.create(KEYED, [Creation({"displayName": "A"}, ONE)])
    assert isinstance(made, Written)
    company.requests()
    assert company.system.made_under(KEYED, [TWO, ONE.upper()]) == {ONE: made.row.id}
    assert company.requests() == 1
    assert company.system.made_under(VENDORS, [ONE]) == {}
    assert company.system.made_under(KEYED, []) == {}


def test_a_repeat_is_refused_and_makes_nothing(company: Company) -> None:
    company.system.create(KEYED, [Creation({"displayName": "A"}, ONE)])
    (again,) = company.system.create(KEYED, [Creation({"displayName": "A"}, ONE)])
    assert isinstance(again, Refused)
    assert "was created already" in again.message
    assert len(company.system.find(KEYED, "displayName", ["A"])) == 1


def test_many_keys_are_asked_for_in_one_request(company: Company) -> None:
    keys = [f"{number:08x}-1111-4111-8111-111111111111" for number in range(220)]
    company.system.create(KEYED, [Creation({"displayName": key}, key) for key in keys])
    company.requests()
    assert company.system.made_under(KEYED, keys).keys() == set(keys)
    assert company.requests() == 1


def test_more_keys_than_a_read_may_ask_for_are_refused(company: Company) -> None:
    with pytest.raises(ValueError, match="at most 500 keys"):
        company.system.made_under(KEYED, [ONE] * 501)


def test_an_answer_that_was_lost_is_found_by_its_key(company: Company) -> None:
    company.fail(Fault.ANSWER_LOST, "POST")
    company.system.create(KEYED, [Creation({"displayName": "A"}, ONE)])
    assert company.system.made_under(KEYED, [ONE]).keys() == {ONE}
