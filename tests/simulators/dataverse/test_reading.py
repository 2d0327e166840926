"""Reading: columns, filters, order, pages, expanded rows, annotations, conditions on GET."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulators.dataverse import Dataverse, Options
from tests.simulators.dataverse.support import EUR, PERSON, URL, Client, make


def names(client: Client, expression: str, **aliases: str) -> list[Any]:
    answer = client.filter("accounts", expression, **aliases)
    assert answer.status == 200, answer.raw
    return [row["name"] for row in answer.rows]


def test_select_returns_the_primary_key_and_the_etag_besides(client: Client) -> None:
    account = client.account()
    row = client.get(f"accounts({account})?$select=name").json
    assert row.keys() == {"@odata.context", "@odata.etag", "name", "accountid"}
    assert row["@odata.context"] == f"{URL}/api/data/v9.2/$metadata#accounts(name)/$entity"


def test_selecting_an_amount_returns_the_currency_too(client: Client) -> None:
    account = client.account(creditlimit=5)
    row = client.get(f"accounts({account})?$select=creditlimit").json
    assert "_transactioncurrencyid_value" in row


@pytest.mark.parametrize("path", ["$select=Name", "$select=nosuch", "$filter=nosuch eq 1", "$orderby=nosuch"])
def test_an_unknown_property_is_refused(client: Client, path: str) -> None:
    answer = client.get(f"accounts?{path.replace(' ', '%20')}")
    assert (answer.status, answer.message[:14]) == (400, "Could not find")


@pytest.mark.parametrize("option", ["$skip=1", "$search=x", "$compute=x", "$format=json"])
def test_options_that_the_service_lacks_are_refused(client: Client, option: str) -> None:
    assert client.get(f"accounts?{option}").status == 400


def test_a_query_option_given_twice_is_refused(client: Client) -> None:
    assert client.get("accounts?$select=name&$select=name").status == 400


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("name eq 'alpha'", ["Alpha"]),
        ("name eq 'ALPHA  '", ["Alpha"]),
        ("name ne 'alpha'", ["Beta O'Neil", "gamma"]),
        ("name eq 'beta o''neil'", ["Beta O'Neil"]),
        ("startswith(name,'AL')", ["Alpha"]),
        ("endswith(name,'neil')", ["Beta O'Neil"]),
        ("contains(name,'AMM')", ["gamma"]),
        ("not contains(name,'a')", []),
        ("numberofemployees gt 10", ["Beta O'Neil"]),
        ("numberofemployees ge 10 and numberofemployees lt 20", ["Alpha"]),
        ("numberofemployees eq null", ["gamma"]),
        ("numberofemployees ne null", ["Alpha", "Beta O'Neil"]),
        ("name eq 'gamma' or (numberofemployees le 10 and creditonhold eq false)", ["Alpha", "gamma"]),
        ("creditonhold eq true", ["gamma"]),
        ("createdon lt 2030-01-01T00:00:00Z", ["Alpha", "Beta O'Neil", "gamma"]),
        ("createdon eq 2027-01-15T08:00:00Z", ["Alpha", "Beta O'Neil", "gamma"]),
        ("createdon ge 2027-01-15T09:00:00+01:00", ["Alpha", "Beta O'Neil", "gamma"]),
        ("createdon gt 2027-01-15T08:00:00Z", []),
        ("statecode eq 1", []),
    ],
)
def test_filters_compare_as_the_database_does(client: Client, expression: str, found: list[str]) -> None:
    client.account("Alpha", numberofemployees=10)
    client.account("Beta O'Neil", numberofemployees=20)
    client.account("gamma", creditonhold=True)
    assert sorted(names(client, expression), key=str.casefold) == found


def test_a_lookup_is_compared_by_its_value_or_through_its_navigation(client: Client) -> None:
    contact = client.contact("Glynn", firstname="James")
    account = client.account(**{"primarycontactid@odata.bind": f"/contacts({contact})"})
    for path in ("_primarycontactid_value", "primarycontactid/contactid"):
        answer = client.filter("accounts", f"{path} eq {contact}")
        assert [row["accountid"] for row in answer.rows] == [account]
    assert names(client, "primarycontactid/fullname eq 'james glynn'") == ["Contoso"]


def test_parameter_aliases_stand_for_literals(client: Client) -> None:
    client.account("Alpha")
    assert names(client, "name eq @p1", p1="'alpha'") == ["Alpha"]
    assert client.filter("accounts", "name eq @p2").status == 400


def test_in_takes_ids_as_texts_by_alias(client: Client) -> None:
    ids = [client.account(f"A{number}") for number in range(3)]
    wanted = "[" + ",".join(f'"{row_id}"' for row_id in ids[:2]) + "]"
    expression = "Microsoft.Dynamics.CRM.In(PropertyName=@p1,PropertyValues=@p2)"
    assert sorted(names(client, expression, p1="'accountid'", p2=wanted)) == ["A0", "A1"]


def test_in_refuses_single_quotes_around_an_apostrophe(client: Client) -> None:
    expression = "Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=@p1)"
    assert client.filter("accounts", expression, p1='["O\'Brien"]').status == 200
    answer = client.filter("accounts", expression, p1="['O'Brien']")
    assert (answer.status, answer.message[:13]) == (400, "Invalid JSON.")


@pytest.mark.parametrize(
    "expression",
    ["name eq 5", "numberofemployees eq '5'", "accountid eq 'x'", "name eq", "name like 'x'", "(name eq 'x'",
     "foo(name,'x')", "name eq 'x' and", "contains(name)", "tolower(name) eq 'x'"],
)  # fmt: skip
def test_a_wrong_filter_is_refused(client: Client, expression: str) -> None:
    assert client.filter("accounts", expression).status == 400


def test_an_unescaped_quote_is_named_as_unterminated(client: Client) -> None:
    answer = client.filter("contacts", "lastname eq 'O'Bryan'", "lastname")
    assert answer.message == "There is an unterminated literal at position 21 in 'lastname eq 'O'Bryan''."


def test_more_than_500_conditions_are_refused(client: Client) -> None:
    expression = " or ".join(f"numberofemployees eq {number}" for number in range(501))
    assert client.filter("accounts", expression).code == "0x8004430C"


def test_an_address_over_32768_characters_is_refused(client: Client) -> None:
    assert client.get("accounts?$select=name&x=" + "y" * 32_768).status == 414


def test_pages_follow_one_another_with_the_same_prefer(client: Client) -> None:
    ids = sorted(client.account(f"A{number}") for number in range(5))
    page = client.get("accounts?$select=name", prefer="odata.maxpagesize=2")
    assert page.headers["Preference-Applied"] == "odata.maxpagesize=2"
    found = [row["accountid"] for row in page.rows]
    while "@odata.nextLink" in page.json:
        page = client.get(page.json["@odata.nextLink"], prefer="odata.maxpagesize=2")
        found += [row["accountid"] for row in page.rows]
    assert found == ids


def test_a_next_link_without_the_same_prefer_is_refused(client: Client) -> None:
    for number in range(3):
        client.account(f"A{number}")
    link = client.get("accounts?$select=name", prefer="odata.maxpagesize=2").json["@odata.nextLink"]
    assert client.get(link).status == 400
    assert client.get(link, prefer="odata.maxpagesize=3").status == 400


def test_a_next_link_of_another_query_is_refused(client: Client) -> None:
    for number in range(3):
        client.account(f"A{number}")
    link = client.get("accounts?$select=name", prefer="odata.maxpagesize=2").json["@odata.nextLink"]
    changed = link.replace("$select=name", "$select=name,telephone1")
    assert client.get(changed, prefer="odata.maxpagesize=2").status == 400
    assert (
        client.get(link.replace("%2522id%2522", "%2522ix%2522"), prefer="odata.maxpagesize=2").status == 400
    )
    assert client.get("accounts?$skiptoken=2", prefer="odata.maxpagesize=2").status == 400


def test_ordered_pages_neither_skip_nor_repeat(client: Client) -> None:
    for name in "bcabcabc":
        client.account(name)
    page = client.get("accounts?$select=name&$orderby=name%20desc,accountid", prefer="odata.maxpagesize=3")
    found = [row["name"] for row in page.rows]
    while "@odata.nextLink" in page.json:
        page = client.get(page.json["@odata.nextLink"], prefer="odata.maxpagesize=3")
        found += [row["name"] for row in page.rows]
    assert "".join(found) == "cccbbbaa"


def test_top_limits_and_gives_no_next_link(client: Client) -> None:
    for number in range(3):
        client.account(f"A{number}")
    page = client.get("accounts?$select=name&$top=2", prefer="odata.maxpagesize=1")
    assert len(page.rows) == 2
    assert "@odata.nextLink" not in page.json


def test_a_page_holds_5000_rows_at_most(service: Dataverse, client: Client) -> None:
    service.load({"account": [{"accountid": _id(n), "name": "x"} for n in range(5001)]})
    page = client.get("accounts?$select=name&$count=true", prefer="odata.maxpagesize=9000")
    assert (len(page.rows), page.json["@odata.count"]) == (5000, 5000)
    wanted = 'odata.include-annotations="Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"'
    limited = client.get("accounts?$select=name&$count=true&$top=1", prefer=wanted).json
    assert limited["@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"] is True
    assert client.get("accounts/$count").raw == b"5000"


def test_annotations_come_when_asked_for(client: Client) -> None:
    contact = client.contact("Glynn", firstname="James")
    account = client.account(
        **{"primarycontactid@odata.bind": f"/contacts({contact})"}, customertypecode=3, creditlimit=1234.5
    )
    path = f"accounts({account})?$select=_primarycontactid_value,customertypecode,creditlimit"
    label = "OData.Community.Display.V1.FormattedValue"
    row = client.get(path, prefer='odata.include-annotations="*"').json
    assert row[f"_primarycontactid_value@{label}"] == "James Glynn"
    assert row["_primarycontactid_value@Microsoft.Dynamics.CRM.lookuplogicalname"] == "contact"
    assert row[f"customertypecode@{label}"] == "Customer"
    assert row[f"creditlimit@{label}"] == "$1,234.50"
    only = client.get(
        path, prefer='odata.include-annotations="Microsoft.Dynamics.CRM.lookuplogicalname"'
    ).json
    assert [name for name in only if "@" in name[1:]] == [
        "_primarycontactid_value@Microsoft.Dynamics.CRM.lookuplogicalname",
        "_transactioncurrencyid_value@Microsoft.Dynamics.CRM.lookuplogicalname",
    ]


def test_expand_joins_single_rows_and_small_collections(client: Client) -> None:
    account = client.account("Parent")
    for number in (2, 1):
        client.contact(f"L{number}", **{"parentcustomerid_account@odata.bind": f"/accounts({account})"})
    options = "$select=lastname;$orderby=lastname;$top=1"
    row = client.get(
        f"accounts({account})?$select=name&$expand=primarycontactid($select=fullname),"
        f"contact_customer_accounts({options}),transactioncurrencyid($select=isocurrencycode)"
    ).json
    assert row["primarycontactid"] is None
    assert row["transactioncurrencyid"]["isocurrencycode"] == "USD"
    assert [one["lastname"] for one in row["contact_customer_accounts"]] == ["L1"]


@pytest.mark.parametrize(
    ("expand", "status"),
    [
        ("nosuch", 400),
        ("contact_customer_accounts/$ref", 400),
        ("primarycontactid($filter=lastname eq 'x')", 400),
        ("contact_customer_accounts($top=1;$expand=ownerid)", 400),
        ("preferredserviceid", 501),
        (",".join(["primarycontactid"] * 16), 400),
    ],
)
def test_a_wrong_expand_is_refused(client: Client, expand: str, status: int) -> None:
    assert client.get(f"accounts?$select=name&$expand={expand.replace(' ', '%20')}").status == status


def test_expand_of_a_lookup_as_reference(client: Client) -> None:
    account = client.account()
    row = client.get(f"accounts({account})?$select=name&$expand=transactioncurrencyid/$ref").json
    assert row["transactioncurrencyid"].keys() == {"@odata.id"}


def test_a_collection_behind_a_row_is_a_set_of_its_own(client: Client) -> None:
    account = client.account()
    client.contact("L1", **{"parentcustomerid_account@odata.bind": f"/accounts({account})"})
    page = client.get(f"accounts({account})/contact_customer_accounts?$select=lastname")
    assert [row["lastname"] for row in page.rows] == ["L1"]


def test_conditional_get_answers_304_only_for_plain_reads(client: Client) -> None:
    path = f"accounts({client.account()})?$select=name"
    etag = client.get(path).json["@odata.etag"]
    assert client.get(path, if_none_match=etag).status == 304
    assert client.get(path, if_none_match='W/"1"').status == 200
    assert client.get(path, if_none_match="null").status == 200
    annotated = client.get(path, prefer='odata.include-annotations="*"', if_none_match=etag)
    assert annotated.status == 200


def test_conditional_get_needs_optimistic_concurrency() -> None:
    client = Client(make(Options(optimistic_concurrency={})))
    path = f"accounts({client.account()})?$select=name"
    etag = client.get(path).json["@odata.etag"]
    assert client.get(path, if_none_match=etag).status == 200


def test_a_missing_row_is_404(client: Client) -> None:
    answer = client.get("accounts(00000000-0000-0000-0000-000000000001)?$select=name")
    assert (answer.status, answer.code) == (404, "0x80040217")
    assert answer.message == "account With Id = 00000000-0000-0000-0000-000000000001 Does Not Exist"


def test_a_users_key_is_not_called_systemuserid(client: Client) -> None:
    assert client.get(f"systemusers({PERSON})?$select=fullname").status == 200
    assert client.get(f"systemusers(systemuserid={PERSON})?$select=fullname").status == 400


def test_unknown_addresses_are_404_and_wrong_methods_405(client: Client) -> None:
    assert client.get("nosuchset").status == 404
    assert client.get("/api/data/v8.2/accounts").status == 404
    assert client.send("PUT", "accounts", {}).status == 405
    assert client.post("accounts/CreateMultiple", {}).message == "Request message has unresolved parameters."


def test_what_is_not_simulated_says_so(client: Client) -> None:
    assert client.get("accounts?$apply=aggregate(revenue%20with%20sum%20as%20x)").status == 501
    assert client.get("$metadata").status == 501


def test_dates_and_amounts_keep_every_digit(client: Client) -> None:
    body = b'{"lastname":"x","birthdate":"1980-02-29","creditlimit":99999999999999.99,'
    body += b'"lastonholdtime":"2024-01-01T10:00:00.5+02:00"}'
    contact = client.post("contacts", body).new_id
    answer = client.get(f"contacts({contact})?$select=birthdate,lastonholdtime,creditlimit")
    assert answer.json["birthdate"] == "1980-02-29"
    assert answer.json["lastonholdtime"] == "2024-01-01T08:00:00Z"
    assert b'"creditlimit":99999999999999.99' in answer.raw


def test_currency_rows_are_read_by_code(client: Client) -> None:
    found = client.filter("transactioncurrencies", "isocurrencycode eq 'eur'", "currencyname").rows
    assert [row["transactioncurrencyid"] for row in found] == [EUR]


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"
