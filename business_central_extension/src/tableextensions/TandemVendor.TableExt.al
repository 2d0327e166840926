namespace Tandem.Sync;

using Microsoft.Purchases.Vendor;

/// <summary>
/// An index for reading changes by row version; without it each look reads the whole table.
/// </summary>
tableextension 71812 "Tandem Vendor" extends Vendor
{
    keys
    {
        key(TandemRowVersion; SystemRowVersion)
        {
        }
    }
}
