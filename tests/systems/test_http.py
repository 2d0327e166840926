"""How a client behaves between a call and a service that answers, refuses, lies or says nothing."""

import json
from email.utils import formatdate

import pytest

from local.simulators.wire import ConnectionLost, Response
from shared_code.systems import http
from shared_code.systems.auth import FixedTokens
from shared_code.systems.http import AnswerLost, Call
from shared_code.systems.interface import AccessDenied, SettingWrong, SystemUnavailable, Throttled
from shared_code.systems.odata import address
from shared_code.systems.session import new_session
from tests.systems.conftest import Script, Surroundings

URL = "https://service.example/api/things"
JSON = {"Content-Type": "application/json"}
GOOD = Response(200, JSON, b'{"value": []}')
PAGE = Response(200, {"Content-Type": "text/html; charset=utf-8"}, b"<html>Sign in</html>")
READ = Call("read", "GET", URL)
WRITE = Call("create", "POST", URL, {}, b"{}", repeatable=False)


class Wallet:
    """Tokens that are numbered anew each time one is forgotten."""

    def __init__(self) -> None:
        self.number = 1

    def token(self, scope: str) -> str:
        return f"token-{self.number}"

    def forget(self, scope: str) -> None:
        self.number += 1


def busy(status: int, wait: str | None = None) -> Response:
    return Response(status, JSON if wait is None else {**JSON, "Retry-After": wait}, b"{}")


def test_a_request_carries_token_agent_and_an_id_of_its_own(surroundings: Surroundings) -> None:
    script = Script([GOOD])
    client = surroundings.client(script)
    client.send(READ)
    client.send(READ)
    first, second = (request.headers for request in script.requests)
    assert first["authorization"] == "Bearer token"
    assert first["user-agent"].startswith("Tandem/")
    assert first["client-request-id"] != second["client-request-id"]
    assert "cookie" not in second


def test_every_request_that_goes_out_is_counted(surroundings: Surroundings) -> None:
    surroundings.client(Script([busy(503), GOOD])).send(READ)
    assert surroundings.kinds == ["read", "read"]


@pytest.mark.parametrize("trouble", [ConnectionLost, busy(500), busy(502), busy(504), busy(408)])
def test_a_read_survives_a_passing_trouble(surroundings: Surroundings, trouble: Response) -> None:
    assert surroundings.client(Script([trouble, GOOD])).send(READ).ok


@pytest.mark.parametrize("trouble", [ConnectionLost, busy(502), busy(504), Response(200, JSON, b'{"val')])
def test_a_write_whose_answer_is_lost_is_sent_once(surroundings: Surroundings, trouble: Response) -> None:
    script = Script([trouble, GOOD])
    with pytest.raises(AnswerLost):
        surroundings.client(script).send(WRITE)
    assert len(script.requests) == 1


def test_a_read_that_never_succeeds_is_given_up_after_five_attempts(surroundings: Surroundings) -> None:
    script = Script([ConnectionLost])
    with pytest.raises(SystemUnavailable):
        surroundings.client(script).send(READ)
    assert len(script.requests) == 5


@pytest.mark.parametrize("call", [READ, WRITE])
def test_a_refusal_is_waited_for_as_long_as_asked_and_sent_again(
    surroundings: Surroundings, call: Call
) -> None:
    assert surroundings.client(Script([busy(429, "7"), GOOD])).send(call).ok
    assert 7 <= sum(surroundings.runtime.slept) < 8


def test_a_refusal_without_hint_is_backed_off(surroundings: Surroundings) -> None:
    assert surroundings.client(Script([busy(429), busy(429), GOOD])).send(WRITE).ok
    assert len(surroundings.runtime.slept) == 2
    assert surroundings.permits.limit() < 4


def test_a_long_wait_is_raised_and_closes_the_system_for_the_next_call(surroundings: Surroundings) -> None:
    script = Script([busy(429, "120"), GOOD])
    client = surroundings.client(script)
    with pytest.raises(Throttled) as first:
        client.send(READ)
    with pytest.raises(Throttled):
        client.send(READ)
    assert first.value.retry_after_s >= 120
    assert len(script.requests) == 1
    surroundings.clock.now += 121
    assert client.send(READ).ok


@pytest.mark.parametrize("answer", [busy(401), PAGE, Response(302, {"Location": "https://login.example"})])
def test_a_stale_token_is_renewed_once(surroundings: Surroundings, answer: Response) -> None:
    script = Script([answer, GOOD])
    assert surroundings.client(script, Wallet()).send(WRITE).ok
    assert [request.headers["authorization"] for request in script.requests] == [
        "Bearer token-1",
        "Bearer token-2",
    ]


