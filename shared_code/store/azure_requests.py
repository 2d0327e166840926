"""Requests to the table service, composed and read by hand.

The client library makes an object of every message and every entity, which costs milliseconds of processor
time for each request and a quarter of one for each entity it reads; here it is a few lines of text (figures:
docs/measurements/bench.md).
Format: Microsoft docs, storageservices/table-service-rest-api, payload-format-for-table-service-operations.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
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
    return f"(PartitionKey='{_partition_in_address(partition)}',RowKey='{_in_address(row)}')"


def _in_address(key: str) -> str:
    if _PLAIN_KEY.match(key):
        return key.replace("|", "%7C")
    return quote(key.replace("'", "''"), safe="")


_PLAIN_KEY = re.compile(r"[A-Za-z0-9_.|-]*\Z")
_partition_in_address = lru_cache(256)(_in_address)
"""Partitions are few, and named by each entity."""


def sent(entity: Entity) -> dict[str, Scalar]:
    """The properties as the service reads them: whole numbers as 64 bit, fractions as doubles."""
    found: dict[str, Scalar] = {"PartitionKey": entity.partition, "RowKey": entity.row}
    for name, value in entity.values.items():
        kind = type(value)
        if kind is str or kind is bool:
            found[name] = value
        elif kind is int:
            found[name], found[f"{name}@odata.type"] = str(value), "Edm.Int64"
        elif kind is float:
            found[name], found[f"{name}@odata.type"] = value, "Edm.Double"
        elif isinstance(value, str):
            found[name] = str(value)
        else:
            raise TypeError(f"{kind.__name__} is no value of an entity")
    return found


def received(found: Mapping[str, Any]) -> Entity:
    """An entity as the service tells it.  Raises ``StorageRefused`` for a kind that Tandem never writes."""
    plain, typed = _names_in(tuple(found))
    values: dict[str, Scalar] = {name: value for name in plain if (value := found[name]) is not None}
    if not _SCALARS.issuperset(map(type, values.values())):
        raise StorageRefused("A stored value is of a kind Tandem never writes.")
    for name, kind in typed:
        if (value := found[name]) is not None:
            values[name] = _typed(found[kind], value)
    return Entity(found["PartitionKey"], found["RowKey"], values, str(found.get("odata.etag", "")))


_NOT_VALUES = frozenset({"PartitionKey", "RowKey", "Timestamp"})
_SCALARS = frozenset({str, int, bool, float})
_READ: Mapping[str, type[int] | type[float]] = {"Edm.Int64": int, "Edm.Double": float}


@lru_cache(1024)
def _names_in(members: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Which members of an answer are values, and which of these have a member that tells their type.

    Nearly all entities of a table have the same members.
    """
    names = [name for name in members if not (name in _NOT_VALUES or "@" in name or "." in name)]
    kinds = {name: f"{name}@odata.type" for name in names}
    typed = tuple((name, kind) for name, kind in kinds.items() if kind in members)
    return tuple(name for name in names if kinds[name] not in members), typed


def _typed(kind: str, value: Any) -> Scalar:
    if kind not in _READ:
        raise StorageRefused(f"A stored value is of a kind Tandem never writes ({kind}).")
    return _READ[kind](value)


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
