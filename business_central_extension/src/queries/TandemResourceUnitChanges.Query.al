namespace Tandem.Sync;

using Microsoft.Projects.Resources.Resource;

/// <summary>
/// The ids and row versions of resource units of measure, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71817 "Tandem Resource Unit Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'resourceUnitOfMeasureChange';
    EntitySetName = 'resourceUnitOfMeasureChanges';
    EntityCaption = 'Resource Unit Of Measure Change', Locked = true;
    EntitySetCaption = 'Resource Unit Of Measure Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; "Resource Unit of Measure")
        {
            column(id; SystemId)
            {
                Caption = 'Id', Locked = true;
            }
            column(resourceNumber; "Resource No.")
            {
                Caption = 'Resource Number', Locked = true;
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
