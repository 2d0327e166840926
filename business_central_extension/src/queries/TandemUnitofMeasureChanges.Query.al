namespace Tandem.Sync;

using Microsoft.Foundation.UOM;

/// <summary>
/// The ids and row versions of units of measure, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71819 "Tandem Unit of Measure Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'unitOfMeasureChange';
    EntitySetName = 'unitOfMeasureChanges';
    EntityCaption = 'Unit Of Measure Change', Locked = true;
    EntitySetCaption = 'Unit Of Measure Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; "Unit of Measure")
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
