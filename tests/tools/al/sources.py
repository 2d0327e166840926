"""A small correct app, and the means to break it at one place."""

from __future__ import annotations

import json
from pathlib import Path

from tools.al.__main__ import find

PAGE = """namespace Tandem.Sync;

using Microsoft.Foundation.Shipping;

/// <summary>
/// Carriers.
/// </summary>
page 71801 "Tandem Agents"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'agent';
    EntitySetName = 'agents';
    EntityCaption = 'Agent', Locked = true;
    EntitySetCaption = 'Agents', Locked = true;
    SourceTable = "Shipping Agent";
    ODataKeyFields = SystemId;
    DelayedInsert = true;
    Extensible = false;
    InsertAllowed = false;
    DeleteAllowed = false;

    layout
    {
        area(Content)
        {
            repeater(Records)
            {
                field(id; Rec.SystemId)
                {
                    Caption = 'Id', Locked = true;
                    Editable = false;
                }
                field(code; Rec."Code")
                {
                    Caption = 'Code', Locked = true;
                }
                field(note; Note)
                {
                    Caption = 'Note', Locked = true;
                }
                field(lastModifiedDateTime; Rec.SystemModifiedAt)
                {
                    Caption = 'Modified', Locked = true;
                    Editable = false;
                }
            }
        }
    }

    trigger OnOpenPage()
    begin
        Rec.ReadIsolation := IsolationLevel::ReadCommitted;
    end;

    trigger OnAfterGetRecord()
    var
        ShippingAgent: Record "Shipping Agent";
    begin
        ShippingAgent.SetRange("Code", Rec."Code");
        if ShippingAgent.FindFirst() then
            Note := CopyStr(Describe(ShippingAgent.Name), 1, MaxStrLen(Note));
    end;

    var
        Note: Text[20];

    local procedure Describe(Name: Text): Text
    begin
        case Name of
            '':
                exit('none');
            else
                exit(Name);
        end;
    end;
}
"""
CHANGES = """namespace Tandem.Sync;

using Microsoft.Foundation.Shipping;

/// <summary>
/// Changes of carriers.
/// </summary>
page 71802 "Tandem Agent Changes"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'agentChange';
    EntitySetName = 'agentChanges';
    EntityCaption = 'Agent Change', Locked = true;
    EntitySetCaption = 'Agent Changes', Locked = true;
    SourceTable = "Shipping Agent";
    ODataKeyFields = SystemId;
    DelayedInsert = true;
    DataAccessIntent = ReadWrite;
    Extensible = false;
    Editable = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    DeleteAllowed = false;

    layout
    {
        area(Content)
        {
            repeater(Records)
            {
                field(id; Rec.SystemId)
                {
                    Caption = 'Id', Locked = true;
                }
                field(lastModifiedDateTime; Rec.SystemModifiedAt)
                {
                    Caption = 'Modified', Locked = true;
                }
                field(rowVersion; Rec.SystemRowVersion)
                {
                    Caption = 'Row Version', Locked = true;
                }
            }
        }
    }

    trigger OnOpenPage()
    begin
        Rec.ReadIsolation := IsolationLevel::ReadCommitted;
    end;
}
"""
QUERY = """namespace Tandem.Sync;

using Microsoft.Foundation.Shipping;

/// <summary>
/// Carriers by name.
/// </summary>
query 71801 "Tandem Agent Names"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'agentName';
    EntitySetName = 'agentNames';
    EntityCaption = 'Agent Name', Locked = true;
    EntitySetCaption = 'Agent Names', Locked = true;
    OrderBy = ascending(displayName);

    elements
    {
        dataitem(Records; "Shipping Agent")
        {
            column(displayName; Name)
            {
                Caption = 'Display Name', Locked = true;
            }
        }
    }
}
"""
TABLE = """namespace Tandem.Sync;

/// <summary>
/// Deletions.
/// </summary>
table 71801 "Tandem Deletion"
{
    Caption = 'Tandem Deletion', Locked = true;

    fields
    {
        field(1; "Entry No."; BigInteger)
        {
            Caption = 'Entry No.', Locked = true;
        }
        field(2; "Table No."; Integer)
        {
            Caption = 'Table No.', Locked = true;
        }
    }

    keys
    {
        key(PK; "Entry No.")
        {
            Clustered = true;
        }
    }
}
"""
SUBSCRIBERS = """namespace Tandem.Sync;

using Microsoft.Foundation.Shipping;

/// <summary>
/// Remembers deletions.
/// </summary>
codeunit 71801 "Tandem Subscribers"
{
    InherentEntitlements = X;
    InherentPermissions = X;

    [EventSubscriber(ObjectType::Table, Database::"Shipping Agent", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteShippingAgent(var Rec: Record "Shipping Agent"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            Add(Database::"Shipping Agent");
    end;

    /// <summary>
    /// Adds a deletion.
    /// </summary>
    /// <param name="TableNo">The table.</param>
    internal procedure Add(TableNo: Integer)
    var
        TandemDeletion: Record "Tandem Deletion";
    begin
        TandemDeletion.Init();
        TandemDeletion."Table No." := TableNo;
        TandemDeletion.Insert();
    end;
}
"""
INDEX = """namespace Tandem.Sync;

using Microsoft.Foundation.Shipping;

/// <summary>
/// An index.
/// </summary>
tableextension 71801 "Tandem Agent" extends "Shipping Agent"
{
    keys
    {
        key(TandemRowVersion; SystemRowVersion)
        {
        }
    }
}
"""
READ = """namespace Tandem.Sync;

using Microsoft.Foundation.Shipping;

/// <summary>
/// Reads.
/// </summary>
permissionset 71801 "Tandem Read"
{
    Assignable = true;
    Caption = 'Tandem Read', Locked = true;

    Permissions =
        tabledata "Shipping Agent" = R,
        page "Tandem Agents" = X,
        page "Tandem Agent Changes" = X,
        query "Tandem Agent Names" = X;
}
"""
SYNCH = """namespace Tandem.Sync;

using Microsoft.Foundation.Shipping;

/// <summary>
/// Synchronises.
/// </summary>
permissionset 71802 "Tandem Synch"
{
    Assignable = true;
    Caption = 'Tandem Synch', Locked = true;
    IncludedPermissionSets = "Tandem Read";

    Permissions =
        tabledata "Shipping Agent" = M;
}
"""
FILES = {
    "TandemAgents.Page.al": PAGE,
    "TandemAgentChanges.Page.al": CHANGES,
    "TandemAgentNames.Query.al": QUERY,
    "TandemDeletion.Table.al": TABLE,
    "TandemSubscribers.Codeunit.al": SUBSCRIBERS,
    "TandemAgent.TableExt.al": INDEX,
    "TandemRead.PermissionSet.al": READ,
    "TandemSynch.PermissionSet.al": SYNCH,
}
MANIFEST = {"version": "1.0.0.0", "application": "26.0.0.0", "idRanges": [{"from": 71800, "to": 71899}]}


def plant(root: Path, changes: dict[str, str] | None = None) -> Path:
    """Writes the small app, with some files changed; returns the checkout's root."""
    folder = root / "business_central_extension"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "app.json").write_text(json.dumps(MANIFEST))
    for name, text in {**FILES, **(changes or {})}.items():
        (folder / name).write_text(text)
    return root


def broken(root: Path, file: str, old: str, new: str) -> list[str]:
    """What is found after replacing something in one file of the small app."""
    source = FILES[file]
    assert old in source, f"{old!r} is not in {file}"
    return [found.rule for found in find(plant(root, {file: source.replace(old, new, 1)}))]
