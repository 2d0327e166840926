namespace Tandem.Sync;

using Microsoft.Inventory.Item;

/// <summary>
/// The ids and row versions of items. Read with a filter of rowVersion from the last cursor up to, and without,
/// minimumActiveRowVersion of synchronizationStates.
/// </summary>
page 71843 "Tandem Item Changes"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'itemChange';
    EntitySetName = 'itemChanges';
    EntityCaption = 'Item Change', Locked = true;
    EntitySetCaption = 'Item Changes', Locked = true;
    SourceTable = Item;
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
                field(number; Rec."No.")
                {
                    Caption = 'Number', Locked = true;
                }
                field(lastModifiedDateTime; Rec.SystemModifiedAt)
                {
                    Caption = 'Last Modified Date Time', Locked = true;
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
