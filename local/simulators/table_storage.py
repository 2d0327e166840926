"""Table storage for the benchmark: what Tandem uses of it, quick enough not to be what is measured.

Azurite, against which everything is tested, spends more processor time on an entity than any client does,
and more the larger its partition is.  This keeps entities in memory (``MemoryTables``, whose promises the
stores' tests hold against Azurite's) and speaks the service's wire format.  It serves one account of any
name and does not look at signatures.  Format: Microsoft docs, storageservices/table-service-rest-api.
"""

from __future__ import annotations

import argparse
import json
import re
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson

from local.simulators.server import add_server_arguments, run_forever
from local.simulators.wire import Request, Response
from shared_code.store.azure_requests import received, sent
from shared_code.store.memory import MemoryTables
from shared_code.store.tables import (
    AlreadyExists,
    Changed,
    Delete,
    Entity,
    Insert,
    Missing,
    Operation,
    Replace,
    StorageRefused,
    StoreError,
    Unstorable,
    Upsert,
)

PAGE = 1_000
_ONE = re.compile(r"(\w+)\(PartitionKey='((?:[^']|'')*)',RowKey='((?:[^']|'')*)'\)")
_PART = re.compile(r"(POST|PUT|DELETE) (\S+) HTTP/1\.1\r\n((?:[^\r]+\r\n)*)\r\n([^\r]*)\r\n")
_TERM = re.compile(r"(PartitionKey|RowKey) (eq|ge|le|lt) '((?:[^']|'')*)'(?: and |$)")
_CODES: tuple[tuple[type[StoreError], int, str], ...] = (
    (AlreadyExists, 409, "EntityAlreadyExists"),
    (Changed, 412, "UpdateConditionNotSatisfied"),
    (Missing, 404, "ResourceNotFound"),
    (StorageRefused, 404, "TableNotFound"),
    (Unstorable, 400, "InvalidInput"),
)
_JSON = {"Content-Type": "application/json;odata=minimalmetadata;charset=utf-8"}


class TableStorage:
    """One account; a ``Service``."""

    def __init__(self, tables: MemoryTables | None = None) -> None:
        """``tables`` that are filled already, else empty ones."""
        self._tables = tables or MemoryTables()
        self._lock = threading.Lock()

    def handle(self, request: Request) -> Response:
        """One request, all of it or none."""
        parts = urlsplit(request.target)
        path = unquote(parts.path).strip("/").partition("/")[2]
        with self._lock:
            try:
                return self._answer(request, path, dict(parse_qsl(parts.query)))
            except StoreError as error:
                return Response(*_error(error))

    def _answer(self, request: Request, path: str, options: Mapping[str, str]) -> Response:
        if request.method == "POST" and path == "$batch":
            return self._batch(request.body.decode())
        if request.method == "POST" and path == "Tables":
            return self._create_table(orjson.loads(request.body)["TableName"])
        if request.method == "GET" and path.endswith("()"):
            return self._query(path.removesuffix("()"), options)
        if request.method == "GET" and (one := _ONE.fullmatch(path)):
            table, partition, row = _keys(one)
            found = self._tables.get(table, partition, row)
            if found is None:
                raise Missing("there is no such entity")
            return Response(200, _JSON, orjson.dumps(_shown(found, None)))
        table, operation = _operation(request.method, path, request.headers, request.body.decode())
        etag = self._write(table, operation)
        return Response(204, {"ETag": etag} if etag else {})

    def _write(self, table: str, operation: Operation) -> str:
        match operation:
            case Insert(entity):
                return self._tables.insert(table, entity).etag
            case Replace(entity):
                return self._tables.replace(table, entity).etag
            case Upsert(entity):
                return self._tables.upsert(table, entity).etag
            case Delete(partition, row, etag):
                if self._tables.get(table, partition, row) is None:
                    raise Missing("there is no such entity")
                self._tables.delete(table, partition, row, etag)
        return ""

    def _create_table(self, name: str) -> Response:
        self._tables.ensure([name])
        return Response(204)

    def _query(self, table: str, options: Mapping[str, str]) -> Response:
        terms = {
            (key, op): value.replace("''", "'")
            for key, op, value in _TERM.findall(options.get("$filter", ""))
        }
        size = min(int(options.get("$top", PAGE)), PAGE)
        if not terms:
            every = [_shown(each, None) for each in self._tables.scan(table, limit=size)]
            return Response(200, _JSON, orjson.dumps({"value": every}))
        first = bytes.fromhex(options.get("NextRowKey", "")).decode() or terms.get(("RowKey", "ge"))
        before, last = terms.get(("RowKey", "lt")), terms.get(("RowKey", "le"))
        partition = terms[("PartitionKey", "eq")]
        found = list(self._tables.query(table, partition, first=first, last=last or before, limit=size + 1))
        if before is not None and last is None:
            found = [each for each in found if each.row != before]
        chosen = options.get("$select")
        shown = [_shown(each, set(chosen.split(",")) if chosen else None) for each in found[:size]]
        following = (
            {
                "x-ms-continuation-NextPartitionKey": partition,
                "x-ms-continuation-NextRowKey": found[size].row.encode().hex(),
            }
            if len(found) > size
            else {}
        )
        return Response(200, _JSON | following, orjson.dumps({"value": shown}))

    def _batch(self, body: str) -> Response:
        parts = [_operation(*_part(each)) for each in _PART.finditer(body)]
        try:
            etags = self._tables.transact(parts[0][0], [operation for _, operation in parts])
        except StoreError as error:
            status, headers, text = _error(error)
            return _multipart([f"HTTP/1.1 {status} Refused\r\n{_lines(headers)}\r\n\r\n{text.decode()}"])
        return _multipart(
            [f"HTTP/1.1 204 No Content\r\n{_lines({'ETag': each} if each else {})}\r\n\r\n" for each in etags]
        )


