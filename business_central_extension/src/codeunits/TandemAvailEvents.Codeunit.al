namespace Tandem.Sync;

using Microsoft.Inventory.Availability;
using Microsoft.Inventory.Item;

/// <summary>
/// Collects what is there of items and what will move it, as Business Central's page Item Availability by Event does,
/// and adds up what happens at one place on one day.
/// </summary>
codeunit 71809 "Tandem Avail. Events"
{
    Access = Internal;

    var
        NoItemErr: Label 'A filter on "itemNumber" must be provided.', Locked = true;
        TooManyErr: Label 'More than %1 rows were asked for; filter on fewer items.', Comment = '%1 = a number', Locked = true;

    /// <summary>
    /// Fills the answer. The filters of the answer are the question: itemNumber is needed, others narrow.
    /// </summary>
    /// <param name="TempAnswer">Carries the filters; afterwards the rows, with the same filters.</param>
    internal procedure Fill(var TempAnswer: Record "Tandem Item Avail. Event" temporary)
    var
        TempQuestion: Record "Tandem Item Avail. Event" temporary;
        Item: Record Item;
        CalculatedItem: Record Item;
    begin
        if TempAnswer.GetFilter("Item No.") = '' then
            Error(NoItemErr);
        TempQuestion.CopyFilters(TempAnswer);
        TempAnswer.Reset();
        TempAnswer.DeleteAll();

        Item.SetFilter("No.", TempQuestion.GetFilter("Item No."));
        if Item.FindSet() then
            repeat
                // Calculating sets filters, so it works on a record of its own.
                Clear(CalculatedItem);
                CalculatedItem.Get(Item."No.");
                FillItem(CalculatedItem, TempAnswer);
            until Item.Next() = 0;
        TempAnswer.Reset();
        TempAnswer.CopyFilters(TempQuestion);
    end;

    local procedure FillItem(var Item: Record Item; var TempAnswer: Record "Tandem Item Avail. Event" temporary)
    var
        TempInventoryEventBuffer: Record "Inventory Event Buffer" temporary;
        CalcItemAvailability: Codeunit "Calc. Item Availability";
    begin
        // Orders only: no forecast, no blanket orders, no suggestions of the planning worksheet.
        CalcItemAvailability.CalcNewInvtEventBuf(Item, '', false, 0D, false);
        CalcItemAvailability.GetInvEventBuffer(TempInventoryEventBuffer);
        if TempInventoryEventBuffer.FindSet() then
            repeat
                Add(Item, TempInventoryEventBuffer, TempAnswer);
            until TempInventoryEventBuffer.Next() = 0;
    end;

    local procedure Add(var Item: Record Item; var TempInventoryEventBuffer: Record "Inventory Event Buffer" temporary; var TempAnswer: Record "Tandem Item Avail. Event" temporary)
    begin
        TempAnswer.Reset();
        TempAnswer.SetCurrentKey("Item No.", "Variant Code", "Location Code", "Availability Date", "Event Type", Positive);
        TempAnswer.SetRange("Item No.", Item."No.");
        TempAnswer.SetRange("Variant Code", TempInventoryEventBuffer."Variant Code");
        TempAnswer.SetRange("Location Code", TempInventoryEventBuffer."Location Code");
        TempAnswer.SetRange("Availability Date", TempInventoryEventBuffer."Availability Date");
        TempAnswer.SetRange("Event Type", TempInventoryEventBuffer.Type);
        TempAnswer.SetRange(Positive, TempInventoryEventBuffer.Positive);
        if not TempAnswer.FindFirst() then
            InsertRow(Item, TempInventoryEventBuffer, TempAnswer);
        TempAnswer.Quantity := TempAnswer.Quantity + TempInventoryEventBuffer."Remaining Quantity (Base)";
        TempAnswer."Reserved Quantity" := TempAnswer."Reserved Quantity" + TempInventoryEventBuffer."Reserved Quantity (Base)";
        TempAnswer.Modify();
    end;

    local procedure InsertRow(var Item: Record Item; var TempInventoryEventBuffer: Record "Inventory Event Buffer" temporary; var TempAnswer: Record "Tandem Item Avail. Event" temporary)
    begin
        TempAnswer.Reset();
        if TempAnswer.Count() >= MaximumRows() then
            Error(TooManyErr, MaximumRows());
        TempAnswer.Init();
        TempAnswer."Entry No." := TempAnswer.Count() + 1;
        TempAnswer.Id := CreateGuid();
        TempAnswer."Item No." := Item."No.";
        TempAnswer."Variant Code" := TempInventoryEventBuffer."Variant Code";
        TempAnswer."Location Code" := TempInventoryEventBuffer."Location Code";
        TempAnswer."Availability Date" := TempInventoryEventBuffer."Availability Date";
        TempAnswer."Event Type" := TempInventoryEventBuffer.Type;
        TempAnswer.Positive := TempInventoryEventBuffer.Positive;
        TempAnswer.Insert();
    end;

    local procedure MaximumRows(): Integer
    begin
        exit(10000);
    end;
}
