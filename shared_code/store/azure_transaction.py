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
    parts = "".join(_BEGIN + _part(url, each) for each in operations)
    return f"{_HEAD}{parts}{_END}".encode()


def _part(url: str, operation: Operation) -> str:
    match operation:
        case Insert(entity):
            return _write("POST", url, entity, "Prefer: return-no-content\r\n")
        case Upsert(entity):
            return _write("PUT", url + place(entity.partition, entity.row), entity)
        case Replace(entity):
            guard = f"If-Match: {entity.etag}\r\n"
            return _write("PUT", url + place(entity.partition, entity.row), entity, guard)
        case Delete(partition, row, etag):
            where = url + place(partition, row)
            return f"DELETE {where} HTTP/1.1\r\n{_ACCEPT}\r\nIf-Match: {etag or '*'}\r\n\r\n\r\n"


_HEAD = f"--{_BATCH}\r\nContent-Type: multipart/mixed; boundary={_CHANGES}\r\n\r\n"
_BEGIN = f"--{_CHANGES}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
_END = f"--{_CHANGES}--\r\n\r\n--{_BATCH}--\r\n"
_ACCEPT = f"Accept: {JSON}"
_JSON_BODY = f"{_ACCEPT}\r\nContent-Type: application/json\r\nDataServiceVersion: 3.0\r\n"


def _write(method: str, url: str, entity: Entity, header: str = "") -> str:
    body = ascii_body(sent(entity)).decode()
    return f"{method} {url} HTTP/1.1\r\n{_JSON_BODY}{header}Content-Length: {len(body)}\r\n\r\n{body}\r\n"


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
