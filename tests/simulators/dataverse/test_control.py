"""Control endpoints, loading, statistics, the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.simulators.dataverse import Dataverse, Options
from local.simulators.dataverse.__main__ import arguments, service_from
from local.simulators.tokens import TokenSigner, load_or_create_key
from local.simulators.wire import ManualClock, Request, SystemClock
from tests.simulators.dataverse.batches import Op, send
from tests.simulators.dataverse.support import EUR, PERSON, TENANT, Client, Header, make

A1, C1 = "36dbf27c-8efb-e511-80d2-00155db07c77", "9cdbf27c-8efb-e511-80d2-00155db07c77"
RECORDS = {
    "account": [{"accountid": A1.upper(), "name": "Fourth Coffee", "_primarycontactid_value": C1,
                 "_transactioncurrencyid_value": EUR, "creditlimit": 5, "createdon": "2026-01-01T00:00:00Z",
                 "modifiedon": "2026-01-02T00:00:00Z", "@derived": {"x": 1}, "nosuch": 1,
                 "_territoryid_value": "00000000-0000-4000-8000-000000000099"}],
    "contact": [{"contactid": C1, "firstname": "Yvonne", "lastname": "McKay", "telephone1": "x" * 99,
                 "_parentcustomerid_value": A1, "_ownerid_value": PERSON,
                 "_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "account"}],
}  # fmt: skip


def test_loading_keeps_ids_dates_and_odd_values_and_resolves_lookups(client: Client) -> None:
    loaded = client.control("POST", "load", RECORDS)
    assert loaded["rows"] == {"account": 1, "contact": 1}
    assert loaded["left_out"] == {"account.@derived": 1, "account.nosuch": 1}
    assert loaded["dropped_lookups"] == 1
    account = client.get(f"accounts({A1})").json
    assert (account["createdon"], account["modifiedon"]) == ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")
    assert (account["creditlimit_base"], account["statecode"], account["_territoryid_value"]) == (10, 0, None)
    contact = client.get(f"contacts({C1})", prefer='odata.include-annotations="*"').json
    kind = "Microsoft.Dynamics.CRM.lookuplogicalname"
    assert contact[f"_parentcustomerid_value@{kind}"] == "account"
    assert contact[f"_ownerid_value@{kind}"] == "systemuser"
    assert (contact["fullname"], contact["_accountid_value"], len(contact["telephone1"])) == (
        "Yvonne McKay",
        A1,
        99,
    )


def test_loaded_rows_are_told_by_change_tracking(client: Client) -> None:
    link = client.get("accounts?$select=name", prefer="odata.track-changes").json["@odata.deltaLink"]
    client.control("POST", "load", RECORDS)
    assert [row["accountid"] for row in client.get(link).rows] == [A1]


def test_a_person_creates_edits_and_deletes(client: Client) -> None:
    made = client.control(
        "POST", "create", {"table": "account", "values": {"name": "a"}, "person": "Stephen Jiang"}
    )
    edit = {"table": "account", "id": made["id"], "values": {"name": "b"}, "person": "stephen@contoso.com"}
    assert client.control("POST", "edit", edit)["version"] > made["version"]
    row = client.get(f"accounts({made['id']})?$select=name,_modifiedby_value").json
    assert (row["name"], row["_modifiedby_value"]) == ("b", PERSON)
    client.control("POST", "delete", {"table": "account", "id": made["id"], "person": PERSON})
    assert client.get(f"accounts({made['id']})").status == 404


def test_wrong_control_requests_are_told_apart(client: Client) -> None:
    for path, body in (
        ("load", {"nosuch": []}),
        ("options", {"nosuch": 1}),
        ("options", {"base_currency": "EUR"}),
        ("options", {"request_limit": "many"}),
        ("edit", {"table": "account", "id": "x", "values": {}}),
        ("create", {"table": "account", "values": {"name": 5}}),
        ("create", {"table": "account", "values": {"name": "x"}, "person": "Nobody"}),
        ("users", {"name": "x", "privileges": {"account": ["fly"]}}),
        ("load", []),
    ):
        assert client.send("POST", f"/_control/{path}", body).status == 400, (path, body)
    assert client.send("GET", "/_control/nosuch").status == 404


def test_control_is_closed_unless_opened() -> None:
    service = Dataverse(ManualClock(), Header(), Options(), tenant_id=TENANT)
    assert service.handle(Request("GET", "/_control/counts", {"authorization": "x"})).status == 401


def test_rows_and_counts_show_what_is_there(client: Client) -> None:
    account = client.account("Contoso")
    assert client.control("GET", "counts")["account"] == 1
    [row] = client.control("GET", "rows?table=account")
    assert (row["accountid"], row["name"]) == (account, "Contoso")


def test_statistics_tell_requests_operations_and_writes(client: Client) -> None:
    account = client.account()
    send(client, [Op("PATCH", f"accounts({account})", {"name": "b"}), Op("GET", f"accounts({account})")])
    rows = [{"@odata.type": "Microsoft.Dynamics.CRM.account", "name": "x"}] * 3
    client.post("accounts/Microsoft.Dynamics.CRM.CreateMultiple", {"Targets": rows})
    stats = client.control("GET", "stats")
    assert stats["requests"] == {"POST accounts": 1, "POST $batch": 1, "POST accounts/CreateMultiple": 1}
    assert stats["operations"]["PATCH accounts({id})"] == 1
    assert (stats["requestsTotal"], stats["operationsTotal"], stats["bulkTargets"]) == (3, 4, 3)
    assert stats["writes"] == {"Create account": 4, "Update account": 1}
    [user] = stats["byUser"]
    assert stats["operationsByUser"] == {user: 4}
    client.control("POST", "stats/reset")
    assert client.control("GET", "stats")["requestsTotal"] == 0


def test_a_delta_is_told_apart_from_a_first_read(client: Client) -> None:
    link = client.get("accounts?$select=name", prefer="odata.track-changes").json["@odata.deltaLink"]
    client.get(link)
    requests = client.control("GET", "stats")["requests"]
    assert requests == {"GET accounts": 1, "GET accounts?$deltatoken": 1}


def test_users_can_be_added_while_running(client: Client) -> None:
    spec = {"name": "reader", "client_id": "other", "privileges": {"account": ["read"]}}
    user_id = client.control("POST", "users", spec)["systemuserid"]
    reader = Client(client.service, "app other")
    assert reader.get("WhoAmI").json["UserId"] == user_id
    assert (reader.get("accounts").status, reader.post("accounts", {"name": "x"}).status) == (200, 403)


def test_the_same_requests_give_the_same_answers() -> None:
    def run() -> list[bytes]:
        client = Client(make())
        account = client.account()
        return [
            client.get(f"accounts({account})").raw,
            client.get("accounts", prefer="odata.track-changes").raw,
        ]

    assert run() == run()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "overlap_accounts.json").write_text(json.dumps(RECORDS["account"]))
    (tmp_path / "contacts.json").write_text(json.dumps(RECORDS["contact"]))
    column = {"table": "account", "logical_name": "tandem_companyid", "type": "String", "max_length": 36}
    (tmp_path / "columns.json").write_text(json.dumps([column]))
    return tmp_path


def test_the_command_line_loads_files_by_their_names(folder: Path) -> None:
    key = folder / "key.pem"
    args = arguments().parse_args(
        ["--port", "8201", "--data", str(folder), "--load", "overlap_accounts.json", "contacts.json",
         "--tenant", TENANT, "--entra-key", str(key), "--columns", str(folder / "columns.json"), "--no-bulk",
         "--option", "request_limit=9", "--control"]
    )  # fmt: skip
    service = service_from(args, SystemClock())
    token = TokenSigner(load_or_create_key(key), SystemClock()).app_token(
        TENANT, "app", "http://127.0.0.1:8201"
    )
    client = Client(service, f"Bearer {token}")
    answer = client.get("accounts?$select=name,tandem_companyid")
    assert [row["accountid"] for row in answer.rows] == [A1]
    assert answer.headers["x-ms-ratelimit-burst-remaining-xrm-requests"] == "8"
    assert service.options.bulk == {}
    assert answer.json["@odata.context"].startswith("http://127.0.0.1:8201/api/data/v9.2/")
