"""Business Central's client against answers that no well-behaved service gives, and exact request counts."""

import json
from dataclasses import replace
from typing import Any

import pytest

from local.simulators.wire import Response
from shared_code.core.records import Version
from shared_code.systems.business_central import BusinessCentral, api_root
from shared_code.systems.interface import (
    Change,
    Column,
    Creation,
    Cursor,
    CursorExpired,
    Moved,
    NotDone,
    OutcomeUnknown,
    Refused,
    SettingWrong,
    SystemUnavailable,
    Table,
    Written,
)
from tests.systems.conftest import Script, Step, Surroundings

COMPANY = "aaaaaaaa-0000-0000-0000-000000000001"
ROOT = api_root("https://api.example", "tenant", "Production")
SET = f"{ROOT}/companies({COMPANY})/customers"
CUSTOMERS = Table("customers", "id", (Column("number"), Column("displayName")), scan_columns=("blocked",))
JSON = {"Content-Type": "application/json", "Date": "Wed, 01 May 2024 10:00:00 GMT"}
ONE = "11111111-0000-0000-0000-000000000001"
TWO = "11111111-0000-0000-0000-000000000002"


def entity(key: str, stamp: str = "2024-05-01T09:59:00.5Z", **values: Any) -> dict[str, Any]:
    known = {"number": "10000", "displayName": "Adatum", "blocked": "_x0020_"}
    return {"@odata.etag": f'W/"{key[-2:]}"', "id": key, "lastModifiedDateTime": stamp, **known, **values}


def page(*rows: dict[str, Any], **more: Any) -> Response:
    return Response(200, JSON, json.dumps({"value": rows, **more}).encode())


def parts(*answers: tuple[int, Any]) -> Response:
    listed = [{"id": str(n), "status": status, "body": body} for n, (status, body) in enumerate(answers)]
    return Response(200, JSON, json.dumps({"responses": listed}).encode())


def connected(surroundings: Surroundings, *steps: Step) -> tuple[BusinessCentral, Script]:
    script = Script(list(steps))
    return BusinessCentral(surroundings.client(script), ROOT, COMPANY), script


def test_a_full_scan_asks_for_ids_stamps_and_scan_columns_only(surroundings: Surroundings) -> None:
    system, script = connected(surroundings, page(entity(ONE)))
    seen = system.scan(CUSTOMERS, None).seen
    assert script.targets == [
        SET.removeprefix("https://api.example") + "?$select=id,lastModifiedDateTime,blocked"
    ]
    assert script.requests[0].headers["data-access-intent"] == "ReadOnly"
    assert [(one.id, one.version, one.values) for one in seen] == [
        (ONE, Version('W/"01"', "2024-05-01T09:59:00.500Z"), {"blocked": "_x0020_"})
    ]


def test_the_watermark_is_the_services_clock_at_the_first_page(surroundings: Surroundings) -> None:
    later = Response(200, {**JSON, "Date": "Wed, 01 May 2024 10:30:00 GMT"}, page(entity(TWO)).body)
    system, script = connected(
        surroundings, page(entity(ONE), **{"@odata.nextLink": f"{SET}?$skiptoken=x"}), later, page()
    )
    first = system.scan(CUSTOMERS, None)
    assert (first.watermark, first.next is None) == (None, False)
    second = system.scan(CUSTOMERS, first.next)
    system.scan(CUSTOMERS, second.watermark)
    assert "lastModifiedDateTime ge 2024-05-01T09:50:00.000Z" in script.targets[2]
    assert script.requests[0].headers["prefer"] == script.requests[1].headers["prefer"]


@pytest.mark.parametrize(
    "link", ["https://evil.example/x", SET.replace("customers", "vendors"), SET.replace("https", "http")]
)
def test_a_next_link_elsewhere_is_refused(surroundings: Surroundings, link: str) -> None:
    system, script = connected(surroundings, page(entity(ONE), **{"@odata.nextLink": link}))
    with pytest.raises(SystemUnavailable, match="not followed"):
        system.scan(CUSTOMERS, None)
    cursor = {"kind": "next", "link": link, "started": "2024-05-01T10:00:00Z", "since": None}
    with pytest.raises(SystemUnavailable, match="not followed"):
        system.scan(CUSTOMERS, Cursor(json.dumps(cursor)))
    assert len(script.requests) == 1


