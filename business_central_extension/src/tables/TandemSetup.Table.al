namespace Tandem.Sync;

/// <summary>
/// One row for each company: since when deletions are remembered, and up to where they were cleared away.
/// </summary>
table 71800 "Tandem Setup"
{
    Access = Internal;
    Caption = 'Tandem Setup', Locked = true;
    DataClassification = SystemMetadata;

    fields
    {
        field(1; "Primary Key"; Code[10])
        {
            Caption = 'Primary Key', Locked = true;
        }
        field(2; "Deletions Tracked From"; DateTime)
        {
            Caption = 'Deletions Tracked From', Locked = true;
        }
        field(3; "Deletions Purged To"; BigInteger)
        {
            Caption = 'Deletions Purged To', Locked = true;
        }
    }

    keys
    {
        key(PK; "Primary Key")
        {
            Clustered = true;
        }
    }

    /// <summary>
    /// Notes that deletions are remembered from now on. While the app was not installed, nothing was remembered.
    /// </summary>
    internal procedure StartTracking()
    begin
        if not Rec.Get() then begin
            Rec.Init();
            Rec.Insert();
        end;
        Rec."Deletions Tracked From" := CurrentDateTime();
        Rec.Modify();
    end;

    /// <summary>
    /// Remembers the highest row version among the deletions that were cleared away.
    /// </summary>
    /// <param name="RowVersion">The row version of a deletion that is being cleared away.</param>
    [InherentPermissions(PermissionObjectType::TableData, Database::"Tandem Setup", 'RM')]
    internal procedure RememberPurge(RowVersion: BigInteger)
    begin
        Rec.ReadIsolation := IsolationLevel::UpdLock;
        Rec.Get();
        if RowVersion <= Rec."Deletions Purged To" then
            exit;
        Rec."Deletions Purged To" := RowVersion;
        Rec.Modify();
    end;
}
