namespace Tandem.Sync;

/// <summary>
/// Keeps creations from being doubled: the key of a creation is stored in the transaction that creates the record.
/// </summary>
codeunit 71803 "Tandem Record Key Mgt."
{
    Access = Internal;

    var
        NoKeyErr: Label 'A "tandemKey" must be provided.', Locked = true;
        KeyUsedErr: Label 'A record with this "tandemKey" was created already: %1.', Comment = '%1 = the id of the record', Locked = true;
        KeyChangedErr: Label 'The "tandemKey" of a record cannot be changed.', Locked = true;

    /// <summary>
    /// The key of a record; the empty key when Tandem did not create it.
    /// </summary>
    /// <param name="TableNo">The record's table.</param>
    /// <param name="RecordId">The record's SystemId.</param>
    /// <returns>The key under which it was created.</returns>
    internal procedure Find(TableNo: Integer; RecordId: Guid): Guid
    var
        TandemRecordKey: Record "Tandem Record Key";
        NoKey: Guid;
    begin
        TandemRecordKey.SetRange("Table No.", TableNo);
        TandemRecordKey.SetRange("Record Id", RecordId);
        if TandemRecordKey.FindFirst() then
            exit(TandemRecordKey."Tandem Key");
        exit(NoKey);
    end;

    /// <summary>
    /// Refuses a creation without a key, or with a key that was used. Two creations at the same moment both pass here;
    /// one of them fails in Add.
    /// </summary>
    /// <param name="TableNo">The table to create in.</param>
    /// <param name="TandemKey">The key of the creation.</param>
    internal procedure TestUnused(TableNo: Integer; TandemKey: Guid)
    var
        TandemRecordKey: Record "Tandem Record Key";
    begin
        if IsNullGuid(TandemKey) then
            Error(NoKeyErr);
        TandemRecordKey.ReadIsolation := IsolationLevel::ReadCommitted;
        if TandemRecordKey.Get(TableNo, TandemKey) then
            Error(KeyUsedErr, TandemRecordKey."Record Id");
    end;

    /// <summary>
    /// Refuses a change of the key.
    /// </summary>
    /// <param name="TableNo">The record's table.</param>
    /// <param name="TandemKey">The key as it would be stored.</param>
    /// <param name="RecordId">The record's SystemId.</param>
    internal procedure TestUnchanged(TableNo: Integer; TandemKey: Guid; RecordId: Guid)
    begin
        if TandemKey <> Find(TableNo, RecordId) then
            Error(KeyChangedErr);
    end;

    /// <summary>
    /// Stores the key of a record that was just created. The transaction fails as a whole when the key is taken.
    /// </summary>
    /// <param name="TableNo">The record's table.</param>
    /// <param name="TandemKey">The key of the creation.</param>
    /// <param name="RecordId">The record's SystemId.</param>
    internal procedure Add(TableNo: Integer; TandemKey: Guid; RecordId: Guid)
    var
        TandemRecordKey: Record "Tandem Record Key";
    begin
        TandemRecordKey.Init();
        TandemRecordKey."Table No." := TableNo;
        TandemRecordKey."Tandem Key" := TandemKey;
        TandemRecordKey."Record Id" := RecordId;
        TandemRecordKey.Insert();
    end;
}
