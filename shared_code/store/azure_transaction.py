"""One transaction of the table service as one request, written by hand.

The client library composes a message object for every entity, which costs about a millisecond of processor
time each; here it is a few lines of text (figures: docs/measurements/load.md).  The request goes out through
the library's own pipeline, so that signing, tokens and connections stay its business.
Format: Microsoft docs, storageservices/performing-entity-group-transactions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from azure.core.exceptions import AzureError
from azure.core.rest import HttpRequest
from azure.data.tables import TableServiceClient

from shared_code.store.tables import Delete, Entity, Insert, Operation, Replace, Scalar, Upsert

_BATCH, _CHANGES = "batch_tandem", "changeset_tandem"
"""No line of a part begins with two hyphens: a body is one line of JSON, in which line ends are escaped."""

_PART = re.compile(r"HTTP/1\.1 (\d{3})(.*?)(?=HTTP/1\.1 \d{3}|\Z)", re.DOTALL)
_ETAG = re.compile(r"^etag:\s*(\S.*?)\s*$", re.IGNORECASE | re.MULTILINE)
_ERROR = re.compile(r'\{\s*"odata\.error".*\}', re.DOTALL)
_INDEX = re.compile(r"(\d+):")


class NotTransacted(AzureError):
    """The service's refusal: its status and code, and the operation it names, if it names one."""

    def __init__(self, status_code: int, error_code: str, index: int | None, response: object) -> None:
        super().__init__(f"{status_code} {error_code}")
        self.status_code = status_code
        self.error_code = error_code
        self.index = index
        self.response = response


def transact(service: TableServiceClient, table: str, operations: Sequence[Operation]) -> list[str]:
    """Carry out all operations or none; the new etags in order, ``""`` for a deletion.

    Raises ``NotTransacted`` and whatever the library's pipeline raises.
    """
    request = HttpRequest(
        "POST",
        f"{service.url}/$batch",
        headers={
            "x-ms-version": service.api_version,
            "DataServiceVersion": "3.0",
            "MaxDataServiceVersion": "3.0;NetFx",
            "Content-Type": f"multipart/mixed; boundary={_BATCH}",
            "Accept": "application/json",
        },
        content=_request_body(f"{service.url}/{table}", operations),
    )
    # The library offers no way of its own for a request that it did not compose.
    # Not read by the pipeline, which knows no answers of several parts.
    response = service._client.send_request(request, stream=True)
    text = response.read().decode("utf-8", "replace")
    return _etags(response, response.status_code, text, len(operations))


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
            return _write("PUT", url + _place(entity.partition, entity.row), entity)
        case Replace(entity):
            return _write(
                "PUT", url + _place(entity.partition, entity.row), entity, f"If-Match: {entity.etag}"
            )
        case Delete(partition, row, etag):
            place = url + _place(partition, row)
            return [f"DELETE {place} HTTP/1.1", _ACCEPT, f"If-Match: {etag or '*'}", "", ""]


_ACCEPT = "Accept: application/json;odata=minimalmetadata"


def _write(method: str, url: str, entity: Entity, *headers: str) -> list[str]:
    body = json.dumps(_values(entity))
    return [
        f"{method} {url} HTTP/1.1",
        _ACCEPT,
        "Content-Type: application/json",
        "DataServiceVersion: 3.0",
        *headers,
        f"Content-Length: {len(body)}",
        "",
        body,
    ]


def _place(partition: str, row: str) -> str:
    return f"(PartitionKey='{_in_address(partition)}',RowKey='{_in_address(row)}')"


def _in_address(key: str) -> str:
    return quote(key.replace("'", "''"), safe="")


def _values(entity: Entity) -> dict[str, Scalar]:
    """The properties as the service reads them: whole numbers as 64 bit, fractions as doubles."""
    found: dict[str, Scalar] = {"PartitionKey": entity.partition, "RowKey": entity.row}
    for name, value in entity.values.items():
        match value:
            case bool() | str():
                found[name] = value
            case int():
                found |= {name: str(value), f"{name}@odata.type": "Edm.Int64"}
            case float():
                found |= {name: value, f"{name}@odata.type": "Edm.Double"}
    return found


def _etags(response: object, status: int, text: str, count: int) -> list[str]:
    parts = [(int(each[1]), each[2]) for each in _PART.finditer(text)] if status == 202 else []
    for part_status, part in parts:
        if part_status >= 300:
            raise _refusal(response, part_status, part)
    if len(parts) != count:
        raise _refusal(response, status if status != 202 else 500, text)
    return [found[1] if (found := _ETAG.search(part)) else "" for _, part in parts]


def _refusal(response: object, status: int, text: str) -> NotTransacted:
    error = _error_of(text)
    message = error.get("message") or {}
    words = str(message.get("value", "")) if isinstance(message, Mapping) else str(message)
    index = _INDEX.match(words)
    return NotTransacted(status, str(error.get("code") or ""), int(index[1]) if index else None, response)


def _error_of(text: str) -> Mapping[str, Any]:
    found = _ERROR.search(text)
    try:
        answer: Mapping[str, Any] = json.loads(found[0]) if found else {}
    except ValueError:
        return {}
    error = answer.get("odata.error")
    return error if isinstance(error, Mapping) else {}
