namespace Tandem.Sync;

using Microsoft.Sales.Document;
using System.Environment.Configuration;

/// <summary>
/// Notes on sales orders as people see them in the pane beside an order. Notes on other records are shown without an
/// order. A note is created under a key.
/// </summary>
page 71881 "Tandem Order Notes"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'orderNote';
    EntitySetName = 'orderNotes';
    EntityCaption = 'Order Note', Locked = true;
    EntitySetCaption = 'Order Notes', Locked = true;
    SourceTable = "Record Link";
    SourceTableView = where(Type = const(Note));
    ODataKeyFields = SystemId;
    DelayedInsert = true;
    Extensible = false;
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
                field(tandemKey; TandemKey)
                {
                    Caption = 'Tandem Key', Locked = true;
                }
                field(orderId; OrderId)
                {
                    Caption = 'Order Id', Locked = true;
                }
                field(orderNumber; OrderNumber)
                {
                    Caption = 'Order Number', Locked = true;
                    Editable = false;
                }
                field(text; NoteText)
                {
                    Caption = 'Text', Locked = true;
                }
                field(createdBy; Rec."User ID")
                {
                    Caption = 'Created By', Locked = true;
                    Editable = false;
                }
                field(createdDateTime; Rec.Created)
                {
                    Caption = 'Created Date Time', Locked = true;
                    Editable = false;
                }
                field(lastModifiedDateTime; Rec.SystemModifiedAt)
                {
                    Caption = 'Last Modified Date Time', Locked = true;
                    Editable = false;
                }
                field(rowVersion; Rec.SystemRowVersion)
                {
                    Caption = 'Row Version', Locked = true;
                    Editable = false;
                }
            }
        }
    }

    trigger OnOpenPage()
    begin
        Rec.ReadIsolation := IsolationLevel::ReadCommitted;
        // The table holds the links of all companies.
        Rec.SetRange(Company, CompanyName());
    end;

    trigger OnAfterGetRecord()
    begin
        SetCalculatedFields();
    end;

    trigger OnNewRecord(BelowxRec: Boolean)
    begin
        Clear(TandemKey);
        Clear(OrderId);
        Clear(OrderNumber);
        Clear(NoteText);
    end;

    trigger OnInsertRecord(BelowxRec: Boolean): Boolean
    begin
        TandemRecordKeyMgt.TestUnused(Database::"Record Link", TandemKey);
        TandemOrderNoteMgt.InsertNote(Rec, OrderId, NoteText);
        TandemRecordKeyMgt.Add(Database::"Record Link", TandemKey, Rec.SystemId);
        SetCalculatedFields();
        exit(false);
    end;

    trigger OnModifyRecord(): Boolean
    begin
        TandemRecordKeyMgt.TestUnchanged(Database::"Record Link", TandemKey, Rec.SystemId);
        TandemOrderNoteMgt.ChangeNote(Rec, OrderId, NoteText);
        exit(false);
    end;

    local procedure SetCalculatedFields()
    var
        SalesHeader: Record "Sales Header";
    begin
        TandemKey := TandemRecordKeyMgt.Find(Database::"Record Link", Rec.SystemId);
        TandemOrderNoteMgt.FindOrder(Rec, SalesHeader);
        OrderId := SalesHeader.SystemId;
        OrderNumber := SalesHeader."No.";
        NoteText := TandemOrderNoteMgt.TextOf(Rec);
    end;

    var
        TandemRecordKeyMgt: Codeunit "Tandem Record Key Mgt.";
        TandemOrderNoteMgt: Codeunit "Tandem Order Note Mgt.";
        TandemKey: Guid;
        OrderId: Guid;
        OrderNumber: Code[20];
        NoteText: Text;
}
