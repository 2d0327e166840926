namespace Tandem.Sync;

using Microsoft.Sales.History;

/// <summary>
/// The ids and row versions of lines of posted sales invoices. Read with a filter of rowVersion from the last cursor up to, and without,
/// minimumActiveRowVersion of synchronizationStates.
/// </summary>
page 71865 "Tandem Invoice Line Changes"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'postedSalesInvoiceLineChange';
    EntitySetName = 'postedSalesInvoiceLineChanges';
    EntityCaption = 'Posted Sales Invoice Line Change', Locked = true;
    EntitySetCaption = 'Posted Sales Invoice Line Changes', Locked = true;
    SourceTable = "Sales Invoice Line";
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
                field(documentNumber; Rec."Document No.")
                {
                    Caption = 'Document Number', Locked = true;
                }
                field(lineNumber; Rec."Line No.")
                {
                    Caption = 'Line Number', Locked = true;
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
