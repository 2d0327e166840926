"""Change tracking: delta links, deletions, pages, expiry, late commits."""

from __future__ import annotations

import time
from typing import Any

import pytest

from local.simulators.dataverse import Dataverse, Options
from local.simulators.wire import ManualClock
from tests.simulators.dataverse.batches import Op, send
from tests.simulators.dataverse.support import URL, Client, make

TRACK = "odata.track-changes"
START = "accounts?$select=name"


def start(client: Client) -> str:
    """Begin tracking and return the delta link."""
    return str(client.get(START, prefer=TRACK).json["@odata.deltaLink"])


def told(client: Client, link: str) -> tuple[list[str], list[str], str]:
    """Names changed, ids deleted, and the next delta link."""
    answer = client.get(link)
    assert answer.status == 200, answer.raw
    changed = [row["name"] for row in answer.rows if "reason" not in row]
    deleted = [row["id"] for row in answer.rows if "reason" in row]
    return changed, deleted, answer.json["@odata.deltaLink"]


def test_the_first_read_tells_all_rows_and_a_delta_link(client: Client) -> None:
    client.account("Monte Orton")
    answer = client.get(START, prefer=TRACK)
    assert answer.headers["Preference-Applied"] == TRACK
    assert answer.json["@odata.context"] == f"{URL}/api/data/v9.2/$metadata#accounts(name)"
    assert answer.rows[0].keys() == {"@odata.etag", "name", "accountid"}
    assert "deltatoken=" in answer.json["@odata.deltaLink"]


def test_a_delta_tells_each_changed_row_once_in_its_last_state(client: Client) -> None:
    account = client.account("a")
    link = start(client)
    client.patch(f"accounts({account})", {"name": "b"})
    client.patch(f"accounts({account})", {"telephone1": "not selected"})
    client.account("new")
    answer = client.get(link)
    assert answer.json["@odata.context"].endswith("#accounts(name)/$delta")
    assert [row["name"] for row in answer.rows] == ["b", "new"]


def test_a_delta_without_changes_is_empty(client: Client) -> None:
    client.account()
    assert told(client, start(client))[:2] == ([], [])


def test_deletions_come_last_and_only_as_ids(client: Client) -> None:
    gone, kept = client.account("gone"), client.account("kept")
    link = start(client)
    client.delete(f"accounts({gone})")
    client.patch(f"accounts({kept})", {"name": "changed"})
    rows = client.get(link).rows
    assert rows[0]["name"] == "changed"
    context = f"{URL}/api/data/v9.2/$metadata#accounts/$deletedEntity"
    assert rows[1] == {"@odata.context": context, "id": gone, "reason": "deleted"}


def test_created_and_deleted_between_polls_is_a_deletion_only(client: Client) -> None:
    link = start(client)
    account = client.account("brief")
    client.delete(f"accounts({account})")
    assert told(client, link)[:2] == ([], [account])


def test_a_row_made_again_with_its_old_id_is_no_deletion(client: Client) -> None:
    account = client.account("a")
    link = start(client)
    client.delete(f"accounts({account})")
    client.account("again", accountid=account)
    assert told(client, link)[:2] == (["again"], [])


def test_deactivation_is_an_ordinary_change(client: Client) -> None:
    account = client.account("a")
    link = start(client)
    client.patch(f"accounts({account})", {"statecode": 1})
    assert told(client, link)[0] == ["a"]


@pytest.mark.parametrize("option", ["$filter=name%20eq%20'x'", "$orderby=name", "$expand=ownerid", "$top=1"])
def test_four_options_are_refused_while_tracking(client: Client, option: str) -> None:
    name = option.partition("=")[0]
    answer = client.get(f"{START}&{option}", prefer=TRACK)
    message = f'The "{name}" query parameter isn\'t supported when Change Tracking is enabled.'
    assert (answer.status, answer.message) == (400, message)
    assert client.get(f"{start(client)}&{option}").status == 400


def test_the_delta_link_is_on_the_last_page_only(client: Client) -> None:
    for number in range(5):
        client.account(f"a{number}")
    prefer = f"{TRACK}, odata.maxpagesize=2"
    page = client.get(START, prefer=prefer)
    found = list(page.rows)
    while "@odata.nextLink" in page.json:
        assert "@odata.deltaLink" not in page.json
        page = client.get(page.json["@odata.nextLink"], prefer=prefer)
        found += page.rows
    assert len({row["accountid"] for row in found}) == len(found) == 5
    assert "@odata.deltaLink" in page.json


def test_pages_of_a_delta_tell_changes_and_then_deletions(client: Client) -> None:
    ids = [client.account(f"a{number}") for number in range(5)]
    link = start(client)
    for row_id in ids[:3]:
        client.patch(f"accounts({row_id})", {"name": "changed"})
    for row_id in ids[3:]:
        client.delete(f"accounts({row_id})")
    page = client.get(link, prefer="odata.maxpagesize=2")
    kinds = [row.get("reason", "changed") for row in page.rows]
    while "@odata.nextLink" in page.json:
        page = client.get(page.json["@odata.nextLink"], prefer="odata.maxpagesize=2")
        kinds += [row.get("reason", "changed") for row in page.rows]
    assert kinds == ["changed"] * 3 + ["deleted"] * 2
    assert told(client, page.json["@odata.deltaLink"])[:2] == ([], [])


