"""The JSON dialect of $batch."""

from __future__ import annotations

from typing import Any

from tests.simulators.business_central.client import ADATUM, COMPANY, Client


def create(name: str, **more: Any) -> dict[str, Any]:
    return {"method": "POST", "url": f"companies({COMPANY})/customers", "body": {"displayName": name}, **more}


def statuses(reply: Any) -> list[int]:
    return [part["status"] for part in reply.json["responses"]]


BAD = create("")


def test_parts_run_in_order_and_keep_their_ids(bc: Client) -> None:
    reply = bc.batch(create("A", id="1"), create("B"))
    assert reply.status == 200
    parts = reply.json["responses"]
    assert [part["id"] for part in parts] == ["1", None]
    assert [part["body"]["number"] for part in parts] == ["C00010", "C00020"]
    assert set(parts[0]["headers"]) >= {"location", "content-type", "odata-version"}


def test_first_failure_ends_it_and_what_was_done_stays(bc: Client) -> None:
    reply = bc.batch(create("A"), BAD, create("C"))
    assert statuses(reply) == [201, 400]
    assert [row["displayName"] for row in bc.get("customers?$filter=number ge 'C'").rows] == ["A"]


def test_continue_on_error_runs_the_rest(bc: Client) -> None:
    reply = bc.batch(create("A"), BAD, create("C"), prefer="odata.continue-on-error")
    assert statuses(reply) == [201, 400, 201]


def test_snapshot_undoes_everything_and_still_reports_success(bc: Client) -> None:
    before = bc.control("GET", "counts").json
    reply = bc.batch(create("A"), BAD, isolation="snapshot")
    assert statuses(reply) == [201, 400]
    ghost = reply.json["responses"][0]["body"]["id"]
    assert bc.get(f"customers({ghost})").status == 404
    assert bc.control("GET", "counts").json == before


def test_snapshot_that_succeeds_is_kept(bc: Client) -> None:
    assert statuses(bc.batch(create("A"), create("B"), isolation="snapshot")) == [201, 201]
    assert len(bc.get("customers").rows) == 3


def test_snapshot_undoes_changes_and_deletions(bc: Client) -> None:
    before = bc.get(f"customers({ADATUM})").json
    path, headers = f"companies({COMPANY})/customers({ADATUM})", {"If-Match": "*"}
    change = {"method": "PATCH", "url": path, "headers": headers, "body": {"city": "Rome", "number": "N"}}
    bc.batch(change, {"method": "DELETE", "url": path, "headers": headers}, BAD, isolation="snapshot")
    assert bc.get(f"customers({ADATUM})").json == before
    assert bc.get("customers?$filter=number eq '10000'").rows == [
        {k: v for k, v in before.items() if k != "@odata.context"}
    ]


def test_more_than_a_hundred_parts_are_refused(bc: Client) -> None:
    assert bc.batch(*[create("A")] * 101).code == "Unknown"
    assert len(bc.get("customers").rows) == 1
    assert statuses(bc.batch(*[create("A")] * 100)) == [201] * 100


def test_company_header_gives_the_scope(bc: Client) -> None:
    part = {"method": "GET", "url": f"customers({ADATUM})", "headers": {"Company": "CRONUS"}}
    assert statuses(bc.batch(part)) == [200]
    assert statuses(bc.batch({**part, "headers": {"Company": "Nobody"}})) == [400]
    assert statuses(bc.batch({**part, "headers": {}})) == [400]


def test_part_needs_if_match_of_its_own(bc: Client) -> None:
    path = f"companies({COMPANY})/customers({ADATUM})"
    reply = bc.batch({"method": "PATCH", "url": path, "body": {"city": "x"}}, if_match="*")
    assert reply.json["responses"][0]["body"]["error"]["code"] == "BadRequest_InvalidToken"


def test_url_must_be_relative_and_no_batch(bc: Client) -> None:
    for url in ("/customers", "https://bc.test/customers", "$batch"):
        assert statuses(bc.batch({"method": "GET", "url": url})) == [400]


def test_malformed_batch_is_refused(bc: Client) -> None:
    for body in (b"{}", b'{"requests":1}', b'{"requests":[1]}', b'{"requests":[{"method":"PUT","url":"x"}]}'):
        assert bc.api("POST", "$batch", body, accept="application/json").error == (400, "BadRequest")
    doubled = bc.batch(create("A", id="1"), create("B", id="1"))
    assert doubled.error == (400, "BadRequest")


def test_without_accept_the_reply_is_multipart(bc: Client) -> None:
    reply = bc.api("POST", "$batch", {"requests": [create("A")]})
    assert reply.raw.headers["Content-Type"].startswith("multipart/mixed")
    assert b"HTTP/1.1 201" in reply.raw.body


def test_parts_are_counted_apart_from_requests(bc: Client) -> None:
    bc.control("POST", "requests/reset")
    bc.batch(create("A"), create("B"))
    log = bc.control("GET", "requests").json
    assert log["requests"] == 1
    assert log["batch_parts_by_kind"] == {"POST customers": 2}
    assert log["writes"] == {"contacts created": 2, "customers created": 2}
