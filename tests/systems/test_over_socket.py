"""The same client over real sockets: pooled connections, several requests at a time, no cookies."""

from __future__ import annotations

import threading

from local.simulators import business_central as simulated
from local.simulators.server import serve
from local.simulators.wire import Request, Response, SystemClock
from shared_code.runtime import ThreadRuntime
from shared_code.systems.auth import FixedTokens
from shared_code.systems.business_central import BusinessCentral, api_root
from shared_code.systems.http import Client, new_session
from shared_code.systems.interface import Creation, Written
from shared_code.systems.throttle import LocalPermits
from tests.systems.test_business_central import CUSTOMERS, ODD, TENANT, AnyToken


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
