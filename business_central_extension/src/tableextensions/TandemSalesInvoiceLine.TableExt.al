namespace Tandem.Sync;

using Microsoft.Sales.History;

/// <summary>
/// An index for reading changes by row version; without it each look reads the whole table.
/// </summary>
tableextension 71819 "Tandem Sales Invoice Line" extends "Sales Invoice Line"
{
    keys
    {
        key(TandemRowVersion; SystemRowVersion)
        {
        }
    }
}
