"""One exchange on the wire, as ``requests`` has it: the token, the body, and what a failure says."""

from __future__ import annotations

import requests
from urllib3.exceptions import NewConnectionError

from shared_code.systems.retry import Trouble

MAX_ANSWER_BYTES = 64 * 1024 * 1024
_PIECE_BYTES = 1 << 16


class Authorized(requests.auth.AuthBase):
    """Puts the token on a request; as ``auth`` so that nothing of the surroundings can replace it."""

    def __init__(self, scheme: str, token: str) -> None:
        self._value = f"{scheme} {token}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._value
        return request


class TooLarge(Exception):
    """The answer is larger than ``MAX_ANSWER_BYTES``."""


def body_of(response: requests.Response) -> bytes:
    """The whole body.  Raises ``TooLarge``."""
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_content(_PIECE_BYTES):
        size += len(piece)
        if size > MAX_ANSWER_BYTES:
            raise TooLarge
        pieces.append(piece)
    return b"".join(pieces)


def reason_of(error: Exception) -> str:
    """The kind of the failure; its text may hold addresses with keys and the values of filters."""
    if isinstance(error, requests.exceptions.SSLError):
        return (
            "its certificate is not trusted (check the address, BUSINESS_CENTRAL_AUTHORITIES and CA_BUNDLE)"
        )
    return type(error).__name__


def trouble_of(error: Exception) -> Trouble:
    """Whether the request can have reached the service."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    early = requests.exceptions.ConnectTimeout | requests.exceptions.SSLError | requests.exceptions.ProxyError
    unsent = isinstance(error, early) or isinstance(reason, NewConnectionError)
    return Trouble.UNSENT if unsent else Trouble.LOST