def test_a_deletion_older_than_the_last_change_is_not_lost_between_pages(client: Client) -> None:
    gone, kept = client.account("gone"), client.account("kept")
    link = start(client)
    client.delete(f"accounts({gone})")
    client.patch(f"accounts({kept})", {"name": "changed"})
    page = client.get(link, prefer="odata.maxpagesize=1")
    last = client.get(page.json["@odata.nextLink"], prefer="odata.maxpagesize=1")
    assert [row["id"] for row in last.rows] == [gone]


def test_what_is_written_while_paging_is_told_by_the_next_delta(client: Client) -> None:
    ids = [client.account(f"a{number}") for number in range(4)]
    link = start(client)
    for row_id in ids:
        client.patch(f"accounts({row_id})", {"telephone1": "1"})
    page = client.get(link, prefer="odata.maxpagesize=2")
    client.patch(f"accounts({ids[0]})", {"name": "seen before, written again"})
    client.patch(f"accounts({ids[3]})", {"name": "not seen yet"})
    last = client.get(page.json["@odata.nextLink"], prefer="odata.maxpagesize=2")
    assert [row["name"] for row in last.rows] == ["a2"]
    assert told(client, last.json["@odata.deltaLink"])[0] == ["seen before, written again", "not seen yet"]


def test_pending_changes_can_be_counted(client: Client) -> None:
    account = client.account()
    token = start(client).partition("$deltatoken=")[2]
    client.account("new")
    client.delete(f"accounts({account})")
    assert client.get(f"accounts/$count?$deltatoken={token}").raw == b"2"


def test_a_token_expires_after_the_days_kept(client: Client, clock: ManualClock) -> None:
    link = start(client)
    clock.now += 7 * 86_400
    assert client.get(link).status == 200
    clock.now += 1
    answer = client.get(link)
    assert (answer.status, answer.code) == (400, "0x80044352")
    settings = client.get("organizations?$select=expirechangetrackingindays").rows[0]
    assert settings["expirechangetrackingindays"] == 7


def test_the_days_kept_can_be_changed(client: Client, clock: ManualClock) -> None:
    link = start(client)
    client.control("POST", "options", {"expire_change_tracking_days": 30})
    clock.now += 29 * 86_400
    assert client.get(link).status == 200


def test_a_schema_change_expires_the_tokens_of_its_table(client: Client) -> None:
    accounts = start(client)
    contacts = client.get("contacts?$select=lastname", prefer=TRACK).json["@odata.deltaLink"]
    label = {"LocalizedLabels": [{"Label": "Net 90", "LanguageCode": 1033}]}
    body = {"EntityLogicalName": "account", "AttributeLogicalName": "paymenttermscode", "Label": label}
    assert client.post("InsertOptionValue", body).status == 200
    assert client.get(accounts).code == "0x80044352"
    assert client.get(contacts).status == 200
    assert client.get(start(client)).status == 200


def test_tokens_can_be_expired_by_hand(client: Client) -> None:
    link = start(client)
    client.control("POST", "expire", {"table": "account"})
    assert client.get(link).code == "0x80044352"


def test_a_changed_token_is_refused(client: Client) -> None:
    assert client.get(start(client).replace("%21", "x")).status == 400
    assert client.get(f"{START}&$deltatoken=5!13/45/2020%2000:00:00").status == 400


def test_tracking_needs_the_table_to_be_tracked() -> None:
    client = Client(make(Options(change_tracking={})))
    assert client.get(START, prefer=TRACK).status == 400


def edit_late(client: Client, account: str, values: dict[str, Any]) -> None:
    client.control("POST", "edit", {"table": "account", "id": account, "values": values})


def test_a_late_commit_is_not_lost(client: Client, clock: ManualClock) -> None:
    account = client.account("before")
    client.control("POST", "options", {"late_commit_s": 5})
    edit_late(client, account, {"name": "after"})
    other = client.account("other")
    _, _, link = told(client, start(client))
    assert client.get(f"accounts({account})?$select=name").json["name"] == "before"
    clock.now += 5
    assert told(client, link)[0] == ["after", "other"]
    assert client.get(f"accounts({other})?$select=name").status == 200


def test_another_writer_waits_for_a_late_commit(client: Client) -> None:
    account = client.account("before")
    client.control("POST", "options", {"late_commit_s": 5})
    edit_late(client, account, {"telephone1": "late"})
    client.patch(f"accounts({account})", {"fax": "1"})
    row = client.get(f"accounts({account})?$select=name,telephone1,fax").json
    assert (row["telephone1"], row["fax"]) == ("late", "1")


def test_a_late_commit_survives_the_rollback_of_another_writer(client: Client) -> None:
    account = client.account("before")
    client.control("POST", "options", {"late_commit_s": 5})
    edit_late(client, account, {"telephone1": "late"})
    change_set = [
        Op("PATCH", f"accounts({account})", {"fax": "1"}, content_id="1"),
        Op("POST", "accounts", {}, content_id="2"),
    ]
    assert send(client, [change_set]).status == 400
    row = client.get(f"accounts({account})?$select=telephone1,fax").json
    assert (row["telephone1"], row["fax"]) == ("late", None)


def test_a_page_of_5000_changes_is_fast(service: Dataverse, client: Client, clock: ManualClock) -> None:
    link = start(client)
    rows = [{"accountid": f"00000000-0000-4000-8000-{n:012d}", "name": "x"} for n in range(5000)]
    service.load({"account": rows})
    began = time.thread_time()
    assert len(client.get(link).rows) == 5000
    assert time.thread_time() - began < 1
