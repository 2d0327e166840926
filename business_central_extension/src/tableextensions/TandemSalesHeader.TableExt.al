namespace Tandem.Sync;

using Microsoft.Sales.Document;

/// <summary>
/// An index for reading changes by row version; without it each look reads the whole table.
/// </summary>
tableextension 71816 "Tandem Sales Header" extends "Sales Header"
{
    keys
    {
        key(TandemRowVersion; SystemRowVersion)
        {
        }
    }
}
