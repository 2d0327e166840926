"""A small solution with everything that can be in one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MANIFEST: dict[str, Any] = {
    "unique_name": "Sample",
    "display_name": "Sample",
    "description": "A sample",
    "version": "1.2.3.4",
    "language": 1033,
    "publisher": {
        "unique_name": "sample",
        "display_name": "Sample",
        "prefix": "smp",
        "option_value_prefix": 84000,
    },
}
COLUMNS: list[dict[str, Any]] = [
    {
        "table": "account",
        "logical_name": "smp_externalid",
        "schema_name": "smp_ExternalId",
        "type": "String",
        "max_length": 50,
        "display_name": "External id",
    },
    {"table": "account", "logical_name": "smp_rank", "schema_name": "smp_Rank", "type": "Integer", "min": 0},
    {"table": "salesorderdetail", "logical_name": "smp_free", "schema_name": "smp_Free", "type": "Decimal"},
    {"table": "salesorderdetail", "logical_name": "smp_asof", "schema_name": "smp_AsOf", "type": "DateTime"},
    {
        "table": "salesorderdetail",
        "logical_name": "smp_due",
        "schema_name": "smp_Due",
        "type": "DateTime",
        "format": "date",
    },
]
TABLES: list[dict[str, Any]] = []
KEYS: list[dict[str, Any]] = [
    {
        "table": "account",
        "logical_name": "smp_externalkey",
        "schema_name": "smp_ExternalKey",
        "columns": ["smp_externalid", "accountnumber"],
    }
]
ROLE: dict[str, Any] = {
    "id": "5b0f2d1c-0000-4000-8000-000000000002",
    "name": "Sample",
    "tables": {
        "account": ["read", "append_to"],
        "salesorderdetail": ["write"],
        "pricelevel": ["read"],
        "product": ["read", "create"],
        "customeraddress": ["read"],
    },
    "definitions": ["Entity"],
}
RESOURCES: list[dict[str, Any]] = [
    {
        "id": "5b0f2d1c-0000-4000-8000-000000000001",
        "name": "smp_availability.js",
        "display_name": "Availability",
        "file": "availability.js",
    }
]


def plant(root: Path, **changed: Any) -> Path:
    """Writes the small solution, with parts replaced; returns the checkout's root."""
    folder = root / "sales_solution"
    (folder / "web_resources").mkdir(parents=True, exist_ok=True)
    parts = {"solution": MANIFEST, "tables": TABLES, "columns": COLUMNS, "keys": KEYS, "role": ROLE}
    for name, part in parts.items():
        (folder / f"{name}.json").write_text(json.dumps(changed.get(name, part)))
    listed = json.dumps(changed.get("resources", RESOURCES))
    (folder / "web_resources" / "web_resources.json").write_text(listed)
    (folder / "web_resources" / "availability.js").write_bytes(b'"use strict";\n')
    return root
