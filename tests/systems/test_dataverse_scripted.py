"""Dataverse's client against answers that no well-behaved service gives, and exact request counts."""

import json
from typing import Any
from urllib.parse import unquote

import pytest

from local.simulators.wire import ConnectionLost, Response
from shared_code.core.records import Version
from shared_code.systems.dataverse import Dataverse
from shared_code.systems.interface import (
    AccessDenied,
    Change,
    Column,
    Creation,
    Cursor,
    CursorExpired,
    Exists,
    Gone,
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

ORG = "https://org.example"
SET = f"{ORG}/api/data/v9.2/contacts"
PARENT = Column("parentcustomerid", "accounts", "parentcustomerid_account")
CONTACTS = Table(
    "contacts",
    "contactid",
    (Column("fullname"), Column("transactioncurrencyid", "transactioncurrencies"), PARENT),
    scan_columns=("statecode", "parentcustomeridtype"),
)
TYPE = "_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"
JSON = {"Content-Type": "application/json; odata.metadata=minimal"}
ONE = "11111111-0000-0000-0000-000000000001"
TWO = "11111111-0000-0000-0000-000000000002"
TARGET = "22222222-0000-0000-0000-000000000001"


def entity(key: str, number: int = 7, **values: Any) -> dict[str, Any]:
    known = {"fullname": "Zoë", "_transactioncurrencyid_value": None, "_parentcustomerid_value": None}
    return {"@odata.etag": f'W/"{number}"', "contactid": key, "statecode": 0, **known, **values}


def page(*rows: dict[str, Any], **more: Any) -> Response:
    return Response(200, JSON, json.dumps({"value": rows, **more}).encode())


def delta(*rows: dict[str, Any]) -> Response:
    return page(*rows, **{"@odata.deltaLink": f"{SET}?$deltatoken=1%21x"})


def parts(*answers: tuple[int, Any]) -> Response:
    lines = [
        f"--r\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 {status} X\r\n\r\n{json.dumps(body)}\r\n"
        for status, body in answers
    ]
    return Response(
        200, {"Content-Type": "multipart/mixed; boundary=r"}, ("".join(lines) + "--r--\r\n").encode()
    )


def connected(surroundings: Surroundings, *steps: Step) -> tuple[Dataverse, Script]:
    script = Script(list(steps))
    return Dataverse(surroundings.client(script), ORG), script


def test_the_first_scan_asks_for_change_tracking_and_scan_columns(surroundings: Surroundings) -> None:
    system, script = connected(surroundings, delta(entity(ONE)))
    found = system.scan(CONTACTS, None)
    assert script.targets == ["/api/data/v9.2/contacts?$select=contactid,statecode,_parentcustomerid_value"]
    assert script.requests[0].headers["prefer"] == (
        "odata.track-changes,odata.maxpagesize=5000,"
        'odata.include-annotations="Microsoft.Dynamics.CRM.lookuplogicalname"'
    )
    assert found.seen[0].version == Version('W/"7"', "00000000000000000007")
    assert found.watermark is not None


def test_deletions_are_told_apart(surroundings: Surroundings) -> None:
    gone = {
        "@odata.context": f"{ORG}/$metadata#contacts/$deletedEntity",
        "id": TWO.upper(),
        "reason": "deleted",
    }
    system, _ = connected(surroundings, delta(entity(ONE), gone))
    found = system.scan(CONTACTS, None)
    assert ([one.id for one in found.seen], found.deleted) == ([ONE], (TWO,))


def test_an_expired_delta_link_is_told_whatever_its_status(surroundings: Surroundings) -> None:
    for status in (400, 404, 410):
        body = b'{"error":{"code":"0x80044352","message":"expired"}}'
        system, _ = connected(surroundings, delta(), Response(status, JSON, body))
        with pytest.raises(CursorExpired):
            system.scan(CONTACTS, system.scan(CONTACTS, None).watermark)


def test_a_link_made_for_other_columns_is_not_used(surroundings: Surroundings) -> None:
    system, script = connected(surroundings, delta())
    watermark = system.scan(CONTACTS, None).watermark
    with pytest.raises(CursorExpired):
        system.scan(Table("contacts", "contactid", (), ("fullname",)), watermark)
    assert len(script.requests) == 1


def test_a_link_elsewhere_is_refused(surroundings: Surroundings) -> None:
    system, script = connected(surroundings, page(**{"@odata.nextLink": "https://evil.example/api"}))
    with pytest.raises(SystemUnavailable, match="not followed"):
        system.scan(CONTACTS, None)
    stored = {"kind": "next", "link": "https://evil.example/", "select": "contactid"}
    with pytest.raises(SystemUnavailable, match="not followed"):
        system.scan(Table("contacts", "contactid", ()), Cursor(json.dumps(stored)))
    assert len(script.requests) == 1


def test_a_table_without_change_tracking_is_a_wrong_setting(surroundings: Surroundings) -> None:
    system, _ = connected(surroundings, page(entity(ONE)))
    with pytest.raises(SettingWrong, match="change tracking"):
        system.scan(CONTACTS, None)


def test_five_hundred_ids_are_one_request_within_the_limit(surroundings: Surroundings) -> None:
    system, script = connected(surroundings, page())
    assert system.read(CONTACTS, [f"11111111-0000-0000-0000-{n:012}" for n in range(500)]) == {}
    assert len(script.requests) == 1
    assert len(ORG + script.requests[0].target) <= 32_768


def test_a_customer_lookup_is_ours_only_when_it_points_to_our_table(surroundings: Surroundings) -> None:
    to_account = entity(ONE) | {"_parentcustomerid_value": TARGET, TYPE: "account"}
    to_contact = entity(TWO) | {"_parentcustomerid_value": TARGET, TYPE: "contact"}
    system, _ = connected(surroundings, page(to_account, to_contact))
    rows = system.read(CONTACTS, [ONE, TWO])
    assert rows[ONE].values["parentcustomerid"] == TARGET
    assert (rows[TWO].values["parentcustomerid"], rows[TWO].values["parentcustomeridtype"]) == (
        None,
        "contact",
    )


def test_a_customer_lookup_of_unknown_kind_is_not_guessed(surroundings: Surroundings) -> None:
    system, _ = connected(surroundings, page(entity(ONE, _parentcustomerid_value=TARGET)))
    with pytest.raises(SystemUnavailable, match="points to"):
        system.read(CONTACTS, [ONE])


def test_an_update_is_conditional_and_binds_lookups(surroundings: Surroundings) -> None:
    system, script = connected(surroundings, parts((200, entity(ONE, 8)), (412, {"error": {"code": ""}})))
    values = {"fullname": "Zoë 🙂", "parentcustomerid": None, "transactioncurrencyid": TARGET}
    old = Version('W/"7"', "7")
    written, moved = system.update(CONTACTS, [Change(ONE, old, values), Change(TWO, old, values)])
    assert isinstance(written, Written)
    assert (written.row.version.stamp, moved) == ("00000000000000000008", Moved())
    body = script.requests[0].body.decode()
    assert f"PATCH /api/data/v9.2/contacts({ONE})?$select=" in unquote(body)
    assert 'If-Match: W/"7"\r\n' in body
    assert '"parentcustomerid_account@odata.bind":null' in body
    assert f'"transactioncurrencyid@odata.bind":"/transactioncurrencies({TARGET})"' in body


def test_a_missing_lookup_target_is_refused_and_a_missing_row_is_gone(surroundings: Surroundings) -> None:
    def missing(key: str) -> tuple[int, Any]:
        return 404, {"error": {"code": "0x80040217", "message": f"x With Id = {key} Does Not Exist"}}

    system, _ = connected(surroundings, parts(missing(ONE), missing(TARGET)))
    change = Change(ONE, Version('W/"1"', "1"), {"transactioncurrencyid": TARGET})
    gone, refused = system.update(CONTACTS, [change, change])
    assert gone == Gone()
    assert isinstance(refused, Refused)


PROBED = page({"sdkmessagefilterid": ONE})
MADE = (200, {"Ids": [ONE, TWO]})
BOTH = [Creation({"fullname": "a"}, ONE), Creation({"fullname": "b"}, TWO)]
TOO_LONG = (400, {"error": {"code": "0x80044331", "message": "too long"}})


def test_bulk_creation_is_probed_once_and_reads_back_with_the_same_request(
    surroundings: Surroundings,
) -> None:
    answer = parts(MADE, (200, {"value": [entity(ONE), entity(TWO)]}))
    system, script = connected(surroundings, PROBED, answer, answer)
    assert all(isinstance(one, Written) for one in system.create(CONTACTS, BOTH))
    assert all(isinstance(one, Written) for one in system.create(CONTACTS, BOTH))
    assert len(script.requests) == 3
    body = script.requests[1].body.decode()
    assert "POST /api/data/v9.2/contacts/Microsoft.Dynamics.CRM.CreateMultiple HTTP/1.1" in body
    (text,) = [each for each in body.split("\r\n") if each.startswith('{"Targets"')]
    target = json.loads(text)["Targets"][0]
    assert target == {"@odata.type": "Microsoft.Dynamics.CRM.contact", "fullname": "a", "contactid": ONE}
    assert f'["{ONE}", "{TWO}"]' in unquote(body)


@pytest.mark.parametrize("shown", [(200, {"value": []}), (500, {}), (200, {"strange": 1})])
def test_what_a_bulk_creation_does_not_show_is_read_by_itself(surroundings: Surroundings, shown: Any) -> None:
    rows = page(entity(ONE), entity(TWO))
    system, script = connected(surroundings, PROBED, parts(MADE, shown), rows)
    assert all(isinstance(one, Written) for one in system.create(CONTACTS, BOTH))
    assert len(script.requests) == 3


def test_rows_that_a_refused_bulk_creation_shows_are_not_sent_again(surroundings: Surroundings) -> None:
    exists = (412, {"error": {"code": "0x80040237", "message": "exists"}})
    answer = parts(exists, (200, {"value": [entity(ONE)]}))
    system, script = connected(surroundings, PROBED, answer, parts((201, entity(TWO))))
    first, second = system.create(CONTACTS, BOTH)
    assert isinstance(first, Exists)
    assert isinstance(second, Written)
    assert len(script.requests) == 3


def test_a_bulk_creation_that_is_throttled_within_its_request_is_not_done(surroundings: Surroundings) -> None:
    full = (429, {"error": {"code": "0x80072321", "message": "too much"}})
    system, script = connected(surroundings, PROBED, parts(full, full))
    assert [type(one) for one in system.create(CONTACTS, BOTH)] == [NotDone, NotDone]
    assert len(script.requests) == 2


def test_where_a_request_cannot_hold_both_creating_and_reading_are_two(surroundings: Surroundings) -> None:
    no = Response(400, JSON, b'{"error":{"code":"0x80048d19","message":"not in a batch"}}')
    made = Response(200, JSON, json.dumps(MADE[1]).encode())
    system, script = connected(surroundings, PROBED, no, made, page(entity(ONE), entity(TWO)))
    assert all(isinstance(one, Written) for one in system.create(CONTACTS, BOTH))
    assert len(script.requests) == 4


def test_a_bulk_creation_without_the_right_is_denied(surroundings: Surroundings) -> None:
    no = (403, {"error": {"code": "0x80040220", "message": "no right"}})
    system, _ = connected(surroundings, PROBED, parts(no, (200, {"value": []})))
    with pytest.raises(AccessDenied):
        system.create(CONTACTS, BOTH)


def test_a_bulk_creation_whose_answer_is_lost_is_unknown_and_not_repeated(surroundings: Surroundings) -> None:
    system, script = connected(surroundings, page({"sdkmessagefilterid": ONE}), ConnectionLost)
    results = system.create(CONTACTS, [Creation({"fullname": "a"}, ONE), Creation({"fullname": "b"}, TWO)])
    assert [type(one) for one in results] == [OutcomeUnknown, OutcomeUnknown]
    assert len(script.requests) == 2


def test_a_bulk_creation_refused_as_a_whole_is_repeated_row_by_row(surroundings: Surroundings) -> None:
    rows = parts((201, entity(ONE)), TOO_LONG)
    system, _ = connected(surroundings, PROBED, parts(TOO_LONG, (200, {"value": []})), rows)
    results = system.create(CONTACTS, [Creation({"fullname": "a"}, ONE), Creation({"fullname": "b"}, TWO)])
    assert isinstance(results[0], Written)
    assert results[1] == Refused("0x80044331", "too long")


def test_a_chunk_that_is_throttled_for_long_is_not_done_while_others_count(
    surroundings: Surroundings,
) -> None:
    good = parts(*[(200, entity(ONE, 8))] * 100)
    system, _ = connected(surroundings, good, Response(429, {**JSON, "Retry-After": "90"}, b"{}"))
    change = Change(ONE, Version('W/"7"', "7"), {"fullname": "x"})
    results = system.update(CONTACTS, [change] * 150)
    assert [type(results[0]), type(results[149])] == [Written, NotDone]


def test_options_are_rows_that_cannot_be_written(surroundings: Surroundings) -> None:
    option = {"Value": 1, "Label": {"UserLocalizedLabel": {"Label": "Net 30"}, "LocalizedLabels": []}}
    system, _ = connected(
        surroundings, Response(200, JSON, json.dumps({"OptionSet": {"Options": [option]}}).encode())
    )
    table = Table("options:account.paymenttermscode", "value", (Column("value"), Column("label")), ("label",))
    assert [(one.id, one.values) for one in system.scan(table, None).seen] == [("1", {"label": "Net 30"})]
    assert [row.id for row in system.find(table, "label", ["NET 30"])] == ["1"]
    (refused,) = system.create(table, [Creation({"label": "Net 60"})])
    assert isinstance(refused, Refused)
    assert "'Net 60'" in refused.message
