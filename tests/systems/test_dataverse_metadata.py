"""What Sales says of a table: through the client, from the strict simulator."""

from __future__ import annotations

import json

import pytest

from local.simulators.wire import Response
from shared_code.core.descriptions import ColumnDescription, Kind, NoTable, TableDescription, Target
from shared_code.systems.dataverse import Dataverse
from shared_code.systems.interface import AccessDenied, Column, SystemUnavailable, Table
from tests.systems.conftest import Script, Surroundings
from tests.systems.organisations import ORG, Organisation, organisation
from tests.systems.test_dataverse import TERMS

__all__ = ["organisation"]


def described(organisation: Organisation, name: str, *columns: str) -> TableDescription:
    found = organisation.system.describe(Table(name, "", tuple(map(Column, columns))))
    assert isinstance(found, TableDescription)
    return found


def test_lengths_and_what_may_be_written_are_told(organisation: Organisation) -> None:
    accounts = described(organisation, "accounts", "name", "description")
    assert (accounts.key, accounts.tracked, accounts.guarded) == ("accountid", True, True)
    assert accounts.columns["name"] == ColumnDescription("name", Kind.TEXT, 160)
    assert accounts.columns["description"] == ColumnDescription("description", Kind.TEXT, 2000)
    created = accounts.columns["createdon"]
    assert (created.kind, created.at_creation, created.at_update) == (Kind.MOMENT, False, False)
    assert "contacts" in accounts.tables


def test_a_lookup_tells_its_targets_and_the_names_it_is_written_by(organisation: Organisation) -> None:
    contacts = described(organisation, "contacts", "parentcustomerid", "ownerid")
    assert contacts.columns["parentcustomerid"].targets == (
        Target("accounts", "parentcustomerid_account"),
        Target("contacts", "parentcustomerid_contact"),
    )
    owners = contacts.columns["ownerid"]
    assert owners.kind is Kind.LOOKUP
    assert {each.table: each.navigation for each in owners.targets} == {"systemusers": "", "teams": ""}


def test_a_choice_tells_its_numbers_and_a_date_whose_time_it_is(organisation: Organisation) -> None:
    accounts = described(organisation, "accounts", "paymenttermscode", "statecode")
    assert accounts.columns["paymenttermscode"].choices == (1, 2, 3, 4)
    assert accounts.columns["statecode"].choices == (0, 1)
    lists = described(organisation, "pricelevels", "begindate")
    assert (lists.columns["begindate"].kind, lists.columns["begindate"].user_local) == (Kind.MOMENT, True)
    invoices = described(organisation, "invoices", "duedate")
    assert invoices.columns["duedate"].kind is Kind.DAY


def test_a_column_takes_what_is_told_at_creation_only(organisation: Organisation) -> None:
    currency = described(organisation, "pricelevels", "transactioncurrencyid").columns[
        "transactioncurrencyid"
    ]
    assert (currency.at_creation, currency.at_update) == (True, False)


def test_details_are_asked_for_only_where_a_column_of_the_type_is_wanted(organisation: Organisation) -> None:
    for columns, requests in (
        ((), 2),
        (("name", "accountnumber"), 3),
        (("name", "ownerid", "parentaccountid"), 5),
    ):
        organisation.requests()
        described(organisation, "accounts", *columns)
        assert organisation.requests() == requests


def test_a_table_that_is_not_there_is_told_with_those_that_are(organisation: Organisation) -> None:
    found = organisation.system.describe(Table("account", "accountid", ()))
    assert isinstance(found, NoTable)
    assert "accounts" in found.tables


def test_the_options_of_a_choice_are_a_table(organisation: Organisation) -> None:
    terms = organisation.system.describe(TERMS)
    assert isinstance(terms, TableDescription)
    assert (terms.key, list(terms.columns)) == ("value", ["value", "label"])
    for name in (
        "options:account.paymenttermcode",
        "options:acount.paymenttermscode",
        "options:account.name",
    ):
        found = organisation.system.describe(Table(name, "value", ()))
        assert isinstance(found, NoTable)
        assert "options:account.paymenttermscode" in found.tables


def test_a_name_that_could_mean_something_else_in_an_address_is_never_sent(
    organisation: Organisation,
) -> None:
    for name in ("", "accounts?$top=1", "options:account')/Keys", "options:", "options:account"):
        found = organisation.system.describe(Table(name, "x", (Column("na'me"),)))
        assert isinstance(found, NoTable)


@pytest.mark.parametrize("hidden", ["IsValidForRead", "IsValidODataAttribute"])
def test_a_column_that_the_api_does_not_show_cannot_be_read(surroundings: Surroundings, hidden: str) -> None:
    tables = {"LogicalName": "account", "EntitySetName": "accounts", "PrimaryIdAttribute": "accountid"}
    column = {"LogicalName": "name", "AttributeType": "String", "IsValidForRead": True, hidden: False}
    answers = [Response(200, {}, json.dumps({"value": [each]}).encode()) for each in (tables, column)]
    system = Dataverse(surroundings.client(Script(list(answers))), ORG)
    found = system.describe(Table("accounts", "accountid", ()))
    assert isinstance(found, TableDescription)
    assert found.columns["name"] == ColumnDescription(
        "name", Kind.TEXT, readable=False, at_creation=False, at_update=False
    )


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Response(200, {}, b"{}"), SystemUnavailable),
        (Response(200, {}, json.dumps({"value": [{}]}).encode()), SystemUnavailable),
        (Response(403, {}, b"{}"), AccessDenied),
    ],
)
def test_an_answer_that_tells_nothing_is_a_fault(
    surroundings: Surroundings, answer: Response, fault: type[Exception]
) -> None:
    system = Dataverse(surroundings.client(Script([answer])), ORG)
    with pytest.raises(fault):
        system.describe(Table("accounts", "accountid", ()))
