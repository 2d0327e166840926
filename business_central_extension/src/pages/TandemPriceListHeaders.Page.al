namespace Tandem.Sync;

using Microsoft.Pricing.PriceList;

/// <summary>
/// Price lists of extended pricing, of sales, purchases and jobs alike; the caller filters.
/// </summary>
page 71821 "Tandem Price List Headers"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'priceListHeader';
    EntitySetName = 'priceListHeaders';
    EntityCaption = 'Price List Header', Locked = true;
    EntitySetCaption = 'Price List Headers', Locked = true;
    SourceTable = "Price List Header";
    ODataKeyFields = SystemId;
    DelayedInsert = true;
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
                field(code; Rec."Code")
                {
                    Caption = 'Code', Locked = true;
                }
                field(description; Rec.Description)
                {
                    Caption = 'Description', Locked = true;
                }
                field(priceType; Rec."Price Type")
                {
                    Caption = 'Price Type', Locked = true;
                }
                field(amountType; Rec."Amount Type")
                {
                    Caption = 'Amount Type', Locked = true;
                }
                field(status; Rec."Status")
                {
                    Caption = 'Status', Locked = true;
                }
                field(sourceGroup; Rec."Source Group")
                {
                    Caption = 'Source Group', Locked = true;
                }
                field(sourceType; Rec."Source Type")
                {
                    Caption = 'Source Type', Locked = true;
                }
                field(sourceNumber; Rec."Source No.")
                {
                    Caption = 'Source Number', Locked = true;
                }
                field(parentSourceNumber; Rec."Parent Source No.")
                {
                    Caption = 'Parent Source Number', Locked = true;
                }
                field(sourceId; Rec."Source ID")
                {
                    Caption = 'Source Id', Locked = true;
                }
                field(currencyCode; Rec."Currency Code")
                {
                    Caption = 'Currency Code', Locked = true;
                }
                field(startingDate; Rec."Starting Date")
                {
                    Caption = 'Starting Date', Locked = true;
                }
                field(endingDate; Rec."Ending Date")
                {
                    Caption = 'Ending Date', Locked = true;
                }
                field(allowUpdatingDefaults; Rec."Allow Updating Defaults")
                {
                    Caption = 'Allow Updating Defaults', Locked = true;
                }
                field(pricesIncludeTax; Rec."Price Includes VAT")
                {
                    Caption = 'Prices Include Tax', Locked = true;
                }
                field(allowLineDiscount; Rec."Allow Line Disc.")
                {
                    Caption = 'Allow Line Discount', Locked = true;
                }
                field(allowInvoiceDiscount; Rec."Allow Invoice Disc.")
                {
                    Caption = 'Allow Invoice Discount', Locked = true;
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
