"""Tables that a solution adds, in the shape of the files of ``schema/``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

FIRST_CODE = 10_100
"""Object type codes of tables that are added begin there."""


def added_tables(tables: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Descriptions of tables as ``sales_solution/tables.json`` gives them; their columns are added apart."""
    return {str(each["logical_name"]): _table(each, FIRST_CODE + place) for place, each in enumerate(tables)}


def _table(each: Mapping[str, Any], code: int) -> dict[str, Any]:
    name = each["logical_name"]
    columns: dict[str, dict[str, Any]] = {
        f"{name}id": {"type": "Uniqueidentifier", "create": True, "required": "SystemRequired"},
        "createdon": {"type": "DateTime"},
        "modifiedon": {"type": "DateTime"},
        "versionnumber": {"type": "BigInt"},
    }
    for lookup in each["lookups"]:
        columns[lookup["logical_name"]] = {
            "type": "Lookup",
            "read": f"_{lookup['logical_name']}_value",
            "create": True,
            "update": True,
            "targets": [lookup["table"]],
            "navigation": lookup["schema_name"],
            "on_delete": "Cascade",
        }
    return {
        "set": each["set"],
        "id": f"{name}id",
        "name": each["name_column"],
        "schema_name": each["schema_name"],
        "ownership": "OrganizationOwned",
        "object_type_code": code,
        "required_on_create": [],
        "collections": {},
        "columns": columns,
    }
