"""One transaction of the table service as one request, written by hand.

Format: Microsoft docs, storageservices/performing-entity-group-transactions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from azure.data.tables import TableServiceClient

from shared_code.store.azure_requests import JSON, Reply, place, refusal, send, sent
from shared_code.store.json_values import ascii_body
from shared_code.store.tables import Delete, Entity, Insert, Operation, Replace, Upsert

_BATCH, _CHANGES = "batch_tandem", "changeset_tandem"
"""No line of a part begins with two hyphens: a body is one line of JSON, in which line ends are escaped."""

_BEGIN_OF_PART = re.compile(r"HTTP/1\.1 (?=\d{3})")
_ETAG = re.compile(r"^etag:[ \t]*(\S[^\r\n]*)", re.IGNORECASE | re.MULTILINE)


def transact(service: TableServiceClient, table: str, operations: Sequence[Operation]) -> list[str]:
    """Carry out all operations or none; the new etags in order, ``""`` for a deletion.

    Raises ``NotAnswered`` and whatever the library's pipeline raises.
    """
    headers = {"Content-Type": f"multipart/mixed; boundary={_BATCH}", "Accept": "application/json"}
    body = _request_body(f"{service.url}/{table}", operations)
    return _etags(send(service, "POST", "$batch", headers, body), len(operations))


def _request_body(url: str, operations: Sequence[Operation]) -> bytes:
    lines = [f"--{_BATCH}", f"Content-Type: multipart/mixed; boundary={_CHANGES}", ""]
    for each in operations:
        lines += [
            f"--{_CHANGES}",
            "Content-Type: application/http",
            "Content-Transfer-Encoding: binary",
            "",
            *_part(url, each),
        ]
    return "\r\n".join([*lines, f"--{_CHANGES}--", "", f"--{_BATCH}--", ""]).encode()


def _part(url: str, operation: Operation) -> list[str]:
    match operation:
        case Insert(entity):
            return _write("POST", url, entity, "Prefer: return-no-content")
        case Upsert(entity):
            return _write("PUT", url + place(entity.partition, entity.row), entity)
        case Replace(entity):
            return _write(
                "PUT", url + place(entity.partition, entity.row), entity, f"If-Match: {entity.etag}"
            )
        case Delete(partition, row, etag):
            return [
                f"DELETE {url}{place(partition, row)} HTTP/1.1", _ACCEPT, f"If-Match: {etag or '*'}", "", "",
            ]  # fmt: skip


_ACCEPT = f"Accept: {JSON}"


def _write(method: str, url: str, entity: Entity, *headers: str) -> list[str]:
    body = ascii_body(sent(entity))
    return [
        f"{method} {url} HTTP/1.1",
        _ACCEPT,
        "Content-Type: application/json",
        "DataServiceVersion: 3.0",
        *headers,
        f"Content-Length: {len(body)}",
        "",
        body.decode(),
    ]


def _etags(reply: Reply, count: int) -> list[str]:
    parts = _BEGIN_OF_PART.split(reply.text)[1:] if reply.status == 202 else []
    for part in parts:
        if part[0] != "2":
            raise refusal(reply.response, int(part[:3]), part)
    if len(parts) != count:
        raise refusal(reply.response, reply.status if reply.status != 202 else 500, reply.text)
    return [found[1].rstrip() if (found := _ETAG.search(part)) else "" for part in parts]
