"""Service protection, sign-in, and who is counted."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from local.simulators.dataverse import Options
from local.simulators.wire import ManualClock
from tests.simulators.dataverse.batches import Op, parts, send
from tests.simulators.dataverse.support import CLIENT, OTHER_CLIENT, Client, make

SAMPLES = Path(__file__).with_name("samples")
ERRORS = {
    error["limit"]: error for error in json.loads((SAMPLES / "throttling-errors.json").read_text())["errors"]
}
USERS = {CLIENT: {"name": "one"}, OTHER_CLIENT: {"name": "two"}}


def limited(clock: ManualClock, **limits: float) -> Client:
    return Client(make(Options(**limits), clock=clock, users=USERS))  # type: ignore[arg-type]


def test_ordinary_answers_tell_what_is_left(client: Client) -> None:
    headers = client.get("WhoAmI").headers
    assert headers["x-ms-ratelimit-burst-remaining-xrm-requests"] == "5999"
    assert headers["x-ms-ratelimit-time-remaining-xrm-requests"] == "1199.99"
    assert int(headers["x-ms-dop-hint"]) > 0


def test_too_many_requests_are_refused_until_the_window_moves_on(clock: ManualClock) -> None:
    client = limited(clock, request_limit=3)
    assert [client.get("WhoAmI").status for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get("WhoAmI")
    assert refused.code == ERRORS["number of requests"]["code"]
    assert refused.message == ERRORS["number of requests"]["message"].replace("6000", "3")
    clock.now += int(refused.headers["Retry-After"])
    assert client.get("WhoAmI").status == 200


def test_retry_after_grows_while_the_caller_pushes(clock: ManualClock) -> None:
    client = limited(clock, request_limit=1)
    client.get("WhoAmI")
    clock.now += 290
    waits = [int(client.get("WhoAmI").headers["Retry-After"]) for _ in range(4)]
    assert waits == sorted(set(waits))


def test_limits_are_per_user(clock: ManualClock) -> None:
    client = limited(clock, request_limit=1)
    other = Client(client.service, f"app {OTHER_CLIENT}")
    assert [client.get("WhoAmI").status, client.get("WhoAmI").status] == [200, 429]
    assert other.get("WhoAmI").status == 200


def test_execution_time_is_limited(clock: ManualClock) -> None:
    client = limited(clock, execution_limit_s=0.02, execution_ms_per_operation=10)
    assert [client.get("WhoAmI").status for _ in range(3)] == [200, 200, 429]
    refused = client.get("WhoAmI")
    published = ERRORS["execution time"]
    assert (refused.code, refused.message[:60]) == (published["code"], published["message"][:60])


def test_targets_of_a_bulk_message_take_time_each(clock: ManualClock) -> None:
    client = limited(clock, execution_limit_s=1, execution_ms_per_operation=10)
    rows = [{"@odata.type": "Microsoft.Dynamics.CRM.account", "name": "x"}] * 50
    answer = client.post("accounts/Microsoft.Dynamics.CRM.CreateMultiple", {"Targets": rows})
    assert answer.headers["x-ms-ratelimit-time-remaining-xrm-requests"] == "0.50"
    assert answer.headers["x-ms-ratelimit-burst-remaining-xrm-requests"] == "5999"


def test_each_part_of_a_batch_counts(clock: ManualClock) -> None:
    client = limited(clock, request_limit=3)
    reads = [Op("GET", "accounts/$count")] * 5
    answer = send(client, reads)
    assert (answer.status, [part.status for part in parts(answer)]) == (429, [200, 200, 200, 429])
    assert "Retry-After" in answer.headers
    clock.now += 400
    answer = send(client, reads, prefer="odata.continue-on-error")
    assert (answer.status, [part.status for part in parts(answer)]) == (200, [200, 200, 200, 429, 429])


def test_more_than_the_allowed_requests_at_once_are_refused() -> None:
    reached, go_on = threading.Event(), threading.Event()

    class Waiting(ManualClock):
        def sleep(self, seconds: float) -> None:
            reached.set()
            assert go_on.wait(10)

    client = limited(Waiting(), concurrency_limit=1, latency_ms=1)
    thread = threading.Thread(target=client.get, args=("WhoAmI",))
    thread.start()
    assert reached.wait(10)
    refused = client.get("WhoAmI")
    go_on.set()
    thread.join()
    published = ERRORS["concurrency"]
    assert (refused.status, refused.code) == (429, published["code"])
    assert refused.message == published["message"].replace("52", "1")
    assert client.get("WhoAmI").status == 200


def test_no_token_and_an_expired_one_are_401(client: Client) -> None:
    nobody = Client(client.service, "").get("WhoAmI")
    assert (nobody.status, nobody.code) == (401, "0x80041D50")
    assert nobody.headers["WWW-Authenticate"].startswith("Bearer authorization_uri=")
    assert Client(client.service, "expired token").get("WhoAmI").code == "0x80041D52"


def test_an_expired_token_may_be_answered_with_a_sign_in_page(client: Client) -> None:
    client.service.options.stale_token_page = True
    answer = Client(client.service, "expired token").get("WhoAmI")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_applications_and_persons_must_be_members(client: Client) -> None:
    for authorization in (f"app {OTHER_CLIENT}", "person nobody@contoso.com"):
        answer = Client(client.service, authorization).get("WhoAmI")
        assert (answer.status, answer.code) == (403, "0x80072560")
    client.service.options.auto_users = True
    assert Client(client.service, f"app {OTHER_CLIENT}").get("WhoAmI").status == 200


def test_a_person_calls_as_their_own_user(client: Client) -> None:
    person = Client(client.service, "person Stephen@contoso.com")
    account = person.account()
    row = client.get(f"accounts({account})?$select=_modifiedby_value").json
    assert row["_modifiedby_value"] == person.get("WhoAmI").json["UserId"]
    assert row["_modifiedby_value"] != client.get("WhoAmI").json["UserId"]
