namespace Tandem.Sync;

/// <summary>
/// Which record a creation's Tandem key led to. A caller whose answer was lost asks here, or repeats the creation, which
/// is refused when it had gone through.
/// </summary>
page 71802 "Tandem Record Keys"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'recordKey';
    EntitySetName = 'recordKeys';
    EntityCaption = 'Record Key', Locked = true;
    EntitySetCaption = 'Record Keys', Locked = true;
    SourceTable = "Tandem Record Key";
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
                field(tableNumber; Rec."Table No.")
                {
                    Caption = 'Table Number', Locked = true;
                }
                field(tandemKey; Rec."Tandem Key")
                {
                    Caption = 'Tandem Key', Locked = true;
                }
                field(recordId; Rec."Record Id")
                {
                    Caption = 'Record Id', Locked = true;
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
