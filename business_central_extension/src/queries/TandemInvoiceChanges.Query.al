namespace Tandem.Sync;

using Microsoft.Sales.History;

/// <summary>
/// The ids and row versions of posted sales invoices, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71834 "Tandem Invoice Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'postedSalesInvoiceChange';
    EntitySetName = 'postedSalesInvoiceChanges';
    EntityCaption = 'Posted Sales Invoice Change', Locked = true;
    EntitySetCaption = 'Posted Sales Invoice Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; "Sales Invoice Header")
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
