namespace Tandem.Sync;

/// <summary>
/// Prepares every company when the app is installed, also when it is installed again.
/// </summary>
codeunit 71800 "Tandem Install"
{
    Access = Internal;
    Subtype = Install;

    trigger OnInstallAppPerCompany()
    var
        TandemCompanySetup: Codeunit "Tandem Company Setup";
    begin
        TandemCompanySetup.Prepare();
    end;
}
