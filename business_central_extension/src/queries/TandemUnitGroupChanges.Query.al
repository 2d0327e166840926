namespace Tandem.Sync;

using Microsoft.Foundation.UOM;

/// <summary>
/// The ids and row versions of unit groups, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71818 "Tandem Unit Group Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'unitGroupChange';
    EntitySetName = 'unitGroupChanges';
    EntityCaption = 'Unit Group Change', Locked = true;
    EntitySetCaption = 'Unit Group Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; "Unit Group")
        {
            column(id; SystemId)
            {
                Caption = 'Id', Locked = true;
            }
            column(sourceNumber; "Source No.")
            {
                Caption = 'Source Number', Locked = true;
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