def test_an_ignored_filter_is_noticed(surroundings: Surroundings) -> None:
    system, _ = connected(surroundings, page(entity(ONE, "2020-01-01T00:00:00Z")))
    with pytest.raises(SystemUnavailable, match="ignored the filter"):
        system.scan(CUSTOMERS, Cursor('{"kind":"since","stamp":"2024-05-01T10:00:00Z"}'))


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"kind":"since"}', '{"kind":"since","stamp":"x"}', "x" * 9999]
)
def test_an_unreadable_position_means_a_full_scan(surroundings: Surroundings, text: str) -> None:
    system, _ = connected(surroundings, page())
    with pytest.raises(CursorExpired):
        system.scan(CUSTOMERS, Cursor(text))


def test_an_expired_page_of_an_incremental_scan_starts_it_again(surroundings: Surroundings) -> None:
    expired = Response(400, JSON, b'{"error":{"code":"SkipTokenIsNoLongerValid","message":""}}')
    system, script = connected(surroundings, expired, page(entity(ONE)))
    cursor = {"kind": "next", "link": f"{SET}?$skiptoken=1", "started": "2024-05-01T10:05:00Z"}
    found = system.scan(CUSTOMERS, Cursor(json.dumps({**cursor, "since": "2024-05-01T10:00:00Z"})))
    assert [one.id for one in found.seen] == [ONE]
    assert "$filter=lastModifiedDateTime ge 2024-05-01T09:50" in script.targets[1]


def test_a_full_scan_whose_page_expired_is_told_so(surroundings: Surroundings) -> None:
    system, _ = connected(surroundings, Response(400, JSON, b'{"error":{"code":"SkipTokenIsNoLongerValid"}}'))
    cursor = {"kind": "next", "link": f"{SET}?$skiptoken=1", "started": "2024-05-01T10:05:00Z", "since": None}
    with pytest.raises(CursorExpired):
        system.scan(CUSTOMERS, Cursor(json.dumps(cursor)))


def test_five_hundred_ids_are_one_request(surroundings: Surroundings) -> None:
    system, script = connected(surroundings, parts(*[(200, {"value": []})] * 5))
    assert system.read(CUSTOMERS, [f"11111111-0000-0000-0000-{n:012}" for n in range(500)]) == {}
    sent = json.loads(script.requests[0].body)["requests"]
    assert (len(script.requests), len(sent)) == (1, 5)
    assert {one["headers"]["Data-Access-Intent"] for one in sent} == {"ReadWrite"}


def test_records_that_were_not_asked_for_are_not_accepted(surroundings: Surroundings) -> None:
    system, _ = connected(surroundings, parts((200, {"value": [entity(TWO)]})))
    with pytest.raises(SystemUnavailable, match="not asked for"):
        system.read(CUSTOMERS, [ONE])


def test_an_id_that_is_none_is_not_sent(surroundings: Surroundings) -> None:
    system, script = connected(surroundings, parts())
    with pytest.raises(ValueError, match="record id"):
        system.read(CUSTOMERS, ["') or id ne null or (id eq '"])
    assert script.requests == []


def test_creations_go_out_in_hundreds_without_isolation(surroundings: Surroundings) -> None:
    made = parts(*[(201, entity(ONE))] * 100)
    system, script = connected(surroundings, made, made, parts(*[(201, entity(ONE))] * 50))
    results = system.create(CUSTOMERS, [Creation({"displayName": "Adatum"})] * 250)
    assert (len(results), len(script.requests)) == (250, 3)
    assert all("isolation" not in one.headers for one in script.requests)
    assert all(one.headers["prefer"] == "odata.continue-on-error" for one in script.requests)


