namespace Tandem.Sync;

using Microsoft.Foundation.Address;

/// <summary>
/// The ids and row versions of countries and regions, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71825 "Tandem Country Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'countryRegionChange';
    EntitySetName = 'countryRegionChanges';
    EntityCaption = 'Country Region Change', Locked = true;
    EntitySetCaption = 'Country Region Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; "Country/Region")
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
