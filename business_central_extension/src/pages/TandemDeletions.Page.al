namespace Tandem.Sync;

/// <summary>
/// Deletions of records of the synchronised tables. Read by rowVersion, as the changes. Where deletionsPurgedTo of
/// synchronizationStates is not below the reader's cursor, deletions may be missing: compare all records once.
/// </summary>
page 71801 "Tandem Deletions"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'deletion';
    EntitySetName = 'deletions';
    EntityCaption = 'Deletion', Locked = true;
    EntitySetCaption = 'Deletions', Locked = true;
    SourceTable = "Tandem Deletion";
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
                field(entryNumber; Rec."Entry No.")
                {
                    Caption = 'Entry Number', Locked = true;
                }
                field(tableNumber; Rec."Table No.")
                {
                    Caption = 'Table Number', Locked = true;
                }
                field(recordId; Rec."Record Id")
                {
                    Caption = 'Record Id', Locked = true;
                }
                field(recordKey; Rec."Record Key")
                {
                    Caption = 'Record Key', Locked = true;
                }
                field(deletedDateTime; Rec.SystemCreatedAt)
                {
                    Caption = 'Deleted Date Time', Locked = true;
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
