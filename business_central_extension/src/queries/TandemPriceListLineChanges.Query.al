namespace Tandem.Sync;

using Microsoft.Pricing.PriceList;

/// <summary>
/// The ids and row versions of lines of price lists, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71830 "Tandem Price List Line Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'priceListLineChange';
    EntitySetName = 'priceListLineChanges';
    EntityCaption = 'Price List Line Change', Locked = true;
    EntitySetCaption = 'Price List Line Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; "Price List Line")
        {
            column(id; SystemId)
            {
                Caption = 'Id', Locked = true;
            }
            column(priceListCode; "Price List Code")
            {
                Caption = 'Price List Code', Locked = true;
            }
            column(lineNumber; "Line No.")
            {
                Caption = 'Line Number', Locked = true;
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
