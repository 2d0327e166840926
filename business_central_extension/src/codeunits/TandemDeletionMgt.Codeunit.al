namespace Tandem.Sync;

/// <summary>
/// Writes down deletions. Whoever may delete a record may have its deletion remembered; no permission to the table
/// of deletions is needed for it.
/// </summary>
codeunit 71801 "Tandem Deletion Mgt."
{
    Access = Internal;
    InherentEntitlements = X;
    InherentPermissions = X;

    /// <summary>
    /// Adds a deletion in the transaction of the deletion itself.
    /// </summary>
    /// <param name="TableNo">The table the record was deleted from.</param>
    /// <param name="RecordId">The record's SystemId.</param>
    /// <param name="RecordKey">Its number or code, for people who read about the deletion.</param>
    [InherentPermissions(PermissionObjectType::TableData, Database::"Tandem Deletion", 'I')]
    internal procedure Add(TableNo: Integer; RecordId: Guid; RecordKey: Text)
    var
        TandemDeletion: Record "Tandem Deletion";
    begin
        TandemDeletion.Init();
        TandemDeletion."Table No." := TableNo;
        TandemDeletion."Record Id" := RecordId;
        TandemDeletion."Record Key" := CopyStr(RecordKey, 1, MaxStrLen(TandemDeletion."Record Key"));
        TandemDeletion.Insert();
    end;
}
