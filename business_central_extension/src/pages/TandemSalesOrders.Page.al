namespace Tandem.Sync;

using Microsoft.Sales.Document;

/// <summary>
/// Sales orders with the fields that API v2.0 neither shows nor takes. An order is created and changed whole: all its
/// content is one request and one transaction, that of a creation together with the key.
/// </summary>
page 71831 "Tandem Sales Orders"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'salesOrder';
    EntitySetName = 'salesOrders';
    EntityCaption = 'Sales Order', Locked = true;
    EntitySetCaption = 'Sales Orders', Locked = true;
    SourceTable = "Sales Header";
    SourceTableView = where("Document Type" = const(Order));
    ODataKeyFields = SystemId;
    DelayedInsert = true;
    Extensible = false;
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
                    Editable = false;
                }
                field(number; Rec."No.")
                {
                    Caption = 'Number', Locked = true;
                    Editable = false;
                }
                field(tandemKey; TandemKey)
                {
                    Caption = 'Tandem Key', Locked = true;
                }
                field(content; Content)
                {
                    Caption = 'Content', Locked = true;
                }
                field(customerId; CustomerId)
                {
                    Caption = 'Customer Id', Locked = true;
                    Editable = false;
                }
                field(customerNumber; Rec."Sell-to Customer No.")
                {
                    Caption = 'Customer Number', Locked = true;
                    Editable = false;
                }
                field(externalDocumentNumber; Rec."External Document No.")
                {
                    Caption = 'External Document Number', Locked = true;
                }
                field(yourReference; Rec."Your Reference")
                {
                    Caption = 'Your Reference', Locked = true;
                }
                field(orderDate; Rec."Order Date")
                {
                    Caption = 'Order Date', Locked = true;
                }
                field(requestedDeliveryDate; Rec."Requested Delivery Date")
                {
                    Caption = 'Requested Delivery Date', Locked = true;
                }
                field(promisedDeliveryDate; Rec."Promised Delivery Date")
                {
                    Caption = 'Promised Delivery Date', Locked = true;
                }
                field(lastShipmentDate; Rec."Last Shipment Date")
                {
                    Caption = 'Last Shipment Date', Locked = true;
                    Editable = false;
                }
                field(currencyCode; Rec."Currency Code")
                {
                    Caption = 'Currency Code', Locked = true;
                    Editable = false;
                }
                field(salespersonCode; Rec."Salesperson Code")
                {
                    Caption = 'Salesperson Code', Locked = true;
                }
                field(paymentTermsCode; Rec."Payment Terms Code")
                {
                    Caption = 'Payment Terms Code', Locked = true;
                }
                field(paymentDiscountPercent; Rec."Payment Discount %")
                {
                    Caption = 'Payment Discount Percent', Locked = true;
                }
                field(shipmentMethodCode; Rec."Shipment Method Code")
                {
                    Caption = 'Shipment Method Code', Locked = true;
                }
                field(shippingAgentCode; Rec."Shipping Agent Code")
                {
                    Caption = 'Shipping Agent Code', Locked = true;
                }
                field(shippingAgentServiceCode; Rec."Shipping Agent Service Code")
                {
                    Caption = 'Shipping Agent Service Code', Locked = true;
                }
                field(opportunityNumber; Rec."Opportunity No.")
                {
                    Caption = 'Opportunity Number', Locked = true;
                }
                field(campaignNumber; Rec."Campaign No.")
                {
                    Caption = 'Campaign Number', Locked = true;
                }
                field(locationCode; Rec."Location Code")
                {
                    Caption = 'Location Code', Locked = true;
                }
                field(shipToCode; Rec."Ship-to Code")
                {
                    Caption = 'Ship To Code', Locked = true;
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
                    Editable = false;
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
                    Editable = false;
                }
                field(amountIncludingTax; Rec."Amount Including VAT")
                {
                    Caption = 'Amount Including Tax', Locked = true;
                    Editable = false;
                }
                field(invoiceDiscountAmount; Rec."Invoice Discount Amount")
                {
                    Caption = 'Invoice Discount Amount', Locked = true;
                    Editable = false;
                }
                field(status; Rec."Status")
                {
                    Caption = 'Status', Locked = true;
                    Editable = false;
                }
                field(shipped; Rec.Shipped)
                {
                    Caption = 'Shipped', Locked = true;
                    Editable = false;
                }
                field(completelyShipped; Rec."Completely Shipped")
                {
                    Caption = 'Completely Shipped', Locked = true;
                    Editable = false;
                }
                field(completelyInvoiced; CompletelyInvoiced)
                {
                    Caption = 'Completely Invoiced', Locked = true;
                    Editable = false;
                }
                field(quoteNumber; Rec."Quote No.")
                {
                    Caption = 'Quote Number', Locked = true;
                    Editable = false;
                }
                field(workDescription; WorkDescription)
                {
                    Caption = 'Work Description', Locked = true;

                    trigger OnValidate()
                    begin
                        WorkDescriptionGiven := true;
                    end;
                }
                field(linesVersion; LinesVersion)
                {
                    Caption = 'Lines Version', Locked = true;
                    Editable = false;
                }
                field(lastModifiedDateTime; Rec.SystemModifiedAt)
                {
                    Caption = 'Last Modified Date Time', Locked = true;
                    Editable = false;
                }
                field(rowVersion; Rec.SystemRowVersion)
                {
                    Caption = 'Row Version', Locked = true;
                    Editable = false;
                }
                part(salesOrderLines; "Tandem Sales Order Lines")
                {
                    Caption = 'Lines', Locked = true;
                    EntityName = 'salesOrderLine';
                    EntitySetName = 'salesOrderLines';
                    SubPageLink = "Document Type" = field("Document Type"), "Document No." = field("No.");
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
        SetCalculatedFields();
    end;

    trigger OnNewRecord(BelowxRec: Boolean)
    begin
        Clear(TandemKey);
        Clear(Content);
        Clear(CustomerId);
    end;

    trigger OnInsertRecord(BelowxRec: Boolean): Boolean
    begin
        TandemRecordKeyMgt.TestUnused(Database::"Sales Header", TandemKey);
        TandemOrderCreation.InsertOrder(Rec, Content);
        TandemRecordKeyMgt.Add(Database::"Sales Header", TandemKey, Rec.SystemId);
        SetCalculatedFields();
        exit(false);
    end;

    trigger OnModifyRecord(): Boolean
    begin
        TandemRecordKeyMgt.TestUnchanged(Database::"Sales Header", TandemKey, Rec.SystemId);
        if Content <> '' then begin
            TandemOrderChange.ChangeOrder(Rec, Content);
            SetCalculatedFields();
            exit(false);
        end;
        // SetWorkDescription modifies the record itself.
        if WorkDescriptionGiven then
            Rec.SetWorkDescription(WorkDescription);
        Rec.Modify(true);
        exit(false);
    end;

    local procedure SetCalculatedFields()
    begin
        TandemKey := TandemRecordKeyMgt.Find(Database::"Sales Header", Rec.SystemId);
        Clear(Content);
        CustomerId := TandemCustomerId.OfNumber(Rec."Sell-to Customer No.");
        LinesVersion := TandemOrderLines.Version(Rec."No.");
        CompletelyInvoiced := TandemOrderLines.AreInvoiced(Rec."No.");
        WorkDescription := Rec.GetWorkDescription();
        WorkDescriptionGiven := false;
    end;

    var
        TandemRecordKeyMgt: Codeunit "Tandem Record Key Mgt.";
        TandemOrderChange: Codeunit "Tandem Order Change";
        TandemOrderCreation: Codeunit "Tandem Order Creation";
        TandemOrderLines: Codeunit "Tandem Order Lines";
        TandemCustomerId: Codeunit "Tandem Customer Id";
        TandemKey: Guid;
        Content: Text;
        CustomerId: Guid;
        LinesVersion: Text;
        CompletelyInvoiced: Boolean;
        WorkDescription: Text;
        WorkDescriptionGiven: Boolean;
}
