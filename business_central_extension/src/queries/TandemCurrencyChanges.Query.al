namespace Tandem.Sync;

using Microsoft.Finance.Currency;

/// <summary>
/// The ids and row versions of currencies, oldest change first. Read with a filter of rowVersion from the last
/// cursor up to, and without, minimumActiveRowVersion of synchronizationStates.
/// </summary>
query 71820 "Tandem Currency Changes"
{
    QueryType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'currencyChange';
    EntitySetName = 'currencyChanges';
    EntityCaption = 'Currency Change', Locked = true;
    EntitySetCaption = 'Currency Changes', Locked = true;
    DataAccessIntent = ReadWrite;
    OrderBy = ascending(rowVersion);

    elements
    {
        dataitem(Records; Currency)
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
