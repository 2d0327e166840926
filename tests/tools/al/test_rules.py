"""Each rule goes red on AL that breaks it, and on nothing else."""

from pathlib import Path

import pytest

from tests.tools.al.sources import FILES, PAGE, broken, plant
from tools.al.__main__ import find

AGENTS, CHANGES = "TandemAgents.Page.al", "TandemAgentChanges.Page.al"
INDEX, NAMES_QUERY = "TandemAgent.TableExt.al", "TandemAgentNames.Query.al"
SUBSCRIBERS, READ, SYNCH = (
    "TandemSubscribers.Codeunit.al",
    "TandemRead.PermissionSet.al",
    "TandemSynch.PermissionSet.al",
)


def test_the_small_app_breaks_no_rule(tmp_path: Path) -> None:
    assert list(find(plant(tmp_path))) == []


OBJECTS = [
    (
        "TandemDeletion.Table.al",
        'key(PK; "Entry No.")',
        'key(PK; "Entry")',
        "Tandem Deletion has no field Entry",
    ),
    (INDEX, "SystemRowVersion", "RowVersion", "Shipping Agent has no field RowVersion"),
    (INDEX, 'extends "Shipping Agent"', "extends Shipper", "there is no table Shipper"),
    (AGENTS, "page 71801", "page 71900", "page 71900 is outside the ranges of app.json"),
    (AGENTS, '"Tandem Agents"', '"Agents"', "Agents does not begin with Tandem"),
    (AGENTS, '"Tandem Agents"', '"Tandem Carriers"', "the file of Tandem Carriers is to be called"),
    (AGENTS, '"Tandem Agents"', '"Tandem Agents of every country there is"', "at most 30 are allowed"),
    (READ, '"Tandem Read"', '"Tandem Read Everything"', "at most 20 are allowed"),
    (AGENTS, "namespace Tandem.Sync;\n", "", "no namespace is declared"),
    (AGENTS, "/// <summary>", "/// ", "Tandem Agents has no summary"),
    (SUBSCRIBERS, '    /// <param name="TableNo">The table.</param>\n', "", "Add does not explain TableNo"),
    (SUBSCRIBERS, "    /// <summary>\n    /// Adds", "    /// Adds", "Add has no summary"),
]
API = [
    (AGENTS, "APIPublisher = 'tandem'", "APIPublisher = 'other'", "APIPublisher is to be tandem, not other"),
    (AGENTS, "    APIVersion = 'v1.0';\n", "", "APIVersion is to be v1.0, not None"),
    (AGENTS, "    EntityCaption = 'Agent', Locked = true;\n", "", "EntityCaption is missing"),
    (AGENTS, "EntitySetName = 'agents'", "EntitySetName = 'Agents'", "Agents is not in camelCase"),
    (AGENTS, "EntitySetName = 'agents'", "EntitySetName = 'agentChanges'", "is used several times"),
    (AGENTS, "    DelayedInsert = true;\n", "", "DelayedInsert is to be true"),
    (AGENTS, "Extensible = false", "Extensible = true", "Extensible is to be false"),
    (AGENTS, "ODataKeyFields = SystemId", 'ODataKeyFields = "Code"', "ODataKeyFields is to be SystemId"),
    (AGENTS, "    DeleteAllowed = false;\n", "", "DeleteAllowed is to be false"),
    (AGENTS, "Locked = true;\n                    Editable = false;", "Locked = true;", "cannot be edited"),
    (AGENTS, 'Rec."Code")', 'Rec."Cod")', "Shipping Agent has no field Cod"),
    (AGENTS, "field(note; Note)", "field(note; Notes)", "the page has no variable for note"),
    (AGENTS, "Note: Text[20]", "Note: RecordRef", "note has the type RecordRef, which cannot be sent"),
    (AGENTS, "field(note;", "field(Note;", "Note is not in camelCase"),
    (AGENTS, "field(note;", "field(code;", "the field code is there 2 times"),
    (AGENTS, "                    Caption = 'Code', Locked = true;\n", "", "code has no Caption"),
    (AGENTS, "lastModifiedDateTime", "changedAt", "lastModifiedDateTime is missing"),
    (AGENTS, "PageType = API", "PageType = List", "Tandem Agents is not of the type API"),
    (
        AGENTS,
        "IsolationLevel::ReadCommitted",
        "IsolationLevel::ReadUncommitted",
        "OnOpenPage is to set ReadIsolation",
    ),
    (NAMES_QUERY, "    OrderBy = ascending(displayName);\n", "", "OrderBy is missing"),
    (NAMES_QUERY, "ascending(displayName)", "ascending(number)", "names no columns of the query"),
]
NAMES = [
    (
        AGENTS,
        '"Shipping Agent";\n    begin',
        '"Shiping Agent";\n    begin',
        "there is no record Shiping Agent",
    ),
    (AGENTS, 'SetRange("Code",', 'SetRange("Kode",', "Kode stands for nothing"),
    (AGENTS, "ShippingAgent.Name", "ShippingAgent.Nam", "Shipping Agent has no field or procedure Nam"),
    (AGENTS, "ShippingAgent.Name", "ShippingAgent.Name(1)", "is a field and cannot be called"),
    (AGENTS, "Describe(ShippingAgent.Name)", "Describe()", "Describe takes 1 arguments, not 0"),
    (AGENTS, "Describe(ShippingAgent.Name)", "Explain(ShippingAgent.Name)", "Explain stands for nothing"),
    (AGENTS, "Note: Text[20]", "Note: Texts[20]", "of the unknown type texts"),
    (AGENTS, "if ShippingAgent.", "if Agent.", "Agent is no variable"),
    (SUBSCRIBERS, 'Add(Database::"Shipping Agent")', "Add(Database::Shippers)", "there is no table Shippers"),
    (SUBSCRIBERS, "ObjectType::Table", "ObjectType::Tabel", "ObjectType has no value Tabel"),
    (AGENTS, "using Microsoft.Foundation.Shipping;\n", "", "using Microsoft.Foundation.Shipping is missing"),
    (AGENTS, "using M", "using Microsoft.CRM.Contact;\nusing M", "using Microsoft.CRM.Contact is not needed"),
]
PERMISSIONS = [
    (READ, '        page "Tandem Agents" = X,\n', "", "page Tandem Agents is not granted"),
    (READ, '"Shipping Agent" = R', '"Shipping Agent" = RM', "RM on Shipping Agent is more than reading"),
    (READ, '        tabledata "Shipping Agent" = R,\n', "", "Shipping Agent cannot be read"),
    (READ, 'page "Tandem Agents" = X', 'page "Tandem Agenda" = X', "there is no page Tandem Agenda"),
    (SYNCH, '"Shipping Agent" = M', '"Shipping Agent" = R', "M on Shipping Agent is missing"),
    (SYNCH, '"Shipping Agent" = M', '"Shipping Agent" = MD', "D on Shipping Agent is granted, and no page"),
    (AGENTS, "    InsertAllowed = false;\n", "", "I on Shipping Agent is missing"),
]
TRACKING = [
    (SUBSCRIBERS, "    InherentPermissions = X;\n", "", "not everybody who raises an event may run"),
    (
        SUBSCRIBERS,
        "OnAfterDeleteEvent",
        "OnAfterModifyEvent",
        "deletions of Shipping Agent are not remembered",
    ),
    (SUBSCRIBERS, "if not Rec.IsTemporary() then", "if RunTrigger then", "deletions of temporary records"),
    (SUBSCRIBERS, 'Rec: Record "Shipping Agent"', "Rec: Record Item", "takes a record of Item"),
    (CHANGES, "field(rowVersion;", "field(version;", "the column rowVersion is missing"),
    (CHANGES, "DataAccessIntent = ReadWrite", "DataAccessIntent = ReadOnly", "from the primary database"),
    (CHANGES, 'SourceTable = "Shipping Agent"', "SourceTable = Item", "no set of the changes of"),
]


