namespace Tandem.Sync;

/// <summary>
/// What is there of items and what will move it, by variant, location and day. A filter on itemNumber is needed.
/// Rows of the type Inventory are what is on hand, and what of it is reserved.
/// </summary>
page 71804 "Tandem Item Avail. Events"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'itemAvailabilityEvent';
    EntitySetName = 'itemAvailabilityEvents';
    EntityCaption = 'Item Availability Event', Locked = true;
    EntitySetCaption = 'Item Availability Events', Locked = true;
    SourceTable = "Tandem Item Avail. Event";
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
                field(itemNumber; Rec."Item No.")
                {
                    Caption = 'Item Number', Locked = true;
                }
                field(variantCode; Rec."Variant Code")
                {
                    Caption = 'Variant Code', Locked = true;
                }
                field(locationCode; Rec."Location Code")
                {
                    Caption = 'Location Code', Locked = true;
                }
                field(date; Rec."Availability Date")
                {
                    Caption = 'Date', Locked = true;
                }
                field(type; Rec."Event Type")
                {
                    Caption = 'Type', Locked = true;
                }
                field(quantity; Rec.Quantity)
                {
                    Caption = 'Quantity', Locked = true;
                }
                field(reservedQuantity; Rec."Reserved Quantity")
                {
                    Caption = 'Reserved Quantity', Locked = true;
                }
            }
        }
    }

    trigger OnFindRecord(Which: Text): Boolean
    var
        TandemAvailEvents: Codeunit "Tandem Avail. Events";
    begin
        if not RecordsLoaded then begin
            TandemAvailEvents.Fill(Rec);
            RecordsLoaded := true;
        end;
        exit(Rec.Find(Which));
    end;

    var
        RecordsLoaded: Boolean;
}
