namespace Tandem.Sync;

using Microsoft.CRM.Team;

/// <summary>
/// The ids and row versions of salespeople and purchasers, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71824 "Tandem Salesperson Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'salespersonPurchaserChange';
    EntitySetName = 'salespersonPurchaserChanges';
    EntityCaption = 'Salesperson Purchaser Change', Locked = true;
    EntitySetCaption = 'Salesperson Purchaser Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; "Salesperson/Purchaser")
        {
            column(id; SystemId)
            {
                Caption = 'Id', Locked = true;
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
