"""The API that the extension offers: one entity for each API page and API query, with its fields.

Types, lengths and names on the wire follow Microsoft's documentation of API pages and queries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tools.al.app import App, TableFacts, TableField
from tools.al.tokens import Cursor, Token
from tools.al.tree import Block, File, Object, Routine, Variable

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
    """One field of an entity. `source` is the table's field, None for a variable of the page. `create_only`
    can be written at creation and is tested when the record is changed."""

    name: str
    line: int
    source: str | None
    al_type: str
    known: bool
    writable: bool
    calculated: bool = False
    length_in_26: int | None = None
    create_only: bool = False
    variable: str = ""


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
    fields = tuple(_created_only(one, _page_field(one, block, table)) for block in one.block.inside("field"))
    return Entity(file, one, table, table_name, fields)


def _created_only(one: Object, held: Property) -> Property:
    """What `OnModifyRecord` hands to a procedure that tests may be written at creation only."""
    modifying = next((routine for routine in one.block.routines if routine.name == "OnModifyRecord"), None)
    if modifying is None or not held.writable:
        return held
    tested = {token.text for call in _test_calls(modifying) for token in call}
    name = held.source or held.variable
    return replace(held, create_only=name in tested)


def _test_calls(routine: Routine) -> Iterator[list[Token]]:
    """The arguments of every call of a procedure whose name begins with Test."""
    for index, token in enumerate(routine.body):
        if token.is_identifier and token.text.startswith("Test") and routine.body[index + 1].is_sign("("):
            yield Cursor(list(routine.body[index + 2 :])).until_sign(")")


def _page_field(one: Object, block: Block, table: TableFacts | None) -> Property:
    name, source = block.split_arguments
    editable = not (one.block.says("Editable", "false") or block.says("Editable", "false"))
    if len(source) == 3 and source[0].is_word("rec"):
        facts = table.find(source[2].text) if table else None
        return _from_field(name[0].text, block.line, source[2].text, facts, editable)
    variable = next((held for held in one.block.variables if held.name == source[0].text), None)
    kind = _type_text(variable) if variable else ""
    known = variable is not None
    return Property(name[0].text, block.line, None, kind, known, editable, variable=source[0].text)


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


def option_values(al_type: str) -> list[str]:
    """The values of an option that has no enum, as `Option Link,Note`; none for another type."""
    match = re.fullmatch(r"option\s+(.+)", al_type, re.IGNORECASE)
    return match[1].split(",") if match else []


def max_length(al_type: str) -> int | None:
    """The length of a text or code, None where it has none."""
    match = re.fullmatch(r"(?:text|code)\[(\d+)\]", al_type, re.IGNORECASE)
    return int(match[1]) if match else None


def wire_value(name: str) -> str:
    """An enum's value as it is sent: characters that cannot be in a name as `_xHHHH_`."""
    return re.sub(r"[^A-Za-z0-9_]", lambda match: f"_x{ord(match[0]):04X}_", name)
