"""The barest writer of Table storage: two entities for each record, 100 in a transaction, by hand.

Standard library only.  Format: Microsoft docs, storageservices/performing-entity-group-transactions and
storageservices/authorize-with-shared-key (Shared Key Lite).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

from benchmarks.http import Refused, Wire

TABLE = "FloorCouplings"
PARTITION = "bench"
PER_TRANSACTION = 50
"""Records: two entities each."""
_VERSION = "2019-02-02"


class Saver:
    """``connection`` is a connection string; the table is made if it is not there."""

    def __init__(self, connection: str) -> None:
        parts = dict(each.split("=", 1) for each in connection.rstrip(";").split(";"))
        self._account, self._key = parts["AccountName"], base64.b64decode(parts["AccountKey"])
        self._url = parts["TableEndpoint"]
        self._wire = Wire(self._url, "", {"x-ms-version": _VERSION})
        self.transactions = 0
        self._make_table()

    def save(self, records: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """The records by their ids in Business Central, with what they hold; a repeat replaces them."""
        for start in range(0, len(records), PER_TRANSACTION):
            entities = [
                entity
                for bc_id, values in records[start : start + PER_TRANSACTION]
                for entity in (
                    {"RowKey": f"b|{bc_id}", "sales_id": values["accountid"], "base": json.dumps(values)},
                    {"RowKey": f"s|{values['accountid']}", "bc_id": bc_id},
                )
            ]
            self._transact(entities)

    def _transact(self, entities: Sequence[dict[str, str]]) -> None:
        lines = ["--batch_b", "Content-Type: multipart/mixed; boundary=changes_b", ""]
        for each in entities:
            body = json.dumps({"PartitionKey": PARTITION, **each})
            place = f"{self._url}/{TABLE}(PartitionKey='{PARTITION}',RowKey='{each['RowKey']}')"
            lines += [
                "--changes_b", "Content-Type: application/http", "Content-Transfer-Encoding: binary", "",
                f"PUT {place.replace('|', '%7C')} HTTP/1.1", "Content-Type: application/json",
                "Accept: application/json;odata=minimalmetadata", f"Content-Length: {len(body)}", "", body,
            ]  # fmt: skip
        text = "\r\n".join([*lines, "--changes_b--", "", "--batch_b--", ""])
        self.transactions += 1
        headers = {"Content-Type": "multipart/mixed; boundary=batch_b", "DataServiceVersion": "3.0",
                   "MaxDataServiceVersion": "3.0;NetFx", "Accept": "application/json"}  # fmt: skip
        answer = self._wire.send("POST", "$batch", text.encode(), headers | self._signed("$batch"))
        if answer.status != 202 or answer.body.count(b"HTTP/1.1 204") != len(entities):
            raise Refused(answer.status, answer.body.decode("utf-8", "replace"))

    def _make_table(self) -> None:
        headers = {"Content-Type": "application/json", "Accept": "application/json;odata=nometadata"}
        body = json.dumps({"TableName": TABLE}).encode()
        answer = self._wire.send("POST", "Tables", body, headers | self._signed("Tables"))
        if answer.status not in (201, 204, 409):
            raise Refused(answer.status, answer.body.decode("utf-8", "replace"))

    def _signed(self, path: str) -> dict[str, str]:
        date = formatdate(usegmt=True)
        resource = f"/{self._account}{urlsplit(self._url).path}/{path}"
        signature = hmac.new(self._key, f"{date}\n{resource}".encode(), hashlib.sha256).digest()
        return {
            "x-ms-date": date,
            "Authorization": f"SharedKeyLite {self._account}:{base64.b64encode(signature).decode()}",
        }
