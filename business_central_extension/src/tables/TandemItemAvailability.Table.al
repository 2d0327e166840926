namespace Tandem.Sync;

using Microsoft.Foundation.UOM;
using Microsoft.Inventory.Item;
using Microsoft.Inventory.Location;

/// <summary>
/// Answers to one question about availability. Quantities are in the item's base unit of measure.
/// </summary>
table 71803 "Tandem Item Availability"
{
    Access = Internal;
    Caption = 'Tandem Item Availability', Locked = true;
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
        field(5; "All Variants"; Boolean)
        {
            Caption = 'All Variants', Locked = true;
        }
        field(6; "Location Code"; Code[10])
        {
            Caption = 'Location Code', Locked = true;
            TableRelation = Location;
        }
        field(7; "All Locations"; Boolean)
        {
            Caption = 'All Locations', Locked = true;
        }
        field(8; "Availability Date"; Date)
        {
            Caption = 'Availability Date', Locked = true;
        }
        field(9; "Requested Quantity"; Decimal)
        {
            Caption = 'Requested Quantity', Locked = true;
            DecimalPlaces = 0 : 5;
        }
        field(10; "Item Id"; Guid)
        {
            Caption = 'Item Id', Locked = true;
        }
        field(11; "Base Unit of Measure"; Code[10])
        {
            Caption = 'Base Unit of Measure', Locked = true;
            TableRelation = "Unit of Measure";
        }
        field(20; Inventory; Decimal)
        {
            Caption = 'Inventory', Locked = true;
            DecimalPlaces = 0 : 5;
        }
        field(21; "Reserved Quantity"; Decimal)
        {
            Caption = 'Reserved Quantity', Locked = true;
            DecimalPlaces = 0 : 5;
        }
        field(22; "Qty. on Sales Orders"; Decimal)
        {
            Caption = 'Qty. on Sales Orders', Locked = true;
            DecimalPlaces = 0 : 5;
        }
        field(23; "Qty. on Purchase Orders"; Decimal)
        {
            Caption = 'Qty. on Purchase Orders', Locked = true;
            DecimalPlaces = 0 : 5;
        }
        field(24; "Scheduled Receipt"; Decimal)
        {
            Caption = 'Scheduled Receipt', Locked = true;
            DecimalPlaces = 0 : 5;
        }
        field(25; "Gross Requirement"; Decimal)
        {
            Caption = 'Gross Requirement', Locked = true;
            DecimalPlaces = 0 : 5;
        }
        field(26; "Projected Available"; Decimal)
        {
            Caption = 'Projected Available', Locked = true;
            DecimalPlaces = 0 : 5;
        }
        field(27; "Earliest Date"; Date)
        {
            Caption = 'Earliest Date', Locked = true;
        }
    }

    keys
    {
        key(PK; "Entry No.")
        {
            Clustered = true;
        }
    }
}
