"""The extension as a whole: its manifest, its files, and the objects of Business Central it stands on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tools.al.parser import parse
from tools.al.tokens import SourceError
from tools.al.tree import File, Object
from tools.checks.sources import Violation, name_of

FOLDER = "business_central_extension"
BASE_OBJECTS = Path(__file__).with_name("base_objects.json")
SYSTEM_FIELDS = {
    "SystemId": "Guid",
    "SystemCreatedAt": "DateTime",
    "SystemCreatedBy": "Guid",
    "SystemModifiedAt": "DateTime",
    "SystemModifiedBy": "Guid",
    "SystemRowVersion": "BigInteger",
}


@dataclass(frozen=True)
class TableField:
    """A field of a table: its AL type, whether it is calculated or a filter, and whether the table lets it be
    edited."""

    type: str
    calculated: bool = False
    editable: bool = True
    length_in_26: int | None = None


@dataclass(frozen=True)
class TableFacts:
    """What is known of a table, of this app or of Business Central."""

    id: int
    name: str
    namespace: str
    fields: dict[str, TableField]
    procedures: dict[str, int] = field(default_factory=dict)

    def find(self, name: str) -> TableField | None:
        """A field by its name, system fields included."""
        if name in SYSTEM_FIELDS:
            return TableField(SYSTEM_FIELDS[name], editable=False)
        return self.fields.get(name)


@dataclass(frozen=True)
class CodeunitFacts:
    """What is known of a codeunit: for each procedure, with how many arguments it can be called."""

    namespace: str
    procedures: dict[str, tuple[int, ...]]
    events: frozenset[str] = frozenset()


@dataclass
class App:
    """The parsed extension."""

    manifest: dict[str, Any]
    files: list[File]
    base: dict[str, Any]

    @property
    def objects(self) -> Iterator[tuple[File, Object]]:
        """All objects with their files."""
        return ((file, one) for file in self.files for one in file.objects)

    def of_kind(self, kind: str) -> Iterator[tuple[File, Object]]:
        """The objects of one kind."""
        return ((file, one) for file, one in self.objects if one.kind == kind)

    @cached_property
    def tables(self) -> dict[str, TableFacts]:
        """Every table that may be named, by name."""
        known = {name: _base_table(name, facts) for name, facts in self.base["tables"].items()}
        for file, one in self.of_kind("table"):
            known[one.name] = _own_table(file, one)
        return known

    @cached_property
    def codeunits(self) -> dict[str, CodeunitFacts]:
        """Every codeunit that may be named, by name."""
        known = {
            name: CodeunitFacts(
                facts["namespace"],
                {key: tuple(counts) for key, counts in facts["procedures"].items()},
                frozenset(facts["events"]),
            )
            for name, facts in self.base["codeunits"].items()
        }
        for file, one in self.of_kind("codeunit"):
            callable_ones = [routine for routine in one.block.routines if routine.scope != "local"]
            counts: dict[str, tuple[int, ...]] = {
                routine.name: (len(routine.parameters),) for routine in callable_ones
            }
            known[one.name] = CodeunitFacts(file.namespace, counts)
        return known

    @cached_property
    def enums(self) -> dict[str, dict[str, Any]]:
        """Every enum that may be named: its namespace and values."""
        return dict(self.base["enums"])


def _base_table(name: str, facts: dict[str, Any]) -> TableFacts:
    fields = {
        key: TableField(
            one["type"], one.get("class") == "flow", one.get("editable", True), one.get("length_in_26")
        )
        for key, one in facts["fields"].items()
    }
    return TableFacts(facts["id"], name, facts["namespace"], fields, facts.get("procedures", {}))


def _own_table(file: File, one: Object) -> TableFacts:
    fields: dict[str, TableField] = {}
    for block in one.block.inside("field"):
        _, name, kind = block.split_arguments
        fields[name[0].text] = TableField("".join(token.text for token in kind))
    procedures = {routine.name: len(routine.parameters) for routine in one.block.routines}
    return TableFacts(one.id, one.name, file.namespace, fields, procedures)


def read(root: Path) -> tuple[App, list[Violation]]:
    """The extension of a checkout, and what of it cannot be parsed."""
    folder = root / FOLDER
    files: list[File] = []
    wrong: list[Violation] = []
    for path in sorted(folder.rglob("*.al")):
        name = name_of(path, root)
        try:
            files.append(parse(path.read_text(encoding="utf-8"), name))
        except SourceError as error:
            wrong.append(Violation(name, error.line, error.says))
    manifest = json.loads((folder / "app.json").read_text(encoding="utf-8"))
    return App(manifest, files, json.loads(BASE_OBJECTS.read_text(encoding="utf-8"))), wrong