def _part(found: re.Match[str]) -> tuple[str, str, Mapping[str, str], str]:
    method, url, head, body = found.groups()
    lines = (line.partition(": ") for line in head.split("\r\n"))
    path = unquote(urlsplit(url).path).strip("/").partition("/")[2]
    return method, path, {name.lower(): value for name, _, value in lines}, body


def _operation(method: str, path: str, headers: Mapping[str, str], body: str) -> tuple[str, Operation]:
    """The table and what is done there.  Raises ``Unstorable`` for what is no operation."""
    if method == "POST" and path.isalnum():
        return path, Insert(received(orjson.loads(body)))
    one = _ONE.fullmatch(path)
    if one is None or method not in ("PUT", "DELETE"):
        raise Unstorable(f"{method} {path} is not served")
    table, partition, row = _keys(one)
    etag = headers.get("if-match", "")
    if method == "DELETE":
        return table, Delete(partition, row, None if etag == "*" else etag)
    entity = received({**orjson.loads(body), "PartitionKey": partition, "RowKey": row, "odata.etag": etag})
    return table, Replace(entity) if etag else Upsert(entity)


def _keys(one: re.Match[str]) -> tuple[str, str, str]:
    return one[1], one[2].replace("''", "'"), one[3].replace("''", "'")


def _shown(entity: Entity, chosen: set[str] | None) -> dict[str, Any]:
    values = sent(entity)
    shown = values if chosen is None else {n: v for n, v in values.items() if n.partition("@")[0] in chosen}
    return {"odata.etag": entity.etag, **shown}


def _error(error: StoreError) -> tuple[int, dict[str, str], bytes]:
    status, code = next((status, code) for kind, status, code in _CODES if isinstance(error, kind))
    index = getattr(error, "index", None)
    words = f"{'' if index is None else f'{index}:'}{code}"
    text = {"odata.error": {"code": code, "message": {"lang": "en-US", "value": words}}}
    return status, _JSON, json.dumps(text).encode()


def _lines(headers: Mapping[str, str]) -> str:
    return "\r\n".join([*(f"{name}: {value}" for name, value in headers.items()), "DataServiceVersion: 3.0;"])


def _multipart(parts: list[str]) -> Response:
    head = "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    text = "".join(f"--changes\r\n{head}{part}\r\n" for part in parts)
    return Response(202, {"Content-Type": "multipart/mixed; boundary=changes"}, f"{text}--changes--".encode())


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="local.simulators.table_storage", description=__doc__)
    add_server_arguments(parser)
    run_forever(TableStorage(), parser.parse_args())


if __name__ == "__main__":
    main()
