namespace Tandem.Sync;

using Microsoft.Inventory.Item;
using Microsoft.Sales.Pricing;

/// <summary>
/// Classic sales prices, used while extended pricing is off.
/// </summary>
page 71823 "Tandem Sales Prices"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'salesPrice';
    EntitySetName = 'salesPrices';
    EntityCaption = 'Sales Price', Locked = true;
    EntitySetCaption = 'Sales Prices', Locked = true;
    SourceTable = "Sales Price";
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
                field(itemNumber; Rec."Item No.")
                {
                    Caption = 'Item Number', Locked = true;
                }
                field(salesType; Rec."Sales Type")
                {
                    Caption = 'Sales Type', Locked = true;
                }
                field(salesCode; Rec."Sales Code")
                {
                    Caption = 'Sales Code', Locked = true;
                }
                field(startingDate; Rec."Starting Date")
                {
                    Caption = 'Starting Date', Locked = true;
                }
                field(endingDate; Rec."Ending Date")
                {
                    Caption = 'Ending Date', Locked = true;
                }
                field(currencyCode; Rec."Currency Code")
                {
                    Caption = 'Currency Code', Locked = true;
                }
                field(variantCode; Rec."Variant Code")
                {
                    Caption = 'Variant Code', Locked = true;
                }
                field(unitOfMeasureCode; Rec."Unit of Measure Code")
                {
                    Caption = 'Unit Of Measure Code', Locked = true;
                }
                field(pricedRecordId; PricedRecordId)
                {
                    Caption = 'Priced Record Id', Locked = true;
                }
                field(pricedUnitOfMeasureCode; PricedUnitOfMeasureCode)
                {
                    Caption = 'Priced Unit Of Measure Code', Locked = true;
                }
                field(minimumQuantity; Rec."Minimum Quantity")
                {
                    Caption = 'Minimum Quantity', Locked = true;
                }
                field(unitPrice; Rec."Unit Price")
                {
                    Caption = 'Unit Price', Locked = true;
                }
                field(pricesIncludeTax; Rec."Price Includes VAT")
                {
                    Caption = 'Prices Include Tax', Locked = true;
                }
                field(allowLineDiscount; Rec."Allow Line Disc.")
                {
                    Caption = 'Allow Line Discount', Locked = true;
                }
                field(allowInvoiceDiscount; Rec."Allow Invoice Disc.")
                {
                    Caption = 'Allow Invoice Discount', Locked = true;
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

    trigger OnAfterGetRecord()
    begin
        PricedRecordId := GetPricedRecord();
        PricedUnitOfMeasureCode := GetPricedUnit();
    end;

    var
        PricedRecordId: Guid;
        PricedUnitOfMeasureCode: Code[10];

    /// <summary>
    /// The record the price is for: the variant where the price names one, else the item.
    /// </summary>
    local procedure GetPricedRecord(): Guid
    var
        Item: Record Item;
        ItemVariant: Record "Item Variant";
        NoRecord: Guid;
    begin
        if Rec."Variant Code" <> '' then
            if ItemVariant.Get(Rec."Item No.", Rec."Variant Code") then
                exit(ItemVariant.SystemId);
        Item.SetLoadFields(SystemId);
        if Item.Get(Rec."Item No.") then
            exit(Item.SystemId);
        exit(NoRecord);
    end;

    /// <summary>
    /// The unit the price is for: the base unit where the price names none.
    /// </summary>
    local procedure GetPricedUnit(): Code[10]
    var
        Item: Record Item;
    begin
        if Rec."Unit of Measure Code" <> '' then
            exit(Rec."Unit of Measure Code");
        Item.SetLoadFields("Base Unit of Measure");
        if Item.Get(Rec."Item No.") then
            exit(Item."Base Unit of Measure");
        exit('');
    end;
}
