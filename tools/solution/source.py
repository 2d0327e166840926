"""What `sales_solution` says, read and checked. `SourceError` names everything that is wrong at once."""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.solution.tables import RIGHTS, TABLES

FOLDER = "sales_solution"
WEB_RESOURCES = "web_resources"
COLUMN_TYPES = ("String", "Integer", "Decimal", "DateTime", "Boolean")
WEB_RESOURCE_TYPES = {"html": 1, "css": 2, "js": 3, "xml": 4, "png": 5, "svg": 11, "resx": 12}
MAX_KEYS, MAX_KEY_COLUMNS, MAX_KEY_BYTES = 10, 16, 900
MAX_LENGTH = 4000


class SourceError(ValueError):
    """The source cannot be packed."""


@dataclass(frozen=True)
class WebResource:
    """A file that Dataverse serves."""

    id: str
    name: str
    display_name: str
    type: int
    content: bytes

    @property
    def path(self) -> str:
        """Where it lies in the zip: its name without signs, then its id."""
        return f"WebResources/{re.sub(r'[^A-Za-z0-9_]', '', self.name)}{self.id.upper()}"


@dataclass(frozen=True)
class Solution:
    """The whole source."""

    manifest: dict[str, Any]
    own_tables: list[dict[str, Any]]
    columns: list[dict[str, Any]]
    keys: list[dict[str, Any]]
    role: dict[str, Any]
    web_resources: list[WebResource]

    @property
    def prefix(self) -> str:
        """What the names of all columns, keys and web resources begin with."""
        return f"{self.manifest['publisher']['prefix']}_"

    @property
    def tables(self) -> list[str]:
        """The standard tables that get columns or keys, in alphabetical order."""
        return sorted({one["table"] for one in [*self.columns, *self.keys]} - self.own.keys())

    @property
    def own(self) -> dict[str, dict[str, Any]]:
        """The tables that the solution adds, by logical name."""
        return {one["logical_name"]: one for one in self.own_tables}

    def known(self, table: str) -> bool:
        """Whether the table is a standard one or the solution's own."""
        return table in TABLES or table in self.own


