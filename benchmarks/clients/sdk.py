"""Microsoft's Python SDK for Dataverse (PowerPlatform-Dataverse-Client), as its examples use it.

A list of 100 at a time, and with threads as many lists at once as Sales advises.  The SDK has no change
tracking and no conditional writes, so it carries from Business Central to Sales only; reading Business
Central is ``services.py``'s.  Needs the benchmark's own environment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from azure.core.credentials import AccessToken
from PowerPlatform.Dataverse.client import DataverseClient  # type: ignore[import-not-found]

from benchmarks.fields import account_of
from benchmarks.services import WRITE_CHUNK, Access, BusinessCentral, Record


class _Token:
    """The token that the benchmark was given, as the SDK asks for it."""

    def __init__(self, token: str) -> None:
        self._token = AccessToken(token, int(datetime.now(UTC).timestamp()) + 3_000)

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return self._token


class Sdk:
    """Remembers the ids that the SDK gives back."""

    def __init__(self, access: Access, threads: int) -> None:
        self._bc = BusinessCentral(access)
        self._client = DataverseClient(access.sales_url, _Token(access.sales_token))
        self._threads = threads
        self._accounts: dict[str, str] = {}
        self._since = ""
        self.storage_transactions = 0

    def initial_load(self) -> None:
        """All customers become accounts."""
        self._each_chunk(self._create)

    def settle(self) -> None:
        """Nothing to do."""

    def changed(self) -> None:
        """Business Central's changes to Sales."""
        self._each_chunk(self._update, self._since)

    def close(self) -> None:
        self._client.close()

    def _each_chunk(self, write: Callable[[Sequence[Record]], None], since: str = "") -> None:
        with ThreadPoolExecutor(self._threads) as pool:
            for page in self._bc.pages(since):
                chunks = [page[start : start + WRITE_CHUNK] for start in range(0, len(page), WRITE_CHUNK)]
                list(pool.map(write, chunks))
        self._since = self._bc.asked_at

    def _create(self, customers: Sequence[Record]) -> None:
        made = self._client.records.create("account", [account_of(each) for each in customers])
        self._accounts |= {each["id"]: own for each, own in zip(customers, made, strict=True)}

    def _update(self, customers: Sequence[Record]) -> None:
        ids = [self._accounts[each["id"]] for each in customers]
        self._client.records.update("account", ids, [account_of(each) for each in customers])
