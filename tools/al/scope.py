"""What a name in code can stand for: variables, parameters, the page's or table's own record."""

from __future__ import annotations

from dataclasses import dataclass

from tools.al.app import App
from tools.al.tokens import Token
from tools.al.tree import Block, Object, Routine, Variable


@dataclass(frozen=True)
class Scope:
    """The names that one routine sees."""

    variables: dict[str, Variable]
    routines: dict[str, int]

    def variable(self, token: Token | None) -> Variable | None:
        """The variable that a token names."""
        return None if token is None else self.variables.get(token.text)


def scope_of(one: Object, routine: Routine) -> Scope:
    """The scope of a routine: its own variables, the object's, and the record the object works on."""
    held = [*_records(one), *one.block.variables, *routine.parameters, *routine.variables]
    return Scope(
        {variable.name: variable for variable in held},
        {other.name: len(other.parameters) for other in one.block.routines},
    )


def routines_of(block: Block) -> list[Routine]:
    """All code inside an object, that of its fields included."""
    return [routine for part in block.walk() for routine in part.routines]


def _records(one: Object) -> list[Variable]:
    table = one.name if one.kind == "table" else one.block.value("SourceTable")
    if one.kind not in ("table", "page") or not table:
        return []
    kind = (Token("word", "Record", one.line), Token("name", table, one.line))
    return [Variable(name, kind, one.line) for name in ("Rec", "xRec")]


def field_type(app: App, variable: Variable, field: str) -> str:
    """The type of a record variable's field; empty when there is none."""
    table = app.tables.get(variable.subject) if variable.kind == "record" else None
    found = table.find(field) if table else None
    return found.type if found else ""
