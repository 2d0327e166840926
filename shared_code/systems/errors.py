"""A service's refusal as a value: code, text, and what it means for a record or for a whole call.  Pure.

Codes decide first, the HTTP status second, texts never (one exception, see ``dataverse_result``).
Sources: Microsoft docs webservices/dynamics-error-codes.md (Business Central),
webapi/compose-http-requests-handle-errors.md and web-service-error-codes.md (Dataverse).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared_code.systems import odata, retry
from shared_code.systems.interface import (
    AccessDenied,
    CursorExpired,
    Exists,
    Gone,
    Moved,
    NotDone,
    OutcomeUnknown,
    Refused,
    SettingWrong,
    SystemFault,
    SystemUnavailable,
    TableMissing,
    Throttled,
    WriteResult,
)

DEFAULT_WAIT_S = 5.0
MAX_MESSAGE_CHARS = 1000
MAX_CODE_CHARS = 100

_CORRELATION = re.compile(r"\s+CorrelationId:\s+.*\Z", re.DOTALL)
_XML_CODE = re.compile(rb"<(?:\w+:)?code>([^<]{1,100})</", re.IGNORECASE)

_BC_MISSING_PLACE = {"badrequest_resourcenotfound", "internal_companynotfound", "noenvironment"}
_SETTINGS_MEANT = {
    "noenvironment": "BUSINESS_CENTRAL_ENVIRONMENT",
    "internal_companynotfound": "BUSINESS_CENTRAL_COMPANIES",
}
_BC_GONE = {"internal_recordnotfound", "internal_datanotfoundfilter"}
_BC_THROTTLED = {"application_toomanyrequests", "internal_tenantunavailable"}
_BC_EXISTS = {"internal_entitywithsamekeyexists"}
_DATAVERSE_THROTTLED = {"0x80072321", "0x80072322", "0x80072326", "0x8005f103", "0x80044151"}
_NO_TABLE = "Resource not found for the segment"
"""How both systems begin what they say of a table that they do not have."""
_IMPORT = "Import Tandem's solution in this version (setup guide, Prepare Sales), or mend the table's name."
_PUBLISH = "Publish Tandem's extension in this version, or mend the table's name."
_EXPIRED = {"0x80044352", "skiptokenisnolongervalid"}
_LOST_STATUSES = {408, 502, 504}


@dataclass(frozen=True, slots=True)
class ServiceError:
    """What a service said instead of doing: status, its own code, its text without the correlation id."""

    status: int
    code: str = ""
    message: str = ""
    retry_after_s: float | None = None

    @property
    def key(self) -> str:
        """The code as it is compared."""
        return self.code.lower()


def service_error(status: int, headers: Mapping[str, str], body: object) -> ServiceError:
    """Read an error from raw or parsed body; whatever cannot be read is left empty, never raised."""
    error = _error_member(body)
    code, message = str(error.get("code") or ""), str(error.get("message") or "")
    if not code and isinstance(body, bytes) and (found := _XML_CODE.search(body[:10_000])):
        code = found[1].decode("utf-8", "replace")
    wait_s = retry.retry_after(headers.get("retry-after"))
    text = _CORRELATION.sub("", message)[:MAX_MESSAGE_CHARS]
    return ServiceError(status, code[:MAX_CODE_CHARS], text, wait_s)


def _error_member(body: object) -> Mapping[str, object]:
    if isinstance(body, bytes):
        try:
            body = odata.loads(body)
        except ValueError:
            return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def describe(error: ServiceError, what: str) -> str:
    """One sentence: what was tried and how the service answered."""
    said = f"{error.code}: {error.message}".strip(": ") or "no reason given"
    return f"{what} was answered with HTTP {error.status} ({said})"


def fault(error: ServiceError, what: str) -> SystemFault:
    """The exception that ends a whole call.  ``what`` names system, table and doing."""
    text = describe(error, what)
    if error.key in _EXPIRED:
        return CursorExpired(f"{text}. A full scan starts anew.")
    if error.status == 429 or error.key in _BC_THROTTLED | _DATAVERSE_THROTTLED:
        return Throttled(text, wait_of(error))
    if error.status in (401, 403):
        return AccessDenied(f"{text}. Check the application user and its permissions for this table.")
    if (error.status >= 500 and error.status != 501) or error.status == 408:
        return SystemUnavailable(f"{text}. Nothing is known to have happened; try again later.")
    if error.status == 405:
        return SettingWrong(
            f"{text}. On servers of one's own: switch on API Services of the server instance "
            "(ApiServicesEnabled) and restart it."
        )
    if error.status == 404 and error.message.startswith(_NO_TABLE):
        return TableMissing(f"{text}. {_IMPORT if error.key.startswith('0x') else _PUBLISH}")
    meant = _SETTINGS_MEANT.get(error.key, "address, company, table and field names")
    return SettingWrong(f"{text}. Check {meant} in the app settings.")


USED_UP = frozenset({"0x80072321", "0x80072322"})
"""Dataverse's codes for a budget of five minutes that is used up, of execution time or of requests.  That for
too many requests at a time is another one (Microsoft docs: data-platform/api-limits)."""


def wait_of(error: ServiceError) -> float:
    """The wait the service asked for, or a default."""
    return DEFAULT_WAIT_S if error.retry_after_s is None else error.retry_after_s


def business_central_result(error: ServiceError, *, creating: bool) -> WriteResult:
    """What a refused part of a write means for its record."""
    if error.key == "request_entitychanged":
        return Moved()
    if error.key in _BC_EXISTS and creating:
        return Exists()
    if error.key in _BC_THROTTLED:
        return NotDone(wait_of(error), describe(error, "The write"))
    if not creating and _is_gone_in_business_central(error):
        return Gone()
    return _result_by_status(error)


def _is_gone_in_business_central(error: ServiceError) -> bool:
    return error.key in _BC_GONE or (error.status == 404 and error.key not in _BC_MISSING_PLACE)


def dataverse_result(
    error: ServiceError, record_id: str | None, *, creating: bool, binds: bool
) -> WriteResult:
    """What a refused part of a write means for the row ``record_id``.

    The code for a missing row is the same whether the row itself or the target of one of its lookups
    (``binds``) is missing, so only then the text is looked at: it names the id that does not exist.
    """
    if error.key in _DATAVERSE_THROTTLED:
        return NotDone(wait_of(error), describe(error, "The write"))
    if error.key == "0x80040237" and creating:
        return Exists()
    if not creating and (error.key == "0x80060882" or (error.status == 412 and not error.key)):
        return Moved()
    if not creating and (error.status == 404 or error.key == "0x80040217"):
        names_row = record_id is not None and record_id.lower() in error.message.lower()
        return Gone() if names_row or not binds else Refused(error.code, error.message)
    return _result_by_status(error)


def _result_by_status(error: ServiceError) -> WriteResult:
    if error.status in (429, 503):
        return NotDone(wait_of(error), describe(error, "The write"))
    if error.status in _LOST_STATUSES:
        return OutcomeUnknown(describe(error, "The write"))
    return Refused(error.code or f"HTTP {error.status}", error.message or "no reason given")


def raise_if_all_denied(answers: Sequence[ServiceError | None], what: str) -> None:
    """Raise ``AccessDenied`` when every part of a write was denied: then it is the table, not a record."""
    denied = [error for error in answers if error is not None and error.status in (401, 403)]
    if answers and len(denied) == len(answers):
        raise fault(denied[0], what)


def results_of(chunks: Sequence[tuple[int, list[WriteResult] | SystemFault]]) -> list[WriteResult]:
    """The results of all chunks, each with its size, in order.

    A chunk that failed as a whole did nothing, so its records get values.  When every chunk failed,
    the first fault is raised: there is nothing to tell of single records.
    """
    faults = [outcome for _, outcome in chunks if isinstance(outcome, SystemFault)]
    if faults and len(faults) == len(chunks):
        raise faults[0]
    results: list[WriteResult] = []
    for size, outcome in chunks:
        results += [_of_fault(outcome)] * size if isinstance(outcome, SystemFault) else outcome
    return results


def _of_fault(fault: SystemFault) -> WriteResult:
    match fault:
        case Throttled():
            return NotDone(fault.retry_after_s, str(fault))
        case SystemUnavailable():
            return NotDone(DEFAULT_WAIT_S, str(fault))
    return Refused(type(fault).__name__, str(fault))
