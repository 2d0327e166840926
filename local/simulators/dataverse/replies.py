"""Building responses, and the context of one operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.simulators.dataverse.addresses import Address
from local.simulators.dataverse.errors import REQUESTS_EXCEEDED, Refused, bad_request
from local.simulators.dataverse.json_text import dumps, read_object
from local.simulators.dataverse.options import Options
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.people import Caller
from local.simulators.dataverse.preferences import Preferences
from local.simulators.wire import Request, Response

JSON_TYPE = "application/json; odata.metadata=minimal"
ODATA_VERSION = {"OData-Version": "4.0"}


@dataclass(frozen=True)
class Operation:
    """One operation: a request of its own or one part of a batch."""

    org: Organisation
    caller: Caller
    request: Request
    address: Address
    wants: Preferences

    @property
    def headers(self) -> Mapping[str, str]:
        return self.request.headers

    def body(self) -> dict[str, Any]:
        """The JSON object sent.  Raises ``Refused`` when it is none, or not said to be JSON."""
        content_type = self.headers.get("content-type", "")
        if not content_type.lower().startswith("application/json"):
            raise bad_request(
                "A supported MIME type could not be found that matches the content type of the request: "
                f"'{content_type[:100]}'. Send application/json."
            )
        return read_object(self.request.body)


Route = Callable[[Operation], Response]


def json_reply(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(status, {"Content-Type": JSON_TYPE, **ODATA_VERSION, **(headers or {})}, dumps(body))


def no_content(headers: Mapping[str, str] | None = None) -> Response:
    """204 without a body."""
    return Response(204, {**ODATA_VERSION, **(headers or {})})


def gateway_refusal(status: int, retry_after_s: int | None) -> Response:
    """An injected 429, 500 or 503 in the service's own shape."""
    headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    code, message = _GATEWAY.get(status, ("", "The service is unavailable."))
    return json_reply(status, {"error": {"code": code, "message": message}}, headers)


_GATEWAY = {
    429: (REQUESTS_EXCEEDED, "Number of requests exceeded the limit of 6000 over time window of 300 seconds.")
}


def refusal(error: Refused, options: Options, request_id: str) -> Response:
    """The error answer, varied as the options say."""
    status = options.status_overrides.get(error.code, error.status)
    code = "" if options.empty_codes else error.code
    body = {"error": {"code": code, "message": error.message}}
    return json_reply(status, body, {"REQ_ID": request_id, **error.headers})
