namespace Tandem.Sync;

using Microsoft.Foundation.Company;
using System.DataAdministration;

/// <summary>
/// Prepares a company: the row of Tandem Setup, and a retention policy that clears deletions away after six months.
/// </summary>
codeunit 71806 "Tandem Company Setup"
{
    Access = Internal;
    InherentEntitlements = X;
    InherentPermissions = X;

    /// <summary>
    /// Prepares the current company. A retention policy that is there already stays as it is.
    /// </summary>
    internal procedure Prepare()
    var
        TandemSetup: Record "Tandem Setup";
    begin
        TandemSetup.StartTracking();
        AllowRetentionPolicy();
        CreateRetentionPolicy();
    end;

    local procedure AllowRetentionPolicy()
    var
        TandemDeletion: Record "Tandem Deletion";
        RetenPolAllowedTables: Codeunit "Reten. Pol. Allowed Tables";
    begin
        RetenPolAllowedTables.AddAllowedTable(Database::"Tandem Deletion", TandemDeletion.FieldNo(SystemCreatedAt), MinimumRetentionDays());
    end;

    local procedure CreateRetentionPolicy()
    var
        RetentionPolicySetup: Record "Retention Policy Setup";
        RetentionPolicy: Codeunit "Retention Policy Setup";
    begin
        if RetentionPolicySetup.Get(Database::"Tandem Deletion") then
            exit;
        RetentionPolicySetup.Validate("Table Id", Database::"Tandem Deletion");
        RetentionPolicySetup.Validate("Apply to all records", true);
        RetentionPolicySetup.Validate("Retention Period", RetentionPolicy.FindOrCreateRetentionPeriod("Retention Period Enum"::"6 Months"));
        RetentionPolicySetup.Validate(Enabled, true);
        RetentionPolicySetup.Insert(true);
    end;

    /// <summary>
    /// No policy may clear deletions away earlier: Tandem must have had time to read them.
    /// </summary>
    local procedure MinimumRetentionDays(): Integer
    begin
        exit(28);
    end;

    [EventSubscriber(ObjectType::Codeunit, Codeunit::"Company-Initialize", OnCompanyInitialize, '', false, false)]
    local procedure PrepareOnCompanyInitialize()
    var
        TandemSetup: Record "Tandem Setup";
    begin
        // Raised for companies that are there already, too; their tracking goes on.
        if not TandemSetup.Get() then
            Prepare();
    end;

    [EventSubscriber(ObjectType::Codeunit, Codeunit::"Reten. Pol. Allowed Tables", OnRefreshAllowedTables, '', false, false)]
    local procedure AllowOnRefreshAllowedTables()
    begin
        AllowRetentionPolicy();
    end;
}
