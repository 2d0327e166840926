"""Successful responses in the shape of the service."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.simulators.business_central.errors import JSON_TYPE
from local.simulators.wire import Response


def json_reply(status: int, data: object, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON body with the headers each reply has."""
    all_headers = {"Content-Type": JSON_TYPE, "OData-Version": "4.0", **(headers or {})}
    return Response(status, all_headers, json.dumps(data, separators=(",", ":")).encode())


def entity_reply(status: int, context: str, shown: Mapping[str, Any], location: str, prefer: str) -> Response:
    """One entity; without body (204) if a write asks for that in its Prefer header."""
    headers = {"Location": location} if status == 201 else {}
    if "@odata.etag" in shown:
        headers["ETag"] = shown["@odata.etag"]
    if wants_no_body(prefer) and status in (200, 201):
        return Response(204, {"OData-Version": "4.0", "Preference-Applied": "return=minimal", **headers})
    return json_reply(status, {"@odata.context": context, **shown}, headers)


def no_content() -> Response:
    return Response(204, {"OData-Version": "4.0"})


def plain(text: str) -> Response:
    return Response(200, {"Content-Type": "text/plain", "OData-Version": "4.0"}, text.encode())


def wants_no_body(prefer: str) -> bool:
    """Whether a Prefer header asks for a write's reply without body."""
    asked = {part.strip().lower() for part in prefer.split(",")}
    return bool(asked & {"return=minimal", "return-no-content"})
