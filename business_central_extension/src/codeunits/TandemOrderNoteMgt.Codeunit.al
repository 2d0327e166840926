namespace Tandem.Sync;

using Microsoft.Sales.Document;
using System.Environment.Configuration;

/// <summary>
/// Reads and writes notes on sales orders, which Business Central keeps as links of the order's record.
/// </summary>
codeunit 71821 "Tandem Order Note Mgt."
{
    Access = Internal;

    var
        RecordLinkManagement: Codeunit "Record Link Management";
        NoOrderErr: Label 'An "orderId" of a sales order must be provided.', Locked = true;
        OrderChangedErr: Label 'The "orderId" of a note cannot be changed.', Locked = true;
        NoTextErr: Label 'The blank "text" is not allowed.', Locked = true;

    /// <summary>
    /// The order that a note stands on; a blank record when it stands on something else.
    /// </summary>
    /// <param name="RecordLink">The note.</param>
    /// <param name="SalesHeader">The order.</param>
    internal procedure FindOrder(RecordLink: Record "Record Link"; var SalesHeader: Record "Sales Header")
    begin
        Clear(SalesHeader);
        if RecordLink."Record ID".TableNo() <> Database::"Sales Header" then
            exit;
        if SalesHeader.Get(RecordLink."Record ID") then
            if SalesHeader."Document Type" <> SalesHeader."Document Type"::Order then
                Clear(SalesHeader);
    end;

    /// <summary>
    /// The text of a note.
    /// </summary>
    /// <param name="RecordLink">The note.</param>
    /// <returns>What somebody wrote.</returns>
    internal procedure TextOf(RecordLink: Record "Record Link"): Text
    begin
        RecordLink.CalcFields(Note);
        exit(RecordLinkManagement.ReadNote(RecordLink));
    end;

    /// <summary>
    /// Writes a note on an order.
    /// </summary>
    /// <param name="RecordLink">Afterwards the stored note.</param>
    /// <param name="OrderId">The SystemId of the order.</param>
    /// <param name="NoteText">The text.</param>
    internal procedure InsertNote(var RecordLink: Record "Record Link"; OrderId: Guid; NoteText: Text)
    var
        SalesHeader: Record "Sales Header";
    begin
        if not SalesHeader.GetBySystemId(OrderId) then
            Error(NoOrderErr);
        if SalesHeader."Document Type" <> SalesHeader."Document Type"::Order then
            Error(NoOrderErr);
        TestText(NoteText);
        RecordLink.Init();
        RecordLink."Link ID" := 0;
        RecordLink."Record ID" := SalesHeader.RecordId();
        RecordLink.Type := RecordLink.Type::Note;
        RecordLink.Created := CurrentDateTime();
        RecordLink."User ID" := UserId();
        RecordLink.Company := CompanyName();
        RecordLinkManagement.WriteNote(RecordLink, NoteText);
        RecordLink.Insert(true);
    end;

    /// <summary>
    /// Changes the text of a note, which stays on its order.
    /// </summary>
    /// <param name="RecordLink">The note.</param>
    /// <param name="OrderId">The SystemId of the order as the caller says it.</param>
    /// <param name="NoteText">The text.</param>
    internal procedure ChangeNote(var RecordLink: Record "Record Link"; OrderId: Guid; NoteText: Text)
    var
        SalesHeader: Record "Sales Header";
    begin
        FindOrder(RecordLink, SalesHeader);
        if IsNullGuid(SalesHeader.SystemId) or (SalesHeader.SystemId <> OrderId) then
            Error(OrderChangedErr);
        TestText(NoteText);
        RecordLinkManagement.WriteNote(RecordLink, NoteText);
        RecordLink.Modify(true);
    end;

    local procedure TestText(NoteText: Text)
    begin
        if DelChr(NoteText, '<>', ' ') = '' then
            Error(NoTextErr);
    end;
}
