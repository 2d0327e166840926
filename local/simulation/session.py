"""A session of ``requests`` for worlds in one process: what goes over the wire is the same, for less work.

``Session.request`` merges settings of session and surroundings, prepares cookies, hooks and streams, and so
costs more than client and service together.  Here a request goes from the client straight to the service.
``tests/simulation/test_session.py`` holds the two to the same requests and the same answers.
"""

from __future__ import annotations

import re
from email.utils import formatdate
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.structures import CaseInsensitiveDict
from requests.utils import check_header_validity, default_headers

from local.simulators.wire import Clock, ConnectionLost, Request, Response, Service

_DEFAULTS = {name.lower(): value for name, value in default_headers().items()}


class DirectSession(requests.Session):
    """Every request leads to ``service``; an answer without ``Date`` gets one from ``clock``."""

    __attrs__ = (*requests.Session.__attrs__, "_service", "_clock")  # what a copy has, too

    def __init__(self, service: Service, clock: Clock) -> None:
        super().__init__()
        self._service = service
        self._clock = clock

    def request(  # type: ignore[override]  # the product's client only, by these names
        self, method: str | bytes, url: str | bytes, **settings: Any
    ) -> requests.Response:
        """Settings other than those of the product's client are refused, for nothing here heeds them.

        Raises what ``requests`` raises for a lost connection, a wrong address or an impossible header.
        """
        headers, body, auth = settings["headers"], settings["data"], settings["auth"]
        if settings["allow_redirects"] or not settings["stream"] or settings.keys() - _HEEDED:
            raise TypeError(f"the simulation does not know how to send with {sorted(settings)}")
        request = _prepared(str(method), str(url), headers, body, auth)
        try:
            response = self._service.handle(request)
        except ConnectionLost as error:
            raise requests.exceptions.ConnectionError("connection reset") from error
        return _answer(str(url), response, int(self._clock.time()))


_HEEDED = {"headers", "data", "auth", "timeout", "allow_redirects", "stream"}


def _prepared(method: str, url: str, headers: Any, body: bytes | None, auth: Any) -> Request:
    carrier = requests.PreparedRequest()
    carrier.headers = CaseInsensitiveDict()
    auth(carrier)
    host, target = _address(url)
    sent = dict(_DEFAULTS)
    for header in headers.items():
        _check_header(header)
        sent[header[0].lower()] = _text(header[1])
    if body:
        sent["content-length"] = str(len(body))
    elif method not in ("GET", "HEAD"):
        sent["content-length"] = "0"
    sent |= {name.lower(): _text(value) for name, value in carrier.headers.items()}
    sent.setdefault("host", host)
    return Request(method.upper(), target, sent, body or b"")


@lru_cache(4096)
def _check_header(header: Any) -> None:
    """Raises ``InvalidHeader``; most headers are the same in every request."""
    check_header_validity(header)


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


_ENCODED = "%(?!2[DE]|3[0-9]|[46][1-9A-F]|[57][0-9A]|5F|7E)[0-9A-F]{2}"
"""What has to be encoded and is."""
_PLAIN = re.compile(
    rf"https://([a-z0-9.-]+)(/(?:[A-Za-z0-9._~/$(),-]|{_ENCODED})*(?:\?(?:[A-Za-z0-9._~/$(),&='-]|{_ENCODED})+)?)"
)
"""Addresses that ``requests`` sends as they are: nothing to encode or decode, no dots to resolve."""


@lru_cache(4096)
def _address(url: str) -> tuple[str, str]:
    """Host and target, encoded as ``requests`` does it."""
    if (plain := _PLAIN.fullmatch(url)) and "/." not in url:
        return plain[1], plain[2]
    prepared = requests.PreparedRequest()
    prepared.prepare_url(url, None)
    parts = urlsplit(str(prepared.url))
    return parts.netloc, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


class _Answer(requests.Response):
    """An answer without a jar for cookies, which the product's client never looks at."""

    def __init__(self) -> None:
        self.__dict__.update(_BLANK)


_BLANK = {name: value for name, value in vars(requests.Response()).items() if name != "cookies"}


def _answer(url: str, response: Response, now_s: int) -> requests.Response:
    if response.body and response.status in (204, 304):
        raise requests.exceptions.ChunkedEncodingError("a body where none may be")
    made = _Answer()
    made.status_code = response.status
    made.headers = CaseInsensitiveDict(response.headers)
    made.headers.setdefault("Date", _date(now_s))
    made.url = url
    # The body is there as a whole: what streams it takes its pieces from here.
    made._content = response.body
    made._content_consumed = True  # type: ignore[attr-defined]
    return made


@lru_cache(64)
def _date(now_s: int) -> str:
    return formatdate(now_s, usegmt=True)
