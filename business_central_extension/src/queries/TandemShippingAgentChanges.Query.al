namespace Tandem.Sync;

using Microsoft.Foundation.Shipping;

/// <summary>
/// The ids and row versions of shipping agents, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71823 "Tandem Shipping Agent Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'shippingAgentChange';
    EntitySetName = 'shippingAgentChanges';
    EntityCaption = 'Shipping Agent Change', Locked = true;
    EntitySetCaption = 'Shipping Agent Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; "Shipping Agent")
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