def read(root: Path) -> Solution:
    """The source in a checkout."""
    folder = root / FOLDER
    manifest, tables, columns, keys, role = (
        _json(folder / f"{name}.json") for name in ("solution", "tables", "columns", "keys", "role")
    )
    resources = [_web_resource(folder / WEB_RESOURCES, one) for one in _listed(folder)]
    solution = Solution(manifest, tables, columns, keys, role, resources)
    if wrong := list(problems(solution)):
        raise SourceError("\n".join(wrong))
    return solution


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _listed(folder: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = _json(folder / WEB_RESOURCES / "web_resources.json")
    return found


def _web_resource(folder: Path, one: dict[str, str]) -> WebResource:
    kind = WEB_RESOURCE_TYPES[Path(one["file"]).suffix.lstrip(".")]
    content = (folder / one["file"]).read_bytes()
    return WebResource(one["id"], one["name"], one["display_name"], kind, content)


def problems(solution: Solution) -> Iterator[str]:
    """Everything that Dataverse would refuse or that would clash."""
    yield from _manifest(solution.manifest)
    for table in solution.own_tables:
        yield from _own_table(solution, table)
    for column in solution.columns:
        yield from _column(solution, column)
    for key in solution.keys:
        yield from _key(solution, key)
    counts = Counter(one["table"] for one in solution.keys)
    yield from (f"{table} has {n} keys; at most {MAX_KEYS}" for table, n in counts.items() if n > MAX_KEYS)
    yield from _role(solution)
    yield from _names_and_ids(solution)


def _manifest(manifest: dict[str, Any]) -> Iterator[str]:
    publisher = manifest["publisher"]
    if not re.fullmatch(r"\d+\.\d+\.\d+\.\d+", manifest["version"]):
        yield f"{manifest['version']} is no version of four numbers"
    for name in (manifest["unique_name"], publisher["unique_name"]):
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            yield f"{name} is no unique name"
    if not re.fullmatch(r"(?!mscrm)[a-z][a-z0-9]{1,7}", publisher["prefix"]):
        yield f"{publisher['prefix']} is no prefix: two to eight letters and digits, not beginning with mscrm"
    if not 10_000 <= publisher["option_value_prefix"] <= 99_999:
        yield f"{publisher['option_value_prefix']} is no prefix of option values: 10000 to 99999"


def _column(solution: Solution, column: dict[str, Any]) -> Iterator[str]:
    name = f"{column['table']}.{column['logical_name']}"
    if not solution.known(column["table"]):
        yield f"{name}: nothing is known of the table"
    if column["schema_name"].lower() != column["logical_name"]:
        yield f"{name}: the schema name {column['schema_name']} is to differ in upper and lower case only"
    if not column["logical_name"].startswith(solution.prefix):
        yield f"{name}: does not begin with {solution.prefix}"
    if column["type"] not in COLUMN_TYPES:
        yield f"{name}: {column['type']} is none of {', '.join(COLUMN_TYPES)}"
    elif column["type"] == "String" and not 1 <= column.get("max_length", 0) <= MAX_LENGTH:
        yield f"{name}: a max_length from 1 to {MAX_LENGTH} is needed"


def _key(solution: Solution, key: dict[str, Any]) -> Iterator[str]:
    name = f"key {key['table']}.{key['logical_name']}"
    if not key["logical_name"].startswith(solution.prefix):
        yield f"{name}: does not begin with {solution.prefix}"
    own = {one["logical_name"]: one for one in solution.columns if one["table"] == key["table"]}
    unknown = [one for one in key["columns"] if one.startswith(solution.prefix) and one not in own]
    if unknown:
        yield f"{name}: there are no columns {', '.join(unknown)}"
    if not 1 <= len(key["columns"]) <= MAX_KEY_COLUMNS:
        yield f"{name}: has {len(key['columns'])} columns; 1 to {MAX_KEY_COLUMNS} are allowed"
    size = sum(2 * own[one].get("max_length", 0) for one in key["columns"] if one in own)
    if size > MAX_KEY_BYTES:
        yield f"{name}: its texts take {size} bytes; at most {MAX_KEY_BYTES} are allowed"


def _own_table(solution: Solution, table: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a table that the solution adds."""
    name = f"table {table['logical_name']}"
    if not table["logical_name"].startswith(solution.prefix):
        yield f"{name}: does not begin with {solution.prefix}"
    if table["schema_name"].lower() != table["logical_name"]:
        yield f"{name}: the schema name {table['schema_name']} is to differ in upper and lower case only"
    own = [one["logical_name"] for one in solution.columns if one["table"] == table["logical_name"]]
    if table["name_column"] not in own:
        yield f"{name}: there is no column {table['name_column']}"
    for lookup in table["lookups"]:
        if lookup["table"] not in TABLES:
            yield f"{name}: {lookup['logical_name']} leads to {lookup['table']}, of which nothing is known"
        for one in (lookup["logical_name"], lookup["relationship"]):
            if not one.startswith(solution.prefix):
                yield f"{name}: {one} does not begin with {solution.prefix}"


def _role(solution: Solution) -> Iterator[str]:
    for table, rights in solution.role["tables"].items():
        if not solution.known(table):
            yield f"role: nothing is known of the table {table}"
        if unknown := [one for one in rights if one not in RIGHTS]:
            yield f"role: {table} has unknown rights {', '.join(unknown)}"


def _names_and_ids(solution: Solution) -> Iterator[str]:
    names = Counter((one["table"], one["logical_name"]) for one in [*solution.columns, *solution.keys])
    yield from (f"{table}.{name} is there {n} times" for (table, name), n in names.items() if n > 1)
    ids = [solution.role["id"], *(one.id for one in solution.web_resources)]
    yield from (f"{one} is no id in lower case" for one in ids if str(_uuid(one)) != one)
    counts = Counter(one.lower() for one in ids)
    yield from (f"the id {one} is used {n} times" for one, n in counts.items() if n > 1)
    for resource in solution.web_resources:
        if not resource.name.startswith(solution.prefix):
            yield f"web resource {resource.name}: does not begin with {solution.prefix}"


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
