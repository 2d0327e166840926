"""Addresses as rows of their own."""

from __future__ import annotations

from typing import Any

from local.simulators.dataverse import Options
from tests.simulators.dataverse.sales import bind, made, row_of
from tests.simulators.dataverse.support import CLIENT, EUR, PERSON, Client, make

CHOSEN = "00000000-0000-0000-0000-0000000000ad"


def addresses(client: Client, account: str, kind: str = "account") -> dict[int, dict[str, Any]]:
    rows = client.get(f"{kind}s({account})/{kind.capitalize()}_CustomerAddress").rows
    return {row["addressnumber"]: row for row in rows}


def post_address(client: Client, account: str, **more: Any) -> Any:
    body = {"name": "Warehouse", "line1": "1 Dock", **bind(parentid_account=f"accounts({account})"), **more}
    return client.post("customeraddresses", body)


def test_a_customer_has_its_addresses_as_rows_even_when_blank(client: Client) -> None:
    account = client.account(address1_line1="1 Way", address1_city="Ny", address1_addresstypecode=2)
    found = addresses(client, account)
    assert found.keys() == {1, 2}
    assert (found[1]["line1"], found[1]["city"], found[1]["addresstypecode"]) == ("1 Way", "Ny", 2)
    assert (found[1]["composite"], found[1]["objecttypecode"]) == ("1 Way\r\nNy", "account")
    assert (found[1]["_parentid_value"], found[2]["line1"]) == (account, None)
    assert addresses(client, client.contact(), "contact").keys() == {1, 2, 3}


def test_row_and_columns_have_one_id(client: Client) -> None:
    account = client.account(address1_addressid=CHOSEN)
    row = row_of(client, f"accounts({account})")
    assert row["address1_addressid"] == addresses(client, account)[1]["customeraddressid"] == CHOSEN
    assert row["address2_addressid"] == addresses(client, account)[2]["customeraddressid"]


def test_a_row_follows_the_columns(client: Client) -> None:
    account = client.account(address1_city="Ny", address2_city="Oslo")
    before = addresses(client, account)
    client.patch(f"accounts({account})", {"address1_city": None, "address1_line1": "2 Way"})
    after = addresses(client, account)
    assert (after[1]["city"], after[1]["line1"], after[1]["composite"]) == (None, "2 Way", "2 Way")
    assert after[2]["@odata.etag"] == before[2]["@odata.etag"]
    client.patch(f"accounts({account})", {"telephone1": "1"})
    assert addresses(client, account)[1]["@odata.etag"] == after[1]["@odata.etag"]


def test_the_columns_follow_a_row(client: Client) -> None:
    account = client.account(address1_city="Ny")
    one, version = addresses(client, account)[1]["customeraddressid"], client.etag(f"accounts({account})")
    assert client.patch(f"customeraddresses({one})", {"city": "Oslo", "line1": "3 Way"}).status == 204
    row = row_of(client, f"accounts({account})")
    assert (row["address1_city"], row["address1_line1"]) == ("Oslo", "3 Way")
    assert row["address1_composite"] == "3 Way\r\nOslo"
    assert client.etag(f"accounts({account})") != version


def test_further_addresses_are_numbered_and_leave_the_customer_alone(client: Client) -> None:
    account = client.account()
    version = client.etag(f"accounts({account})")
    first, second = made(post_address(client, account)), made(post_address(client, account))
    found = addresses(client, account)
    assert (found[3]["customeraddressid"], found[4]["customeraddressid"]) == (first, second)
    assert client.patch(f"customeraddresses({first})", {"city": "Oslo", "addresstypecode": 2}).status == 204
    assert client.etag(f"accounts({account})") == version
    assert client.delete(f"customeraddresses({first})").status == 204
    assert addresses(client, account).keys() == {1, 2, 4}


def test_an_address_needs_parent_name_and_street(client: Client) -> None:
    account = client.account()
    for name in ("name", "line1", "parentid_account@odata.bind"):
        assert post_address(client, account, **{name: None}).code == "0x80040200"
    client.service.options.strict_required = False
    assert post_address(client, account, **{"parentid_account@odata.bind": None}).code == "0x80040200"
    assert post_address(client, account, line1=None).status == 204
    assert (
        client.post("customeraddresses", {"name": "x", "line1": "y", "parentid@odata.bind": "/x"}).status
        == 400
    )


def test_the_type_of_the_parent_is_filled_and_must_fit(client: Client) -> None:
    account = client.account()
    assert post_address(client, account, objecttypecode="contact").code == "0x80040514"
    one = made(post_address(client, account, objecttypecode="account"))
    row = row_of(client, f"customeraddresses({one})")
    assert (row["objecttypecode"], row["_ownerid_value"]) == ("account", client.get("WhoAmI").json["UserId"])


def test_numbers_and_parents_of_the_first_addresses_are_fixed(client: Client) -> None:
    account, other = client.account(), client.account()
    one = addresses(client, account)[1]["customeraddressid"]
    assert post_address(client, account, addressnumber=2).code == "0x80040203"
    assert client.patch(f"customeraddresses({one})", {"addressnumber": 5}).code == "0x80040203"
    moved = bind(parentid_account=f"accounts({other})")
    assert client.patch(f"customeraddresses({one})", moved).code == "0x80040203"
    further = made(post_address(client, account))
    assert client.patch(f"customeraddresses({further})", {"addressnumber": 1}).code == "0x80040203"
    assert client.patch(f"customeraddresses({further})", moved).status == 204


def test_the_first_addresses_cannot_be_deleted_alone(client: Client) -> None:
    account = client.account()
    one = addresses(client, account)[1]["customeraddressid"]
    assert client.delete(f"customeraddresses({one})").code == "0x80040228"
    assert client.delete(f"accounts({account})").status == 204
    assert client.get(f"customeraddresses({one})").status == 404


def test_addresses_of_loaded_customers_are_there_too(client: Client) -> None:
    record = {"accountid": PERSON, "name": "Loaded", "address1_city": "Ny", "address1_addressid": CHOSEN}
    client.service.load({"account": [record]})
    assert row_of(client, f"customeraddresses({CHOSEN})")["city"] == "Ny"


def test_whoever_may_write_accounts_writes_their_addresses() -> None:
    users = {CLIENT: {"name": "app", "privileges": {"account": ["create", "write", "delete", "read"]}}}
    client = Client(make(users=users))
    account = client.account(address1_city="Ny")
    assert client.patch(f"accounts({account})", {"address1_city": "Oslo"}).status == 204
    assert client.get("customeraddresses").code == "0x80040220"
    assert client.delete(f"accounts({account})").status == 204


def test_amounts_of_addresses_have_no_currency_of_their_own() -> None:
    client = Client(make(Options(base_currency="EUR")))
    account = client.account()
    assert row_of(client, f"accounts({account})")["_transactioncurrencyid_value"] == EUR
    assert addresses(client, account)[1]["_transactioncurrencyid_value"] is None
