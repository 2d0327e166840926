namespace Tandem.Sync;

using Microsoft.Inventory.Item;

/// <summary>
/// Items with the fields that API v2.0 lacks. A creation stores its Tandem key in the same transaction, so a
/// repeat is refused; blank fields are filled from the template that is named.
/// </summary>
page 71813 "Tandem Items"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'item';
    EntitySetName = 'items';
    EntityCaption = 'Item', Locked = true;
    EntitySetCaption = 'Items', Locked = true;
    SourceTable = Item;
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
                field(number; Rec."No.")
                {
                    Caption = 'Number', Locked = true;
                }
                field(number2; Rec."No. 2")
                {
                    Caption = 'Number 2', Locked = true;
                }
                field(displayName; Rec.Description)
                {
                    Caption = 'Display Name', Locked = true;
                }
                field(displayName2; Rec."Description 2")
                {
                    Caption = 'Display Name 2', Locked = true;
                }
                field(type; Rec."Type")
                {
                    Caption = 'Type', Locked = true;
                }
                field(itemCategoryCode; Rec."Item Category Code")
                {
                    Caption = 'Item Category Code', Locked = true;
                }
                field(blocked; Rec.Blocked)
                {
                    Caption = 'Blocked', Locked = true;
                }
                field(salesBlocked; Rec."Sales Blocked")
                {
                    Caption = 'Sales Blocked', Locked = true;
                }
                field(gtin; Rec.GTIN)
                {
                    Caption = 'Gtin', Locked = true;
                }
                field(salesUnitOfMeasureCode; Rec."Sales Unit of Measure")
                {
                    Caption = 'Sales Unit Of Measure Code', Locked = true;
                }
                field(unitPrice; Rec."Unit Price")
                {
                    Caption = 'Unit Price', Locked = true;
                }
                field(priceIncludesTax; Rec."Price Includes VAT")
                {
                    Caption = 'Price Includes Tax', Locked = true;
                }
                field(unitCost; Rec."Unit Cost")
                {
                    Caption = 'Unit Cost', Locked = true;
                }
                field(grossWeight; Rec."Gross Weight")
                {
                    Caption = 'Gross Weight', Locked = true;
                }
                field(netWeight; Rec."Net Weight")
                {
                    Caption = 'Net Weight', Locked = true;
                }
                field(unitVolume; Rec."Unit Volume")
                {
                    Caption = 'Unit Volume', Locked = true;
                }
                field(vendorNumber; Rec."Vendor No.")
                {
                    Caption = 'Vendor Number', Locked = true;
                }
                field(vendorItemNumber; Rec."Vendor Item No.")
                {
                    Caption = 'Vendor Item Number', Locked = true;
                }
                field(inventoryPostingGroupCode; Rec."Inventory Posting Group")
                {
                    Caption = 'Inventory Posting Group Code', Locked = true;
                }
                field(generalProductPostingGroupCode; Rec."Gen. Prod. Posting Group")
                {
                    Caption = 'General Product Posting Group Code', Locked = true;
                }
                field(taxProductPostingGroupCode; Rec."VAT Prod. Posting Group")
                {
                    Caption = 'Tax Product Posting Group Code', Locked = true;
                }
                field(inventory; Rec.Inventory)
                {
                    Caption = 'Inventory', Locked = true;
                    Editable = false;
                }
                field(quantityOnSalesOrders; Rec."Qty. on Sales Order")
                {
                    Caption = 'Quantity On Sales Orders', Locked = true;
                    Editable = false;
                }
                field(quantityOnPurchaseOrders; Rec."Qty. on Purch. Order")
                {
                    Caption = 'Quantity On Purchase Orders', Locked = true;
                    Editable = false;
                }
                field(baseUnitOfMeasureCode; BaseUnitOfMeasureCode)
                {
                    Caption = 'Base Unit Of Measure Code', Locked = true;
                }
                field(tandemKey; TandemKey)
                {
                    Caption = 'Tandem Key', Locked = true;
                }
                field(templateCode; TemplateCode)
                {
                    Caption = 'Template Code', Locked = true;
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

    trigger OnAfterGetRecord()
    begin
        TandemKey := TandemRecordKeyMgt.Find(Database::Item, Rec.SystemId);
        Clear(TemplateCode);
        BaseUnitOfMeasureCode := Rec."Base Unit of Measure";
    end;

    trigger OnNewRecord(BelowxRec: Boolean)
    begin
        Clear(TandemKey);
        Clear(TemplateCode);
        Clear(BaseUnitOfMeasureCode);
    end;

    trigger OnInsertRecord(BelowxRec: Boolean): Boolean
    begin
        TandemRecordKeyMgt.TestUnused(Database::Item, TandemKey);
        TandemCreation.InsertItem(Rec, TemplateCode, BaseUnitOfMeasureCode);
        TandemRecordKeyMgt.Add(Database::Item, TandemKey, Rec.SystemId);
        exit(false);
    end;

    trigger OnModifyRecord(): Boolean
    var
        Item: Record Item;
    begin
        Item.GetBySystemId(Rec.SystemId);
        Rec.TestField("No.", Item."No.");
        TandemRecordKeyMgt.TestUnchanged(Database::Item, TandemKey, Rec.SystemId);
        TandemCreation.TestNoTemplate(TemplateCode);
        if BaseUnitOfMeasureCode <> Rec."Base Unit of Measure" then
            Rec.Validate("Base Unit of Measure", BaseUnitOfMeasureCode);
        Rec.Modify(true);
        exit(false);
    end;

    var
        TandemRecordKeyMgt: Codeunit "Tandem Record Key Mgt.";
        TandemCreation: Codeunit "Tandem Creation";
        TandemKey: Guid;
        TemplateCode: Code[20];
        BaseUnitOfMeasureCode: Code[10];
}
