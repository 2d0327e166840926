"""Cutting a batch in two: the part that is carried out, and answers for what is not."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import lru_cache

from local.simulators.wire import Request, Response

_BOUNDARY = re.compile(r'boundary="?([^";\s]+)"?')
_REFUSED_PART = re.compile(rb"HTTP/1\.1 4(?!29)\d\d")
_BUSY = {"error": {"code": "Application_TooManyRequests", "message": "Too many requests reached."}}
_LIMIT = {"error": {"code": "0x80072322", "message": "Number of requests exceeded the limit."}}
RETRY_AFTER_S = 7


def operations(request: Request) -> int:
    """How many operations a request carries; 1 for anything that is no batch."""
    if not request.target.partition("?")[0].endswith("/$batch"):
        return 1
    if request.body.lstrip().startswith(b"{"):
        return len(_methods(request.body))
    mark = _mark(request.headers.get("content-type", ""))
    return request.body.count(b"--" + mark) - 1


@lru_cache(16)
def _methods(body: bytes) -> tuple[str, ...]:
    """The methods of a JSON batch; each batch is asked several times."""
    return tuple(each["method"] for each in json.loads(body)["requests"])


def is_write(request: Request) -> bool:
    """Whether the request changes something."""
    if request.method == "GET":
        return False
    if not request.target.partition("?")[0].endswith("/$batch"):
        return True
    if request.body.lstrip().startswith(b"{"):
        return any(each != "GET" for each in _methods(request.body))
    return b"PATCH " in request.body or b"POST " in request.body


def creates(request: Request) -> bool:
    """Whether the request makes a new record."""
    if request.target.endswith("CreateMultiple"):
        return True
    if request.body.lstrip().startswith(b"{") and request.target.endswith("/$batch"):
        return "POST" in _methods(request.body)
    return request.target.endswith("/$batch") and b"\r\nPOST /" in request.body


def is_refused_creation(request: Request, response: Response) -> bool:
    """Whether many rows were to be made at once and none was: alone, or as a part of a batch that reads them
    back."""
    if request.target.endswith("CreateMultiple"):
        return response.status >= 400
    is_part = request.target.endswith("/$batch") and b"CreateMultiple" in request.body
    return is_part and _REFUSED_PART.search(response.body) is not None


def first(request: Request, number: int) -> Request:
    """The same batch with its first ``number`` operations only."""
    if request.body.lstrip().startswith(b"{"):
        document = json.loads(request.body)
        document["requests"] = document["requests"][:number]
        return replace(request, body=json.dumps(document).encode())
    mark = b"--" + _mark(request.headers.get("content-type", ""))
    pieces = request.body.split(mark)
    return replace(request, body=mark.join(pieces[: number + 1]) + mark + b"--\r\n")


def refuse_rest(request: Request, response: Response, done: int) -> Response:
    """The answer of the first ``done`` operations, with a refusal for each of the others."""
    missing = operations(request) - done
    if request.body.lstrip().startswith(b"{"):
        ids = [each["id"] for each in json.loads(request.body)["requests"]][done:]
        document = json.loads(response.body)
        document["responses"] += [{"id": each, "status": 429, "headers": {}, "body": _BUSY} for each in ids]
        return replace(response, body=json.dumps(document).encode())
    content_type = next(value for name, value in response.headers.items() if name.lower() == "content-type")
    mark = b"--" + _mark(content_type)
    part = _refused_part()
    whole = response.body.rpartition(mark + b"--")[0]
    return replace(response, body=whole + (mark + b"\r\n" + part + b"\r\n") * missing + mark + b"--\r\n")


def _refused_part() -> bytes:
    lines = [
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "",
        "HTTP/1.1 429 Too Many Requests",
        "Content-Type: application/json; odata.metadata=minimal",
        f"Retry-After: {RETRY_AFTER_S}",
        "",
        json.dumps(_LIMIT),
    ]
    return "\r\n".join(lines).encode()


def _mark(content_type: str) -> bytes:
    found = _BOUNDARY.search(content_type)
    assert found is not None, f"a batch without boundary: {content_type}"
    return found[1].encode()
