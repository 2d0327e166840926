namespace Tandem.Sync;

using Microsoft.Foundation.Company;
using Microsoft.Inventory.Availability;
using Microsoft.Inventory.Item;
using Microsoft.Inventory.Location;

/// <summary>
/// Answers a question about availability: one row for each item, variant and location that was asked for. Projection
/// and earliest date are those of Business Central's order promising.
/// </summary>
codeunit 71805 "Tandem Availability Calc."
{
    Access = Internal;

    var
        NoItemErr: Label 'A filter on "itemNumber" must be provided.', Locked = true;
        TooManyErr: Label 'More than %1 rows were asked for; filter on fewer items, variants or locations.', Comment = '%1 = a number', Locked = true;
        OneValueErr: Label 'The filter on "%1" must be one value.', Comment = '%1 = the name of a field', Locked = true;

    /// <summary>
    /// Fills the answer. The filters of the answer are the question: itemNumber is needed, variantCode and locationCode
    /// narrow, without them all variants or locations count as one; date is today where it is not given.
    /// </summary>
    /// <param name="TempAnswer">Carries the filters; afterwards the rows, with the same filters.</param>
    internal procedure Fill(var TempAnswer: Record "Tandem Item Availability" temporary)
    var
        TempQuestion: Record "Tandem Item Availability" temporary;
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
                FillVariants(CalculatedItem, TempQuestion, TempAnswer);
            until Item.Next() = 0;
        TempAnswer.CopyFilters(TempQuestion);
    end;

    local procedure FillVariants(var Item: Record Item; var TempQuestion: Record "Tandem Item Availability" temporary; var TempAnswer: Record "Tandem Item Availability" temporary)
    var
        ItemVariant: Record "Item Variant";
        TempVariant: Record "Item Variant" temporary;
    begin
        Item.SetRange("Variant Filter");
        if TempQuestion.GetFilter("Variant Code") = '' then begin
            FillLocations(Item, '', true, TempQuestion, TempAnswer);
            exit;
        end;
        InsertVariant(TempVariant, Item."No.", '');
        ItemVariant.SetRange("Item No.", Item."No.");
        if ItemVariant.FindSet() then
            repeat
                InsertVariant(TempVariant, Item."No.", ItemVariant.Code);
            until ItemVariant.Next() = 0;
        TempVariant.SetFilter(Code, TempQuestion.GetFilter("Variant Code"));
        if TempVariant.FindSet() then
            repeat
                Item.SetRange("Variant Filter", TempVariant.Code);
                FillLocations(Item, TempVariant.Code, false, TempQuestion, TempAnswer);
            until TempVariant.Next() = 0;
    end;

    local procedure FillLocations(var Item: Record Item; VariantCode: Code[10]; AllVariants: Boolean; var TempQuestion: Record "Tandem Item Availability" temporary; var TempAnswer: Record "Tandem Item Availability" temporary)
    var
        Location: Record Location;
        TempLocation: Record Location temporary;
    begin
        Item.SetRange("Location Filter");
        if TempQuestion.GetFilter("Location Code") = '' then begin
            AddRow(Item, VariantCode, AllVariants, '', true, TempQuestion, TempAnswer);
            exit;
        end;
        InsertLocation(TempLocation, '');
        if Location.FindSet() then
            repeat
                InsertLocation(TempLocation, Location.Code);
            until Location.Next() = 0;
        TempLocation.SetFilter(Code, TempQuestion.GetFilter("Location Code"));
        if TempLocation.FindSet() then
            repeat
                Item.SetRange("Location Filter", TempLocation.Code);
                AddRow(Item, VariantCode, AllVariants, TempLocation.Code, false, TempQuestion, TempAnswer);
            until TempLocation.Next() = 0;
    end;

    local procedure AddRow(var Item: Record Item; VariantCode: Code[10]; AllVariants: Boolean; LocationCode: Code[10]; AllLocations: Boolean; var TempQuestion: Record "Tandem Item Availability" temporary; var TempAnswer: Record "Tandem Item Availability" temporary)
    begin
        if TempAnswer.Count() >= MaximumRows() then
            Error(TooManyErr, MaximumRows());
        TempAnswer.Init();
        TempAnswer."Entry No." := TempAnswer.Count() + 1;
        TempAnswer.Id := CreateGuid();
        TempAnswer."Item No." := Item."No.";
        TempAnswer."Item Id" := Item.SystemId;
        TempAnswer."Base Unit of Measure" := Item."Base Unit of Measure";
        TempAnswer."Variant Code" := VariantCode;
        TempAnswer."All Variants" := AllVariants;
        TempAnswer."Location Code" := LocationCode;
        TempAnswer."All Locations" := AllLocations;
        TempAnswer."Availability Date" := AskedDate(TempQuestion);
        TempAnswer."Requested Quantity" := AskedQuantity(TempQuestion);
        if Item.IsInventoriableType() then
            Calculate(Item, TempAnswer);
        TempAnswer.Insert();
    end;

    local procedure Calculate(var Item: Record Item; var TempAnswer: Record "Tandem Item Availability" temporary)
    var
        CompanyInformation: Record "Company Information";
        AvailableToPromise: Codeunit "Available to Promise";
        QuantityOnEarliestDate: Decimal;
    begin
        CompanyInformation.Get();
        Item.SetRange("Drop Shipment Filter", false);
        Item.SetRange("Date Filter", 0D, TempAnswer."Availability Date");
        Item.CalcFields(Inventory, "Reserved Qty. on Inventory", "Qty. on Sales Order", "Qty. on Purch. Order");
        TempAnswer.Inventory := Item.Inventory;
        TempAnswer."Reserved Quantity" := Item."Reserved Qty. on Inventory";
        TempAnswer."Qty. on Sales Orders" := Item."Qty. on Sales Order";
        TempAnswer."Qty. on Purchase Orders" := Item."Qty. on Purch. Order";
        TempAnswer."Projected Available" :=
            AvailableToPromise.CalcQtyAvailableToPromise(
                Item, TempAnswer."Gross Requirement", TempAnswer."Scheduled Receipt", TempAnswer."Availability Date",
                CompanyInformation."Check-Avail. Time Bucket", CompanyInformation."Check-Avail. Period Calc.");
        if TempAnswer."Requested Quantity" <= 0 then
            exit;
        Clear(AvailableToPromise);
        TempAnswer."Earliest Date" :=
            AvailableToPromise.CalcEarliestAvailabilityDate(
                Item, TempAnswer."Requested Quantity", TempAnswer."Availability Date", 0, 0D, QuantityOnEarliestDate,
                CompanyInformation."Check-Avail. Time Bucket", CompanyInformation."Check-Avail. Period Calc.");
    end;

    local procedure AskedDate(var TempQuestion: Record "Tandem Item Availability" temporary): Date
    begin
        if TempQuestion.GetFilter("Availability Date") = '' then
            exit(Today());
        if TempQuestion.GetRangeMin("Availability Date") <> TempQuestion.GetRangeMax("Availability Date") then
            Error(OneValueErr, 'date');
        exit(TempQuestion.GetRangeMin("Availability Date"));
    end;

    local procedure AskedQuantity(var TempQuestion: Record "Tandem Item Availability" temporary): Decimal
    begin
        if TempQuestion.GetFilter("Requested Quantity") = '' then
            exit(0);
        if TempQuestion.GetRangeMin("Requested Quantity") <> TempQuestion.GetRangeMax("Requested Quantity") then
            Error(OneValueErr, 'requestedQuantity');
        exit(TempQuestion.GetRangeMin("Requested Quantity"));
    end;

    local procedure InsertVariant(var TempVariant: Record "Item Variant" temporary; ItemNo: Code[20]; VariantCode: Code[10])
    begin
        TempVariant.Init();
        TempVariant."Item No." := ItemNo;
        TempVariant.Code := VariantCode;
        TempVariant.Insert();
    end;

    local procedure InsertLocation(var TempLocation: Record Location temporary; LocationCode: Code[10])
    begin
        TempLocation.Init();
        TempLocation.Code := LocationCode;
        TempLocation.Insert();
    end;

    local procedure MaximumRows(): Integer
    begin
        exit(500);
    end;
}
