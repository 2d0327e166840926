"""The wire to the table service: requests about entities go to connections of their own, past the library.

The library's pipeline makes objects of each request and answer and sends them through a dozen policies, which
takes longer than what the store does for it (figures: docs/measurements/bench.md).  Its settings count here
too: the address, the credential, and a proxy or a file of authorities that the surroundings name.  Through a
proxy requests go by ``urllib3``, else by ``azure_connection``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

import urllib3
from azure.core.exceptions import ServiceRequestError, ServiceResponseError
from azure.data.tables import TableServiceClient
from requests import Session
from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_auth_from_url, select_proxy
from urllib3.exceptions import ConnectTimeoutError as NotInTime
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError

from shared_code.core.frozen import frozen
from shared_code.store.azure_connection import MOST_KEPT, Answer, Connections, Headers, NoAnswer, NotSent
from shared_code.store.azure_service import CLIENT_OPTIONS
from shared_code.store.azure_signing import Signing, signing_of

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
        self._way = _way_to(f"{parts.scheme}://{parts.netloc}", connect_s, read_s)

    def send(self, method: str, path: str, headers: Mapping[str, str], content: bytes | None = None) -> Reply:
        """One request; ``path`` is below the service's address.

        Raises the library's errors: ``ServiceRequestError`` where nothing was sent, ``ServiceResponseError``
        where no whole answer came, ``ClientAuthenticationError`` where there is no token.
        """
        place = f"{self._path}/{path}"
        own = {**_HEADERS, **self._signing.headers(place), **headers}
        try:
            answer = self._way.exchange(method, self._signing.signed(place), own, content)
        except NotSent as error:
            raise ServiceRequestError(str(error), error=error) from error
        except NoAnswer as error:
            raise ServiceResponseError(str(error), error=error) from error
        return Reply(answer.status, answer.headers, answer.body.decode("utf-8", "replace"))


def wire_of(service: TableServiceClient, now: Callable[[], float]) -> Wire:
    """The wire to the service that the library's client was made for; ``now`` is the clock."""
    waits = CLIENT_OPTIONS["connection_timeout"], CLIENT_OPTIONS["read_timeout"]
    return Wire(service.url, signing_of(service.credential, now), *waits)


class Way(Protocol):
    """How requests go to one place and answers come back."""

    def exchange(
        self, method: str, target: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> Answer:
        """As ``Connections.exchange``."""
        ...


def _way_to(place: str, connect_s: float, read_s: float) -> Way:
    """The way to a place: without a proxy or through one, as the surroundings tell."""
    surroundings = Session().merge_environment_settings(place, {}, None, None, None)
    verify = surroundings["verify"]
    authorities = verify if isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH
    proxy = select_proxy(place, surroundings["proxies"])
    if proxy is None:
        return Connections(place, authorities, connect_s, read_s)
    return _ThroughProxy(proxy, place, authorities, urllib3.Timeout(connect_s, read_s))


class _ThroughProxy:
    """A way that a proxy leads."""

    def __init__(self, proxy: str, place: str, authorities: str, timeout: urllib3.Timeout) -> None:
        name, password = get_auth_from_url(proxy)
        headers = urllib3.make_headers(proxy_basic_auth=f"{name}:{password}") if name else None
        options: dict[str, Any] = {"maxsize": MOST_KEPT, "timeout": timeout, "ca_certs": authorities}
        self._open: Any = urllib3.ProxyManager(proxy, proxy_headers=headers, **options).urlopen
        self._place = place

    def exchange(
        self, method: str, target: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> Answer:
        try:
            answer = self._open(
                method, self._place + target, body=content, headers=headers, retries=False, redirect=False,
                assert_same_host=False,
            )  # fmt: skip
        except HTTPError as error:
            raise (NotSent if isinstance(error, _UNSENT) else NoAnswer)(str(error)) from error
        return Answer(answer.status, Headers({k.lower(): v for k, v in answer.headers.items()}), answer.data)


_UNSENT = (NewConnectionError, NotInTime, SSLError)
"""What happens before anything was sent."""
