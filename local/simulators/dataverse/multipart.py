"""Reading the multipart body of ``$batch`` strictly, and writing the multipart answer.

Microsoft docs: webapi/execute-batch-operations-using-web-api.  Lines end with CRLF; a body with bare
line feeds in its structure is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from local.simulators.dataverse.errors import Refused, bad_request
from local.simulators.wire import Response

CRLF = b"\r\n"
_BOUNDARY = re.compile(
    r'multipart/mixed\s*;\s*boundary=(?:"(?P<quoted>[^"]{1,200})"|(?P<plain>[^\s;"]{1,200}))', re.IGNORECASE
)
_REQUEST_LINE = re.compile(r"(?P<method>[A-Z]+) (?P<target>\S+) HTTP/1\.1")
REASONS = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True)
class PartRequest:
    """One operation of a batch; header names lower-case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    content_id: str | None


@dataclass(frozen=True)
class ChangeSet:
    """Operations that succeed or fail together."""

    parts: Sequence[PartRequest]


@dataclass(frozen=True)
class PartResponse:
    """The answer to one operation, or (with ``inner``) to a change set."""

    response: Response | None
    content_id: str | None = None
    inner: Sequence[PartResponse] = ()


def read_batch(content_type: str, body: bytes) -> list[PartRequest | ChangeSet]:
    """The operations in order.  Raises ``Refused`` (400) for anything malformed."""
    found: list[PartRequest | ChangeSet] = []
    for headers, content in _parts(body, _boundary(content_type)):
        kind = headers.get("content-type", "")
        if kind.lower().startswith("multipart/mixed"):
            inner = [_request(*part) for part in _parts(content, _boundary(kind))]
            found.append(ChangeSet(inner))
        else:
            found.append(_request(headers, content))
    return found


def count_of(items: Sequence[PartRequest | ChangeSet]) -> int:
    """How many operations there are in all."""
    return sum(len(item.parts) if isinstance(item, ChangeSet) else 1 for item in items)


def write_batch(responses: Sequence[PartResponse], boundary: str) -> bytes:
    """The multipart body of the answer; change sets are nested."""
    mark = boundary.encode()
    chunks: list[bytes] = []
    for number, part in enumerate(responses):
        chunks += [b"--", mark, CRLF]
        if part.inner:
            name = f"changesetresponse_{boundary.rpartition('_')[2]}_{number}"
            chunks += [f"Content-Type: multipart/mixed; boundary={name}".encode(), CRLF, CRLF]
            chunks += [write_batch(part.inner, name), CRLF]
        elif part.response is not None:
            chunks += [_response_part(part.response, part.content_id), CRLF]
    return b"".join([*chunks, b"--", mark, b"--", CRLF])


def _boundary(content_type: str) -> bytes:
    match = _BOUNDARY.match(content_type)
    if match is None:
        raise bad_request("The content type of a batch must be multipart/mixed with a boundary.")
    return (match["quoted"] or match["plain"]).encode()


def _parts(body: bytes, boundary: bytes) -> list[tuple[dict[str, str], bytes]]:
    mark = b"--" + boundary
    body = CRLF + body
    pieces = body.split(CRLF + mark)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise _malformed("no closing boundary was found; lines must end with CRLF")
    if pieces[0].strip():
        raise _malformed("there is text before the first boundary")
    return [_headers_and_content(piece) for piece in pieces[1:-1]]


def _headers_and_content(piece: bytes) -> tuple[dict[str, str], bytes]:
    if not piece.startswith(CRLF):
        raise _malformed("a boundary is not followed by CRLF")
    head, blank, content = piece[2:].partition(CRLF + CRLF)
    if not blank:
        raise _malformed("a part has no blank line (CRLF) after its headers")
    return _headers(head), content


def _headers(head: bytes) -> dict[str, str]:
    if b"\n" in head.replace(CRLF, b""):
        raise _malformed("lines must end with CRLF")
    found: dict[str, str] = {}
    for line in head.decode("utf-8", "replace").split("\r\n") if head else []:
        name, colon, value = line.partition(":")
        if not colon:
            raise _malformed(f"'{line[:100]}' is not a header")
        found[name.strip().lower()] = value.strip()
    return found


def _request(headers: Mapping[str, str], content: bytes) -> PartRequest:
    if headers.get("content-type", "").lower().startswith("multipart/"):
        raise _malformed("a change set cannot be nested")
    if headers.get("content-type", "").lower() != "application/http":
        raise _malformed("a part needs Content-Type: application/http")
    if headers.get("content-transfer-encoding", "").lower() != "binary":
        raise _malformed("a part needs Content-Transfer-Encoding: binary")
    line, _, rest = content.partition(CRLF)
    match = _REQUEST_LINE.fullmatch(line.decode("utf-8", "replace"))
    if match is None:
        raise _malformed(f"'{line[:200].decode('utf-8', 'replace')}' is not a request line")
    inner, body = _split_request(rest)
    return PartRequest(match["method"], match["target"], inner, body, headers.get("content-id"))


def _split_request(rest: bytes) -> tuple[dict[str, str], bytes]:
    if rest.startswith(CRLF):
        return {}, rest[2:]
    head, blank, body = rest.partition(CRLF + CRLF)
    if not blank and head.strip():
        raise _malformed("a request has no blank line (CRLF) after its headers")
    return _headers(head.removesuffix(CRLF)), body


def _response_part(response: Response, content_id: str | None) -> bytes:
    head = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    if content_id is not None:
        head.append(f"Content-ID: {content_id}")
    reason = REASONS.get(response.status, "Unknown")
    lines = [*head, "", f"HTTP/1.1 {response.status} {reason}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + response.body


def _malformed(what: str) -> Refused:
    return bad_request(f"The batch request is malformed: {what}.")
