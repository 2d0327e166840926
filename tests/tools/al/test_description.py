"""The API as it is written down: types, lengths, what can be written; and that the file is current."""

import json
from pathlib import Path
from typing import Any

from tests.tools.al.sources import FILES, plant
from tools.al import description
from tools.al.__main__ import check, is_current
from tools.al.app import read
from tools.al.entities import edm_type, max_length, wire_value
from tools.checks.sources import ROOT

NEEDED = Path(__file__).with_name("built_in_fields.json")
ELSEWHERE = {"Document Type", "Work Description", "Base Unit of Measure"}  # by the page's view or a variable


def described(root: Path) -> dict[str, Any]:
    return description.describe(read(root)[0])


def test_a_field_has_its_type_length_and_whether_it_can_be_written(tmp_path: Path) -> None:
    agents = described(plant(tmp_path))["entitySets"]["agents"]
    assert agents["operations"] == ["get", "patch"]
    assert (agents["table"], agents["tableNumber"]) == ("Shipping Agent", 291)
    assert {field["name"]: field for field in agents["fields"]} == {
        "id": {"name": "id", "type": "Edm.Guid", "writable": False, "source": "SystemId"},
        "code": {
            "name": "code", "type": "Edm.String", "maxLength": 10, "code": True, "writable": True,
            "source": "Code",
        },
        "note": {"name": "note", "type": "Edm.String", "maxLength": 20, "writable": True, "variable": True},
        "lastModifiedDateTime": {
            "name": "lastModifiedDateTime", "type": "Edm.DateTimeOffset", "writable": False,
            "source": "SystemModifiedAt",
        },
    }  # fmt: skip


def test_a_query_can_only_be_read(tmp_path: Path) -> None:
    names = described(plant(tmp_path))["entitySets"]["agentNames"]
    assert names["operations"] == ["get"]
    assert not any(field["writable"] for field in names["fields"])


def test_names_of_types_and_values_are_those_on_the_wire() -> None:
    assert [edm_type(one) for one in ("Code[20]", "Decimal", "BigInteger", 'Enum "Item Type"', "BLOB")] == [
        "Edm.String", "Edm.Decimal", "Edm.Int64", "enum Item Type", "",
    ]  # fmt: skip
    assert [max_length(one) for one in ("Text[100]", "Code[10]", "Text", "Guid")] == [100, 10, None, None]
    assert [wire_value(one) for one in (" ", "Non-Inventory", "G/L Account", "All")] == [
        "_x0020_", "Non_x002D_Inventory", "G_x002F_L_x0020_Account", "All",
    ]  # fmt: skip


def test_the_file_is_stale_once_the_source_changes(tmp_path: Path) -> None:
    root = plant(tmp_path)
    app, _ = read(root)
    file = root / "business_central_extension" / "api.json"
    assert not is_current(root, app)
    file.write_text(description.text(app), encoding="utf-8")
    assert check(root) == 0
    plant(tmp_path, {"TandemAgents.Page.al": FILES["TandemAgents.Page.al"].replace("Text[20]", "Text[30]")})
    assert check(root) == 1
    assert json.loads(file.read_text())["route"] == "tandem/sync/v1.0"


def test_every_field_of_the_built_in_mappings_can_be_read() -> None:
    sets = described(ROOT)["entitySets"].values()
    shown = {(one["table"], field.get("source")) for one in sets for field in one["fields"]}
    needed = json.loads(NEEDED.read_text(encoding="utf-8"))
    missing = [
        f"{table}: {field}"
        for table, fields in needed["tables"].items()
        for field in fields
        if (table, field) not in shown and field not in ELSEWHERE
    ]
    assert missing == []


def test_what_is_created_takes_a_key_and_a_template() -> None:
    sets = described(ROOT)["entitySets"]
    for name in ("customers", "contacts", "vendors", "items"):
        fields = {field["name"]: field for field in sets[name]["fields"]}
        assert "post" in sets[name]["operations"]
        assert fields["tandemKey"]["type"] == "Edm.Guid"
        assert fields["templateCode"]["writable"]
        created_only = [name for name, field in fields.items() if field.get("createOnly")]
        assert created_only == ["number", "tandemKey", "templateCode"]


def test_every_table_of_a_mapping_tells_its_changes() -> None:
    sets = described(ROOT)["entitySets"]
    tracked = {one["table"] for name, one in sets.items() if name.endswith("Changes")}
    needed = json.loads(NEEDED.read_text(encoding="utf-8"))
    assert set(needed["tables"]) <= tracked
