namespace Tandem.Sync;

using Microsoft.Pricing.PriceList;

/// <summary>
/// The ids and row versions of lines of price lists. Read with a filter of rowVersion from the last cursor up to, and without,
/// minimumActiveRowVersion of synchronizationStates.
/// </summary>
page 71860 "Tandem Price List Line Changes"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'priceListLineChange';
    EntitySetName = 'priceListLineChanges';
    EntityCaption = 'Price List Line Change', Locked = true;
    EntitySetCaption = 'Price List Line Changes', Locked = true;
    SourceTable = "Price List Line";
    ODataKeyFields = SystemId;
    DelayedInsert = true;
    DataAccessIntent = ReadWrite;
    Extensible = false;
    Editable = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    DeleteAllowed = false;

    layout
    {
        area(Content)
        {
            repeater(Records)
            {
                field(id; Rec.SystemId)
                {
                    Caption = 'Id', Locked = true;
                }
                field(priceListCode; Rec."Price List Code")
                {
                    Caption = 'Price List Code', Locked = true;
                }
                field(lineNumber; Rec."Line No.")
                {
                    Caption = 'Line Number', Locked = true;
                }
                field(lastModifiedDateTime; Rec.SystemModifiedAt)
                {
                    Caption = 'Last Modified Date Time', Locked = true;
                }
                field(rowVersion; Rec.SystemRowVersion)
                {
                    Caption = 'Row Version', Locked = true;
                }
            }
        }
    }

    trigger OnOpenPage()
    begin
        Rec.ReadIsolation := IsolationLevel::ReadCommitted;
    end;
}
