"""dlt: its rest_api source reads Business Central, a custom destination writes to Sales.

The destination writes bulk messages under derived ids, so a repeat makes no second row; dlt moves one way.
Needs the benchmark's own environment.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from typing import Any

import dlt  # type: ignore[import-not-found]
from dlt.sources.rest_api import rest_api_source  # type: ignore[import-not-found]

from benchmarks.fields import SELECT_CUSTOMER, account_id, account_of
from benchmarks.services import PAGE, WRITE_CHUNK, Access, Record, Sales

EARLIEST = "2000-01-01T00:00:00Z"


class DltPipeline:
    """One pipeline; what it knows is in a folder of its own."""

    def __init__(self, access: Access) -> None:
        os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
        os.environ["LOAD__WORKERS"] = str(access.advised)
        self._access = access
        self._sales = Sales(access)
        self._loaded: set[str] = set()
        self._folder = tempfile.mkdtemp(prefix="tandem-dlt-")

        def write(items: Sequence[Record], table: Any) -> None:
            self._write(items)

        destination = dlt.destination(
            write,
            batch_size=WRITE_CHUNK,
            loader_file_format="typed-jsonl",
            name="sales",
            naming_convention="direct",
            skip_dlt_columns_and_tables=True,
        )
        self._pipeline = dlt.pipeline(
            "tandem_bench", destination=destination, pipelines_dir=self._folder, dataset_name="sales"
        )
        self.storage_transactions = 0

    def initial_load(self) -> None:
        """All customers become accounts."""
        self._pipeline.run(self._source())

    def settle(self) -> None:
        """Nothing to do."""

    def changed(self) -> None:
        """Business Central's changes to Sales."""
        self._pipeline.run(self._source())

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write(self, items: Sequence[Record]) -> None:
        accounts = [{"accountid": account_id(each["id"]), **account_of(_whole(each))} for each in items]
        known = [each for each in accounts if each["accountid"] in self._loaded]
        new = [each for each in accounts if each["accountid"] not in self._loaded]
        if new:
            self._sales.create_all(new)
        if known:
            self._sales.update_all(known)
        self._loaded |= {each["accountid"] for each in new}

    def _source(self) -> Any:
        access = self._access
        return rest_api_source(
            {
                "client": {
                    "base_url": f"{access.bc_url}/companies({access.company_id})/",
                    "headers": {
                        "Authorization": f"Bearer {access.bc_token}",
                        "Prefer": f"odata.maxpagesize={PAGE}",
                    },
                    "paginator": {"type": "json_link", "next_url_path": "'@odata.nextLink'"},
                },
                "resources": [
                    {
                        "name": "customers",
                        "endpoint": {
                            "path": "customers",
                            "params": {"$select": f"{SELECT_CUSTOMER},lastModifiedDateTime"},
                            "data_selector": "value",
                            "incremental": {
                                "start_param": "$filter",
                                "cursor_path": "lastModifiedDateTime",
                                "initial_value": EARLIEST,
                                "convert": "lastModifiedDateTime ge {}".format,
                            },
                        },
                    }
                ],
            },
            name="business_central",
        )


def _whole(item: Record) -> Record:
    """dlt leaves out what is blank everywhere."""
    return {**dict.fromkeys(SELECT_CUSTOMER.split(","), ""), **item}
