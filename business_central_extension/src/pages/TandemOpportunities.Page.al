namespace Tandem.Sync;

using Microsoft.CRM.Opportunity;

/// <summary>
/// Opportunities with estimate and probability, which API v2.0 shows in part.
/// </summary>
page 71828 "Tandem Opportunities"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'opportunity';
    EntitySetName = 'opportunities';
    EntityCaption = 'Opportunity', Locked = true;
    EntitySetCaption = 'Opportunities', Locked = true;
    SourceTable = Opportunity;
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
                field(description; Rec.Description)
                {
                    Caption = 'Description', Locked = true;
                }
                field(contactNumber; Rec."Contact No.")
                {
                    Caption = 'Contact Number', Locked = true;
                }
                field(contactCompanyNumber; Rec."Contact Company No.")
                {
                    Caption = 'Contact Company Number', Locked = true;
                }
                field(salespersonCode; Rec."Salesperson Code")
                {
                    Caption = 'Salesperson Code', Locked = true;
                }
                field(campaignNumber; Rec."Campaign No.")
                {
                    Caption = 'Campaign Number', Locked = true;
                }
                field(salesCycleCode; Rec."Sales Cycle Code")
                {
                    Caption = 'Sales Cycle Code', Locked = true;
                }
                field(priority; Rec.Priority)
                {
                    Caption = 'Priority', Locked = true;
                }
                field(status; Rec."Status")
                {
                    Caption = 'Status', Locked = true;
                }
                field(closed; Rec.Closed)
                {
                    Caption = 'Closed', Locked = true;
                }
                field(creationDate; Rec."Creation Date")
                {
                    Caption = 'Creation Date', Locked = true;
                }
                field(dateClosed; Rec."Date Closed")
                {
                    Caption = 'Date Closed', Locked = true;
                }
                field(estimatedClosingDate; Rec."Estimated Closing Date")
                {
                    Caption = 'Estimated Closing Date', Locked = true;
                }
                field(estimatedValue; Rec."Estimated Value (LCY)")
                {
                    Caption = 'Estimated Value', Locked = true;
                }
                field(probabilityPercent; Rec."Probability %")
                {
                    Caption = 'Probability Percent', Locked = true;
                }
                field(calculatedCurrentValue; Rec."Calcd. Current Value (LCY)")
                {
                    Caption = 'Calculated Current Value', Locked = true;
                }
                field(salesDocumentType; Rec."Sales Document Type")
                {
                    Caption = 'Sales Document Type', Locked = true;
                }
                field(salesDocumentNumber; Rec."Sales Document No.")
                {
                    Caption = 'Sales Document Number', Locked = true;
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
