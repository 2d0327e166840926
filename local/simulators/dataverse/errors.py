"""How the service says no: HTTP status, error code, text.

Codes: Microsoft docs, org-service/web-service-error-codes.  The status per code is documented for
few of them only, so ``Options.status_overrides`` can change it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

GENERAL = "0x80060888"
UNEXPECTED = "0x80040216"
INVALID_ARGUMENT = "0x80040203"
REQUIRED_MISSING = "0x80040200"
NOT_FOUND = "0x80040217"
NOT_FOUND_BY_KEY = "0x80060891"
KEY_NOT_DEFINED = "0x80060890"
DUPLICATE_KEY = "0x80060892"
DUPLICATE_RECORD = "0x80040237"
VERSION_MISMATCH = "0x80060882"
NO_CONCURRENCY = "0x8006088D"
PRIVILEGE_DENIED = "0x80040220"
NOT_A_MEMBER = "0x80072560"
OWNER_LACKS_PRIVILEGE = "0x80040231"
OWNER_DISABLED = "0x8004022B"
TEXT_TOO_LONG = "0x80044331"
CHOICE_OUT_OF_RANGE = "0x8004431A"
MONEY_OUT_OF_RANGE = "0x80040317"
BAD_STATE = "0x80048408"
EXPIRED_VERSION_STAMP = "0x80044352"
INVALID_TOKEN = "0x80041D50"
EXPIRED_TOKEN = "0x80041D52"
REQUEST_TOO_LONG = "0x8004418A"
TOO_MANY_CONDITIONS = "0x8004430C"
PLUGIN_REFUSED = "0x80040265"
LOOP = "0x80040507"
BASE_CURRENCY_STATE = "0x80048CF4"
BASE_CURRENCY_RATE = "0x80048CF5"
BASE_CURRENCY_DELETE = "0x80048CFF"
DUPLICATE_CURRENCY = "0x80048CF3"
DUPLICATE_APPLICATION_USER = "0x8004F511"
DUPLICATE_ATTRIBUTE = "0x80047013"
LOWER_VERSION = "0x80048541"
IMPORT_FAILED = "0x8004801A"
ANOTHER_IMPORT = "0x80071151"
REQUESTS_EXCEEDED = "0x80072322"
TIME_EXCEEDED = "0x80072321"
CONCURRENCY_EXCEEDED = "0x80072326"


@dataclass
class Refused(Exception):
    """The request is answered with this status, ``{"error": {"code", "message"}}`` and headers."""

    status: int
    code: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.code} {self.message}"


def bad_request(message: str, code: str = GENERAL) -> Refused:
    """400: the request itself is wrong."""
    return Refused(400, code, message)


def row_missing(table: str, row_id: str) -> Refused:
    """404 for a row that does not exist (or no longer)."""
    return Refused(404, NOT_FOUND, f"{table} With Id = {row_id} Does Not Exist")


def segment_missing(segment: str) -> Refused:
    """404 for an address that names no table, function or action."""
    return Refused(404, GENERAL, f"Resource not found for the segment '{segment}'.")


def no_property(name: str, type_name: str) -> Refused:
    """400 for a name in a query option that the type does not have."""
    return bad_request(
        f"Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.{type_name}'."
    )


def invalid_property(name: str, type_name: str) -> Refused:
    """400 for a name in a body that cannot be written there."""
    return bad_request(f"Invalid property '{name}' was found in entity 'Microsoft.Dynamics.CRM.{type_name}'.")


def not_simulated(what: str) -> Refused:
    """501: the service may know this, the simulator does not; said plainly rather than answered wrongly."""
    return Refused(501, GENERAL, f"{what} is not simulated.")


def version_mismatch() -> Refused:
    """412: the row is no longer at the version named in If-Match."""
    return Refused(
        412,
        VERSION_MISMATCH,
        "The version of the existing record doesn't match the RowVersion property provided.",
    )


def exists_already(code: str = DUPLICATE_RECORD) -> Refused:
    """412 for If-None-Match: * on a row that exists."""
    return Refused(412, code, "A record with matching key values already exists.")


def duplicate_id() -> Refused:
    """412 for a POST whose client-chosen id is taken."""
    return Refused(412, DUPLICATE_RECORD, "Operation failed due to a SQL integrity violation.")
