namespace Tandem.Sync;

using Microsoft.Inventory.Item;

/// <summary>
/// The ids and row versions of item units of measure, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71815 "Tandem Item Unit Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'itemUnitOfMeasureChange';
    EntitySetName = 'itemUnitOfMeasureChanges';
    EntityCaption = 'Item Unit Of Measure Change', Locked = true;
    EntitySetCaption = 'Item Unit Of Measure Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; "Item Unit of Measure")
        {
            column(id; SystemId)
            {
                Caption = 'Id', Locked = true;
            }
            column(itemNumber; "Item No.")
            {
                Caption = 'Item Number', Locked = true;
            }
            column(code; "Code")
            {
                Caption = 'Code', Locked = true;
            }
            column(lastModifiedDateTime; SystemModifiedAt)
            {
                Caption = 'Last Modified Date Time', Locked = true;
            }
            column(rowVersion; SystemRowVersion)
            {
                Caption = 'Row Version', Locked = true;
            }
        }
    }
}
