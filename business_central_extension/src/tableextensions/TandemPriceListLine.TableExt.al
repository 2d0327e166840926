namespace Tandem.Sync;

using Microsoft.Pricing.PriceList;

/// <summary>
/// An index for reading changes by row version; without it each look reads the whole table.
/// </summary>
tableextension 71815 "Tandem Price List Line" extends "Price List Line"
{
    keys
    {
        key(TandemRowVersion; SystemRowVersion)
        {
        }
    }
}
