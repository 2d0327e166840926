"""Delivers webhook notifications over real HTTP, for simulators that run as processes."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

MAX_ANSWER_BYTES = 65_536
_NO_PROXIES = {"http": "", "https": ""}


class NotDelivered(Exception):
    """Nobody answered: refused, reset, timed out, or an address that must not be called."""


@dataclass(frozen=True)
class Answer:
    """What the receiver said; the first 64 KB of its body."""

    status: int
    body: bytes


def http_deliver(
    url: str, headers: Mapping[str, str], body: bytes, timeout_s: float, *, allow_remote: bool = False
) -> int:
    """POST a notification and return the receiver's status; raises ``NotDelivered``."""
    return http_call(url, headers, body, timeout_s, allow_remote=allow_remote).status


def http_call(
    url: str, headers: Mapping[str, str], body: bytes, timeout_s: float, *, allow_remote: bool = False
) -> Answer:
    """POST and return status and body, for a handshake whose answer matters; raises ``NotDelivered``.

    Calls this machine only, unless ``allow_remote``.  Redirects are not followed.
    """
    if not (allow_remote or is_loopback(url)):
        raise NotDelivered("the receiver is not on this machine; allow remote receivers to call it")
    try:
        with requests.post(
            url, data=body, headers=dict(headers), timeout=timeout_s, allow_redirects=False,
            proxies=_NO_PROXIES, stream=True,
        ) as response:  # fmt: skip
            return Answer(response.status_code, _start_of_body(response))
    except (requests.RequestException, OSError) as error:
        raise NotDelivered(f"the receiver could not be called ({type(error).__name__})") from error


def is_loopback(url: str) -> bool:
    """Whether the URL's host is ``localhost`` or a loopback address literal, over HTTP or HTTPS."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme in ("http", "https") and (
            host == "localhost" or ipaddress.ip_address(host).is_loopback
        )
    except ValueError:
        return False


def _start_of_body(response: requests.Response) -> bytes:
    return next(response.iter_content(MAX_ANSWER_BYTES), b"")[:MAX_ANSWER_BYTES]
