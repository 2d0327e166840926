namespace Tandem.Sync;

using Microsoft.Finance.GeneralLedger.Setup;
using Microsoft.Pricing.Calculation;
using Microsoft.Sales.Setup;

/// <summary>
/// Where the row-version cursors stand, and how this company is set up. Every change with a row version below
/// minimumActiveRowVersion is committed; what commits later has a higher one. So read this first, then the changes from
/// the last cursor up to and without it, and keep it as the next cursor.
/// </summary>
page 71800 "Tandem Synchronization States"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'synchronizationState';
    EntitySetName = 'synchronizationStates';
    EntityCaption = 'Synchronization State', Locked = true;
    EntitySetCaption = 'Synchronization States', Locked = true;
    SourceTable = "Tandem Setup";
    ODataKeyFields = SystemId;
    DelayedInsert = true;
    DataAccessIntent = ReadWrite;
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
                field(minimumActiveRowVersion; MinimumRowVersion)
                {
                    Caption = 'Minimum Active Row Version', Locked = true;
                }
                field(lastUsedRowVersion; LastRowVersion)
                {
                    Caption = 'Last Used Row Version', Locked = true;
                }
                field(deletionsTrackedFrom; Rec."Deletions Tracked From")
                {
                    Caption = 'Deletions Tracked From', Locked = true;
                }
                field(deletionsPurgedTo; Rec."Deletions Purged To")
                {
                    Caption = 'Deletions Purged To', Locked = true;
                }
                field(extensionVersion; ExtensionVersion)
                {
                    Caption = 'Extension Version', Locked = true;
                }
                field(localCurrencyCode; LocalCurrencyCode)
                {
                    Caption = 'Local Currency Code', Locked = true;
                }
                field(extendedPricingEnabled; ExtendedPricingEnabled)
                {
                    Caption = 'Extended Pricing Enabled', Locked = true;
                }
                field(defaultPriceListCode; DefaultPriceListCode)
                {
                    Caption = 'Default Price List Code', Locked = true;
                }
                field(lastModifiedDateTime; Rec.SystemModifiedAt)
                {
                    Caption = 'Last Modified Date Time', Locked = true;
                }
            }
        }
    }

    trigger OnOpenPage()
    begin
        Rec.ReadIsolation := IsolationLevel::ReadCommitted;
    end;

    trigger OnAfterGetRecord()
    var
        GeneralLedgerSetup: Record "General Ledger Setup";
        SalesReceivablesSetup: Record "Sales & Receivables Setup";
        PriceCalculationMgt: Codeunit "Price Calculation Mgt.";
        ModuleInfo: ModuleInfo;
    begin
        MinimumRowVersion := Database.MinimumActiveRowVersion();
        LastRowVersion := Database.LastUsedRowVersion();
        GeneralLedgerSetup.SetLoadFields("LCY Code");
        if GeneralLedgerSetup.Get() then
            LocalCurrencyCode := GeneralLedgerSetup."LCY Code";
        SalesReceivablesSetup.SetLoadFields("Default Price List Code");
        if SalesReceivablesSetup.Get() then
            DefaultPriceListCode := SalesReceivablesSetup."Default Price List Code";
        ExtendedPricingEnabled := PriceCalculationMgt.IsExtendedPriceCalculationEnabled();
        NavApp.GetCurrentModuleInfo(ModuleInfo);
        ExtensionVersion := CopyStr(Format(ModuleInfo.AppVersion()), 1, MaxStrLen(ExtensionVersion));
    end;

    var
        MinimumRowVersion: BigInteger;
        LastRowVersion: BigInteger;
        ExtensionVersion: Text[50];
        LocalCurrencyCode: Code[10];
        ExtendedPricingEnabled: Boolean;
        DefaultPriceListCode: Code[20];
}
