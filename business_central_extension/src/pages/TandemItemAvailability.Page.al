namespace Tandem.Sync;

/// <summary>
/// Availability of items. Ask with filters: itemNumber is needed; variantCode, locationCode, date and requestedQuantity
/// may be given. Quantities count orders up to the date and are in the item's base unit of measure.
/// </summary>
page 71803 "Tandem Item Availability"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'itemAvailability';
    EntitySetName = 'itemAvailability';
    EntityCaption = 'Item Availability', Locked = true;
    EntitySetCaption = 'Item Availability', Locked = true;
    SourceTable = "Tandem Item Availability";
    SourceTableTemporary = true;
    ODataKeyFields = Id;
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
                field(id; Rec.Id)
                {
                    Caption = 'Id', Locked = true;
                }
                field(itemId; Rec."Item Id")
                {
                    Caption = 'Item Id', Locked = true;
                }
                field(itemNumber; Rec."Item No.")
                {
                    Caption = 'Item Number', Locked = true;
                }
                field(variantCode; Rec."Variant Code")
                {
                    Caption = 'Variant Code', Locked = true;
                }
                field(allVariants; Rec."All Variants")
                {
                    Caption = 'All Variants', Locked = true;
                }
                field(locationCode; Rec."Location Code")
                {
                    Caption = 'Location Code', Locked = true;
                }
                field(allLocations; Rec."All Locations")
                {
                    Caption = 'All Locations', Locked = true;
                }
                field(date; Rec."Availability Date")
                {
                    Caption = 'Date', Locked = true;
                }
                field(requestedQuantity; Rec."Requested Quantity")
                {
                    Caption = 'Requested Quantity', Locked = true;
                }
                field(baseUnitOfMeasureCode; Rec."Base Unit of Measure")
                {
                    Caption = 'Base Unit Of Measure Code', Locked = true;
                }
                field(inventory; Rec.Inventory)
                {
                    Caption = 'Inventory', Locked = true;
                }
                field(reservedQuantity; Rec."Reserved Quantity")
                {
                    Caption = 'Reserved Quantity', Locked = true;
                }
                field(quantityOnSalesOrders; Rec."Qty. on Sales Orders")
                {
                    Caption = 'Quantity On Sales Orders', Locked = true;
                }
                field(quantityOnPurchaseOrders; Rec."Qty. on Purchase Orders")
                {
                    Caption = 'Quantity On Purchase Orders', Locked = true;
                }
                field(scheduledReceipt; Rec."Scheduled Receipt")
                {
                    Caption = 'Scheduled Receipt', Locked = true;
                }
                field(grossRequirement; Rec."Gross Requirement")
                {
                    Caption = 'Gross Requirement', Locked = true;
                }
                field(projectedAvailableBalance; Rec."Projected Available")
                {
                    Caption = 'Projected Available Balance', Locked = true;
                }
                field(earliestDate; Rec."Earliest Date")
                {
                    Caption = 'Earliest Date', Locked = true;
                }
            }
        }
    }

    trigger OnFindRecord(Which: Text): Boolean
    var
        TandemAvailabilityCalc: Codeunit "Tandem Availability Calc.";
    begin
        if not RecordsLoaded then begin
            TandemAvailabilityCalc.Fill(Rec);
            RecordsLoaded := true;
        end;
        exit(Rec.Find(Which));
    end;

    var
        RecordsLoaded: Boolean;
}
