namespace Tandem.Sync;

using Microsoft.Sales.History;

/// <summary>
/// The ids and row versions of lines of posted sales invoices, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71835 "Tandem Invoice Line Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'postedSalesInvoiceLineChange';
    EntitySetName = 'postedSalesInvoiceLineChanges';
    EntityCaption = 'Posted Sales Invoice Line Change', Locked = true;
    EntitySetCaption = 'Posted Sales Invoice Line Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; "Sales Invoice Line")
        {
            column(id; SystemId)
            {
                Caption = 'Id', Locked = true;
            }
            column(documentNumber; "Document No.")
            {
                Caption = 'Document Number', Locked = true;
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
