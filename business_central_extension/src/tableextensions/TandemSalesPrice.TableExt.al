namespace Tandem.Sync;

using Microsoft.Sales.Pricing;

/// <summary>
/// An index for reading changes by row version; without it each look reads the whole table.
/// </summary>
tableextension 71814 "Tandem Sales Price" extends "Sales Price"
{
    keys
    {
        key(TandemRowVersion; SystemRowVersion)
        {
        }
    }
}