def test_a_batch_that_ends_early_leaves_the_rest_unknown(surroundings: Surroundings) -> None:
    system, _ = connected(surroundings, parts((409, {"error": {"code": "Request_EntityChanged"}})))
    change = Change(ONE, Version("e", "s"), {"displayName": "x"})
    moved, unknown = system.update(CUSTOMERS, [change, replace(change, id=TWO)])
    assert moved == Moved()
    assert isinstance(unknown, OutcomeUnknown)


def test_an_answer_cut_off_is_an_unknown_outcome_for_its_whole_chunk(surroundings: Surroundings) -> None:
    whole = parts(*[(201, entity(ONE))] * 2)
    system, _ = connected(surroundings, Response(200, JSON, whole.body[:-30]))
    results = system.create(CUSTOMERS, [Creation({"displayName": "x"})] * 2)
    assert [type(one) for one in results] == [OutcomeUnknown, OutcomeUnknown]


def test_a_value_that_json_cannot_carry_fails_alone(surroundings: Surroundings) -> None:
    system, script = connected(surroundings, parts((201, entity(ONE))))
    creations = [Creation({"bad name": "x"}), Creation({"displayName": "Adatum"})]
    refused, written = system.create(CUSTOMERS, creations)
    assert isinstance(refused, Refused)
    assert not isinstance(written, Refused)
    assert len(json.loads(script.requests[0].body)["requests"]) == 1


@pytest.mark.parametrize("kind", ["create", "update"])
@pytest.mark.parametrize("is_edited", [False, True])
def test_what_was_edited_before_it_was_read_back_is_told(
    surroundings: Surroundings, kind: str, is_edited: bool
) -> None:
    """An answer that lacks a column is completed by reading, which may find a later version."""
    bare = {name: value for name, value in entity(ONE).items() if name != "displayName"}
    later = entity(ONE, displayName="Somebody's") | ({"@odata.etag": 'W/"later"'} if is_edited else {})
    system, script = connected(surroundings, parts((200, bare)), parts((200, {"value": [later]})))
    change = Change(ONE, Version('W/"00"', "1"), {"displayName": "Ours"})
    written = {
        "create": lambda: system.create(CUSTOMERS, [Creation({"displayName": "Ours"})]),
        "update": lambda: system.update(CUSTOMERS, [change]),
    }
    (result,) = written[kind]()
    assert isinstance(result, Written)
    assert (result.edited, result.row.values["displayName"]) == (is_edited, "Somebody's")
    assert len(script.requests) == 2


def test_throttled_parts_are_not_done_and_slow_everybody(surroundings: Surroundings) -> None:
    busy = (429, {"error": {"code": "Application_TooManyRequests", "message": "x"}})
    system, _ = connected(surroundings, parts((201, entity(ONE)), busy))
    results = system.create(CUSTOMERS, [Creation({"displayName": "x"})] * 2)
    assert isinstance(results[1], NotDone)
    assert surroundings.permits.wait_s() > 0


def test_a_company_that_is_no_id_is_a_wrong_setting(surroundings: Surroundings) -> None:
    with pytest.raises(SettingWrong):
        BusinessCentral(surroundings.client(Script([page()])), ROOT, "CRONUS")


def test_a_table_of_an_api_of_its_own_is_scanned_read_and_written_there(surroundings: Surroundings) -> None:
    own = replace(CUSTOMERS, name="shippingAgents", api="tandem/sync/v1.0")
    root = f"{ROOT.removesuffix('v2.0')}tandem/sync/v1.0".removeprefix("https://api.example")
    system, script = connected(
        surroundings, page(), parts((200, {"value": []})), parts((200, entity(ONE))), parts((200, {}))
    )
    system.scan(own, None)
    system.read(own, [ONE])
    system.update(own, [Change(ONE, Version('W/"01"', "1"), {"displayName": "New"})])
    assert script.targets[0].startswith(f"{root}/companies({COMPANY})/shippingAgents?")
    assert script.targets[1:3] == [f"{root}/$batch"] * 2
