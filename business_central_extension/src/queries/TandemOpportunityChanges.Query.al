namespace Tandem.Sync;

using Microsoft.CRM.Opportunity;

/// <summary>
/// The ids and row versions of opportunities, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71831 "Tandem Opportunity Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'opportunityChange';
    EntitySetName = 'opportunityChanges';
    EntityCaption = 'Opportunity Change', Locked = true;
    EntitySetCaption = 'Opportunity Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; Opportunity)
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
