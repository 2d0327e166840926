"""The way of a table request to the wire: the library's pipeline above, one connection pool below.

The library's own transport composes a message of ``requests`` for each request and an answer object around
what comes back, which takes longer than what the store does for it (figures: docs/measurements/bench.md).
Requests whose answer the store reads itself go to ``urllib3`` directly, on which ``requests`` stands.
Whatever else the library sends (making a table), and everything where a proxy is set, goes its old way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import urllib3
from azure.core.exceptions import AzureError, ServiceRequestError, ServiceResponseError
from azure.core.pipeline.transport import RequestsTransport
from requests import Session
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.exceptions import ConnectTimeoutError as NotInTime
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError

from shared_code.core.frozen import frozen

POOL_SIZE = 32
"""Connections that are kept open; more are opened when they are wanted."""


@frozen
class Answer:
    """What the pipeline and the store ask of an answer."""

    status_code: int
    headers: Mapping[str, str]
    body: bytes

    def read(self) -> bytes:
        return self.body


class LeanTransport(RequestsTransport):  # type: ignore[misc]
    """A transport for ``TableServiceClient``; safe to share between threads."""

    def __init__(self, connect_s: float, read_s: float) -> None:
        super().__init__()
        self._timeout = urllib3.Timeout(connect_s, read_s)
        self._place = ""
        self._pool: urllib3.HTTPConnectionPool | None = None

    def send(self, request: Any, **options: Any) -> Any:
        """Carry one request.  Raises the library's errors, ``ServiceRequestError`` where nothing was sent."""
        if not options.get("stream"):
            return super().send(request, **options)
        if not self._place:
            self._connect(str(request.url))
        target = str(request.url).removeprefix(self._place)
        if self._pool is None or not target.startswith("/"):
            return super().send(request, **options)
        return self.send_lean(self._pool, request, target)

    def _connect(self, url: str) -> None:
        """Take the place of the first request for the service's."""
        parts = urlsplit(url)
        place = f"{parts.scheme}://{parts.netloc}"
        surroundings = Session().merge_environment_settings(place, {}, None, None, None)
        if not surroundings["proxies"]:
            verify = surroundings["verify"]
            ca_certs = verify if isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH
            pools = urllib3.PoolManager(maxsize=POOL_SIZE, timeout=self._timeout, ca_certs=ca_certs)
            self._pool = pools.connection_from_url(place)
        self._place = place

    def send_lean(self, pool: urllib3.HTTPConnectionPool, request: Any, target: str) -> Answer:
        """The same for a request to the service whose whole answer is wanted."""
        try:
            answer = pool.urlopen(
                request.method, target, body=request.content, headers=request.headers, retries=False,
                redirect=False, assert_same_host=False,
            )  # fmt: skip
        except HTTPError as error:
            raise _told(error) from error
        return Answer(answer.status, answer.headers, answer.data)


def _told(error: HTTPError) -> AzureError:
    kind = ServiceRequestError if isinstance(error, _UNSENT) else ServiceResponseError
    return kind(str(error), error=error)


_UNSENT = (NewConnectionError, NotInTime, SSLError)
"""What happens before anything was sent."""
