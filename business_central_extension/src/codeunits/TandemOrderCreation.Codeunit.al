namespace Tandem.Sync;

using Microsoft.Inventory.Item;
using Microsoft.Sales.Customer;
using Microsoft.Sales.Document;

/// <summary>
/// Creates a sales order with its lines and its discount. Whatever is refused of it, nothing is stored: the page stores
/// the key in the same transaction.
/// </summary>
codeunit 71820 "Tandem Order Creation"
{
    Access = Internal;

    var
        NoContentErr: Label 'A "content" with "customerId" and "lines" must be provided.', Locked = true;
        UnknownTypeErr: Label 'The "lineType" %1 is not known.', Comment = '%1 = what the caller sent', Locked = true;

    /// <summary>
    /// Inserts an order. The customer fills addresses, terms and currency; what was given wins.
    /// </summary>
    /// <param name="SalesHeader">Afterwards the stored order.</param>
    /// <param name="Content">A JSON object: the fields of the page by their names, and "lines" as in API v2.0.</param>
    internal procedure InsertOrder(var SalesHeader: Record "Sales Header"; Content: Text)
    var
        Customer: Record Customer;
        SalesCalcDiscountByType: Codeunit "Sales - Calc Discount By Type";
        Order: JsonObject;
        Found: JsonToken;
        Line: JsonToken;
    begin
        if not Order.ReadFrom(Content) then
            Error(NoContentErr);
        if not Order.Contains('customerId') or not Order.Get('lines', Found) then
            Error(NoContentErr);
        Customer.GetBySystemId(GuidOf(Order, 'customerId'));

        SalesHeader.Init();
        SalesHeader."Document Type" := SalesHeader."Document Type"::Order;
        SalesHeader."No." := '';
        SalesHeader.Insert(true);
        SalesHeader.Validate("Sell-to Customer No.", Customer."No.");
        SetHeader(SalesHeader, Order);
        SalesHeader.Modify(true);

        foreach Line in Found.AsArray() do
            InsertLine(SalesHeader, Line.AsObject());
        if DecimalOf(Order, 'invoiceDiscountAmount') <> 0 then
            SalesCalcDiscountByType.ApplyInvDiscBasedOnAmt(DecimalOf(Order, 'invoiceDiscountAmount'), SalesHeader);
        SalesHeader.Get(SalesHeader."Document Type", SalesHeader."No.");
    end;

    /// <summary>
    /// Sets what was given of the header; nothing is stored yet.
    /// </summary>
    /// <param name="SalesHeader">The order.</param>
    /// <param name="Order">The fields of the page by their names. What is not given stays.</param>
    internal procedure SetHeader(var SalesHeader: Record "Sales Header"; Order: JsonObject)
    begin
        if Order.Contains('currencyCode') then
            SalesHeader.Validate("Currency Code", TextOf(Order, 'currencyCode'));
        if Order.Contains('orderDate') then
            SalesHeader.Validate("Order Date", DateOf(Order, 'orderDate'));
        if Order.Contains('requestedDeliveryDate') then
            SalesHeader.Validate("Requested Delivery Date", DateOf(Order, 'requestedDeliveryDate'));
        if Order.Contains('salespersonCode') then
            SalesHeader.Validate("Salesperson Code", TextOf(Order, 'salespersonCode'));
        if Order.Contains('paymentTermsCode') then
            SalesHeader.Validate("Payment Terms Code", TextOf(Order, 'paymentTermsCode'));
        if Order.Contains('shipmentMethodCode') then
            SalesHeader.Validate("Shipment Method Code", TextOf(Order, 'shipmentMethodCode'));
        if Order.Contains('shippingAgentCode') then
            SalesHeader.Validate("Shipping Agent Code", TextOf(Order, 'shippingAgentCode'));
        SalesHeader."External Document No." := TextOr(Order, 'externalDocumentNumber', SalesHeader."External Document No.");
        SalesHeader."Your Reference" := TextOr(Order, 'yourReference', SalesHeader."Your Reference");
        SalesHeader."Quote No." := TextOr(Order, 'quoteNumber', SalesHeader."Quote No.");
        SetAddresses(SalesHeader, Order);
        if Order.Contains('workDescription') then
            SalesHeader.SetWorkDescription(TextOf(Order, 'workDescription'));
    end;

    local procedure SetAddresses(var SalesHeader: Record "Sales Header"; Order: JsonObject)
    begin
        // They are not validated: a name would look for a customer, and a post code would change the city.
        if HasAny(Order, 'shipTo') then begin
            SalesHeader."Ship-to Code" := '';
            SalesHeader."Ship-to Name" := TextOr(Order, 'shipToName', SalesHeader."Ship-to Name");
            SalesHeader."Ship-to Contact" := TextOr(Order, 'shipToContact', SalesHeader."Ship-to Contact");
            SalesHeader."Ship-to Address" := TextOr(Order, 'shipToAddressLine1', SalesHeader."Ship-to Address");
            SalesHeader."Ship-to Address 2" := TextOr(Order, 'shipToAddressLine2', SalesHeader."Ship-to Address 2");
            SalesHeader."Ship-to City" := TextOr(Order, 'shipToCity', SalesHeader."Ship-to City");
            SalesHeader."Ship-to County" := TextOr(Order, 'shipToState', SalesHeader."Ship-to County");
            SalesHeader."Ship-to Country/Region Code" := TextOr(Order, 'shipToCountry', SalesHeader."Ship-to Country/Region Code");
            SalesHeader."Ship-to Post Code" := TextOr(Order, 'shipToPostalCode', SalesHeader."Ship-to Post Code");
        end;
        if HasAny(Order, 'billTo') then begin
            SalesHeader."Bill-to Name" := TextOr(Order, 'billToName', SalesHeader."Bill-to Name");
            SalesHeader."Bill-to Address" := TextOr(Order, 'billToAddressLine1', SalesHeader."Bill-to Address");
            SalesHeader."Bill-to Address 2" := TextOr(Order, 'billToAddressLine2', SalesHeader."Bill-to Address 2");
            SalesHeader."Bill-to City" := TextOr(Order, 'billToCity', SalesHeader."Bill-to City");
            SalesHeader."Bill-to County" := TextOr(Order, 'billToState', SalesHeader."Bill-to County");
            SalesHeader."Bill-to Country/Region Code" := TextOr(Order, 'billToCountry', SalesHeader."Bill-to Country/Region Code");
            SalesHeader."Bill-to Post Code" := TextOr(Order, 'billToPostalCode', SalesHeader."Bill-to Post Code");
        end;
    end;

    /// <summary>
    /// Inserts a line after the last one of an order, under the id that was given, if one was.
    /// </summary>
    /// <param name="SalesHeader">The order.</param>
    /// <param name="Given">The line as API v2.0 takes it.</param>
    internal procedure InsertLine(SalesHeader: Record "Sales Header"; Given: JsonObject)
    var
        SalesLine: Record "Sales Line";
    begin
        SalesLine.SetRange("Document Type", SalesHeader."Document Type");
        SalesLine.SetRange("Document No.", SalesHeader."No.");
        if SalesLine.FindLast() then;
        SalesLine.Init();
        SalesLine."Document Type" := SalesHeader."Document Type";
        SalesLine."Document No." := SalesHeader."No.";
        SalesLine."Line No." += 10000;
        SetObject(SalesLine, Given);
        if Given.Contains('description') then
            SalesLine.Description := TextOf(Given, 'description');
        if Given.Contains('id') then
            SalesLine.SystemId := GuidOf(Given, 'id');
        SalesLine.Insert(true, Given.Contains('id'));
        if TextOf(Given, 'lineType') = 'Comment' then
            exit;

        SetAmounts(SalesLine, Given);
        SalesLine.Modify(true);
    end;

    /// <summary>
    /// Changes what was given of a line.
    /// </summary>
    /// <param name="SalesLine">The line.</param>
    /// <param name="Given">The line as API v2.0 takes it.</param>
    internal procedure ChangeLine(var SalesLine: Record "Sales Line"; Given: JsonObject)
    begin
        if Given.Contains('lineType') then
            SetObject(SalesLine, Given);
        if Given.Contains('description') then
            SalesLine.Description := TextOf(Given, 'description');
        SetAmounts(SalesLine, Given);
        SalesLine.Modify(true);
    end;

    local procedure SetAmounts(var SalesLine: Record "Sales Line"; Given: JsonObject)
    begin
        if Given.Contains('unitOfMeasureCode') then
            SalesLine.Validate("Unit of Measure Code", TextOf(Given, 'unitOfMeasureCode'));
        SalesLine.Validate(Quantity, DecimalOf(Given, 'quantity'));
        SalesLine.Validate("Unit Price", DecimalOf(Given, 'unitPrice'));
        SalesLine.Validate("Line Discount Amount", DecimalOf(Given, 'discountAmount'));
        if Given.Contains('requestedDeliveryDate') then
            SalesLine.Validate("Requested Delivery Date", DateOf(Given, 'requestedDeliveryDate'));
    end;

    local procedure SetObject(var SalesLine: Record "Sales Line"; Given: JsonObject)
    var
        Item: Record Item;
        ItemVariant: Record "Item Variant";
    begin
        case TextOf(Given, 'lineType') of
            'Comment':
                SalesLine.Type := SalesLine.Type::" ";
            'Account':
                SalesLine.Validate(Type, SalesLine.Type::"G/L Account");
            'Item':
                SalesLine.Validate(Type, SalesLine.Type::Item);
            'Resource':
                SalesLine.Validate(Type, SalesLine.Type::Resource);
            else
                Error(UnknownTypeErr, TextOf(Given, 'lineType'));
        end;
        if Given.Contains('itemId') then begin
            Item.GetBySystemId(GuidOf(Given, 'itemId'));
            SalesLine.Validate("No.", Item."No.");
        end else
            if Given.Contains('lineObjectNumber') then
                SalesLine.Validate("No.", TextOf(Given, 'lineObjectNumber'));
        if Given.Contains('itemVariantId') then begin
            ItemVariant.GetBySystemId(GuidOf(Given, 'itemVariantId'));
            SalesLine.Validate("Variant Code", ItemVariant.Code);
        end;
    end;

    local procedure HasAny(Order: JsonObject; Beginning: Text): Boolean
    begin
        exit(Order.Contains(Beginning + 'Name') or Order.Contains(Beginning + 'AddressLine1') or
            Order.Contains(Beginning + 'City') or Order.Contains(Beginning + 'PostalCode'));
    end;

    local procedure TextOr(Given: JsonObject; Name: Text; Held: Text): Text
    begin
        if Given.Contains(Name) then
            exit(TextOf(Given, Name));
        exit(Held);
    end;

    local procedure TextOf(Given: JsonObject; Name: Text): Text
    var
        Found: JsonToken;
    begin
        if Given.Get(Name, Found) then
            exit(Found.AsValue().AsText());
    end;

    local procedure DecimalOf(Given: JsonObject; Name: Text): Decimal
    var
        Found: JsonToken;
    begin
        if Given.Get(Name, Found) then
            exit(Found.AsValue().AsDecimal());
    end;

    local procedure DateOf(Given: JsonObject; Name: Text): Date
    var
        Found: JsonToken;
    begin
        if Given.Get(Name, Found) then
            exit(Found.AsValue().AsDate());
    end;

    local procedure GuidOf(Given: JsonObject; Name: Text): Guid
    var
        Id: Guid;
    begin
        Evaluate(Id, TextOf(Given, Name));
        exit(Id);
    end;
}
