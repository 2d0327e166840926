"""The simulator's answers against those that Microsoft's documentation prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.simulators.dataverse.batches import Op, send
from tests.simulators.dataverse.support import URL, Client

SAMPLES = Path(__file__).with_name("samples")
MISSING = "00000000-0000-0000-0000-000000000001"
CASES = {case["case"]: case for case in json.loads((SAMPLES / "conditional.json").read_text())}
TRACKING = json.loads((SAMPLES / "delta.json").read_text())
PAGING = json.loads((SAMPLES / "paging.json").read_text())


def send_case(client: Client, case: dict[str, Any]) -> Any:
    request = case["request"]
    body = {"name": "x"} if request["method"] == "PATCH" else None
    return client.send(request["method"], request["path"], body, request["headers"])


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("name", [name for name in CASES if not name.startswith("conditional GET")])
def test_conditional_writes(client: Client, name: str, exists: bool) -> None:
    case = CASES[name]
    applies = exists != name.startswith("update only")
    if exists:
        client.account(accountid=MISSING)
    answer = send_case(client, case)
    if not applies or ("optimistic" in name and not exists):
        assert answer.status in (204, 404)
        return
    assert answer.status == case["response"]["status"]
    assert answer.message == case["response"]["body"]["error"]["message"]


def test_a_conditional_read(client: Client) -> None:
    client.account(accountid=MISSING)
    case = CASES["conditional GET, unchanged"]
    case["request"]["headers"]["If-None-Match"] = client.etag(f"accounts({MISSING})")
    assert send_case(client, case).status == case["response"]["status"]


def test_a_tracked_read_and_its_delta(client: Client) -> None:
    account, gone = client.account(), client.account()
    first = TRACKING["initial"]
    answer = client.send("GET", first["request"]["path"], None, first["request"]["headers"])
    published = first["response"]["body"]
    assert answer.json.keys() == published.keys()
    assert answer.json["@odata.context"] == published["@odata.context"]
    assert answer.rows[0].keys() == published["value"][0].keys()
    assert (
        answer.json["@odata.deltaLink"].partition("=")[0] == published["@odata.deltaLink"].partition("=")[0]
    )
    client.patch(f"accounts({account})", {"name": "Monte Orton"})
    client.delete(f"accounts({gone})")
    changes, theirs = (
        client.get(answer.json["@odata.deltaLink"]).json,
        TRACKING["changes"]["response"]["body"],
    )
    assert changes.keys() == theirs.keys()
    assert [set(row) for row in changes["value"]] == [
        set(theirs["value"][0]) | {"accountnumber"},  # the published delta selects one column less
        set(theirs["value"][1]),
    ]


def test_a_first_page(client: Client) -> None:
    for name in ("a", "b", "c"):
        client.contact(name)
    page = PAGING["page1"]
    answer = client.send("GET", page["request"]["path"], None, page["request"]["headers"])
    published = page["response"]["body"]
    assert answer.headers["Preference-Applied"] == page["response"]["headers"]["Preference-Applied"]
    assert answer.json.keys() == published.keys()
    assert answer.json["@odata.context"] == published["@odata.context"]
    assert [row.keys() for row in answer.rows] == [row.keys() for row in published["value"]]
    start = f"{URL}/api/data/v9.2/contacts?$select=fullname&$skiptoken=%3Ccookie%20pagenumber=%222%22%20"
    assert published["@odata.nextLink"].startswith(start)
    assert answer.json["@odata.nextLink"].startswith(start)


def test_a_count_by_path(client: Client) -> None:
    published = PAGING["count"]["pathCount"]
    answer = client.get(published["path"])
    assert (answer.headers["Content-Type"], answer.raw) == (published["contentType"], b"0")


def test_a_reference_to_a_collection(client: Client) -> None:
    published = PAGING["refOnCollection"]
    answer = client.get("accounts?$expand=contact_customer_accounts/$ref")
    assert (answer.status, answer.json) == (published["status"], {"error": published["error"]})


def test_an_error_part_of_a_batch_that_goes_on(client: Client) -> None:
    raw = (SAMPLES / "batch-continue-on-error.response.http").read_bytes()
    body = {"name": "x" * 161}
    ours = send(client, [Op("POST", "accounts", body)], prefer="odata.continue-on-error").raw.split(b"\r\n")
    theirs = raw.split(b"\r\n\r\n", 1)[1].split(b"\r\n")
    names = [line.partition(b":")[0] for line in theirs[1:9]]
    assert {name for name in names if name} <= {line.partition(b":")[0] for line in ours}
    expected = (
        theirs[9]
        .replace(b"'subject'", b"'name'")
        .replace(b"'task'", b"'account'")
        .replace(b"'200'", b"'160'")
    )
    assert json.loads(expected) == json.loads(next(line for line in ours if line.startswith(b"{")))
