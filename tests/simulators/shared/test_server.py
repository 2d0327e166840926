"""A service behind a real socket."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

from local.simulators import certificates
from local.simulators.server import RunningServer, add_server_arguments, serve
from local.simulators.wire import ConnectionLost, Request, Response

TIMEOUT_S = 5.0


class Echo:
    """Answers with what it was sent; a few targets misbehave on purpose."""

    def __init__(self) -> None:
        self.seen: list[Request] = []
        self.release = threading.Event()

    def handle(self, request: Request) -> Response:
        self.seen.append(request)
        match request.target:
            case "/lost":
                raise ConnectionLost
            case "/broken":
                raise RuntimeError("a defect")
            case "/wait":
                self.release.wait(TIMEOUT_S)
            case "/injected":
                return Response(200, {"A": "b\r\nc: d"})
        return Response(
            200, {"Content-Type": "text/plain", "X-Method": request.method}, request.body or b"hi"
        )


def connect(server: RunningServer) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT_S)


def test_requests_on_one_connection_are_answered_without_delay() -> None:
    with serve(Echo()) as server:
        caller = connect(server)
        started = time.perf_counter()
        for number in range(20):
            caller.request("POST", "/x", body=str(number))
            assert caller.getresponse().read() == str(number).encode()
        assert time.perf_counter() - started < 20 * 0.04, "each answer waits for a delayed acknowledgement"


def test_a_lost_connection_is_an_abrupt_reset() -> None:
    with serve(Echo()) as server, socket.create_connection(("127.0.0.1", server.port), TIMEOUT_S) as raw:
        raw.sendall(b"GET /lost HTTP/1.1\r\nHost: h\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            raw.recv(100)


def test_a_head_request_gets_no_body() -> None:
    with serve(Echo()) as server, socket.create_connection(("127.0.0.1", server.port), TIMEOUT_S) as raw:
        raw.sendall(b"HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: raw.recv(1000), b""))
    assert b"Content-Length: 2\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


def test_a_chunked_request_reaches_the_service_whole() -> None:
    echo = Echo()
    with serve(echo) as server:
        answer = requests.post(server.url + "/x", data=iter([b"ab", b"cd"]), timeout=TIMEOUT_S)
    assert answer.content == b"abcd"
    assert echo.seen[0].body == b"abcd"


def test_a_large_body_goes_both_ways() -> None:
    body = os.urandom(5_000_000)
    with serve(Echo()) as server:
        assert requests.post(server.url + "/x", data=body, timeout=TIMEOUT_S).content == body


def test_a_malformed_request_is_refused_and_the_connection_closed() -> None:
    with serve(Echo()) as server, socket.create_connection(("127.0.0.1", server.port), TIMEOUT_S) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx")
        answer = b"".join(iter(lambda: raw.recv(1000), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Connection: close" in answer


@pytest.mark.parametrize("target", ["/broken", "/injected"])
def test_a_defect_is_an_answer_and_not_the_end_of_the_server(
    target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(Echo()) as server:
        assert requests.get(server.url + target, timeout=TIMEOUT_S).status_code == 500
        assert requests.get(server.url + "/x", timeout=TIMEOUT_S).status_code == 200
    capsys.readouterr()


def test_one_waiting_caller_does_not_hold_up_another() -> None:
    echo = Echo()
    with serve(echo) as server:
        waiting = connect(server)
        waiting.request("GET", "/wait")
        assert requests.get(server.url + "/x", timeout=TIMEOUT_S).status_code == 200
        echo.release.set()
        assert waiting.getresponse().status == 200


@pytest.mark.parametrize("with_tls", [False, True])
def test_closing_ends_idle_connections_at_once_and_frees_the_port(tmp_path: Path, with_tls: bool) -> None:
    files = certificates.ensure(tmp_path)
    server = serve(Echo(), tls=certificates.server_context(files) if with_tls else None)
    with requests.Session() as session:
        session.get(server.url + "/x", timeout=TIMEOUT_S, verify=str(files.authority))
        threads = threading.active_count()
        started = time.perf_counter()
        server.close()
        server.close()
        assert time.perf_counter() - started < 1.5
        assert threading.active_count() <= threads - 2
    serve(Echo(), port=server.port).close()


def test_tls_is_trusted_by_name_and_address_with_the_test_authority_only(tmp_path: Path) -> None:
    files = certificates.ensure(tmp_path)
    with serve(Echo(), tls=certificates.server_context(files)) as server:
        for host in ("127.0.0.1", "localhost"):
            answer = requests.get(
                f"https://{host}:{server.port}/x", verify=str(files.authority), timeout=TIMEOUT_S
            )
            assert answer.text == "hi"
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(server.url, timeout=TIMEOUT_S)


def test_a_lost_connection_over_tls_fails_for_the_caller(tmp_path: Path) -> None:
    files = certificates.ensure(tmp_path)
    with (
        serve(Echo(), tls=certificates.server_context(files)) as server,
        pytest.raises(requests.ConnectionError),
    ):
        requests.get(server.url + "/lost", verify=str(files.authority), timeout=TIMEOUT_S)


def test_a_caller_that_speaks_no_tls_does_no_harm(tmp_path: Path) -> None:
    files = certificates.ensure(tmp_path)
    with serve(Echo(), tls=certificates.server_context(files)) as server:
        with socket.create_connection(("127.0.0.1", server.port), TIMEOUT_S) as raw:
            raw.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            with contextlib.suppress(ConnectionResetError):
                while raw.recv(1000):
                    pass
        assert requests.get(server.url, verify=str(files.authority), timeout=TIMEOUT_S).status_code == 200


def test_certificates_are_made_once_and_then_kept(tmp_path: Path) -> None:
    before = certificates.ensure(tmp_path).certificate.read_bytes()
    assert certificates.ensure(tmp_path).certificate.read_bytes() == before
    assert (tmp_path / "server-key.pem").stat().st_mode & 0o077 == 0


PROCESS = """
import argparse
from local.simulators.server import add_server_arguments, run_forever
from local.simulators.wire import Response

pumped = []

class Service:
    def handle(self, request):
        return Response(200, {}, str(len(pumped)).encode())

def failing():
    raise RuntimeError("a defect")

parser = argparse.ArgumentParser()
add_server_arguments(parser)
run_forever(Service(), parser.parse_args(), [failing, lambda: pumped.append(1)])
"""


def test_a_process_says_when_it_is_ready_runs_its_pumps_and_ends_on_sigterm() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROCESS], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert (ready["ready"], ready["pid"]) == (True, process.pid)
        until = time.monotonic() + TIMEOUT_S
        while int(requests.get(ready["url"], timeout=TIMEOUT_S).text) < 2:
            assert time.monotonic() < until, "the pumps do not run"
        process.send_signal(signal.SIGTERM)
        assert process.wait(TIMEOUT_S) == 0
    finally:
        process.kill()
        process.communicate()


def test_a_simulator_listens_on_this_machine_only_unless_told() -> None:
    parser = argparse.ArgumentParser()
    add_server_arguments(parser)
    assert parser.parse_args([]).host == "127.0.0.1"
