"""The API that the extension offers: one entity for each API page and API query, with its fields.

Types, lengths and names on the wire follow Microsoft's documentation of API pages and queries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.al.app import App, TableFacts, TableField
from tools.al.tree import Block, File, Object, Variable

EDM_TYPES = {
    "guid": "Edm.Guid",
    "boolean": "Edm.Boolean",
    "integer": "Edm.Int32",
    "biginteger": "Edm.Int64",
    "decimal": "Edm.Decimal",
    "date": "Edm.Date",
    "datetime": "Edm.DateTimeOffset",
    "text": "Edm.String",
    "code": "Edm.String",
}


@dataclass(frozen=True)
class Property:
    """One field of an entity. `source` is the table's field, None for a variable of the page."""

    name: str
    line: int
    source: str | None
    al_type: str
    known: bool
    writable: bool
    calculated: bool = False
    length_in_26: int | None = None


@dataclass(frozen=True)
class Entity:
    """One API page or query."""

    file: File
    object: Object
    table: TableFacts | None
    table_name: str
    properties: tuple[Property, ...]

    @property
    def set_name(self) -> str:
        """The name in addresses."""
        return self.object.block.value("EntitySetName") or ""

    @property
    def is_query(self) -> bool:
        """Whether it is an API query, which can only be read."""
        return self.object.kind == "query"

    def allows(self, what: str) -> bool:
        """Whether `Insert`, `Modify` or `Delete` is allowed."""
        block = self.object.block
        return not (self.is_query or block.says("Editable", "false") or block.says(f"{what}Allowed", "false"))


def entities(app: App) -> Iterator[Entity]:
    """Every API page and query, in the order of their files."""
    for file, one in app.objects:
        if one.kind == "page" and one.block.says("PageType", "API"):
            yield _page(app, file, one)
        elif one.kind == "query" and one.block.says("QueryType", "API"):
            yield _query(app, file, one)


def _page(app: App, file: File, one: Object) -> Entity:
    table_name = one.block.value("SourceTable") or ""
    table = app.tables.get(table_name)
    editable = not one.block.says("Editable", "false")
    fields = tuple(_page_field(one, block, table, editable) for block in one.block.inside("field"))
    return Entity(file, one, table, table_name, fields)


def _page_field(one: Object, block: Block, table: TableFacts | None, page_editable: bool) -> Property:
    name, source = block.split_arguments
    editable = page_editable and not block.says("Editable", "false")
    if len(source) == 3 and source[0].is_word("rec"):
        facts = table.find(source[2].text) if table else None
        return _from_field(name[0].text, block.line, source[2].text, facts, editable)
    variable = next((held for held in one.block.variables if held.name == source[0].text), None)
    kind = _type_text(variable) if variable else ""
    return Property(name[0].text, block.line, None, kind, variable is not None, editable)


def _from_field(
    name: str, line: int, source: str, facts: TableField | None, editable: bool, summed: bool = False
) -> Property:
    if facts is None:
        return Property(name, line, source, "", False, False)
    writable = editable and facts.editable and not facts.calculated
    return Property(
        name, line, source, facts.type, True, writable, facts.calculated or summed, facts.length_in_26
    )


def _type_text(variable: Variable) -> str:
    return "".join(token.text for token in variable.type)


def _query(app: App, file: File, one: Object) -> Entity:
    item = next(one.block.inside("dataitem"))
    table_name = item.split_arguments[1][0].text
    table = app.tables.get(table_name)
    fields = tuple(_column(block, table) for block in one.block.inside("column"))
    return Entity(file, one, table, table_name, fields)


def _column(block: Block, table: TableFacts | None) -> Property:
    name, source = block.split_arguments
    facts = table.find(source[0].text) if table else None
    summed = block.value("Method") is not None
    return _from_field(name[0].text, block.line, source[0].text, facts, False, summed)


def edm_type(al_type: str) -> str:
    """The type on the wire; an enum's own name for an enum."""
    if enum := enum_name(al_type):
        return f"enum {enum}"
    return EDM_TYPES.get(re.split(r"[\[\s]", al_type)[0].lower(), "")


def enum_name(al_type: str) -> str | None:
    """The enum that a type names, None for another type."""
    match = re.fullmatch(r'enum\s*"?([^"]+)"?', al_type, re.IGNORECASE)
    return match[1] if match else None


def max_length(al_type: str) -> int | None:
    """The length of a text or code, None where it has none."""
    match = re.fullmatch(r"(?:text|code)\[(\d+)\]", al_type, re.IGNORECASE)
    return int(match[1]) if match else None


def wire_value(name: str) -> str:
    """An enum's value as it is sent: characters that cannot be in a name as `_xHHHH_`."""
    return re.sub(r"[^A-Za-z0-9_]", lambda match: f"_x{ord(match[0]):04X}_", name)