@pytest.mark.parametrize("answer", [busy(401), PAGE])
def test_a_sign_in_that_stays_refused_is_access_denied(surroundings: Surroundings, answer: Response) -> None:
    script = Script([answer])
    with pytest.raises(AccessDenied, match="registered"):
        surroundings.client(script, Wallet()).send(READ)
    assert len(script.requests) == 2


def test_a_redirect_is_never_followed(surroundings: Surroundings) -> None:
    script = Script([Response(307, {"Location": "https://evil.example/"})])
    with pytest.raises(AccessDenied):
        surroundings.client(script).send(WRITE)
    assert {request.headers["host"] for request in script.requests} == {"service.example"}


def test_a_definite_no_is_returned_with_its_error(surroundings: Surroundings) -> None:
    body = json.dumps({"error": {"code": "BadRequest", "message": "no"}}).encode()
    answer = surroundings.client(Script([Response(400, JSON, body)])).send(READ)
    assert (answer.ok, answer.error.code, answer.error.message) == (False, "BadRequest", "no")


@pytest.mark.parametrize(
    "url",
    [
        "http://org.example",
        "ftp://localhost",
        "org.example",
        "https://",
        "https://u:p@org.example",
        "https://a?b",
    ],
)
def test_tokens_are_not_sent_in_the_open(url: str) -> None:
    with pytest.raises(SettingWrong):
        http.checked_address(url, "Sales")


@pytest.mark.parametrize("url", ["https://org.example/", "http://127.0.0.1:8080", "http://localhost:1"])
def test_tls_and_this_machine_are_fine(url: str) -> None:
    assert http.checked_address(url, "Sales") == url.rstrip("/")


def test_permits_follow_the_hint_and_grow_slowly(surroundings: Surroundings) -> None:
    permits = surroundings.permits
    permits.throttled(1)
    surroundings.clock.now += 5
    assert permits.limit() == 2
    for _ in range(200):
        permits.succeeded(6)
    assert permits.limit() == 6
    permits.succeeded(1)
    assert permits.limit() == 1


def test_refusals_of_requests_sent_together_count_once(surroundings: Surroundings) -> None:
    for _ in range(4):
        surroundings.permits.throttled(3)
    assert surroundings.permits.limit() == 2


@pytest.mark.parametrize(("code", "limit"), [("0x80072322", 4), ("0x80072321", 4), ("0x80072326", 2)])
def test_only_too_many_at_a_time_makes_it_go_slower(
    surroundings: Surroundings, code: str, limit: int
) -> None:
    body = json.dumps({"error": {"code": code, "message": "exceeded"}}).encode()
    refused = Response(429, {**JSON, "Retry-After": "3"}, body)
    assert surroundings.client(Script([refused, GOOD])).send(WRITE).ok
    assert surroundings.permits.limit() == limit
    assert surroundings.runtime.slept == [3.0], "what the service asks for, and not more"


def test_a_file_of_authorities_that_is_gone_is_a_wrong_setting(surroundings: Surroundings) -> None:
    session = new_session(1, "/gone/company.pem")
    client = http.Client(
        session,
        FixedTokens("token"),
        "scope",
        surroundings.runtime,
        surroundings.permits,
        system_name="Sales",
    )
    with pytest.raises(SettingWrong, match="CA_BUNDLE"):
        client.send(Call("read", "GET", "https://localhost:1/"))


def test_a_clock_that_differs_is_told_from_the_date_of_the_last_answer(surroundings: Surroundings) -> None:
    now_s = surroundings.runtime.now()
    dated = Response(200, {**JSON, "Date": formatdate(now_s + 42, usegmt=True)}, b"{}")
    client = surroundings.client(Script([dated, Response(200, {**JSON, "Date": "never"}, b"{}")]))
    assert client.clock_ahead == ""
    client.send(READ)
    assert abs(float(client.clock_ahead) - 42) <= 1
    client.send(READ)
    assert client.clock_ahead == ""


@pytest.mark.parametrize("count", [3, 500])
def test_a_long_address_goes_out_as_a_short_one_does(surroundings: Surroundings, count: int) -> None:
    service = Script([GOOD])
    ids = " or ".join(f"id eq {number:036d}" for number in range(count))
    url = address("https://service.example/things", filter=ids, select="a,b")
    surroundings.client(service).send(Call("read", "GET", url))
    assert service.requests[0].target == url.removeprefix("https://service.example")
