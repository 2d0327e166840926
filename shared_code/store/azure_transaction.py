"""One transaction of the table service as one request, written by hand.

Format: Microsoft docs, storageservices/performing-entity-group-transactions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from shared_code.store.azure_requests import JSON, place, refusal, sent
from shared_code.store.azure_wire import Reply, Wire
from shared_code.store.json_values import ascii_body
from shared_code.store.tables import Delete, Entity, Insert, Operation, Replace, Upsert

_BATCH, _CHANGES = "batch_tandem", "changeset_tandem"
"""No line of a part begins with two hyphens: a body is one line of JSON, in which line ends are escaped."""

_BEGIN_OF_PART = re.compile(r"HTTP/1\.1 (?=\d{3})")
_ETAG = re.compile(r"^etag:[ \t]*(\S[^\r\n]*)", re.IGNORECASE | re.MULTILINE)


def transact(wire: Wire, table: str, operations: Sequence[Operation]) -> list[str]:
    """Carry out all operations or none; the new etags in order, ``""`` for a deletion.

    Raises ``NotAnswered`` and whatever the wire raises.
    """
    headers = {"Content-Type": f"multipart/mixed; boundary={_BATCH}", "Accept": "application/json"}
    body = _request_body(f"{wire.url}/{table}", operations)
    return _etags(wire.send("POST", "$batch", headers, body), len(operations))


def _request_body(url: str, operations: Sequence[Operation]) -> bytes:
    parts = [_HEAD]
    for each in operations:
        parts.append(_BEGIN)
        parts += _part(url, each)
    parts.append(_END)
    return b"".join(parts)


def _part(url: str, operation: Operation) -> tuple[bytes, ...]:
    match operation:
        case Insert(entity):
            return _write(f"POST {url} HTTP/1.1\r\nPrefer: return-no-content", entity)
        case Upsert(entity):
            return _write(f"PUT {url}{place(entity.partition, entity.row)} HTTP/1.1", entity)
        case Replace(entity):
            where = place(entity.partition, entity.row)
            return _write(f"PUT {url}{where} HTTP/1.1\r\nIf-Match: {entity.etag}", entity)
        case Delete(partition, row, etag):
            where = place(partition, row)
            what = f"DELETE {url}{where} HTTP/1.1\r\n{_ACCEPT}\r\nIf-Match: {etag or '*'}\r\n\r\n\r\n"
            return (what.encode(),)


_HEAD = f"--{_BATCH}\r\nContent-Type: multipart/mixed; boundary={_CHANGES}\r\n\r\n".encode()
_BEGIN = (
    f"--{_CHANGES}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n".encode()
)
_END = f"--{_CHANGES}--\r\n\r\n--{_BATCH}--\r\n".encode()
_ACCEPT = f"Accept: {JSON}"
_JSON_BODY = f"{_ACCEPT}\r\nContent-Type: application/json\r\nDataServiceVersion: 3.0\r\n"


def _write(head: str, entity: Entity) -> tuple[bytes, ...]:
    """A part that writes an entity; ``head`` are its first lines."""
    body = ascii_body(sent(entity))
    return f"{head}\r\n{_JSON_BODY}Content-Length: {len(body)}\r\n\r\n".encode(), body, b"\r\n"


def _etags(reply: Reply, count: int) -> list[str]:
    if reply.status == 202 and len(etags := _ETAG.findall(reply.text)) == count:
        return [each.rstrip() for each in etags]  # Each operation was carried out and none was a deletion.
    parts = _BEGIN_OF_PART.split(reply.text)[1:] if reply.status == 202 else []
    for part in parts:
        if part[0] != "2":
            raise refusal(reply, int(part[:3]), part)
    if len(parts) != count:
        raise refusal(reply, reply.status if reply.status != 202 else 500)
    return [found[1].rstrip() if (found := _ETAG.search(part)) else "" for part in parts]
