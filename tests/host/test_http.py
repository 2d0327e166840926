"""HTTP functions through a running host."""

import socket
import time
from urllib.parse import urlsplit

import pytest

from tests.host.running import HostProcess

pytestmark = [pytest.mark.host, pytest.mark.storage]


def test_more_specific_route_wins_whatever_the_order(host: HostProcess) -> None:
    assert host.get("/api/items/special").json()["function"] == "special"
    assert host.get("/api/items/12").json() == {"function": "item", "params": {"id": "12"}, "query": {}}
    assert host.get("/api/items/a%20b").json()["params"] == {"rest": "a b"}


def test_catch_all_takes_the_rest_and_the_url_is_absolute(host: HostProcess) -> None:
    answer = host.get("/api/files/a/b%2Fc?x=1&x=2&empty=", key=None).json()
    assert answer["params"] == {"path": "a/b%2Fc"}
    assert answer["query"] == {"x": "1,2"}  # empty values are dropped, repeated ones joined
    assert answer["url"] == host.url + "/api/files/a/b%2Fc?x=1&x=2&empty="


@pytest.mark.parametrize("path", ["/", "/api", "/api/unknown", "/items/1", "/api/items/1/more"])
def test_unknown_path_is_404(host: HostProcess, path: str) -> None:
    assert host.get(path).status_code == 404


def test_other_method_is_404_as_in_azure(host: HostProcess) -> None:
    assert host.get("/api/echo").status_code == 404
    assert host.call("OPTIONS", "/api/items/1").status_code == 404
    assert host.call("HEAD", "/api/items/1").status_code == 404


def test_missing_or_wrong_key_is_401(host: HostProcess) -> None:
    assert host.get("/api/items/1", key=None).status_code == 401
    assert host.get("/api/items/1", headers={"x-functions-key": "wrong"}).status_code == 401


def test_key_header_wins_over_code(host: HostProcess) -> None:
    code = {"code": host.ready["keys"]["functions"]}
    assert host.get("/api/items/1", key=None, params=code).status_code == 200
    assert host.get("/api/items/1", headers={"x-functions-key": "wrong"}, params=code).status_code == 401


def test_admin_level_takes_only_the_master_key(host: HostProcess) -> None:
    assert host.get("/api/managers").status_code == 401
    assert host.get("/api/managers", key="master").text == "welcome"


def test_disabled_function_is_404_but_open_with_the_master_key(host: HostProcess) -> None:
    assert host.get("/api/closed").status_code == 404
    assert host.get("/api/closed", key="master").text == "open"


def test_async_function_returns_body_and_cookies(host: HostProcess) -> None:
    answer = host.call("POST", "/api/echo", key=None, data=b"\x00\xff")
    assert (answer.status_code, answer.content) == (201, b"\x00\xff")
    assert [value for name, value in answer.raw.headers.items() if name == "Set-Cookie"] == [
        "a=1; Path=/",
        "b=2; HttpOnly",
    ]


def test_chunked_body_arrives_whole(host: HostProcess) -> None:
    assert host.call("POST", "/api/echo", key=None, data=iter([b"ab", b"c"])).content == b"abc"


def test_failing_function_is_500_with_an_empty_body(host: HostProcess) -> None:
    answer = host.get("/api/fail", key=None)
    assert (answer.status_code, answer.content) == (500, b"")


def test_response_splitting_is_500(host: HostProcess) -> None:
    answer = host.get("/api/bad-header", key=None)
    assert answer.status_code == 500
    assert "X-Injected" not in answer.headers


def test_too_large_body_is_413(host: HostProcess) -> None:
    assert host.call("POST", "/api/echo", key=None, data=b"x" * 100_001).status_code == 413
    assert host.call("POST", "/api/echo", key=None, data=b"x" * 100_000).status_code == 201


def test_too_long_url_is_414(host: HostProcess) -> None:
    assert host.get("/api/files/" + "x" * 9000, key=None).status_code == 414


def test_content_length_that_is_no_number_is_400(host: HostProcess) -> None:
    address = urlsplit(host.url)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=5) as connection:
        connection.sendall(b"POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


def test_kept_connection_answers_without_delayed_acknowledgements(host: HostProcess) -> None:
    host.get("/api/items/1")
    times = []
    for _ in range(15):
        began = time.perf_counter()
        host.get("/api/items/1")
        times.append(time.perf_counter() - began)
    assert sorted(times)[7] < 0.035  # Nagle's algorithm would make it about 0.044


def test_admin_needs_the_master_key(host: HostProcess) -> None:
    assert host.get("/admin/host/status").status_code == 401
    assert host.get("/admin/host/status", key="master").json()["state"] == "Running"


def test_admin_lists_the_functions(host: HostProcess) -> None:
    listed = {f["name"]: f for f in host.get("/admin/functions", key="master").json()}
    assert len(listed) == host.ready["functions"]
    assert listed["closed"]["isDisabled"] is True
    assert host.get("/admin/functions/item", key="master").json()["name"] == "item"


@pytest.mark.parametrize(
    ("name", "body", "status"), [("nobody", "{}", 404), ("nightly", "no json", 400), ("item", "{}", 400)]
)
def test_admin_refuses_what_it_cannot_run(host: HostProcess, name: str, body: str, status: int) -> None:
    assert host.call("POST", f"/admin/functions/{name}", key="master", data=body).status_code == status
