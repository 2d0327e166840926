namespace Tandem.Sync;

using Microsoft.Inventory.Availability;
using Microsoft.Inventory.Item;
using Microsoft.Inventory.Location;

/// <summary>
/// What is there of an item and what will move it: a row for each variant, location, day and kind. Quantities are in
/// the item's base unit of measure; what leaves is below zero.
/// </summary>
table 71804 "Tandem Item Avail. Event"
{
    Access = Internal;
    Caption = 'Tandem Item Avail. Event', Locked = true;
    DataClassification = SystemMetadata;
    TableType = Temporary;

    fields
    {
        field(1; "Entry No."; Integer)
        {
            Caption = 'Entry No.', Locked = true;
        }
        field(2; Id; Guid)
        {
            Caption = 'Id', Locked = true;
        }
        field(3; "Item No."; Code[20])
        {
            Caption = 'Item No.', Locked = true;
            TableRelation = Item;
        }
        field(4; "Variant Code"; Code[10])
        {
            Caption = 'Variant Code', Locked = true;
        }
        field(5; "Location Code"; Code[10])
        {
            Caption = 'Location Code', Locked = true;
            TableRelation = Location;
        }
        field(6; "Availability Date"; Date)
        {
            Caption = 'Availability Date', Locked = true;
        }
        field(7; "Event Type"; Enum "Inventory Event Buffer Type")
        {
            Caption = 'Event Type', Locked = true;
        }
        field(8; Positive; Boolean)
        {
            Caption = 'Positive', Locked = true;
        }
        field(20; Quantity; Decimal)
        {
            Caption = 'Quantity', Locked = true;
            DecimalPlaces = 0 : 5;
        }
        field(21; "Reserved Quantity"; Decimal)
        {
            Caption = 'Reserved Quantity', Locked = true;
            DecimalPlaces = 0 : 5;
        }
    }

    keys
    {
        key(PK; "Entry No.")
        {
            Clustered = true;
        }
        key(Place; "Item No.", "Variant Code", "Location Code", "Availability Date", "Event Type", Positive)
        {
        }
    }
}
