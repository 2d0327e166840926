namespace Tandem.Sync;

/// <summary>
/// One row for each deletion of a record of a synchronised table. Rows are only added, and cleared away by a retention
/// policy.
/// </summary>
table 71801 "Tandem Deletion"
{
    Access = Internal;
    Caption = 'Tandem Deletion', Locked = true;
    DataClassification = CustomerContent;

    fields
    {
        field(1; "Entry No."; BigInteger)
        {
            AutoIncrement = true;
            Caption = 'Entry No.', Locked = true;
        }
        field(2; "Table No."; Integer)
        {
            Caption = 'Table No.', Locked = true;
        }
        field(3; "Record Id"; Guid)
        {
            Caption = 'Record Id', Locked = true;
        }
        field(4; "Record Key"; Text[100])
        {
            Caption = 'Record Key', Locked = true;
        }
    }

    keys
    {
        key(PK; "Entry No.")
        {
            Clustered = true;
        }
        key(TableNo; "Table No.", "Entry No.")
        {
        }
    }

    trigger OnDelete()
    var
        TandemSetup: Record "Tandem Setup";
    begin
        TandemSetup.RememberPurge(Rec.SystemRowVersion);
    end;
}
