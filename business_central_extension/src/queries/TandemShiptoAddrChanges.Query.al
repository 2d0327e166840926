namespace Tandem.Sync;

using Microsoft.Sales.Customer;

/// <summary>
/// The ids and row versions of ship-to addresses, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71836 "Tandem Ship-to Addr. Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'shipToAddressChange';
    EntitySetName = 'shipToAddressChanges';
    EntityCaption = 'Ship To Address Change', Locked = true;
    EntitySetCaption = 'Ship To Address Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; "Ship-to Address")
        {
            column(id; SystemId)
            {
                Caption = 'Id', Locked = true;
            }
            column(customerNumber; "Customer No.")
            {
                Caption = 'Customer Number', Locked = true;
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
