namespace Tandem.Sync;

using Microsoft.Sales.Document;

/// <summary>
/// The ids and row versions of lines of sales orders, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71833 "Tandem Order Line Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'salesOrderLineChange';
    EntitySetName = 'salesOrderLineChanges';
    EntityCaption = 'Sales Order Line Change', Locked = true;
    EntitySetCaption = 'Sales Order Line Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; "Sales Line")
        {
            DataItemTableFilter = "Document Type" = const(Order);

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
