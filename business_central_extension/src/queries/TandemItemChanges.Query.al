namespace Tandem.Sync;

using Microsoft.Inventory.Item;

/// <summary>
/// The ids and row versions of items, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71813 "Tandem Item Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'itemChange';
    EntitySetName = 'itemChanges';
    EntityCaption = 'Item Change', Locked = true;
    EntitySetCaption = 'Item Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; Item)
        {
            column(id; SystemId)
            {
                Caption = 'Id', Locked = true;
            }
            column(number; "No.")
            {
                Caption = 'Number', Locked = true;
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
