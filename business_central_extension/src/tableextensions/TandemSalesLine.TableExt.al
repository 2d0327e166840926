namespace Tandem.Sync;

using Microsoft.Sales.Document;

/// <summary>
/// An index for reading changes by row version; without it each look reads the whole table.
/// </summary>
tableextension 71817 "Tandem Sales Line" extends "Sales Line"
{
    keys
    {
        key(TandemRowVersion; SystemRowVersion)
        {
        }
    }
}
