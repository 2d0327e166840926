namespace Tandem.Sync;

using Microsoft.Sales.Customer;

/// <summary>
/// The ids and row versions of ship-to addresses. Read with a filter of rowVersion from the last cursor up to, and without,
/// minimumActiveRowVersion of synchronizationStates.
/// </summary>
page 71866 "Tandem Ship-to Addr. Changes"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'shipToAddressChange';
    EntitySetName = 'shipToAddressChanges';
    EntityCaption = 'Ship To Address Change', Locked = true;
    EntitySetCaption = 'Ship To Address Changes', Locked = true;
    SourceTable = "Ship-to Address";
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
                field(customerNumber; Rec."Customer No.")
                {
                    Caption = 'Customer Number', Locked = true;
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
