"""A transport for ``requests`` that calls a simulated service in this process, without a socket.

A client under test keeps its session, headers, retries and parsing; only the wire is replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.response import HTTPResponse

from local.simulators.wire import Clock, ConnectionLost, Request, Response, Service


class InProcessAdapter(BaseAdapter):
    """Mount it for ``https://``; every host leads to ``service``.

    A lost connection is what ``requests`` makes of a reset: ``ConnectionError``.  An answer without
    ``Date`` gets one from ``clock``, as a server would add it.
    """

    def __init__(self, service: Service, clock: Clock) -> None:
        super().__init__()
        self._service = service
        self._clock = clock

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        try:
            response = self._service.handle(_wire_request(request))
        except ConnectionLost as error:
            raise requests.exceptions.ConnectionError("connection reset", request=request) from error
        return _requests_response(request, response, self._clock.time())

    def close(self) -> None:
        """Nothing is open."""


def _wire_request(request: requests.PreparedRequest) -> Request:
    parts = urlsplit(request.url or "")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {key.lower(): _text(value) for key, value in request.headers.items()}
    headers.setdefault("host", parts.netloc)
    body = request.body or b""
    if not isinstance(body, str | bytes):
        raise TypeError("only bodies of text or bytes can be sent in process")
    return Request(request.method or "GET", target, headers, body.encode() if isinstance(body, str) else body)


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def _requests_response(
    request: requests.PreparedRequest, response: Response, now: float
) -> requests.Response:
    headers = _with_date(response.headers, now)
    made = requests.Response()
    made.status_code = response.status
    made.headers = CaseInsensitiveDict(headers)
    made.raw = HTTPResponse(
        body=BytesIO(response.body), headers=headers, status=response.status, preload_content=False
    )
    made.url = request.url or ""
    made.request = request
    return made


def _with_date(headers: Mapping[str, str], now: float) -> dict[str, str]:
    dated = any(key.lower() == "date" for key in headers)
    return dict(headers) if dated else {**headers, "Date": formatdate(now, usegmt=True)}
