namespace Tandem.Sync;

using Microsoft.Foundation.UOM;

/// <summary>
/// The ids and row versions of unit groups. Read with a filter of rowVersion from the last cursor up to, and without,
/// minimumActiveRowVersion of synchronizationStates.
/// </summary>
page 71848 "Tandem Unit Group Changes"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'unitGroupChange';
    EntitySetName = 'unitGroupChanges';
    EntityCaption = 'Unit Group Change', Locked = true;
    EntitySetCaption = 'Unit Group Changes', Locked = true;
    SourceTable = "Unit Group";
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
                field(sourceNumber; Rec."Source No.")
                {
                    Caption = 'Source Number', Locked = true;
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
