"""Passes a request on to the emulator and its answer back, neither changed."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from local.simulators.wire import ConnectionLost, Request, Response
from local.storage_proxy.delays import with_shorter_delay
from local.storage_proxy.limits import refused

TIMEOUT_S = 60.0
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "te", "upgrade", "host"})


class Forwarding:
    """The service that stands for one of the emulator's, at ``address``.

    Each request has a connection of its own: one that is kept may end just as a request goes out, and then
    nobody can tell whether it was done.  ``longest_delay_s`` None leaves messages as they are.
    """

    def __init__(self, service: str, address: str, longest_delay_s: int | None = None) -> None:
        parts = urlsplit(address)
        if parts.scheme != "http" or not parts.hostname or not parts.port:
            raise ValueError(f"{address} is no http address with a port")
        self._service = service
        self._host, self._port = parts.hostname, parts.port
        self._longest_delay_s = longest_delay_s

    def handle(self, request: Request) -> Response:
        """The emulator's answer, or a refusal that it would not give.  Raises ConnectionLost."""
        if answer := refused(self._service, request):
            return answer
        if self._longest_delay_s is not None:
            request = with_shorter_delay(request, self._longest_delay_s)
        connection = HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        try:
            return self._exchanged(connection, request)
        except (OSError, HTTPException) as error:
            raise ConnectionLost from error
        finally:
            connection.close()

    def _exchanged(self, connection: HTTPConnection, request: Request) -> Response:
        headers = {name: value for name, value in request.headers.items() if name not in _HOP_BY_HOP}
        headers |= {"host": request.headers.get("host", f"{self._host}:{self._port}"), "connection": "close"}
        connection.request(request.method, request.target, request.body or None, headers)
        answer = connection.getresponse()
        told = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP}
        return Response(answer.status, told, answer.read())
