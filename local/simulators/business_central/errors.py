"""Refusals in the shape of the service: one ``error`` object whose message ends in a correlation id.

Codes and their meaning: Microsoft docs, webservices/dynamics-error-codes.md.  Texts follow the
caller's language, so only codes may be relied on: any language but English is answered with
accented text here, as pseudo-localisation does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from local.simulators.wire import Response

JSON_TYPE = "application/json; odata.metadata=minimal; odata.streaming=true"
_ACCENTED = str.maketrans("aeiouAEIOU", "àéîöûÀÉÎÖÛ")


class ApiError(Exception):
    """A request the service refuses; ``code`` is the documented error code."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    def body(self, correlation_id: str, language: str = "en-US") -> dict[str, object]:
        """The error object for a caller who reads ``language`` (a language tag)."""
        text = localised(self.message, language)
        return {"error": {"code": self.code, "message": f"{text}  CorrelationId:  {correlation_id}."}}

    def response(self, correlation_id: str, language: str = "en-US") -> Response:
        headers = {"Content-Type": JSON_TYPE, "OData-Version": "4.0", **self.headers}
        return Response(self.status, headers, json.dumps(self.body(correlation_id, language)).encode())


def localised(message: str, language: str) -> str:
    """The message for a language tag: unchanged for English, recognisably different for others."""
    primary = language.split(",")[0].split(";")[0].split("-")[0].strip().lower()
    return message if primary in ("", "*", "en") else message.translate(_ACCENTED)


def bad_request(message: str) -> ApiError:
    """Bad JSON, a value of the wrong type, an unknown property."""
    return ApiError(400, "BadRequest", message)


def query_syntax(message: str) -> ApiError:
    """A URL or key the service cannot read."""
    return ApiError(400, "BadRequest_NotFound", f"Bad Request - Error in query syntax. {message}")


def unknown_property(name: str, entity: str) -> ApiError:
    """A property in a query option that the type lacks."""
    return bad_request(f"Could not find a property named '{name}' on type 'Microsoft.NAV.{entity}'.")


def unknown_segment(name: str) -> ApiError:
    """An entity set or navigation that does not exist."""
    return ApiError(404, "BadRequest_ResourceNotFound", f"Resource not found for the segment '{name}'.")


def business_rule(message: str) -> ApiError:
    """What AL code raises with Error()."""
    return ApiError(400, "Application_DialogException", message)


def field_rule(message: str) -> ApiError:
    """What the validation of one table field raises."""
    return ApiError(400, "Application_FieldValidationException", message)


def record_not_found(table: str, record_id: str) -> ApiError:
    return ApiError(
        404,
        "Internal_RecordNotFound",
        f"The {table} does not exist. Identification fields and values: SystemId='{{{record_id}}}'",
    )


def invalid_relation(field: str, table: str, value: str, related: str) -> ApiError:
    """A code that is not in the related table."""
    return ApiError(
        400,
        "Internal_InvalidTableRelation",
        f"The field {field} of table {table} contains a value ({value}) that cannot be found in the "
        f"related table ({related}).",
    )


def duplicate_key(table: str, field: str, value: str) -> ApiError:
    return ApiError(
        400,
        "Internal_EntityWithSameKeyExists",
        f"The record in table {table} already exists. Identification fields and values: {field}='{value}'",
    )


def method_not_allowed(verb: str) -> ApiError:
    return ApiError(405, "BadRequest_MethodNotAllowed", f"Entity does not support {verb}.")


def missing_token() -> ApiError:
    """If-Match left out or unreadable."""
    return ApiError(
        400,
        "BadRequest_InvalidToken",
        "Could not validate the client concurrency token required by the service. "
        "Please provide a valid token in the client request.",
    )


def entity_changed() -> ApiError:
    """A stale If-Match: 409, never 412."""
    return ApiError(409, "Request_EntityChanged", "Another user has already changed the record.")


def too_many_requests(actual: int, maximum: int, retry_after_s: int | None) -> ApiError:
    headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    text = f"Too many requests reached. Actual ({actual}). Maximum ({maximum})."
    return ApiError(429, "Application_TooManyRequests", text, headers)
