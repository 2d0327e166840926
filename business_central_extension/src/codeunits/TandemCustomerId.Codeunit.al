namespace Tandem.Sync;

using Microsoft.Sales.Customer;

/// <summary>
/// Tells the id of a customer that another record names by its number.
/// </summary>
codeunit 71808 "Tandem Customer Id"
{
    Access = Internal;

    /// <summary>
    /// The id of the customer with this number.
    /// </summary>
    /// <param name="Number">The customer's number.</param>
    /// <returns>The SystemId; the empty id where there is no such customer.</returns>
    internal procedure OfNumber(Number: Code[20]): Guid
    var
        Customer: Record Customer;
        NoId: Guid;
    begin
        Customer.ReadIsolation := IsolationLevel::ReadCommitted;
        Customer.SetLoadFields("No.");
        if (Number <> '') and Customer.Get(Number) then
            exit(Customer.SystemId);
        exit(NoId);
    end;
}
