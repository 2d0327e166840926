namespace Tandem.Sync;

using Microsoft.Sales.Document;
using Microsoft.Utilities;

/// <summary>
/// Changes a sales order with its lines in one transaction. A released order is reopened, changed and released again.
/// Whatever is refused of it, the order stays as it was.
/// </summary>
codeunit 71822 "Tandem Order Change"
{
    Access = Internal;

    var
        NoContentErr: Label 'A "content" with "linesVersion" and "lines" must be provided.', Locked = true;
        MovedErr: Label 'The order was changed by somebody else since it was read.', Locked = true;
        WaitsErr: Label 'The order %1 waits for approval or prepayment.', Comment = '%1 = the number of the order', Locked = true;

    /// <summary>
    /// Changes an order whose lines are those that the caller has read.
    /// </summary>
    /// <param name="SalesHeader">Afterwards the stored order.</param>
    /// <param name="Content">A JSON object: fields of the page by their names, "linesVersion" as the caller has read it, and
    /// "lines": each with its "id"; maybe "invoiceDiscountAmount". One with "deleted" is deleted, one that is not there is inserted.</param>
    internal procedure ChangeOrder(var SalesHeader: Record "Sales Header"; Content: Text)
    var
        TempSalesLine: Record "Sales Line" temporary;
        TandemOrderCreation: Codeunit "Tandem Order Creation";
        ArchiveManagement: Codeunit ArchiveManagement;
        ReleaseSalesDocument: Codeunit "Release Sales Document";
        SalesCalcDiscountByType: Codeunit "Sales - Calc Discount By Type";
        Order: JsonObject;
        Found: JsonToken;
        Line: JsonToken;
        Discount: Decimal;
        HadDiscount: Boolean;
        WasReleased: Boolean;
    begin
        if not Order.ReadFrom(Content) then
            Error(NoContentErr);
        if not Order.Contains('linesVersion') or not Order.Get('lines', Found) then
            Error(NoContentErr);
        TestVersion(SalesHeader, Order);

        // As where a person changes it: whether a version is kept is up to Sales & Receivables Setup.
        ArchiveManagement.AutoArchiveSalesDocument(SalesHeader);
        WasReleased := SalesHeader.Status = SalesHeader.Status::Released;
        if WasReleased then
            ReleaseSalesDocument.PerformManualReopen(SalesHeader);
        SalesHeader.CalcFields("Invoice Discount Amount");
        Discount := SalesHeader."Invoice Discount Amount";
        KeepDates(SalesHeader, TempSalesLine);
        TandemOrderCreation.SetHeader(SalesHeader, Order);
        SalesHeader.Modify(true);
        RestoreDates(TempSalesLine);
        foreach Line in Found.AsArray() do
            ChangeLine(SalesHeader, Line.AsObject());
        HadDiscount := Discount <> 0;
        if Order.Get('invoiceDiscountAmount', Found) then
            Discount := Found.AsValue().AsDecimal();
        if HadDiscount or (Discount <> 0) then
            SalesCalcDiscountByType.ApplyInvDiscBasedOnAmt(Discount, SalesHeader);
        SalesHeader.Get(SalesHeader."Document Type", SalesHeader."No.");
        if WasReleased then
            ReleaseSalesDocument.PerformManualRelease(SalesHeader);
        SalesHeader.Get(SalesHeader."Document Type", SalesHeader."No.");
    end;

    local procedure KeepDates(SalesHeader: Record "Sales Header"; var TempSalesLine: Record "Sales Line" temporary)
    var
        SalesLine: Record "Sales Line";
    begin
        // Another date of the order is written to all its lines.
        SalesLine.SetRange("Document Type", SalesHeader."Document Type");
        SalesLine.SetRange("Document No.", SalesHeader."No.");
        SalesLine.SetFilter("Requested Delivery Date", '<>%1&<>%2', 0D, SalesHeader."Requested Delivery Date");
        if SalesLine.FindSet() then
            repeat
                TempSalesLine := SalesLine;
                TempSalesLine.Insert(false);
            until SalesLine.Next() = 0;
    end;

    local procedure RestoreDates(var TempSalesLine: Record "Sales Line" temporary)
    var
        SalesLine: Record "Sales Line";
    begin
        if TempSalesLine.FindSet() then
            repeat
                SalesLine.Get(TempSalesLine."Document Type", TempSalesLine."Document No.", TempSalesLine."Line No.");
                if SalesLine."Requested Delivery Date" <> TempSalesLine."Requested Delivery Date" then begin
                    SalesLine.Validate("Requested Delivery Date", TempSalesLine."Requested Delivery Date");
                    SalesLine.Modify(true);
                end;
            until TempSalesLine.Next() = 0;
    end;

    local procedure TestVersion(SalesHeader: Record "Sales Header"; Order: JsonObject)
    var
        SalesLine: Record "Sales Line";
        TandemOrderLines: Codeunit "Tandem Order Lines";
        Given: JsonToken;
    begin
        // Nobody changes the lines from here to the end of the transaction.
        SalesLine.ReadIsolation := IsolationLevel::UpdLock;
        Order.Get('linesVersion', Given);
        if Given.AsValue().AsText() <> TandemOrderLines.VersionOf(SalesLine, SalesHeader."No.") then
            Error(MovedErr);
        if not (SalesHeader.Status in [SalesHeader.Status::Open, SalesHeader.Status::Released]) then
            Error(WaitsErr, SalesHeader."No.");
    end;

    local procedure ChangeLine(SalesHeader: Record "Sales Header"; Given: JsonObject)
    var
        SalesLine: Record "Sales Line";
        TandemOrderCreation: Codeunit "Tandem Order Creation";
        Found: JsonToken;
        Id: Guid;
    begin
        if not Given.Get('id', Found) then
            Error(NoContentErr);
        Evaluate(Id, Found.AsValue().AsText());
        if not SalesLine.GetBySystemId(Id) then begin
            if not Given.Contains('deleted') then
                TandemOrderCreation.InsertLine(SalesHeader, Given);
            exit;
        end;
        if SalesLine."Document No." <> SalesHeader."No." then
            Error(MovedErr);
        if Given.Contains('deleted') then
            SalesLine.Delete(true)
        else
            TandemOrderCreation.ChangeLine(SalesLine, Given);
    end;
}
