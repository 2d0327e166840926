"""The Merge action."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.simulators.dataverse.sales import Catalogue, bind, made, row_of
from tests.simulators.dataverse.support import CLIENT, Answer, Client, make

SAMPLE = json.loads((Path(__file__).with_name("samples") / "sales-actions.json").read_text())["merge"]
TARGET = SAMPLE["request"]["body"]["Target"]["accountid"]
LOSER = SAMPLE["request"]["body"]["Subordinate"]["accountid"]


def merge(client: Client, target: str, loser: str, kind: str = "account", **more: Any) -> Answer:
    def entity(row_id: str) -> dict[str, str]:
        return {"@odata.type": f"Microsoft.Dynamics.CRM.{kind}", f"{kind}id": row_id}

    body = {"Target": entity(target), "Subordinate": entity(loser), "PerformParentingChecks": False}
    return client.post("Merge", body | more)


def test_the_published_request_is_answered_as_published(client: Client) -> None:
    client.account("Account 1", accountid=TARGET)
    client.account("Account 2", accountid=LOSER)
    answer = client.send("POST", SAMPLE["request"]["path"], SAMPLE["request"]["body"])
    assert (answer.status, answer.raw) == (SAMPLE["response"]["status"], b"")
    kept, gone = row_of(client, f"accounts({TARGET})"), row_of(client, f"accounts({LOSER})")
    assert (kept["name"], kept["accountnumber"], kept["statecode"], kept["merged"]) == (
        "Account 1",
        "1234",
        0,
        False,
    )
    assert (gone["statecode"], gone["statuscode"], gone["merged"]) == (1, 2, True)
    assert (gone["_masterid_value"], gone["name"]) == (TARGET, "Account 2")


def test_what_hangs_on_the_other_row_moves(catalogue: Catalogue) -> None:
    client, kept, gone = catalogue.client, catalogue.client.account(), catalogue.client.account()
    link = bind(parentcustomerid_account=f"accounts({gone})")
    contact, child = client.contact(**link), client.account(**bind(parentaccountid=f"accounts({gone})"))
    opportunity = made(
        client.post("opportunities", {"name": "x", **bind(customerid_account=f"accounts({gone})")})
    )
    invoice = made(catalogue.post_invoice(gone))
    body = {"name": "x", "line1": "y", **bind(parentid_account=f"accounts({gone})")}
    address = made(client.post("customeraddresses", body))
    assert merge(client, kept, gone).status == 204
    for path, names in {
        f"contacts({contact})": ("_parentcustomerid_value", "_accountid_value"),
        f"accounts({child})": ("_parentaccountid_value",),
        f"opportunities({opportunity})": ("_customerid_value", "_parentaccountid_value", "_accountid_value"),
        f"invoices({invoice})": ("_customerid_value", "_accountid_value"),
        f"customeraddresses({address})": ("_parentid_value",),
    }.items():
        row = row_of(client, path)
        assert [row[name] for name in names] == [kept] * len(names), path
    own = client.get(f"accounts({gone})/Account_CustomerAddress").rows
    assert {row["addressnumber"] for row in own} == {1, 2}


def test_blanks_are_filled_and_values_kept(client: Client) -> None:
    kept = client.account("Kept", telephone1="1")
    gone = client.account("Gone", telephone1="2", fax="3", address1_city="Ny", accountnumber="4")
    content = {"@odata.type": "Microsoft.Dynamics.CRM.account", "accountnumber": "5"}
    assert merge(client, kept, gone, UpdateContent=content).status == 204
    row = row_of(client, f"accounts({kept})")
    assert (row["name"], row["telephone1"], row["fax"], row["address1_city"]) == ("Kept", "1", "3", "Ny")
    assert row["accountnumber"] == "5"
    assert row["address1_composite"] == "Ny"


def test_filling_blanks_can_be_switched_off(client: Client) -> None:
    client.service.options.merge_fills_blanks = False
    kept, gone = client.account(), client.account(fax="3")
    assert merge(client, kept, gone).status == 204
    assert row_of(client, f"accounts({kept})")["fax"] is None


def test_contacts_merge_too(client: Client) -> None:
    kept, gone = client.contact("Kept"), client.contact("Gone", firstname="Ann")
    account = client.account(**bind(primarycontactid=f"contacts({gone})"))
    assert merge(client, kept, gone, "contact").status == 204
    assert row_of(client, f"accounts({account})")["_primarycontactid_value"] == kept
    assert row_of(client, f"contacts({kept})")["fullname"] == "Ann Kept"


def test_a_merge_tells_every_row_it_wrote_as_an_update(client: Client) -> None:
    kept, gone = client.account(), client.account(fax="3")
    contact = client.contact(**bind(parentcustomerid_account=f"accounts({gone})"))
    links = {
        name: client.get(f"{name}?$select=name", prefer="odata.track-changes").json["@odata.deltaLink"]
        for name in ("accounts",)
    }
    before = client.etag(f"contacts({contact})")
    client.control("POST", "stats/reset")
    merge(client, kept, gone)
    assert client.control("GET", "stats")["writes"] == {"Update account": 2, "Update contact": 1}
    changed = client.get(links["accounts"]).rows
    assert {row["accountid"] for row in changed} == {kept, gone}
    assert client.etag(f"contacts({contact})") != before


@pytest.mark.parametrize("which", ["Target", "Subordinate"])
def test_inactive_rows_are_not_merged(client: Client, which: str) -> None:
    kept, gone = client.account(), client.account()
    client.patch(f"accounts({kept if which == 'Target' else gone})", {"statecode": 1})
    assert merge(client, kept, gone).code == "0x80045304"


def test_a_row_is_not_merged_with_itself_or_into_its_own_child(client: Client) -> None:
    kept = client.account()
    child = client.account(**bind(parentaccountid=f"accounts({kept})"))
    assert merge(client, kept, kept).code == "0x80045305"
    assert merge(client, child, kept).code == "0x80045300"
    assert merge(client, kept, child).status == 204


def test_different_parents_are_told_when_asked(client: Client) -> None:
    parent, kept = client.account(), client.account()
    gone = client.account(**bind(parentaccountid=f"accounts({parent})"))
    assert merge(client, kept, gone, PerformParentingChecks=True).code == "0x80045316"
    assert merge(client, kept, gone).status == 204


def test_wrong_requests_change_nothing(client: Client) -> None:
    kept, gone = client.account(), client.account(fax="3")
    typed = {"@odata.type": "Microsoft.Dynamics.CRM.account"}
    assert merge(client, kept, gone, Subordinate={"accountid": gone}).status == 400
    assert merge(client, kept, gone, Subordinate=typed).status == 400
    assert merge(client, kept, gone, kind="team").status == 400
    assert merge(client, kept, gone, UpdateContent={"accountnumber": "1"}).status == 400
    assert merge(client, kept, gone, UpdateContent=typed | {"nosuch": 1}).status == 400
    person = {"@odata.type": "Microsoft.Dynamics.CRM.contact", "contactid": client.contact()}
    assert merge(client, kept, gone, Subordinate=person).status == 400
    assert merge(client, kept, gone, UpdateContent=person).status == 400
    assert merge(client, kept, TARGET).code == "0x80040217"
    assert client.post("Merge", {"Target": typed | {"accountid": kept}}).status == 400
    assert (row_of(client, f"accounts({gone})")["statecode"], row_of(client, f"accounts({kept})")["fax"]) == (
        0,
        None,
    )


def test_merging_needs_the_right_to_write() -> None:
    service = make()
    client = Client(service)
    kept, gone = client.account(), client.account()
    service.org.people.users[client.get("WhoAmI").json["UserId"]] = type(
        service.org.people.users[service.org.people.by_client[CLIENT]]
    )({"account": frozenset({"read"})})
    assert merge(client, kept, gone).code == "0x80040220"
