namespace Tandem.Sync;

using Microsoft.Inventory.Location;

/// <summary>
/// The ids and row versions of locations, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71826 "Tandem Location Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'locationChange';
    EntitySetName = 'locationChanges';
    EntityCaption = 'Location Change', Locked = true;
    EntitySetCaption = 'Location Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; Location)
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
