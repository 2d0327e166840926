"""The same client over real sockets: pooled connections, several requests at a time, no cookies."""

from __future__ import annotations

import threading
from pathlib import Path

import certifi
import pytest
import requests
from requests.adapters import HTTPAdapter

from local.simulators import business_central as simulated
from local.simulators import certificates
from local.simulators.server import serve
from local.simulators.wire import Request, Response, SystemClock
from shared_code.clients import Clients
from shared_code.pem import authorities_from
from shared_code.runtime import ThreadRuntime
from shared_code.settings import read_settings
from shared_code.store.memory import MemoryTables
from shared_code.systems.auth import FixedTokens
from shared_code.systems.business_central import BusinessCentral, api_root
from shared_code.systems.http import Client
from shared_code.systems.interface import Creation, Written
from shared_code.systems.session import new_session
from shared_code.systems.throttle import LocalPermits
from tests.systems.companies import CUSTOMERS, ODD, TENANT, AnyToken
from tests.unit.test_settings import GOOD


class Watched:
    """A service that hands out an affinity cookie and remembers headers and how many ran at once."""

    def __init__(self, service: simulated.BusinessCentral) -> None:
        self._service = service
        self._together = threading.Barrier(2, timeout=10)
        self.cookies: list[str] = []
        self.most = 0

    def handle(self, request: Request) -> Response:
        self.cookies += [request.headers[name] for name in request.headers if name == "cookie"]
        if b'"POST"' in request.body:
            self._together.wait()  # both chunks must be under way at once
            self.most = 2
        response = self._service.handle(request)
        return Response(response.status, {**response.headers, "Set-Cookie": "ARRAffinity=1"}, response.body)


def test_chunks_go_out_in_parallel_and_cookies_are_not_kept() -> None:
    options = simulated.Options(tenant_id=TENANT, scheme="http")
    service = simulated.BusinessCentral(SystemClock(), AnyToken(), options)
    company = service.load_company("One", {}).id
    watched = Watched(service)
    runtime = ThreadRuntime()
    with serve(watched) as server:
        client = Client(
            new_session(4),
            FixedTokens("token"),
            "scope",
            runtime,
            LocalPermits(runtime, 4),
            system_name="Business Central",
        )
        root = api_root(f"http://127.0.0.1:{server.port}", TENANT, "production")
        system = BusinessCentral(client, root, company)
        results = system.create(CUSTOMERS, [Creation({"displayName": ODD})] * 150)
        ids = [one.row.id for one in results if isinstance(one, Written)]
        assert len(system.read(CUSTOMERS, ids)) == 150
    assert watched.most == 2
    assert watched.cookies == []


class Greets:
    """A server of the company's own."""

    def handle(self, request: Request) -> Response:
        return Response(200, {"Content-Type": "application/json"}, b"{}")


def test_authorities_of_the_company_are_trusted_beside_the_usual_ones(tmp_path: Path) -> None:
    files = certificates.ensure(tmp_path)
    own = authorities_from(files.authority.read_text(encoding="ascii"))
    with serve(Greets(), tls=certificates.server_context(files)) as server:
        address = f"https://localhost:{server.port}/"
        assert new_session(1, None, own).get(address, timeout=10).status_code == 200
        assert new_session(1, certifi.where(), own).get(address, timeout=10).status_code == 200
        with pytest.raises(requests.exceptions.SSLError):
            new_session(1).get(address, timeout=10)


def test_other_authorities_and_other_names_stay_refused(tmp_path: Path) -> None:
    files, others = certificates.ensure(tmp_path / "own"), certificates.ensure(tmp_path / "others")
    own = authorities_from(files.authority.read_text(encoding="ascii"))
    with serve(Greets(), tls=certificates.server_context(others)) as server:
        with pytest.raises(requests.exceptions.SSLError):
            new_session(1, None, own).get(f"https://localhost:{server.port}/", timeout=10)
    with serve(Greets(), tls=certificates.server_context(files)) as server:
        elsewhere = new_session(1, None, own)
        elsewhere.mount("https://", _named(elsewhere, "bc.contoso.example"))
        with pytest.raises(requests.exceptions.SSLError):
            elsewhere.get(f"https://localhost:{server.port}/", timeout=10)


def _named(session: requests.Session, name: str) -> HTTPAdapter:
    """The session's own adapter, expecting a server of this name."""
    adapter = session.get_adapter("https://localhost/")
    assert isinstance(adapter, HTTPAdapter)
    adapter.poolmanager.connection_pool_kw["assert_hostname"] = name
    return adapter


def test_they_are_trusted_for_business_central_alone(tmp_path: Path) -> None:
    files, runtime = certificates.ensure(tmp_path), ThreadRuntime()
    own = files.authority.read_text(encoding="ascii")
    settings = read_settings({**GOOD, "BUSINESS_CENTRAL_AUTHORITIES": own})
    clients = Clients(settings, runtime, FixedTokens("token"), MemoryTables())
    with serve(Greets(), tls=certificates.server_context(files)) as server:
        address = f"https://localhost:{server.port}/"
        assert clients.business_central_session.get(address, timeout=10).status_code == 200
        with pytest.raises(requests.exceptions.SSLError):
            clients.sales_session.get(address, timeout=10)
