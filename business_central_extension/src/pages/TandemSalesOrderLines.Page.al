namespace Tandem.Sync;

using Microsoft.Inventory.Item;
using Microsoft.Sales.Document;

/// <summary>
/// Lines of sales orders as they are stored, with what was shipped and invoiced, by the names that API v2.0 has for them.
/// They are created and changed with their order.
/// </summary>
page 71832 "Tandem Sales Order Lines"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'salesOrderLine';
    EntitySetName = 'salesOrderLines';
    EntityCaption = 'Sales Order Line', Locked = true;
    EntitySetCaption = 'Sales Order Lines', Locked = true;
    SourceTable = "Sales Line";
    SourceTableView = where("Document Type" = const(Order));
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
                field(documentNumber; Rec."Document No.")
                {
                    Caption = 'Document Number', Locked = true;
                }
                field(sequence; Rec."Line No.")
                {
                    Caption = 'Sequence', Locked = true;
                }
                field(lineType; Rec."Type")
                {
                    Caption = 'Line Type', Locked = true;
                }
                field(lineObjectNumber; Rec."No.")
                {
                    Caption = 'Line Object Number', Locked = true;
                }
                field(itemId; ItemId)
                {
                    Caption = 'Item Id', Locked = true;
                }
                field(itemVariantId; ItemVariantId)
                {
                    Caption = 'Item Variant Id', Locked = true;
                }
                field(variantCode; Rec."Variant Code")
                {
                    Caption = 'Variant Code', Locked = true;
                }
                field(description; Rec.Description)
                {
                    Caption = 'Description', Locked = true;
                }
                field(description2; Rec."Description 2")
                {
                    Caption = 'Description 2', Locked = true;
                }
                field(quantity; Rec.Quantity)
                {
                    Caption = 'Quantity', Locked = true;
                }
                field(outstandingQuantity; Rec."Outstanding Quantity")
                {
                    Caption = 'Outstanding Quantity', Locked = true;
                }
                field(shippedQuantity; Rec."Quantity Shipped")
                {
                    Caption = 'Shipped Quantity', Locked = true;
                }
                field(invoicedQuantity; Rec."Quantity Invoiced")
                {
                    Caption = 'Invoiced Quantity', Locked = true;
                }
                field(reservedQuantity; Rec."Reserved Quantity")
                {
                    Caption = 'Reserved Quantity', Locked = true;
                }
                field(unitOfMeasureCode; Rec."Unit of Measure Code")
                {
                    Caption = 'Unit Of Measure Code', Locked = true;
                }
                field(unitPrice; Rec."Unit Price")
                {
                    Caption = 'Unit Price', Locked = true;
                }
                field(discountPercent; Rec."Line Discount %")
                {
                    Caption = 'Discount Percent', Locked = true;
                }
                field(discountAmount; Rec."Line Discount Amount")
                {
                    Caption = 'Discount Amount', Locked = true;
                }
                field(lineAmount; Rec."Line Amount")
                {
                    Caption = 'Line Amount', Locked = true;
                }
                field(amount; Rec.Amount)
                {
                    Caption = 'Amount', Locked = true;
                }
                field(amountIncludingTax; Rec."Amount Including VAT")
                {
                    Caption = 'Amount Including Tax', Locked = true;
                }
                field(currencyCode; Rec."Currency Code")
                {
                    Caption = 'Currency Code', Locked = true;
                }
                field(locationCode; Rec."Location Code")
                {
                    Caption = 'Location Code', Locked = true;
                }
                field(requestedDeliveryDate; Rec."Requested Delivery Date")
                {
                    Caption = 'Requested Delivery Date', Locked = true;
                }
                field(promisedDeliveryDate; Rec."Promised Delivery Date")
                {
                    Caption = 'Promised Delivery Date', Locked = true;
                }
                field(shipmentDate; Rec."Shipment Date")
                {
                    Caption = 'Shipment Date', Locked = true;
                }
                field(completelyShipped; Rec."Completely Shipped")
                {
                    Caption = 'Completely Shipped', Locked = true;
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
    var
        Item: Record Item;
        ItemVariant: Record "Item Variant";
    begin
        Clear(ItemId);
        Clear(ItemVariantId);
        if Rec.Type <> Rec.Type::Item then
            exit;
        Item.SetLoadFields("No.");
        if Item.Get(Rec."No.") then
            ItemId := Item.SystemId;
        ItemVariant.SetLoadFields("Code");
        if (Rec."Variant Code" <> '') and ItemVariant.Get(Rec."No.", Rec."Variant Code") then
            ItemVariantId := ItemVariant.SystemId;
    end;

    var
        ItemId: Guid;
        ItemVariantId: Guid;
}
