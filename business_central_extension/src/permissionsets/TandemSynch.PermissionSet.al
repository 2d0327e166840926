namespace Tandem.Sync;

using Microsoft.CRM.Contact;
using Microsoft.Inventory.Item;
using Microsoft.Projects.Resources.Resource;
using Microsoft.Purchases.Vendor;
using Microsoft.Sales.Customer;
using Microsoft.Sales.Document;
using System.Environment.Configuration;
using System.IO;

/// <summary>
/// For the application user that synchronises: reads what Tandem Read reads, creates and changes what is mapped, deletes
/// nothing. What Microsoft's code behind a customer, vendor, item or order needs comes with Microsoft's own sets.
/// </summary>
permissionset 71801 "Tandem Synch"
{
    Access = Public;
    Assignable = true;
    Caption = 'Tandem Synch', Locked = true;
    IncludedPermissionSets = "Tandem Read";

    Permissions =
        tabledata Contact = IM,
        tabledata Customer = IM,
        tabledata Item = IM,
        tabledata "Record Link" = IM,
        tabledata Resource = M,
        tabledata "Sales Header" = IM,
        tabledata "Ship-to Address" = IM,
        tabledata Vendor = IM,
        tabledata "Config. Template Header" = R,
        tabledata "Config. Template Line" = R,
        tabledata "Customer Templ." = R,
        tabledata "Item Templ." = R,
        tabledata "Vendor Templ." = R,
        tabledata "Tandem Record Key" = I,
        codeunit "Tandem Creation" = X,
        codeunit "Tandem Order Change" = X,
        codeunit "Tandem Order Creation" = X,
        codeunit "Tandem Order Note Mgt." = X;
}
