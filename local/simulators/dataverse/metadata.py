"""The metadata endpoints: reading definitions, and the few changes an installer makes.

A schema change makes the change tokens of its table expire.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local.simulators.dataverse import errors
from local.simulators.dataverse.addresses import Segment, text_of
from local.simulators.dataverse.definitions import (
    CHOICE_CASTS,
    Definition,
    column_definition,
    key_definitions,
    metadata_type,
    option_set,
    relationship_definitions,
    table_definition,
    typed_properties,
)
from local.simulators.dataverse.errors import Refused, bad_request, no_property, segment_missing
from local.simulators.dataverse.filters import Getter, compile_filter
from local.simulators.dataverse.literals import split_outside
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.replies import Operation, json_reply, no_content
from local.simulators.dataverse.schema import FIRST_CUSTOM_OPTION, Choice, Column, Key, Table, custom_column
from local.simulators.wire import Response

CAST = "Microsoft.Dynamics.CRM."
_EXPAND = re.compile(r"\s*(?P<name>\w+)\s*(?:\((?P<options>.*)\))?\s*", re.DOTALL)
_OPTIONS = frozenset({"$select", "$filter", "$expand"})
_COLLECTIONS = ("Attributes", "Keys")


def handle_definitions(operation: Operation) -> Response:
    """Everything below ``EntityDefinitions``."""
    segments = operation.address.segments
    if not segments[0].has_key:
        return _read_all(operation)
    table = _table(operation.org, segments[0])
    if operation.request.method != "GET":
        return _change(operation, table, segments[1:])
    if len(segments) == 1:
        return _one(operation, _expanded_table(operation, table, operation.address.query))
    if segments[1].name == "Keys":
        return _many(operation, key_definitions(operation.org, table))
    if segments[1].name == "ManyToOneRelationships" and len(segments) == 2 and not segments[1].has_key:
        return _many(operation, relationship_definitions(operation.org, table))
    if segments[1].name == "Attributes":
        return _read_columns(operation, table, segments[1], segments[2:])
    raise segment_missing(segments[1].name)


def insert_option_value(operation: Operation) -> Response:
    """The InsertOptionValue action: a new option of a choice column."""
    operation.org.people.require_customizer(operation.caller)
    body = operation.body()
    column = _choice_column(operation.org, body)
    value = body.get("Value") or max((FIRST_CUSTOM_OPTION - 1, *column.options)) + 1
    if isinstance(value, bool) or not isinstance(value, int) or value in column.options:
        raise bad_request(
            f"The option value {value} cannot be added to {column.name}.", errors.INVALID_ARGUMENT
        )
    column.options[value] = Choice(_label_text(body.get("Label")))
    _schema_changed(operation.org, operation.org.schema.tables[body["EntityLogicalName"]])
    context = f"{operation.org.base_url}/$metadata#Microsoft.Dynamics.CRM.InsertOptionValueResponse"
    return json_reply(200, {"@odata.context": context, "NewOptionValue": value})


def _read_all(operation: Operation) -> Response:
    org, query = operation.org, operation.address.query
    found = [_expanded_table(operation, table, query) for table in org.schema.tables.values()]
    return _many(operation, found)


def _expanded_table(operation: Operation, table: Table, query: Mapping[str, str]) -> Definition:
    definition = table_definition(operation.org, table)
    for name, options in _expands(query.get("$expand")):
        if name not in _COLLECTIONS:
            raise no_property(name, "EntityMetadata")
        items = key_definitions(operation.org, table) if name == "Keys" else _columns(operation.org, table)
        definition[f"~{name}"] = _shaped(items, options)
    return definition


def _read_columns(
    operation: Operation, table: Table, segment: Segment, rest: tuple[Segment, ...]
) -> Response:
    cast = rest[0].name.removeprefix(CAST) if rest else None
    columns = list(table.columns.values())
    if cast is not None:
        _check_cast(cast)
        columns = [column for column in columns if metadata_type(column) == cast]
    expands = _expands(operation.address.query.get("$expand"))
    if segment.has_key:
        column = _keyed_column(table, segment, columns)
        return _one(operation, _column(operation.org, table, column, cast, expands))
    return _many(operation, [_column(operation.org, table, column, cast, expands) for column in columns])


def _columns(org: Organisation, table: Table) -> list[Definition]:
    return [_column(org, table, column, None, []) for column in table.columns.values()]


def _column(
    org: Organisation,
    table: Table,
    column: Column,
    cast: str | None,
    expands: list[tuple[str, dict[str, str]]],
) -> Definition:
    definition: Definition = {"@odata.type": f"#{CAST}{metadata_type(column)}"}
    definition |= column_definition(org, table, column)
    if cast is not None:
        definition |= typed_properties(column)
    for name, options in expands:
        if name not in ("OptionSet", "GlobalOptionSet") or cast is None or column.type not in CHOICE_CASTS:
            raise no_property(name, cast or "AttributeMetadata")
        value = _shaped([option_set(org, table, column)], options)[0] if name == "OptionSet" else None
        definition[f"~{name}"] = value
    return definition


def _one(operation: Operation, definition: Definition) -> Response:
    query = {name: text for name, text in operation.address.query.items() if name != "$expand"}
    shaped = _shaped([definition], query)[0]
    return json_reply(200, {"@odata.context": _context(operation) + "/$entity", **shaped})


def _many(operation: Operation, definitions: list[Definition]) -> Response:
    query = {name: text for name, text in operation.address.query.items() if name != "$expand"}
    return json_reply(200, {"@odata.context": _context(operation), "value": _shaped(definitions, query)})


def _context(operation: Operation) -> str:
    return f"{operation.org.base_url}/$metadata#{operation.address.segments[0].name}"


def _shaped(definitions: list[Definition], options: Mapping[str, str]) -> list[Definition]:
    """Filter, then select; expanded parts (``~Name``) always stay."""
    if unknown := {name for name in options if name.startswith("$")} - _OPTIONS:
        raise bad_request(f"The query options {sorted(unknown)} are not supported for metadata.")
    known = {name for definition in definitions for name in definition}
    if "$filter" in options:
        aliases = {name: text for name, text in options.items() if name.startswith("@")}
        fits = compile_filter(options["$filter"], _Properties(definitions), aliases)
        definitions = [definition for definition in definitions if fits(definition)]
    select = options.get("$select")
    names = [name.strip() for name in select.split(",")] if select else None
    for name in names or ():
        if known and name not in known:
            raise no_property(name, "MetadataBase")
    return [_selected(definition, names) for definition in definitions]


def _selected(definition: Definition, names: list[str] | None) -> Definition:
    always = {"@odata.type", "MetadataId"}
    kept: Iterable[str] = definition if names is None else [
        name for name in definition if name in names or name in always or name.startswith("~")
    ]  # fmt: skip
    return {name.removeprefix("~"): definition[name] for name in kept}


class _Properties:
    """The names a filter on definitions may use."""

    def __init__(self, definitions: list[Definition]) -> None:
        self._example = definitions[0] if definitions else {}

    def field(self, path: str) -> tuple[str, Getter]:
        """Kind and getter of a property, or of one inside a complex property (``A/Value``)."""
        value: Any = self._example
        for name in path.split("/"):
            if not isinstance(value, dict) or name not in value:
                raise no_property(path, "MetadataBase")
            value = value[name]
        kind = "bool" if isinstance(value, bool) else "number" if isinstance(value, int) else "text"
        return kind, _digger(path.split("/"))

    def column(self, name: str) -> tuple[str, Getter]:
        return self.field(name)


def _digger(names: list[str]) -> Callable[[Any], Any]:
    def dig(definition: Any) -> Any:
        for name in names:
            definition = definition.get(name) if isinstance(definition, dict) else None
        return definition

    return dig


def _expands(text: str | None) -> list[tuple[str, dict[str, str]]]:
    found = []
    for item in split_outside(text, ",") if text else []:
        match = _EXPAND.fullmatch(item)
        if match is None:
            raise bad_request(f"Syntax error in the $expand item '{item[:200]}'.")
        parts = [part.partition("=") for part in split_outside(match["options"] or "", ";") if part]
        found.append((match["name"], {name: value for name, _, value in parts}))
    return found


def _check_cast(cast: str) -> None:
    if not cast.endswith("AttributeMetadata"):
        raise segment_missing(cast)


def _table(org: Organisation, segment: Segment) -> Table:
    if segment.row_id is not None:
        tables = org.schema.tables.values()
        found = next((t for t in tables if org.fixed_id(f"table {t.name}") == segment.row_id), None)
    else:
        found = org.schema.tables.get(_logical_name(segment))
    if found is None:
        raise Refused(404, errors.NOT_FOUND, f"Could not find an entity with the key '{segment.raw}'.")
    return found


def _keyed_column(table: Table, segment: Segment, columns: list[Column]) -> Column:
    name = _logical_name(segment)
    found = next((column for column in columns if column.name == name), None)
    if found is None:
        raise Refused(404, errors.NOT_FOUND, f"Could not find the attribute '{name}' of '{table.name}'.")
    return found


def _logical_name(segment: Segment) -> str:
    name, value = segment.keys[0] if segment.keys else ("", "")
    text = text_of(value)
    if name != "LogicalName" or text is None:
        raise bad_request("Definitions are addressed by (LogicalName='…') or by their MetadataId.")
    return text


def _change(operation: Operation, table: Table, rest: tuple[Segment, ...]) -> Response:
    operation.org.people.require_customizer(operation.caller)
    names = tuple(segment.name for segment in rest)
    change = _CHANGES.get((operation.request.method, names))
    if change is None:
        raise Refused(405, errors.GENERAL, "This change of a definition is not simulated.")
    return change(operation, table)


def _put_table(operation: Operation, table: Table) -> Response:
    """PUT of a whole definition: only change tracking can change, and only be switched on."""
    body = operation.body()
    if body.get("LogicalName") != table.name or "SchemaName" not in body:
        raise bad_request("The whole definition must be sent.", errors.INVALID_ARGUMENT)
    wanted = body.get("ChangeTrackingEnabled")
    tracking = operation.org.options.change_tracking
    if wanted is False and tracking.get(table.name, False):
        raise bad_request("Change tracking cannot be disabled once it is enabled.", errors.INVALID_ARGUMENT)
    if wanted is True:
        tracking[table.name] = True
    return no_content()


def _post_column(operation: Operation, table: Table) -> Response:
    body = operation.body()
    kind = str(body.get("@odata.type", "")).rpartition(".")[2].removesuffix("AttributeMetadata")
    schema_name = str(body.get("SchemaName", ""))
    if schema_name.lower() in table.columns:
        raise bad_request("An attribute with the specified name already exists", errors.DUPLICATE_ATTRIBUTE)
    spec = {
        "logical_name": schema_name.lower(), "schema_name": schema_name, "type": kind,
        "max_length": body.get("MaxLength", 100), "min": body.get("MinValue"), "max": body.get("MaxValue"),
        "precision": body.get("Precision"),
    }  # fmt: skip
    try:
        table.add(custom_column(table, spec))
    except (ValueError, TypeError) as error:
        raise bad_request(str(error), errors.INVALID_ARGUMENT) from None
    _schema_changed(operation.org, table)
    return _created(operation, table, "Attributes", f"column {table.name}.{schema_name.lower()}")


def _post_key(operation: Operation, table: Table) -> Response:
    body = operation.body()
    wanted = body.get("KeyAttributes")
    names = tuple(map(str, wanted)) if isinstance(wanted, list) else ()
    if not names or any(name not in table.columns for name in names):
        raise bad_request("The key names attributes that do not exist.", errors.INVALID_ARGUMENT)
    key = Key(str(body.get("SchemaName", names[0])), names)
    table.keys.append(key)
    operation.org.store.reindex(table.name)
    return _created(operation, table, "Keys", f"key {table.name}.{key.name}")


def _created(operation: Operation, table: Table, kind: str, name: str) -> Response:
    org = operation.org
    address = f"{org.base_url}/EntityDefinitions(LogicalName='{table.name}')/{kind}({org.fixed_id(name)})"
    return no_content({"OData-EntityId": address})


def _schema_changed(org: Organisation, table: Table) -> None:
    table.changed_at_version = org.store.next_version()


def _choice_column(org: Organisation, body: Mapping[str, Any]) -> Column:
    table = org.schema.tables.get(str(body.get("EntityLogicalName")))
    column = table.columns.get(str(body.get("AttributeLogicalName"))) if table else None
    if column is None or column.type != "Picklist":
        raise bad_request("The attribute to add an option to does not exist.", errors.INVALID_ARGUMENT)
    return column


def _label_text(label: Any) -> str:
    try:
        return str(label["LocalizedLabels"][0]["Label"])
    except (TypeError, KeyError, IndexError):
        raise bad_request("The Label needs LocalizedLabels with a Label.", errors.INVALID_ARGUMENT) from None


_CHANGES: dict[tuple[str, tuple[str, ...]], Callable[[Operation, Table], Response]] = {
    ("PUT", ()): _put_table,
    ("POST", ("Attributes",)): _post_column,
    ("POST", ("Keys",)): _post_key,
}
