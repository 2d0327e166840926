"""The JSON dialect of ``$batch`` (Microsoft docs: webservices/use-odata-batch.md).

At most 100 parts, run one after the other.  The first failure ends it, what ran before stays done;
``Prefer: odata.continue-on-error`` runs the rest.  ``Isolation: snapshot`` undoes everything after a
failure, while the parts before still report success, with ids that do not exist.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.simulators.business_central.errors import ApiError, bad_request
from local.simulators.business_central.values import read_json_object
from local.simulators.wire import Response

MAX_PARTS: Final = 100
_METHODS: Final = frozenset({"GET", "POST", "PATCH", "DELETE"})
_BOUNDARY: Final = "batchresponse"


@dataclass(frozen=True, slots=True)
class Part:
    """One request inside a batch; ``url`` is relative to the API root, header names lower-case."""

    id: str | None
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


def parse_batch(body: bytes) -> list[Part]:
    """The parts of a batch body.  Raises ``ApiError``."""
    requests = read_json_object(body).get("requests")
    if not isinstance(requests, list):
        raise bad_request("The batch must have a list 'requests'.")
    if len(requests) > MAX_PARTS:
        raise ApiError(
            500,
            "Unknown",
            f"The current batch message contains too many parts. A maximum number of '{MAX_PARTS}' query "
            "operations and change sets are allowed in a batch message.",
        )
    parts = [_part(request) for request in requests]
    ids = [part.id for part in parts if part.id is not None]
    if len(set(ids)) != len(ids):
        raise bad_request("The ids of the requests in a batch must be unique.")
    return parts


def part_entry(part: Part, response: Response) -> dict[str, Any]:
    """How a part's response stands in the reply."""
    entry: dict[str, Any] = {"id": part.id, "status": response.status}
    entry["headers"] = {name.lower(): value for name, value in response.headers.items()}
    if response.body:
        is_json = "json" in response.headers.get("Content-Type", "")
        entry["body"] = json.loads(response.body) if is_json else response.body.decode("utf-8")
    return entry


def batch_response(entries: list[dict[str, Any]], accept: str) -> Response:
    """The reply: JSON if the caller accepts that in so many words, else multipart/mixed."""
    if "application/json" in accept.lower():
        body = json.dumps({"responses": entries}).encode()
        return Response(200, {"Content-Type": "application/json", "OData-Version": "4.0"}, body)
    parts = "".join(_multipart(entry) for entry in entries)
    content_type = f"multipart/mixed; boundary={_BOUNDARY}"
    return Response(200, {"Content-Type": content_type}, f"{parts}--{_BOUNDARY}--\r\n".encode())


def _multipart(entry: Mapping[str, Any]) -> str:
    headers = "".join(f"{name}: {value}\r\n" for name, value in entry["headers"].items())
    body = json.dumps(entry["body"]) if "body" in entry else ""
    return (
        f"--{_BOUNDARY}\r\nContent-Type: application/http\r\n\r\n"
        f"HTTP/1.1 {entry['status']} \r\n{headers}\r\n{body}\r\n"
    )


def _part(data: Any) -> Part:
    if not isinstance(data, dict):
        raise bad_request("Each request of a batch must be an object.")
    method, url, headers = data.get("method"), data.get("url"), data.get("headers", {})
    if not isinstance(method, str) or method.upper() not in _METHODS:
        raise bad_request("Each request of a batch needs a method: GET, POST, PATCH or DELETE.")
    if not isinstance(url, str) or not isinstance(headers, dict):
        raise bad_request("Each request of a batch needs a url, and its headers must be an object.")
    part_id = data.get("id")
    if part_id is not None and not isinstance(part_id, str):
        raise bad_request("The id of a request in a batch must be a text.")
    lower = {str(name).lower(): str(value) for name, value in headers.items()}
    body = json.dumps(data["body"]).encode() if "body" in data else b""
    return Part(part_id, method.upper(), url, lower, body)
