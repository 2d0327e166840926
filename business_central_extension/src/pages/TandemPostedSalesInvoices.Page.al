namespace Tandem.Sync;

using Microsoft.Sales.History;

/// <summary>
/// Posted sales invoices with the fields that a copy in Sales needs.
/// </summary>
page 71829 "Tandem Posted Sales Invoices"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'postedSalesInvoice';
    EntitySetName = 'postedSalesInvoices';
    EntityCaption = 'Posted Sales Invoice', Locked = true;
    EntitySetCaption = 'Posted Sales Invoices', Locked = true;
    SourceTable = "Sales Invoice Header";
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
                field(number; Rec."No.")
                {
                    Caption = 'Number', Locked = true;
                }
                field(customerNumber; Rec."Sell-to Customer No.")
                {
                    Caption = 'Customer Number', Locked = true;
                }
                field(orderNumber; Rec."Order No.")
                {
                    Caption = 'Order Number', Locked = true;
                }
                field(externalDocumentNumber; Rec."External Document No.")
                {
                    Caption = 'External Document Number', Locked = true;
                }
                field(yourReference; Rec."Your Reference")
                {
                    Caption = 'Your Reference', Locked = true;
                }
                field(draftInvoiceId; Rec."Draft Invoice SystemId")
                {
                    Caption = 'Draft Invoice Id', Locked = true;
                }
                field(postingDate; Rec."Posting Date")
                {
                    Caption = 'Posting Date', Locked = true;
                }
                field(documentDate; Rec."Document Date")
                {
                    Caption = 'Document Date', Locked = true;
                }
                field(dueDate; Rec."Due Date")
                {
                    Caption = 'Due Date', Locked = true;
                }
                field(shipmentDate; Rec."Shipment Date")
                {
                    Caption = 'Shipment Date', Locked = true;
                }
                field(currencyCode; Rec."Currency Code")
                {
                    Caption = 'Currency Code', Locked = true;
                }
                field(salespersonCode; Rec."Salesperson Code")
                {
                    Caption = 'Salesperson Code', Locked = true;
                }
                field(paymentTermsCode; Rec."Payment Terms Code")
                {
                    Caption = 'Payment Terms Code', Locked = true;
                }
                field(shipmentMethodCode; Rec."Shipment Method Code")
                {
                    Caption = 'Shipment Method Code', Locked = true;
                }
                field(shippingAgentCode; Rec."Shipping Agent Code")
                {
                    Caption = 'Shipping Agent Code', Locked = true;
                }
                field(opportunityNumber; Rec."Opportunity No.")
                {
                    Caption = 'Opportunity Number', Locked = true;
                }
                field(shipToName; Rec."Ship-to Name")
                {
                    Caption = 'Ship To Name', Locked = true;
                }
                field(shipToAddressLine1; Rec."Ship-to Address")
                {
                    Caption = 'Ship To Address Line 1', Locked = true;
                }
                field(shipToAddressLine2; Rec."Ship-to Address 2")
                {
                    Caption = 'Ship To Address Line 2', Locked = true;
                }
                field(shipToCity; Rec."Ship-to City")
                {
                    Caption = 'Ship To City', Locked = true;
                }
                field(shipToState; Rec."Ship-to County")
                {
                    Caption = 'Ship To State', Locked = true;
                }
                field(shipToCountry; Rec."Ship-to Country/Region Code")
                {
                    Caption = 'Ship To Country', Locked = true;
                }
                field(shipToPostalCode; Rec."Ship-to Post Code")
                {
                    Caption = 'Ship To Postal Code', Locked = true;
                }
                field(shipToContact; Rec."Ship-to Contact")
                {
                    Caption = 'Ship To Contact', Locked = true;
                }
                field(shipToPhoneNumber; Rec."Ship-to Phone No.")
                {
                    Caption = 'Ship To Phone Number', Locked = true;
                }
                field(billToCustomerNumber; Rec."Bill-to Customer No.")
                {
                    Caption = 'Bill To Customer Number', Locked = true;
                }
                field(billToName; Rec."Bill-to Name")
                {
                    Caption = 'Bill To Name', Locked = true;
                }
                field(billToAddressLine1; Rec."Bill-to Address")
                {
                    Caption = 'Bill To Address Line 1', Locked = true;
                }
                field(billToAddressLine2; Rec."Bill-to Address 2")
                {
                    Caption = 'Bill To Address Line 2', Locked = true;
                }
                field(billToCity; Rec."Bill-to City")
                {
                    Caption = 'Bill To City', Locked = true;
                }
                field(billToState; Rec."Bill-to County")
                {
                    Caption = 'Bill To State', Locked = true;
                }
                field(billToCountry; Rec."Bill-to Country/Region Code")
                {
                    Caption = 'Bill To Country', Locked = true;
                }
                field(billToPostalCode; Rec."Bill-to Post Code")
                {
                    Caption = 'Bill To Postal Code', Locked = true;
                }
                field(amount; Rec.Amount)
                {
                    Caption = 'Amount', Locked = true;
                }
                field(amountIncludingTax; Rec."Amount Including VAT")
                {
                    Caption = 'Amount Including Tax', Locked = true;
                }
                field(invoiceDiscountAmount; Rec."Invoice Discount Amount")
                {
                    Caption = 'Invoice Discount Amount', Locked = true;
                }
                field(remainingAmount; Rec."Remaining Amount")
                {
                    Caption = 'Remaining Amount', Locked = true;
                }
                field(closed; Rec.Closed)
                {
                    Caption = 'Closed', Locked = true;
                }
                field(cancelled; Rec.Cancelled)
                {
                    Caption = 'Cancelled', Locked = true;
                }
                field(workDescription; WorkDescription)
                {
                    Caption = 'Work Description', Locked = true;
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

    trigger OnAfterGetRecord()
    begin
        WorkDescription := Rec.GetWorkDescription();
    end;

    var
        WorkDescription: Text;
}
