namespace Tandem.Sync;

using Microsoft.CRM.BusinessRelation;

/// <summary>
/// Tells which contact stands behind a customer or vendor.
/// </summary>
codeunit 71807 "Tandem Contact Relations"
{
    Access = Internal;

    /// <summary>
    /// The contact of a customer or vendor: its company contact, or the person itself where the customer is one.
    /// </summary>
    /// <param name="LinkToTable">The kind of relation.</param>
    /// <param name="Number">The number of the customer or vendor.</param>
    /// <returns>The number of the contact; blank where there is none.</returns>
    internal procedure ContactNumber(LinkToTable: Enum "Contact Business Relation Link To Table"; Number: Code[20]): Code[20]
    var
        ContactBusinessRelation: Record "Contact Business Relation";
    begin
        ContactBusinessRelation.ReadIsolation := IsolationLevel::ReadCommitted;
        ContactBusinessRelation.SetCurrentKey("Link to Table", "No.");
        ContactBusinessRelation.SetRange("Link to Table", LinkToTable);
        ContactBusinessRelation.SetRange("No.", Number);
        if ContactBusinessRelation.FindFirst() then
            exit(ContactBusinessRelation."Contact No.");
        exit('');
    end;
}
