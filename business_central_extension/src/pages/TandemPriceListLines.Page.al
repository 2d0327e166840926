namespace Tandem.Sync;

using Microsoft.Inventory.Item;
using Microsoft.Pricing.Asset;
using Microsoft.Pricing.PriceList;
using Microsoft.Projects.Resources.Resource;

/// <summary>
/// Lines of price lists: price or discount of one item or resource in one unit.
/// </summary>
page 71822 "Tandem Price List Lines"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'priceListLine';
    EntitySetName = 'priceListLines';
    EntityCaption = 'Price List Line', Locked = true;
    EntitySetCaption = 'Price List Lines', Locked = true;
    SourceTable = "Price List Line";
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
                field(priceListCode; Rec."Price List Code")
                {
                    Caption = 'Price List Code', Locked = true;
                }
                field(lineNumber; Rec."Line No.")
                {
                    Caption = 'Line Number', Locked = true;
                }
                field(priceType; Rec."Price Type")
                {
                    Caption = 'Price Type', Locked = true;
                }
                field(amountType; Rec."Amount Type")
                {
                    Caption = 'Amount Type', Locked = true;
                }
                field(status; Rec."Status")
                {
                    Caption = 'Status', Locked = true;
                }
                field(sourceType; Rec."Source Type")
                {
                    Caption = 'Source Type', Locked = true;
                }
                field(sourceNumber; Rec."Source No.")
                {
                    Caption = 'Source Number', Locked = true;
                }
                field(sourceId; Rec."Source ID")
                {
                    Caption = 'Source Id', Locked = true;
                }
                field(assetType; Rec."Asset Type")
                {
                    Caption = 'Asset Type', Locked = true;
                }
                field(assetNumber; Rec."Asset No.")
                {
                    Caption = 'Asset Number', Locked = true;
                }
                field(assetId; Rec."Asset ID")
                {
                    Caption = 'Asset Id', Locked = true;
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
                field(currencyCode; Rec."Currency Code")
                {
                    Caption = 'Currency Code', Locked = true;
                }
                field(startingDate; Rec."Starting Date")
                {
                    Caption = 'Starting Date', Locked = true;
                }
                field(endingDate; Rec."Ending Date")
                {
                    Caption = 'Ending Date', Locked = true;
                }
                field(unitPrice; Rec."Unit Price")
                {
                    Caption = 'Unit Price', Locked = true;
                }
                field(lineDiscountPercent; Rec."Line Discount %")
                {
                    Caption = 'Line Discount Percent', Locked = true;
                }
                field(description; Rec.Description)
                {
                    Caption = 'Description', Locked = true;
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
    /// The record the price is for: the variant where the line names one, else the item or resource.
    /// </summary>
    local procedure GetPricedRecord(): Guid
    var
        ItemVariant: Record "Item Variant";
    begin
        if (Rec."Asset Type" = "Price Asset Type"::Item) and (Rec."Variant Code" <> '') then
            if ItemVariant.Get(Rec."Asset No.", Rec."Variant Code") then
                exit(ItemVariant.SystemId);
        exit(Rec."Asset ID");
    end;

    /// <summary>
    /// The unit the price is for: the base unit where the line names none.
    /// </summary>
    local procedure GetPricedUnit(): Code[10]
    var
        Item: Record Item;
        Resource: Record Resource;
    begin
        if Rec."Unit of Measure Code" <> '' then
            exit(Rec."Unit of Measure Code");
        Item.SetLoadFields("Base Unit of Measure");
        Resource.SetLoadFields("Base Unit of Measure");
        case Rec."Asset Type" of
            "Price Asset Type"::Item:
                if Item.Get(Rec."Asset No.") then
                    exit(Item."Base Unit of Measure");
            "Price Asset Type"::Resource:
                if Resource.Get(Rec."Asset No.") then
                    exit(Resource."Base Unit of Measure");
        end;
        exit('');
    end;
}
