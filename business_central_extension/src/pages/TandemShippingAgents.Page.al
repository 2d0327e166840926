namespace Tandem.Sync;

using Microsoft.Foundation.Shipping;

/// <summary>
/// Carriers: the choices of the shipping method in Sales.
/// </summary>
page 71827 "Tandem Shipping Agents"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'shippingAgent';
    EntitySetName = 'shippingAgents';
    EntityCaption = 'Shipping Agent', Locked = true;
    EntitySetCaption = 'Shipping Agents', Locked = true;
    SourceTable = "Shipping Agent";
    ODataKeyFields = SystemId;
    DelayedInsert = true;
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
                field(code; Rec."Code")
                {
                    Caption = 'Code', Locked = true;
                }
                field(displayName; Rec."Name")
                {
                    Caption = 'Display Name', Locked = true;
                }
                field(internetAddress; Rec."Internet Address")
                {
                    Caption = 'Internet Address', Locked = true;
                }
                field(accountNumber; Rec."Account No.")
                {
                    Caption = 'Account Number', Locked = true;
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
