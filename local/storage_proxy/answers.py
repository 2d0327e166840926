"""Refusals in the shapes of Azure Storage: JSON from tables, XML from queues.

Source: Microsoft docs, rest/api/storageservices/status-and-error-codes2.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from xml.sax.saxutils import escape

from local.simulators.wire import Response

QUEUE, TABLE = "queue", "table"
SERVICES = (QUEUE, TABLE)
_INJECTED = {
    500: ("InternalError", "The server encountered an internal error. Please retry the request."),
    503: ("ServerBusy", "The server is currently unable to receive requests. Please retry your request."),
}


def error(service: str, status: int, code: str, message: str) -> Response:
    """An error answer of ``queue`` or ``table``."""
    headers = {"x-ms-error-code": code, "x-ms-version": "2019-02-02"}
    if service == TABLE:
        body = json.dumps({"odata.error": {"code": code, "message": {"lang": "en-US", "value": message}}})
        kind = "application/json;odata=minimalmetadata;streaming=true;charset=utf-8"
        return Response(status, {**headers, "Content-Type": kind}, body.encode())
    text = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    body = f'<?xml version="1.0" encoding="utf-8"?>{text}'
    return Response(status, {**headers, "Content-Type": "application/xml"}, body.encode())


def refusal(service: str) -> Callable[[int, int | None], Response]:
    """What an injected 429, 500 or 503 of the service looks like.

    Storage throttles with 503; a 429 does not come from it and is given the same shape.
    """
    return partial(_refused, service)


def _refused(service: str, status: int, retry_after_s: int | None) -> Response:
    code, message = _INJECTED.get(status, _INJECTED[503])
    answer = error(service, status, code, message)
    if retry_after_s is None:
        return answer
    return Response(answer.status, {**answer.headers, "Retry-After": str(retry_after_s)}, answer.body)
