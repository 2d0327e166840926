namespace Tandem.Sync;

using Microsoft.Projects.Resources.Resource;

/// <summary>
/// People and machines that are sold by time. Resources are created in Business Central, where they get their
/// posting groups.
/// </summary>
page 71814 "Tandem Resources"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'resource';
    EntitySetName = 'resources';
    EntityCaption = 'Resource', Locked = true;
    EntitySetCaption = 'Resources', Locked = true;
    SourceTable = Resource;
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
                field(number; Rec."No.")
                {
                    Caption = 'Number', Locked = true;
                    Editable = false;
                }
                field(displayName; Rec."Name")
                {
                    Caption = 'Display Name', Locked = true;
                }
                field(displayName2; Rec."Name 2")
                {
                    Caption = 'Display Name 2', Locked = true;
                }
                field(type; Rec."Type")
                {
                    Caption = 'Type', Locked = true;
                }
                field(resourceGroupNumber; Rec."Resource Group No.")
                {
                    Caption = 'Resource Group Number', Locked = true;
                }
                field(baseUnitOfMeasureCode; Rec."Base Unit of Measure")
                {
                    Caption = 'Base Unit Of Measure Code', Locked = true;
                }
                field(unitPrice; Rec."Unit Price")
                {
                    Caption = 'Unit Price', Locked = true;
                }
                field(unitCost; Rec."Unit Cost")
                {
                    Caption = 'Unit Cost', Locked = true;
                }
                field(directUnitCost; Rec."Direct Unit Cost")
                {
                    Caption = 'Direct Unit Cost', Locked = true;
                }
                field(vendorNumber; Rec."Vendor No.")
                {
                    Caption = 'Vendor Number', Locked = true;
                }
                field(capacity; Rec.Capacity)
                {
                    Caption = 'Capacity', Locked = true;
                    Editable = false;
                }
                field(blocked; Rec.Blocked)
                {
                    Caption = 'Blocked', Locked = true;
                }
                field(privacyBlocked; Rec."Privacy Blocked")
                {
                    Caption = 'Privacy Blocked', Locked = true;
                }
                field(generalProductPostingGroupCode; Rec."Gen. Prod. Posting Group")
                {
                    Caption = 'General Product Posting Group Code', Locked = true;
                }
                field(taxProductPostingGroupCode; Rec."VAT Prod. Posting Group")
                {
                    Caption = 'Tax Product Posting Group Code', Locked = true;
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
    end;
}
