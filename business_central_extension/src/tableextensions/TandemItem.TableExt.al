namespace Tandem.Sync;

using Microsoft.Inventory.Item;

/// <summary>
/// An index for reading changes by row version; without it each look reads the whole table.
/// </summary>
tableextension 71813 "Tandem Item" extends Item
{
    keys
    {
        key(TandemRowVersion; SystemRowVersion)
        {
        }
    }
}
