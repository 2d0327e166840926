"""Owners: what follows when a row is assigned."""

from __future__ import annotations

from tests.simulators.dataverse.sales import Catalogue, bind, made, row_of
from tests.simulators.dataverse.support import PERSON, Client

HIS = bind(ownerid=f"systemusers({PERSON})")


def owner(client: Client, address: str) -> tuple[str, str]:
    row = row_of(client, address)
    return row["_ownerid_value"], row["_owninguser_value"]


def test_what_hangs_on_an_account_follows_its_owner(catalogue: Catalogue) -> None:
    client, account = catalogue.client, catalogue.client.account()
    below = client.account(**bind(parentaccountid=f"accounts({account})"))
    customer = bind(customerid_account=f"accounts({below})")
    rows = [
        f"accounts({below})",
        f"contacts({client.contact(**bind(parentcustomerid_account=f'accounts({account})'))})",
        f"opportunities({made(client.post('opportunities', {'name': 'x', **customer}))})",
        f"invoices({(invoice := made(catalogue.post_invoice(below)))})",
    ]
    line = catalogue.write_in(invoice, 1)["invoicedetailid"]
    assert client.patch(f"accounts({account})", HIS).status == 204
    assert [owner(client, address) for address in rows] == [(PERSON, PERSON)] * len(rows)
    assert row_of(client, f"invoicedetails({line})")["_ownerid_value"] == PERSON


def test_other_edits_and_other_links_leave_the_owner_alone(client: Client) -> None:
    contact = client.contact()
    account = client.account(**bind(primarycontactid=f"contacts({contact})"))
    child = client.contact(**bind(parentcustomerid_account=f"accounts({account})"))
    me = client.get("WhoAmI").json["UserId"]
    client.patch(f"contacts({contact})", HIS)
    client.patch(f"accounts({account})", {"name": "x"})
    assert owner(client, f"accounts({account})") == owner(client, f"contacts({child})") == (me, me)


def test_the_cascade_can_be_switched_off(client: Client) -> None:
    client.service.options.assign_cascades = False
    account = client.account()
    child = client.contact(**bind(parentcustomerid_account=f"accounts({account})"))
    client.patch(f"accounts({account})", HIS)
    assert owner(client, f"contacts({child})")[0] != PERSON


def test_the_rows_that_follow_are_changes_of_their_own(client: Client) -> None:
    account = client.account()
    child = client.contact(**bind(parentcustomerid_account=f"accounts({account})"))
    link = client.get("contacts?$select=fullname", prefer="odata.track-changes").json["@odata.deltaLink"]
    client.patch(f"accounts({account})", HIS)
    assert [row["contactid"] for row in client.get(link).rows] == [child]
    client.patch(f"accounts({account})", HIS)
    assert [row["contactid"] for row in client.get(link).rows] == [child]
