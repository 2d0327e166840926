"""Writes generated records as a data folder that the Business Central simulator can load.

The folder holds everything the published one holds (set-up tables, the other companies); only the main
company's customers, contacts and relations are the generated ones.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from local.generate.records import Generated, Record, Tables, Wanted, generate

PUBLISHED = Path(__file__).resolve().parents[1] / "data" / "business_central"
"""The published records of this checkout."""
TEMPLATES = ("customers", "contacts", "currencies", "paymentTerms", "shipmentMethods")
GENERATED = ("customers", "contacts", "contactBusinessRelations")


def write(wanted: Wanted, folder: Path, published: Path = PUBLISHED) -> dict[str, int]:
    """Fills ``folder`` (made if need be) and returns how many records went into each generated file.

    One customer at a time is in memory. Raises OSError when a file cannot be read or written.
    """
    shutil.copytree(published, folder, ignore=shutil.ignore_patterns(".*"), dirs_exist_ok=True)
    with ExitStack() as stack:
        files = {name: stack.enter_context(_JsonList(folder / f"{name}.json")) for name in GENERATED}
        for one in generate(wanted, templates(published)):
            for name, record in _records_of(one):
                files[name].add(record)
    return {name: file.count for name, file in files.items()}


def templates(published: Path = PUBLISHED) -> Tables:
    """The published records that generated ones are made from."""
    return {name: json.loads((published / f"{name}.json").read_text("utf-8")) for name in TEMPLATES}


def _records_of(one: Generated) -> Iterator[tuple[str, Record]]:
    yield "customers", one.customer
    yield "contactBusinessRelations", one.relation
    for contact in one.contacts:
        yield "contacts", contact


class _JsonList:
    """A JSON list in a file, one record a line."""

    def __init__(self, path: Path) -> None:
        self.count = 0
        self._path = path
        self._file: IO[str]

    def __enter__(self) -> _JsonList:
        self._file = self._path.open("w", encoding="utf-8", newline="\n")
        self._file.write("[")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.write("\n]\n")
        self._file.close()

    def add(self, record: Record) -> None:
        """Writes one more record."""
        self._file.write("\n" if self.count == 0 else ",\n")
        self._file.write(json.dumps(record, ensure_ascii=False))
        self.count += 1
