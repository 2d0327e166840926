namespace Tandem.Sync;

using Microsoft.CRM.BusinessRelation;
using Microsoft.CRM.Contact;
using Microsoft.CRM.Opportunity;
using Microsoft.CRM.Team;
using Microsoft.Finance.Currency;
using Microsoft.Finance.GeneralLedger.Setup;
using Microsoft.Foundation.Address;
using Microsoft.Foundation.Company;
using Microsoft.Foundation.PaymentTerms;
using Microsoft.Foundation.Shipping;
using Microsoft.Foundation.UOM;
using Microsoft.Inventory.Item;
using Microsoft.Inventory.Ledger;
using Microsoft.Inventory.Location;
using Microsoft.Pricing.PriceList;
using Microsoft.Projects.Resources.Resource;
using Microsoft.Purchases.Document;
using Microsoft.Purchases.Payables;
using Microsoft.Purchases.Vendor;
using Microsoft.Sales.Customer;
using Microsoft.Sales.Document;
using Microsoft.Sales.History;
using Microsoft.Sales.Pricing;
using Microsoft.Sales.Receivables;
using Microsoft.Sales.Setup;
using System.Environment.Configuration;

/// <summary>
/// Reads everything this app shows. What Business Central itself needs for calculating availability comes with
/// Microsoft's set D365 ITEM AVAIL CALC.
/// </summary>
permissionset 71800 "Tandem Read"
{
    Access = Public;
    Assignable = true;
    Caption = 'Tandem Read', Locked = true;

    Permissions =
        tabledata "Company Information" = R,
        tabledata Contact = R,
        tabledata "Contact Business Relation" = R,
        tabledata "Country/Region" = R,
        tabledata Currency = R,
        tabledata Customer = R,
        tabledata "Customer Price Group" = R,
        tabledata "Detailed Cust. Ledg. Entry" = R,
        tabledata "Detailed Vendor Ledg. Entry" = R,
        tabledata "General Ledger Setup" = R,
        tabledata Item = R,
        tabledata "Item Ledger Entry" = R,
        tabledata "Item Unit of Measure" = R,
        tabledata "Item Variant" = R,
        tabledata Location = R,
        tabledata Opportunity = R,
        tabledata "Opportunity Entry" = R,
        tabledata "Payment Terms" = R,
        tabledata "Price List Header" = R,
        tabledata "Price List Line" = R,
        tabledata "Purchase Line" = R,
        tabledata "Record Link" = R,
        tabledata "Res. Capacity Entry" = R,
        tabledata Resource = R,
        tabledata "Resource Unit of Measure" = R,
        tabledata "Sales & Receivables Setup" = R,
        tabledata "Sales Header" = R,
        tabledata "Sales Invoice Header" = R,
        tabledata "Sales Invoice Line" = R,
        tabledata "Sales Line" = R,
        tabledata "Sales Price" = R,
        tabledata "Salesperson/Purchaser" = R,
        tabledata "Ship-to Address" = R,
        tabledata "Shipment Method" = R,
        tabledata "Shipping Agent" = R,
        tabledata "Unit Group" = R,
        tabledata "Unit of Measure" = R,
        tabledata Vendor = R,
        tabledata "Tandem Deletion" = R,
        tabledata "Tandem Record Key" = R,
        tabledata "Tandem Setup" = R,
        page "Tandem Contact Changes" = X,
        page "Tandem Country Changes" = X,
        page "Tandem Currency Changes" = X,
        page "Tandem Customer Changes" = X,
        page "Tandem Invoice Changes" = X,
        page "Tandem Invoice Line Changes" = X,
        page "Tandem Item Changes" = X,
        page "Tandem Item Unit Changes" = X,
        page "Tandem Item Variant Changes" = X,
        page "Tandem Location Changes" = X,
        page "Tandem Opportunity Changes" = X,
        page "Tandem Order Changes" = X,
        page "Tandem Order Line Changes" = X,
        page "Tandem Payment Terms Changes" = X,
        page "Tandem Price Group Changes" = X,
        page "Tandem Price List Changes" = X,
        page "Tandem Price List Line Changes" = X,
        page "Tandem Resource Changes" = X,
        page "Tandem Resource Unit Changes" = X,
        page "Tandem Sales Price Changes" = X,
        page "Tandem Salesperson Changes" = X,
        page "Tandem Shipment Method Changes" = X,
        page "Tandem Shipping Agent Changes" = X,
        page "Tandem Ship-to Addr. Changes" = X,
        page "Tandem Unit Group Changes" = X,
        page "Tandem Unit of Measure Changes" = X,
        page "Tandem Vendor Changes" = X,
        page "Tandem Contacts" = X,
        page "Tandem Customer Ledger Entries" = X,
        page "Tandem Customer Price Groups" = X,
        page "Tandem Customers" = X,
        page "Tandem Deletions" = X,
        page "Tandem Item Avail. Events" = X,
        page "Tandem Item Availability" = X,
        page "Tandem Item Ledger Entries" = X,
        page "Tandem Item Units of Measure" = X,
        page "Tandem Items" = X,
        page "Tandem Opportunities" = X,
        page "Tandem Order Notes" = X,
        page "Tandem Posted Sales Inv. Lines" = X,
        page "Tandem Posted Sales Invoices" = X,
        page "Tandem Price List Headers" = X,
        page "Tandem Price List Lines" = X,
        page "Tandem Record Keys" = X,
        page "Tandem Resource Units" = X,
        page "Tandem Resources" = X,
        page "Tandem Sales Order Lines" = X,
        page "Tandem Sales Orders" = X,
        page "Tandem Sales Prices" = X,
        page "Tandem Shipping Agents" = X,
        page "Tandem Ship-to Addresses" = X,
        page "Tandem Synchronization States" = X,
        page "Tandem Unit Groups" = X,
        page "Tandem Vendors" = X,
        query "Tandem Item Inventories" = X,
        codeunit "Tandem Avail. Events" = X,
        codeunit "Tandem Availability Calc." = X,
        codeunit "Tandem Contact Relations" = X,
        codeunit "Tandem Customer Id" = X,
        codeunit "Tandem Order Lines" = X,
        codeunit "Tandem Record Key Mgt." = X;
}
