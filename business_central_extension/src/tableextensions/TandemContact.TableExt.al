namespace Tandem.Sync;

using Microsoft.CRM.Contact;

/// <summary>
/// An index for reading changes by row version; without it each look reads the whole table.
/// </summary>
tableextension 71811 "Tandem Contact" extends Contact
{
    keys
    {
        key(TandemRowVersion; SystemRowVersion)
        {
        }
    }
}
