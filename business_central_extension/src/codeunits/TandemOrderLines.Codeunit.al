namespace Tandem.Sync;

using Microsoft.Sales.Document;

/// <summary>
/// What the lines of a sales order tell of it. The header does not move with them.
/// </summary>
codeunit 71823 "Tandem Order Lines"
{
    Access = Internal;

    /// <summary>
    /// The version of an order's lines: another text after each change, addition or deletion of one.
    /// </summary>
    /// <param name="DocumentNo">The number of the order.</param>
    /// <returns>How many lines there are, and the highest row version among them.</returns>
    internal procedure Version(DocumentNo: Code[20]): Text
    var
        SalesLine: Record "Sales Line";
    begin
        SalesLine.ReadIsolation := IsolationLevel::ReadCommitted;
        exit(VersionOf(SalesLine, DocumentNo));
    end;

    /// <summary>
    /// The same, read by a record whose isolation the caller has chosen.
    /// </summary>
    /// <param name="SalesLine">The record to read by.</param>
    /// <param name="DocumentNo">The number of the order.</param>
    /// <returns>How many lines there are, and the highest row version among them.</returns>
    internal procedure VersionOf(var SalesLine: Record "Sales Line"; DocumentNo: Code[20]): Text
    var
        Highest: BigInteger;
        Lines: Integer;
    begin
        SalesLine.SetLoadFields("Line No.");
        SetOrder(SalesLine, DocumentNo);
        if SalesLine.FindSet() then
            repeat
                Lines += 1;
                if SalesLine.SystemRowVersion > Highest then
                    Highest := SalesLine.SystemRowVersion;
            until SalesLine.Next() = 0;
        exit(Format(Lines) + '/' + Format(Highest, 0, 9));
    end;

    /// <summary>
    /// Whether all of an order is invoiced. One whose shipments went into an invoice of their own stays when that is posted;
    /// the report Delete Invoiced Sales Orders takes it away later, by this very rule.
    /// </summary>
    /// <param name="DocumentNo">The number of the order.</param>
    /// <returns>Whether something was invoiced and nothing is left to be shipped or invoiced.</returns>
    internal procedure AreInvoiced(DocumentNo: Code[20]): Boolean
    var
        SalesLine: Record "Sales Line";
    begin
        SalesLine.ReadIsolation := IsolationLevel::ReadCommitted;
        SetOrder(SalesLine, DocumentNo);
        SalesLine.SetFilter("Quantity Invoiced", '<>0');
        if SalesLine.IsEmpty() then
            exit(false);
        SalesLine.SetRange("Quantity Invoiced");
        SalesLine.SetFilter("Outstanding Quantity", '<>0');
        if not SalesLine.IsEmpty() then
            exit(false);
        SalesLine.SetRange("Outstanding Quantity");
        SalesLine.SetFilter("Qty. Shipped Not Invoiced", '<>0');
        exit(SalesLine.IsEmpty());
    end;

    local procedure SetOrder(var SalesLine: Record "Sales Line"; DocumentNo: Code[20])
    begin
        SalesLine.SetRange("Document Type", SalesLine."Document Type"::Order);
        SalesLine.SetRange("Document No.", DocumentNo);
    end;
}
