namespace Tandem.Sync;

/// <summary>
/// For the user under whom the retention policies run: clears old deletions away.
/// </summary>
permissionset 71802 "Tandem Cleanup"
{
    Access = Public;
    Assignable = true;
    Caption = 'Tandem Cleanup', Locked = true;

    Permissions =
        tabledata "Tandem Deletion" = RD,
        tabledata "Tandem Setup" = RM;
}
