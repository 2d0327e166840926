namespace Tandem.Sync;

using Microsoft.CRM.Contact;

/// <summary>
/// The ids and row versions of contacts, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71811 "Tandem Contact Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'contactChange';
    EntitySetName = 'contactChanges';
    EntityCaption = 'Contact Change', Locked = true;
    EntitySetCaption = 'Contact Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; Contact)
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
