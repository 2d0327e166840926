namespace Tandem.Sync;

using Microsoft.Sales.Customer;

/// <summary>
/// An index for reading changes by row version; without it each look reads the whole table.
/// </summary>
tableextension 71810 "Tandem Customer" extends Customer
{
    keys
    {
        key(TandemRowVersion; SystemRowVersion)
        {
        }
    }
}
