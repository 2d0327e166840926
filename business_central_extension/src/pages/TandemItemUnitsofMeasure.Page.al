namespace Tandem.Sync;

using Microsoft.Inventory.Item;

/// <summary>
/// The units in which an item is sold, each with its quantity in the base unit.
/// </summary>
page 71824 "Tandem Item Units of Measure"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'itemUnitOfMeasure';
    EntitySetName = 'itemUnitsOfMeasure';
    EntityCaption = 'Item Unit Of Measure', Locked = true;
    EntitySetCaption = 'Item Units Of Measure', Locked = true;
    SourceTable = "Item Unit of Measure";
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
                field(itemNumber; Rec."Item No.")
                {
                    Caption = 'Item Number', Locked = true;
                }
                field(code; Rec."Code")
                {
                    Caption = 'Code', Locked = true;
                }
                field(quantityPerUnitOfMeasure; Rec."Qty. per Unit of Measure")
                {
                    Caption = 'Quantity Per Unit Of Measure', Locked = true;
                }
                field(length; Rec.Length)
                {
                    Caption = 'Length', Locked = true;
                }
                field(width; Rec.Width)
                {
                    Caption = 'Width', Locked = true;
                }
                field(height; Rec.Height)
                {
                    Caption = 'Height', Locked = true;
                }
                field(cubage; Rec.Cubage)
                {
                    Caption = 'Cubage', Locked = true;
                }
                field(weight; Rec.Weight)
                {
                    Caption = 'Weight', Locked = true;
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
