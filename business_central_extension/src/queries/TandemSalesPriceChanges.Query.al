namespace Tandem.Sync;

using Microsoft.Sales.Pricing;

/// <summary>
/// The ids and row versions of classic sales prices, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71828 "Tandem Sales Price Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'salesPriceChange';
    EntitySetName = 'salesPriceChanges';
    EntityCaption = 'Sales Price Change', Locked = true;
    EntitySetCaption = 'Sales Price Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; "Sales Price")
        {
            column(id; SystemId)
            {
                Caption = 'Id', Locked = true;
            }
            column(itemNumber; "Item No.")
            {
                Caption = 'Item Number', Locked = true;
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
