"""The wire to the table service: requests about entities go to a pool of connections, past the library.

The library's pipeline makes objects of each request and answer and sends them through a dozen policies, which
takes longer than what the store does for it (figures: docs/measurements/bench.md).  Its settings count here
too: the address, the credential, and a proxy or a file of authorities that the surroundings name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import urllib3
from azure.core.exceptions import AzureError, ServiceRequestError, ServiceResponseError
from azure.data.tables import TableServiceClient
from requests import Session
from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_auth_from_url, select_proxy
from urllib3.exceptions import ConnectTimeoutError as NotInTime
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError

from shared_code.core.frozen import frozen
from shared_code.store.azure_service import CLIENT_OPTIONS
from shared_code.store.azure_signing import Signing, signing_of

POOL_SIZE = 32
"""Connections that are kept open; more are opened when they are wanted."""

_HEADERS = {"x-ms-version": "2019-02-02", "DataServiceVersion": "3.0", "MaxDataServiceVersion": "3.0;NetFx"}


@frozen
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str


class Wire:
    """Requests to one account's table service at ``url``; safe to share between threads."""

    def __init__(self, url: str, signing: Signing, connect_s: float, read_s: float) -> None:
        parts = urlsplit(url)
        self.url, self._path, self._signing = url, parts.path, signing
        place = f"{parts.scheme}://{parts.netloc}"
        pools, is_direct = _pools(place, urllib3.Timeout(connect_s, read_s))
        self._open: Any = pools.connection_from_url(place).urlopen if is_direct else pools.urlopen
        self._before = "" if is_direct else place

    def send(self, method: str, path: str, headers: Mapping[str, str], content: bytes | None = None) -> Reply:
        """One request; ``path`` is below the service's address.

        Raises the library's errors: ``ServiceRequestError`` where nothing was sent, ``ServiceResponseError``
        where no whole answer came, ``ClientAuthenticationError`` where there is no token.
        """
        place = f"{self._path}/{path}"
        own = {**_HEADERS, **self._signing.headers(place), **headers}
        target = self._before + self._signing.signed(place)
        try:
            answer = self._open(
                method, target, body=content, headers=own, retries=False, redirect=False,
                assert_same_host=False,
            )  # fmt: skip
        except HTTPError as error:
            raise _told(error) from error
        return Reply(answer.status, answer.headers, answer.data.decode("utf-8", "replace"))


def wire_of(service: TableServiceClient, now: Callable[[], float]) -> Wire:
    """The wire to the service that the library's client was made for; ``now`` is the clock."""
    waits = CLIENT_OPTIONS["connection_timeout"], CLIENT_OPTIONS["read_timeout"]
    return Wire(service.url, signing_of(service.credential, now), *waits)


def _pools(place: str, timeout: urllib3.Timeout) -> tuple[urllib3.PoolManager, bool]:
    """The connections to a place, and whether they lead there without a proxy; the surroundings tell."""
    surroundings = Session().merge_environment_settings(place, {}, None, None, None)
    verify = surroundings["verify"]
    ca_certs = verify if isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH
    options: dict[str, Any] = {"maxsize": POOL_SIZE, "timeout": timeout, "ca_certs": ca_certs}
    proxy = select_proxy(place, surroundings["proxies"])
    if proxy is None:
        return urllib3.PoolManager(**options), True
    name, password = get_auth_from_url(proxy)
    headers = urllib3.make_headers(proxy_basic_auth=f"{name}:{password}") if name else None
    return urllib3.ProxyManager(proxy, proxy_headers=headers, **options), False


def _told(error: HTTPError) -> AzureError:
    kind = ServiceRequestError if isinstance(error, _UNSENT) else ServiceResponseError
    return kind(str(error), error=error)


_UNSENT = (NewConnectionError, NotInTime, SSLError)
"""What happens before anything was sent."""
