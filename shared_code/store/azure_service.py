"""How the store speaks with Azure Storage: connection settings, errors in our own words, bounded repeats.

A connection is set as the Functions host reads it, under one name (``AzureWebJobsStorage``): either the
connection string, or ``<name>__tableServiceUri`` / ``__queueServiceUri`` / ``__accountName`` with a managed
identity (``__credential=managedidentity`` and ``__clientId`` of a user-assigned one) or, without
``__credential``, whatever identity the developer has signed in with.
Source: Microsoft docs, azure-functions/functions-reference (identity-based connections).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any

from azure.core.credentials import TokenCredential
from azure.core.exceptions import AzureError, ClientAuthenticationError, ServiceRequestError

from shared_code.runtime import Runtime
from shared_code.store.tables import (
    AlreadyExists,
    Changed,
    ConditionFailed,
    Missing,
    StorageRefused,
    StorageUnavailable,
    StoreError,
    Unstorable,
)

CONNECTION = "AzureWebJobsStorage"

ATTEMPTS = 4
"""Tries of one operation before ``StorageUnavailable``."""

FIRST_WAIT_S = 0.25
MAX_WAIT_S = 20.0
"""A longer Retry-After is cut to this: who waits longer should give the work back to the queue."""

CLIENT_OPTIONS: Mapping[str, Any] = {"retry_total": 0, "connection_timeout": 5, "read_timeout": 30}
"""Options of every client: our own repeats replace the library's, which would sleep by themselves."""

_CODE = re.compile(r'"code"\s*:\s*"(\w+)"|ErrorCode:(\w+)')
_BY_CODE: Mapping[str, type[ConditionFailed] | type[StorageRefused]] = {
    "EntityAlreadyExists": AlreadyExists,
    "UpdateConditionNotSatisfied": Changed,
    "ConditionNotMet": Changed,
    "PopReceiptMismatch": Changed,
    "ResourceNotFound": Missing,
    "EntityNotFound": Missing,
    "MessageNotFound": Missing,
    "TableNotFound": StorageRefused,
    "QueueNotFound": StorageRefused,
}
_BY_STATUS: Mapping[int, type[ConditionFailed]] = {404: Missing, 412: Changed}
_BEING_DELETED = frozenset({"TableBeingDeleted", "QueueBeingDeleted"})
_BUSY = frozenset({429, 503})
"""Answers that say that nothing was done."""


def service_address(settings: Mapping[str, str], service: str, name: str) -> str:
    """The https address of ``service`` (``table`` or ``queue``) from identity-based settings."""
    if address := settings.get(f"{name}__{service}ServiceUri"):
        return address
    if account := settings.get(f"{name}__accountName"):
        return f"https://{account}.{service}.core.windows.net"
    raise StorageRefused(
        f"No storage is set: give {name} (a connection string), {name}__{service}ServiceUri "
        f"or {name}__accountName."
    )


def credential(settings: Mapping[str, str], name: str) -> TokenCredential:
    """The identity that the settings ask for."""
    from azure.identity import DefaultAzureCredential, ManagedIdentityCredential  # slow

    if settings.get(f"{name}__credential", "").lower() == "managedidentity":
        return ManagedIdentityCredential(client_id=settings.get(f"{name}__clientId") or None)
    return DefaultAzureCredential()


def attempt[T](runtime: Runtime, what: str, call: Callable[[], T], *, writes: bool = True) -> T:
    """The call's result, repeated where the service was busy, failing or out of reach.

    Raises the errors of ``tables``, with ``what`` (operation and place) in their text.  A write whose
    earlier answer was lost and whose repeat meets a failed condition may have met itself; that is
    ``StorageUnavailable`` with ``maybe_done``, because nobody here can tell.
    """
    doubtful = False
    for tried in range(ATTEMPTS):
        try:
            return call()
        except (AzureError, HTTPException) as error:
            problem, retry_after_s = problem_of(what, error), _retry_after_s(error)
            if not isinstance(problem, StorageUnavailable):
                raise _doubted(what, problem, doubtful and writes) from error
            doubtful = doubtful or problem.maybe_done
            if tried == ATTEMPTS - 1:
                raise StorageUnavailable(str(problem), maybe_done=doubtful and writes) from error
        runtime.sleep(_wait_s(tried, retry_after_s, runtime.random()))
    raise AssertionError("unreachable: the last attempt returns or raises")


def problem_of(what: str, error: AzureError | HTTPException) -> StoreError:
    """The library's error in our words."""
    status = getattr(error, "status_code", None) or 0
    code = _code_of(error)
    if status in _BUSY or code in _BEING_DELETED:
        return StorageUnavailable(f"{what}: the storage account is busy ({status} {code}).")
    if status == 0 or status < 400 or status == 408 or status >= 500:
        return _unavailable(what, error, f"{status} {code}")
    kind = _BY_CODE.get(code) or _BY_STATUS.get(status)
    if kind is StorageRefused:
        return StorageRefused(f"{what}: it does not exist ({code}); it is created by ensure at the start.")
    if kind is not None and issubclass(kind, ConditionFailed):
        return kind(f"{what}: {code or status}", getattr(error, "index", None))
    if status in (401, 403):
        return StorageRefused(f"{what}: no right to it ({status} {code}); check the storage roles.")
    return Unstorable(f"{what}: the service refused it ({status} {code}).")


def _unavailable(what: str, error: Exception, answer: str) -> StorageUnavailable:
    """A failure of the network or within the service.  Only without connection or token nothing was done."""
    unsent = isinstance(error, ServiceRequestError | ClientAuthenticationError)
    reason = type(error).__name__ if answer.startswith("0") else answer
    return StorageUnavailable(f"{what}: storage did not answer properly ({reason}).", maybe_done=not unsent)


def _doubted(what: str, problem: StoreError, doubtful: bool) -> StoreError:
    if doubtful and isinstance(problem, ConditionFailed):
        return StorageUnavailable(f"{what}: an answer was lost and the repeat was refused.", maybe_done=True)
    return problem


def _code_of(error: BaseException) -> str:
    """The service's error code, which the libraries put in different places."""
    code = getattr(error, "error_code", None)
    if code is not None:
        return str(getattr(code, "value", code))
    found = _CODE.search(str(error))
    return (found[1] or found[2]) if found else ""


def _retry_after_s(error: BaseException) -> float:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    text = str(headers.get("Retry-After", ""))
    return float(text) if text.isdecimal() else 0.0


def _wait_s(tried: int, retry_after_s: float, chance: float) -> float:
    """Doubling, half of it by chance so that instances do not come back together."""
    own: float = FIRST_WAIT_S * 2**tried * (0.5 + chance)
    return min(MAX_WAIT_S, max(own, retry_after_s))
