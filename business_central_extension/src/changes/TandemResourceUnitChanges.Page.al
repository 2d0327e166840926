namespace Tandem.Sync;

using Microsoft.Projects.Resources.Resource;

/// <summary>
/// The ids and row versions of resource units of measure. Read with a filter of rowVersion from the last cursor up to, and without,
/// minimumActiveRowVersion of synchronizationStates.
/// </summary>
page 71847 "Tandem Resource Unit Changes"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'resourceUnitOfMeasureChange';
    EntitySetName = 'resourceUnitOfMeasureChanges';
    EntityCaption = 'Resource Unit Of Measure Change', Locked = true;
    EntitySetCaption = 'Resource Unit Of Measure Changes', Locked = true;
    SourceTable = "Resource Unit of Measure";
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
                field(resourceNumber; Rec."Resource No.")
                {
                    Caption = 'Resource Number', Locked = true;
                }
                field(code; Rec."Code")
                {
                    Caption = 'Code', Locked = true;
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