@pytest.mark.parametrize(("file", "old", "new", "says"), [*OBJECTS, *API, *NAMES, *PERMISSIONS, *TRACKING])
def test_what_breaks_a_rule_is_found(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    assert any(says in found for found in broken(tmp_path, file, old, new))


def test_a_number_or_entity_that_two_objects_share_is_found(tmp_path: Path) -> None:
    copy = PAGE.replace("Tandem Agents", "Tandem Carriers")
    found = [one.rule for one in find(plant(tmp_path, {"TandemCarriers.Page.al": copy}))]
    assert found.count("there are several objects page 71801") == 2
    assert found.count("EntitySetName agents is used several times") == 2


def test_a_file_with_two_objects_is_found(tmp_path: Path) -> None:
    both = (
        PAGE
        + PAGE.split("shipping;")[0].partition("/// <summary>")[1]
        + "\n/// X.\n/// </summary>\n"
        + ('codeunit 71850 "Tandem Extra"\n{\n}\n')
    )
    assert "2 objects in one file; there is one in each" in [
        one.rule for one in find(plant(tmp_path, {AGENTS: both}))
    ]


def test_what_cannot_be_parsed_is_reported_with_file_and_line(tmp_path: Path) -> None:
    (found,) = find(plant(tmp_path, {AGENTS: FILES[AGENTS].replace("begin\n", "begin (\n", 1)}))
    assert (found.file, found.rule) == (
        "business_central_extension/TandemAgents.Page.al",
        "( is not closed before end",
    )
