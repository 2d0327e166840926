"""Writing one row: body against schema, server-filled values, conditions, upsert, table rules."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.simulators.dataverse import Options
from local.simulators.wire import ManualClock
from tests.simulators.dataverse.support import CLIENT, EUR, PERSON, URL, USD, Client, make

MISSING = "00000000-0000-0000-0000-000000000001"


def row_of(client: Client, path: str) -> dict[str, Any]:
    row: dict[str, Any] = client.get(path).json
    return row


def test_post_answers_204_with_the_address(client: Client) -> None:
    answer = client.post("accounts", {"name": "Contoso"})
    assert (answer.status, answer.raw) == (204, b"")
    assert answer.headers["OData-EntityId"].startswith(f"{URL}/api/data/v9.2/accounts(")
    assert answer.headers["OData-Version"] == "4.0"


def test_post_with_representation_answers_201_with_the_row(client: Client) -> None:
    answer = client.post("accounts?$select=name", {"name": "Contoso"}, prefer="return=representation")
    assert answer.status == 201
    assert "OData-EntityId" not in answer.headers
    assert answer.headers["Preference-Applied"] == "return=representation"
    assert answer.headers["ETag"] == answer.json["@odata.etag"]


def test_a_chosen_id_is_kept_and_its_repetition_refused(client: Client) -> None:
    body = {"name": "Contoso", "accountid": MISSING.upper()}
    assert client.post("accounts", body).new_id == MISSING
    again = client.post("accounts", body)
    assert (again.status, again.code) == (412, "0x80040237")


@pytest.mark.parametrize(
    "body",
    [
        {"nosuch": 1},
        {"Name": "x"},
        {"fullname": "x"},
        {"createdon": "2020-01-01T00:00:00Z"},
        {"modifiedon": "2020-01-01T00:00:00Z"},
        {"creditlimit_base": 1},
        {"address1_composite": "x"},
        {"versionnumber": 1},
        {"statecode": 0},
        {"primarycontactidname": "x"},
        {"_primarycontactid_value": MISSING},
        {"primarycontactid": MISSING},
        {"PrimaryContactId@odata.bind": f"/contacts({PERSON})"},
        {"primarycontactid@odata.bind": f"/accounts({MISSING})"},
        {"primarycontactid@odata.bind": "nonsense"},
        {"@odata.type": "Microsoft.Dynamics.CRM.contact"},
        {"name": 5},
        {"creditonhold": "true"},
        {"creditonhold": 1},
        {"creditlimit": "5"},
        {"numberofemployees": 1.5},
        {"numberofemployees": -1},
        {"lastonholdtime": "2024-01-01"},
        {"lastonholdtime": "yesterday"},
        {"lastonholdtime": "1700-01-01T00:00:00Z"},
        {"processid": "x"},
    ],
)
def test_a_body_that_does_not_fit_the_schema_is_refused(client: Client, body: dict[str, Any]) -> None:
    answer = client.post("accounts", {"name": "Contoso", **body})
    assert answer.status in (400, 501), answer.raw
    assert client.get("accounts/$count").raw == b"0"


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("name", "x" * 161, "0x80044331"),
        ("name", "😀" * 81, "0x80044331"),
        ("customertypecode", 99, "0x8004431A"),
        ("creditlimit", -1, "0x80040317"),
        ("creditlimit", 1e15, "0x80040317"),
        ("statuscode", 2, "0x80048408"),
    ],
    ids=["too long", "too long in UTF-16", "no such choice", "below", "above", "status of another state"],
)
def test_values_out_of_bounds_have_their_codes(client: Client, column: str, value: Any, code: str) -> None:
    answer = client.post("accounts", {"name": "Contoso", column: value})
    assert (answer.status, answer.code) == (400, code)


def test_the_text_of_a_length_error_names_attribute_entity_and_limit(client: Client) -> None:
    assert client.post("accounts", {"name": "x" * 161}).message == (
        "A validation error occurred.  The length of the 'name' attribute of the 'account' entity exceeded "
        "the maximum allowed length of '160'."
    )


def test_create_only_columns_cannot_be_updated(client: Client) -> None:
    account = client.account()
    assert client.patch(f"accounts({account})", {"importsequencenumber": 5}).status == 400
    assert client.patch(f"accounts({account})", {"accountid": MISSING}).status == 400
    assert client.patch(f"accounts({account})", {"accountid": account, "name": "x"}).status == 204


def test_a_lookup_is_written_by_bind_and_cleared_by_null_or_delete(client: Client) -> None:
    contact, account = client.contact(), client.account()
    bind = {"primarycontactid@odata.bind": f"{URL}/api/data/v9.2/contacts({contact})"}
    assert client.patch(f"accounts({account})", bind).status == 204
    assert row_of(client, f"accounts({account})")["_primarycontactid_value"] == contact
    client.patch(f"accounts({account})", {"primarycontactid@odata.bind": None})
    assert row_of(client, f"accounts({account})")["_primarycontactid_value"] is None
    client.patch(f"accounts({account})", {"primarycontactid@odata.bind": f"contacts({contact})"})
    assert client.delete(f"accounts({account})/primarycontactid/$ref").status == 204
    assert row_of(client, f"accounts({account})")["_primarycontactid_value"] is None


def test_a_bind_to_a_missing_row_is_404(client: Client) -> None:
    answer = client.post("accounts", {"name": "x", "primarycontactid@odata.bind": f"/contacts({MISSING})"})
    assert (answer.status, answer.code) == (404, "0x80040217")


def test_a_customer_lookup_has_one_navigation_per_target(client: Client) -> None:
    account = client.account()
    contact = client.contact(**{"parentcustomerid_account@odata.bind": f"/accounts({account})"})
    row = row_of(client, f"contacts({contact})")
    assert (row["_parentcustomerid_value"], row["_accountid_value"]) == (account, account)
    wrong = {"lastname": "x", "parentcustomerid_contact@odata.bind": f"/accounts({account})"}
    assert client.post("contacts", wrong).status == 400
    assert client.post("contacts", {"lastname": "x", "parentcustomerid@odata.bind": "/x"}).status == 400


def test_required_columns_are_enforced_and_the_rule_can_be_relaxed(client: Client) -> None:
    answer = client.post("accounts", {"telephone1": "1"})
    assert (answer.status, answer.code) == (400, "0x80040200")
    account = client.account()
    assert client.patch(f"accounts({account})", {"name": None}).code == "0x80040200"
    client.service.options.strict_required = False
    assert client.post("accounts", {"telephone1": "1"}).status == 204


def test_the_service_fills_what_it_fills(client: Client, clock: ManualClock) -> None:
    me = client.get("WhoAmI").json["UserId"]
    row = row_of(client, f"accounts({client.account(address1_line1='1 Way', address1_city='Ny')})")
    assert row["createdon"] == row["modifiedon"] == "2027-01-15T08:00:00Z"
    assert row["_createdby_value"] == row["_modifiedby_value"] == row["_ownerid_value"] == me
    assert (row["statecode"], row["statuscode"], row["creditonhold"]) == (0, 1, False)
    assert row["_transactioncurrencyid_value"] == USD
    assert row["exchangerate"] == 1.0
    assert row["address1_composite"] == "1 Way\r\nNy"
    assert row["address1_addressid"]
    assert row["@odata.etag"] == f'W/"{row["versionnumber"]}"'


def test_full_names_follow_their_parts(client: Client) -> None:
    contact = client.contact("Glynn", firstname="James")
    client.patch(f"contacts({contact})", {"middlename": "T."})
    assert row_of(client, f"contacts({contact})")["fullname"] == "James T. Glynn"


def test_amounts_are_rounded_and_kept_in_the_base_currency_too(client: Client) -> None:
    bind = {"transactioncurrencyid@odata.bind": f"/transactioncurrencies({EUR})"}
    account = client.account(creditlimit=10.005, **bind)
    row = row_of(client, f"accounts({account})")
    assert (row["creditlimit"], row["exchangerate"], row["creditlimit_base"]) == (10.01, 0.5, 20.02)


def test_a_rate_change_does_not_touch_rows_until_their_amounts_are_written(client: Client) -> None:
    bind = {"transactioncurrencyid@odata.bind": f"/transactioncurrencies({EUR})"}
    account = client.account(creditlimit=10, **bind)
    client.patch(f"transactioncurrencies({EUR})", {"exchangerate": 0.25})
    client.patch(f"accounts({account})", {"name": "x"})
    assert row_of(client, f"accounts({account})")["creditlimit_base"] == 20
    client.patch(f"accounts({account})", {"creditlimit": 10})
    assert row_of(client, f"accounts({account})")["creditlimit_base"] == 40


def test_overriddencreatedon_sets_createdon(client: Client) -> None:
    account = client.account(overriddencreatedon="2001-02-03T00:00:00Z")
    assert row_of(client, f"accounts({account})")["createdon"] == "2001-02-03T00:00:00Z"


def test_empty_text_is_stored_as_null_unless_told_otherwise(client: Client) -> None:
    account = client.account(telephone1="")
    assert row_of(client, f"accounts({account})")["telephone1"] is None
    client.service.options.empty_text_is_null = False
    assert row_of(client, f"accounts({client.account(telephone1='')})")["telephone1"] == ""


def test_state_and_status_go_together(client: Client) -> None:
    account = client.account()
    assert client.patch(f"accounts({account})", {"statecode": 1, "statuscode": 1}).code == "0x80048408"
    assert client.patch(f"accounts({account})", {"statuscode": 2}).code == "0x80048408"
    assert client.patch(f"accounts({account})", {"statecode": 1}).status == 204
    assert row_of(client, f"accounts({account})")["statuscode"] == 2
    assert client.patch(f"accounts({account})", {"statecode": 0, "statuscode": 1}).status == 204


def test_every_write_raises_the_version_even_without_a_change(client: Client) -> None:
    account = client.account()
    first = client.etag(f"accounts({account})")
    client.patch(f"accounts({account})", {"name": "Contoso"})
    assert client.etag(f"accounts({account})") != first


def test_versions_are_of_the_whole_organisation(client: Client) -> None:
    account, contact = client.account(), client.contact()
    versions = [int(client.etag(path)[3:-1]) for path in (f"accounts({account})", f"contacts({contact})")]
    assert versions[0] < versions[1]


def test_if_match_with_the_current_etag_writes_and_with_an_old_one_does_not(client: Client) -> None:
    path = f"accounts({client.account()})"
    etag = client.etag(path)
    answer = client.patch(path, {"name": "b"}, prefer="return=representation", if_match=etag)
    assert (answer.status, answer.json["name"]) == (200, "b")
    stale = client.patch(path, {"name": "c"}, if_match=etag)
    assert (stale.status, stale.code) == (412, "0x80060882")
    assert stale.message == (
        "The version of the existing record doesn't match the RowVersion property provided."
    )
    assert client.delete(path, if_match=etag).status == 412
    assert client.delete(path, if_match=answer.headers["ETag"]).status == 204


def test_if_match_star_updates_only(client: Client) -> None:
    assert client.patch(f"accounts({MISSING})", {"name": "x"}, if_match="*").status == 404
    account = client.account()
    assert client.patch(f"accounts({account})", {"name": "x"}, if_match="*").status == 204


def test_if_none_match_star_creates_only(client: Client) -> None:
    assert client.patch(f"accounts({MISSING})", {"name": "x"}, if_none_match="*").status == 204
    again = client.patch(f"accounts({MISSING})", {"name": "y"}, if_none_match="*")
    assert (again.status, again.message) == (412, "A record with matching key values already exists.")


def test_if_match_needs_optimistic_concurrency() -> None:
    client = Client(make(Options(optimistic_concurrency={})))
    account = client.account()
    answer = client.patch(f"accounts({account})", {"name": "x"}, if_match='W/"1"')
    assert (answer.status, answer.code) == (400, "0x8006088D")
    assert client.patch(f"accounts({account})", {"name": "x"}, if_match="*").status == 204


def test_patch_without_conditions_is_an_upsert(client: Client) -> None:
    answer = client.patch(f"accounts({MISSING})", {"name": "x"})
    assert (answer.status, answer.new_id) == (204, MISSING)
    updated = client.patch(f"accounts({MISSING})", {"name": "y"}, prefer="return=representation")
    assert updated.status == 200
    created = client.patch(
        f"accounts({MISSING[:-1]}2)?$select=name", {"name": "z"}, prefer="return=representation"
    )
    assert created.status == 201


def test_delete_answers_204_and_then_404(client: Client) -> None:
    path = f"accounts({client.account()})"
    assert client.delete(path).status == 204
    gone = client.delete(path)
    assert (gone.status, gone.code) == (404, "0x80040217")
    assert client.patch(path, {"name": "x"}, if_match="*").code == "0x80040217"


def test_deleting_an_account_takes_its_contacts_and_unlinks_the_rest(client: Client) -> None:
    account = client.account()
    child = client.account("Child", **{"parentaccountid@odata.bind": f"/accounts({account})"})
    contact = client.contact(**{"parentcustomerid_account@odata.bind": f"/accounts({account})"})
    before = client.etag(f"accounts({child})")
    client.delete(f"accounts({account})")
    assert client.get(f"contacts({contact})").status == 404
    assert row_of(client, f"accounts({child})")["_parentaccountid_value"] is None
    assert client.etag(f"accounts({child})") != before


def test_contacts_can_be_kept_when_their_account_goes(client: Client) -> None:
    client.service.options.delete_contacts_with_account = False
    account = client.account()
    contact = client.contact(**{"parentcustomerid_account@odata.bind": f"/accounts({account})"})
    client.delete(f"accounts({account})")
    row = row_of(client, f"contacts({contact})")
    assert (row["_parentcustomerid_value"], row["_accountid_value"]) == (None, None)


def test_single_columns_are_read_put_and_cleared(client: Client) -> None:
    path = f"accounts({client.account()})/telephone1"
    assert client.get(path).status == 204
    assert client.send("PUT", path, {"value": "555"}).status == 204
    assert client.get(path).json["value"] == "555"
    assert client.delete(path).status == 204
    assert client.get(path).status == 204


def test_links_of_collections_are_made_from_the_other_side(client: Client) -> None:
    account, contact = client.account(), client.contact()
    link = {"@odata.id": f"{URL}/api/data/v9.2/contacts({contact})"}
    assert client.post(f"accounts({account})/contact_customer_accounts/$ref", link).status == 204
    assert row_of(client, f"contacts({contact})")["_accountid_value"] == account


def test_account_hierarchies_cannot_loop(client: Client) -> None:
    top = client.account()
    below = client.account(**{"parentaccountid@odata.bind": f"/accounts({top})"})
    answer = client.patch(f"accounts({top})", {"parentaccountid@odata.bind": f"/accounts({below})"})
    assert (answer.status, answer.code) == (400, "0x80040507")


def test_currency_rules(client: Client) -> None:
    base = f"transactioncurrencies({USD})"
    assert client.patch(base, {"exchangerate": 2}).code == "0x80048CF5"
    assert client.patch(base, {"statecode": 1}).code == "0x80048CF4"
    assert client.delete(base).code == "0x80048CFF"
    assert client.patch(base, {"isocurrencycode": "..."}).status == 400
    new = {"isocurrencycode": "eur", "currencyname": "E", "currencysymbol": "E", "currencyprecision": 2,
           "exchangerate": 2}  # fmt: skip
    assert client.post("transactioncurrencies", new).code == "0x80048CF3"


def test_an_application_user_exists_once(client: Client) -> None:
    unit = client.get("WhoAmI").json["BusinessUnitId"]
    body = {"applicationid": CLIENT, "businessunitid@odata.bind": f"/businessunits({unit})"}
    assert client.post("systemusers", body).code == "0x8004F511"


def test_a_persons_user_needs_names_and_addresses(client: Client) -> None:
    unit = client.get("WhoAmI").json["BusinessUnitId"]
    names = {"firstname": "A", "lastname": "B", "internalemailaddress": "a@b.c", "domainname": "a@b.c"}
    body = {"businessunitid@odata.bind": f"/businessunits({unit})", **names}
    for name in names:
        assert client.post("systemusers", body | {name: None}).code == "0x80040200"
    assert client.post("systemusers", body).status == 204


def test_owners_must_be_enabled_and_may_read_the_table(client: Client) -> None:
    bind = {"ownerid@odata.bind": f"/systemusers({PERSON})"}
    account = client.account(**bind)
    assert row_of(client, f"accounts({account})")["_owninguser_value"] == PERSON
    client.control("POST", "users", {"name": "Stephen Jiang", "systemuserid": PERSON, "privileges": {}})
    assert client.post("accounts", {"name": "x", **bind}).code == "0x80040231"
    client.patch(f"systemusers({PERSON})", {"isdisabled": True})
    assert client.post("accounts", {"name": "x", **bind}).code == "0x8004022B"
    assert client.patch(f"accounts({account})", {"name": "still his"}).status == 204


@pytest.mark.parametrize(
    ("plugin", "sent", "stored"),
    [
        ({"column": "name", "action": "upper"}, {"name": "Ab"}, "AB"),
        ({"column": "telephone1", "action": "phone"}, {"telephone1": "4045550101"}, "(404) 555-0101"),
        ({"column": "name", "action": "trim"}, {"name": " Ab "}, "Ab"),
    ],
)
def test_plugins_change_what_is_stored(plugin: dict[str, str], sent: dict[str, str], stored: str) -> None:
    client = Client(make(Options(plugins=[{"table": "account", **plugin}])))
    answer = client.post("accounts", {"name": "x", **sent}, prefer="return=representation")
    assert answer.json[plugin["column"]] == stored


def test_a_plugin_can_refuse() -> None:
    plugin = {"table": "account", "column": "name", "action": "refuse", "contains": "bad", "message": "No."}
    client = Client(make(Options(plugins=[plugin])))
    answer = client.post("accounts", {"name": "Bad name"})
    assert (answer.status, answer.code, answer.message) == (400, "0x80040265", "No.")


def test_a_body_must_be_said_to_be_json_and_be_an_object(client: Client) -> None:
    assert client.post("accounts", b'{"name": "x"}', content_type="text/plain").status == 400
    assert client.post("accounts", b"[]").status == 400
    assert client.post("accounts", b'{"name": ').status == 400
    assert client.post("accounts", b'{"name": "x", "creditlimit": NaN}').status == 400


def test_a_request_that_is_too_large_is_413(client: Client) -> None:
    client.service.options.max_request_bytes = 100
    answer = client.post("accounts", {"name": "x" * 100})
    assert (answer.status, answer.code) == (413, "0x8004418A")


def test_codes_and_statuses_can_be_varied(client: Client) -> None:
    client.service.options.status_overrides = {"0x80040217": 400}
    client.service.options.empty_codes = True
    answer = client.get(f"accounts({MISSING})")
    assert (answer.status, answer.code) == (400, "")


KEYS = Options(
    columns=[{"table": "account", "logical_name": "tandem_companyid", "schema_name": "tandem_CompanyId",
              "type": "String", "max_length": 36}],
    keys=[{"table": "account", "name": "tandem_Key", "columns": ["tandem_companyid"]},
          {"table": "contact", "name": "k", "columns": ["externaluseridentifier"], "status": "Pending"}],
)  # fmt: skip


def test_custom_columns_are_columns_like_others() -> None:
    client = Client(make(KEYS))
    account = client.account(tandem_companyid="c1")
    assert row_of(client, f"accounts({account})?$select=tandem_companyid")["tandem_companyid"] == "c1"
    assert client.post("accounts", {"name": "x", "tandem_companyid": "x" * 37}).code == "0x80044331"


def test_upsert_by_key_repeats_the_key_in_its_answer() -> None:
    client = Client(make(KEYS))
    answer = client.patch("accounts(tandem_companyid='c1')", {"name": "a"})
    assert answer.headers["OData-EntityId"] == f"{URL}/api/data/v9.2/accounts(tandem_companyid='c1')"
    second = client.patch(
        "accounts(tandem_companyid='C1')", {"name": "b", "tandem_companyid": "other"}, "return=representation"
    )
    assert (second.status, second.json["name"], second.json["tandem_companyid"]) == (200, "b", "c1")


def test_a_key_is_unique() -> None:
    client = Client(make(KEYS))
    client.account(tandem_companyid="c1")
    answer = client.post("accounts", {"name": "x", "tandem_companyid": "C1 "})
    assert (answer.status, answer.code) == (412, "0x80060892")


def test_keys_not_defined_not_ready_or_not_addressable_are_refused() -> None:
    client = Client(make(KEYS))
    assert client.get("accounts(name='x')").message.startswith("The key in the request URI is not valid")
    assert client.get("contacts(externaluseridentifier='x')").code == "0x80060890"
    assert client.get("accounts(tandem_companyid='a%2Fb')").status == 400
    assert client.get("accounts(tandem_companyid='none')").code == "0x80060891"


def test_privileges_are_per_table_and_action() -> None:
    users = {CLIENT: {"name": "app", "privileges": {"account": ["read", "create"], "contact": ["read"]}}}
    client = Client(make(users=users))
    account = client.account()
    answers = [
        client.patch(f"accounts({account})", {"name": "x"}),
        client.delete(f"accounts({account})"),
        client.post("contacts", {"lastname": "x"}),
        client.get("systemusers"),
        client.post("accounts", {"name": "x", "parentaccountid@odata.bind": f"/accounts({account})"}),
    ]
    assert [(answer.status, answer.code) for answer in answers] == [(403, "0x80040220")] * 5
    assert "prvWriteAccount" in answers[0].message


def test_impersonation_shows_both_users_and_needs_a_privilege() -> None:
    users = {CLIENT: {"name": "app", "delegate": True}}
    client = Client(make(users=users))
    answer = client.post("accounts", {"name": "x"}, "return=representation", mscrmcallerid=PERSON)
    me = client.get("WhoAmI").json["UserId"]
    assert (answer.json["_createdby_value"], answer.json["_createdonbehalfby_value"]) == (PERSON, me)
    by_object = client.get("WhoAmI", callerobjectid="e39c5d16-675b-48d1-8e67-667427e9c084")
    assert by_object.json["UserId"] == PERSON
    refused = Client(make()).get("WhoAmI", mscrmcallerid=PERSON)
    assert (refused.status, refused.code) == (403, "0x80040220")


ODD_TEXT = st.text(max_size=160).filter(lambda text: text not in ("",) and "\0" not in text)


@settings(max_examples=60, deadline=None)
@given(ODD_TEXT)
def test_any_text_comes_back_as_it_was_sent(text: str) -> None:
    if len(text.encode("utf-16-le", "surrogatepass")) > 320:
        return
    answer = _SHARED.post("accounts", {"name": text}, "return=representation")
    assert answer.status == 201
    expected = text.encode("utf-8", "replace").decode()
    assert json.loads(answer.raw)["name"] == expected


_SHARED = Client(make())
