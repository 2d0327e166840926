"""How a request proves to the table service who sends it: by the account's key, an identity or a signature.

Sources: Microsoft docs, storageservices/authorize-with-shared-key (Shared Key Lite for the Table service) and
storageservices/authorize-with-azure-active-directory.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from email.utils import formatdate
from functools import lru_cache
from typing import Protocol

from azure.core.credentials import (
    AccessToken,
    AzureNamedKeyCredential,
    AzureSasCredential,
    TokenCredential,
)

type Credential = AzureNamedKeyCredential | AzureSasCredential | TokenCredential

SCOPE = "https://storage.azure.com/.default"
EARLY_S = 300.0
"""A token is renewed so long before its end."""


class Signing(Protocol):
    """Gives what proves who sends a request; safe to share between threads."""

    def headers(self, path: str) -> Mapping[str, str]:
        """For a request to ``path``, which begins with a stroke and may end with a query.

        Raises ``ClientAuthenticationError`` where there is no token.
        """
        ...

    def signed(self, path: str) -> str:
        """The path as it is sent."""
        ...


def signing_of(credential: Credential, now: Callable[[], float]) -> Signing:
    """The way that a credential asks for; ``now`` is the clock."""
    if isinstance(credential, AzureNamedKeyCredential):
        return ByKey(credential.named_key.name, credential.named_key.key, now)
    if isinstance(credential, AzureSasCredential):
        return BySignature(credential.signature)
    return ByToken(credential, now)


class ByKey:
    """The account's key signs the second and the place of each request: what is the same is signed once."""

    def __init__(self, account: str, key: str, now: Callable[[], float]) -> None:
        self._account, self._key, self._now = account, base64.b64decode(key), now
        self._signed = lru_cache(64)(self._sign)

    def headers(self, path: str) -> Mapping[str, str]:
        return self._signed(int(self._now()), path.partition("?")[0])

    def _sign(self, second: int, path: str) -> Mapping[str, str]:
        date = formatdate(second, usegmt=True)
        text = f"{date}\n/{self._account}{path}"
        signature = base64.b64encode(hmac.digest(self._key, text.encode(), hashlib.sha256)).decode()
        return {"x-ms-date": date, "Authorization": f"SharedKeyLite {self._account}:{signature}"}

    def signed(self, path: str) -> str:
        return path


class ByToken:
    """An identity's token; one that is valid is kept."""

    def __init__(self, credential: TokenCredential, now: Callable[[], float]) -> None:
        self._credential, self._now = credential, now
        self._token = AccessToken("", 0)

    def headers(self, path: str) -> Mapping[str, str]:
        token = self._token
        if token.expires_on - EARLY_S <= self._now():
            token = self._token = self._credential.get_token(SCOPE)
        return {"Authorization": f"Bearer {token.token}"}

    def signed(self, path: str) -> str:
        return path


class BySignature:
    """A signature that somebody else made (SAS) stands in the address."""

    def __init__(self, signature: str) -> None:
        self._query = signature.removeprefix("?")

    def headers(self, path: str) -> Mapping[str, str]:
        return {}

    def signed(self, path: str) -> str:
        return f"{path}{'&' if '?' in path else '?'}{self._query}"
