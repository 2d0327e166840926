namespace Tandem.Sync;

/// <summary>
/// The key under which Tandem asked for a record's creation. It outlives the record: a late repeat of a creation must
/// not bring back what was deleted since.
/// </summary>
table 71802 "Tandem Record Key"
{
    Access = Internal;
    Caption = 'Tandem Record Key', Locked = true;
    DataClassification = SystemMetadata;

    fields
    {
        field(1; "Table No."; Integer)
        {
            Caption = 'Table No.', Locked = true;
        }
        field(2; "Tandem Key"; Guid)
        {
            Caption = 'Tandem Key', Locked = true;
        }
        field(3; "Record Id"; Guid)
        {
            Caption = 'Record Id', Locked = true;
        }
    }

    keys
    {
        // Uniqueness is held here: of two transactions with one key, one fails as a whole.
        key(PK; "Table No.", "Tandem Key")
        {
            Clustered = true;
        }
        key(RecordId; "Table No.", "Record Id")
        {
            Unique = true;
        }
    }
}
