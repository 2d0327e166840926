namespace Tandem.Sync;

using Microsoft.Sales.History;

/// <summary>
/// An index for reading changes by row version; without it each look reads the whole table.
/// </summary>
tableextension 71818 "Tandem Sales Invoice Header" extends "Sales Invoice Header"
{
    keys
    {
        key(TandemRowVersion; SystemRowVersion)
        {
        }
    }
}
