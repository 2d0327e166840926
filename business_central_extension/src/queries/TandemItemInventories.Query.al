namespace Tandem.Sync;

using Microsoft.Inventory.Ledger;

/// <summary>
/// Quantity on hand by item, variant and location, in the item's base unit of measure. Only entries with something
/// remaining count; drop shipments never were in stock.
/// </summary>
query 71800 "Tandem Item Inventories"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'itemInventory';
    EntitySetName = 'itemInventories';
    EntityCaption = 'Item Inventory', Locked = true;
    EntitySetCaption = 'Item Inventories', Locked = true;
    DataAccessIntent = ReadOnly;
    OrderBy = ascending(itemNumber), ascending(variantCode), ascending(locationCode);

    elements
    {
        dataitem(Records; "Item Ledger Entry")
        {
            DataItemTableFilter = Open = const(true), "Drop Shipment" = const(false);

            column(itemNumber; "Item No.")
            {
                Caption = 'Item Number', Locked = true;
            }
            column(variantCode; "Variant Code")
            {
                Caption = 'Variant Code', Locked = true;
            }
            column(locationCode; "Location Code")
            {
                Caption = 'Location Code', Locked = true;
            }
            column(inventory; "Remaining Quantity")
            {
                Caption = 'Inventory', Locked = true;
                Method = Sum;
            }
        }
    }
}
