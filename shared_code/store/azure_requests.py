"""Requests to the table service, composed and read by hand.

The client library makes an object of every message and every entity, which costs milliseconds of processor
time for each request and a quarter of one for each entity it reads; here it is a few lines of text (figures:
docs/measurements/bench.md).
Format: Microsoft docs, storageservices/table-service-rest-api, payload-format-for-table-service-operations.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson
from azure.core.exceptions import AzureError

from shared_code.store.azure_wire import Reply, Wire
from shared_code.store.json_values import ascii_body
from shared_code.store.tables import Entity, Scalar, StorageRefused

JSON = "application/json;odata=minimalmetadata"
_ERROR = re.compile(r'\{\s*"odata\.error".*\}', re.DOTALL)
_INDEX = re.compile(r"(\d+):")


class NotAnswered(AzureError):
    """The service's refusal: its status and code, and the operation it names, if it names one."""

    def __init__(self, status_code: int, error_code: str, index: int | None, response: Reply) -> None:
        super().__init__(f"{status_code} {error_code}")
        self.status_code = status_code
        self.error_code = error_code
        self.index = index
        self.response = response


def ask(wire: Wire, path: str) -> Reply:
    """What is found at ``path``.  Raises ``NotAnswered`` where nothing is, or it is not given."""
    return _accepted(wire.send("GET", path, {"Accept": JSON}))


def write(wire: Wire, method: str, path: str, entity: Entity, headers: Mapping[str, str]) -> str:
    """Write one entity; its new etag.  Raises ``NotAnswered``."""
    own = {"Accept": JSON, "Content-Type": "application/json", **headers}
    reply = _accepted(wire.send(method, path, own, ascii_body(sent(entity))))
    return str(reply.headers.get("ETag", ""))


def remove(wire: Wire, path: str, etag: str) -> None:
    """Delete one entity; fine if it is not there, as after a lost answer.  Raises ``NotAnswered``."""
    reply = wire.send("DELETE", path, {"Accept": JSON, "If-Match": etag})
    if reply.status != 404 or "TableNotFound" in reply.text:
        _accepted(reply)


def _accepted(reply: Reply) -> Reply:
    if reply.status >= 300:
        raise refusal(reply)
    return reply


def place(partition: str, row: str) -> str:
    """How an address names an entity of a table."""
    return f"(PartitionKey='{_in_address(partition)}',RowKey='{_in_address(row)}')"


def _in_address(key: str) -> str:
    return quote(key.replace("'", "''"), safe="")


def sent(entity: Entity) -> dict[str, Scalar]:
    """The properties as the service reads them: whole numbers as 64 bit, fractions as doubles."""
    found: dict[str, Scalar] = {"PartitionKey": entity.partition, "RowKey": entity.row}
    for name, value in entity.values.items():
        if type(value) is str:
            found[name] = value
            continue
        match value:
            case bool() | str():
                found[name] = value
            case int():
                found |= {name: str(value), f"{name}@odata.type": "Edm.Int64"}
            case float():
                found |= {name: value, f"{name}@odata.type": "Edm.Double"}
    return found


def received(found: Mapping[str, Any]) -> Entity:
    """An entity as the service tells it.  Raises ``StorageRefused`` for a kind that Tandem never writes."""
    values: dict[str, Scalar] = {}
    for name, value in found.items():
        if name in _NOT_VALUES or value is None or "@" in name or "." in name:
            continue
        kind = found.get(f"{name}@odata.type", "")
        if kind in _READ:
            values[name] = _READ[kind](value)
        elif kind or not isinstance(value, str | int | float):
            raise StorageRefused(f"A stored value is of a kind Tandem never writes ({kind or type(value)}).")
        else:
            values[name] = value
    return Entity(found["PartitionKey"], found["RowKey"], values, str(found.get("odata.etag", "")))


_NOT_VALUES = frozenset({"PartitionKey", "RowKey", "Timestamp"})
_READ: Mapping[str, type[int] | type[float]] = {"Edm.Int64": int, "Edm.Double": float}


def refusal(reply: Reply, status: int = 0, text: str = "") -> NotAnswered:
    """The error that an answer is, or that ``text``, a part of it, is."""
    error = _error_of(text or reply.text)
    message = error.get("message") or {}
    words = str(message.get("value", "")) if isinstance(message, Mapping) else str(message)
    index = _INDEX.match(words)
    code = str(error.get("code") or "")
    return NotAnswered(status or reply.status, code, int(index[1]) if index else None, reply)


def _error_of(text: str) -> Mapping[str, Any]:
    found = _ERROR.search(text)
    try:
        answer: Mapping[str, Any] = orjson.loads(found[0]) if found else {}
    except ValueError:
        return {}
    error = answer.get("odata.error")
    return error if isinstance(error, Mapping) else {}
