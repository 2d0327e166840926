namespace Tandem.Sync;

using Microsoft.CRM.Contact;
using Microsoft.CRM.Opportunity;
using Microsoft.CRM.Team;
using Microsoft.Finance.Currency;
using Microsoft.Foundation.Address;
using Microsoft.Foundation.PaymentTerms;
using Microsoft.Foundation.Shipping;
using Microsoft.Foundation.UOM;
using Microsoft.Inventory.Item;
using Microsoft.Inventory.Location;
using Microsoft.Pricing.PriceList;
using Microsoft.Projects.Resources.Resource;
using Microsoft.Purchases.Vendor;
using Microsoft.Sales.Customer;
using Microsoft.Sales.Document;
using Microsoft.Sales.History;
using Microsoft.Sales.Pricing;

/// <summary>
/// Remembers every deletion of a synchronised table, also when the deleting code skips the table's triggers. A change
/// of a number is no deletion: the record keeps its id. Everybody may run it, because everybody's deletions count.
/// </summary>
codeunit 71802 "Tandem Deletion Subscribers"
{
    Access = Internal;
    InherentEntitlements = X;
    InherentPermissions = X;

    var
        TandemDeletionMgt: Codeunit "Tandem Deletion Mgt.";

    [EventSubscriber(ObjectType::Table, Database::Customer, OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteCustomer(var Rec: Record Customer; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::Customer, Rec.SystemId, Rec."No.");
    end;

    [EventSubscriber(ObjectType::Table, Database::Contact, OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteContact(var Rec: Record Contact; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::Contact, Rec.SystemId, Rec."No.");
    end;

    [EventSubscriber(ObjectType::Table, Database::Vendor, OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteVendor(var Rec: Record Vendor; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::Vendor, Rec.SystemId, Rec."No.");
    end;

    [EventSubscriber(ObjectType::Table, Database::Item, OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteItem(var Rec: Record Item; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::Item, Rec.SystemId, Rec."No.");
    end;

    [EventSubscriber(ObjectType::Table, Database::"Item Variant", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteItemVariant(var Rec: Record "Item Variant"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::"Item Variant", Rec.SystemId, Rec."Item No." + '/' + Rec."Code");
    end;

    [EventSubscriber(ObjectType::Table, Database::"Item Unit of Measure", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteItemUnitofMeasure(var Rec: Record "Item Unit of Measure"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::"Item Unit of Measure", Rec.SystemId, Rec."Item No." + '/' + Rec."Code");
    end;

    [EventSubscriber(ObjectType::Table, Database::Resource, OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteResource(var Rec: Record Resource; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::Resource, Rec.SystemId, Rec."No.");
    end;

    [EventSubscriber(ObjectType::Table, Database::"Resource Unit of Measure", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteResourceUnitofMeasure(var Rec: Record "Resource Unit of Measure"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::"Resource Unit of Measure", Rec.SystemId, Rec."Resource No." + '/' + Rec."Code");
    end;

    [EventSubscriber(ObjectType::Table, Database::"Unit Group", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteUnitGroup(var Rec: Record "Unit Group"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::"Unit Group", Rec.SystemId, Rec."Source No.");
    end;

    [EventSubscriber(ObjectType::Table, Database::"Unit of Measure", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteUnitofMeasure(var Rec: Record "Unit of Measure"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::"Unit of Measure", Rec.SystemId, Rec."Code");
    end;

    [EventSubscriber(ObjectType::Table, Database::Currency, OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteCurrency(var Rec: Record Currency; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::Currency, Rec.SystemId, Rec."Code");
    end;

    [EventSubscriber(ObjectType::Table, Database::"Payment Terms", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeletePaymentTerms(var Rec: Record "Payment Terms"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::"Payment Terms", Rec.SystemId, Rec."Code");
    end;

    [EventSubscriber(ObjectType::Table, Database::"Shipment Method", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteShipmentMethod(var Rec: Record "Shipment Method"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::"Shipment Method", Rec.SystemId, Rec."Code");
    end;

    [EventSubscriber(ObjectType::Table, Database::"Shipping Agent", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteShippingAgent(var Rec: Record "Shipping Agent"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::"Shipping Agent", Rec.SystemId, Rec."Code");
    end;

    [EventSubscriber(ObjectType::Table, Database::"Salesperson/Purchaser", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteSalespersonPurchaser(var Rec: Record "Salesperson/Purchaser"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::"Salesperson/Purchaser", Rec.SystemId, Rec."Code");
    end;

    [EventSubscriber(ObjectType::Table, Database::"Country/Region", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteCountryRegion(var Rec: Record "Country/Region"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::"Country/Region", Rec.SystemId, Rec."Code");
    end;

    [EventSubscriber(ObjectType::Table, Database::Location, OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteLocation(var Rec: Record Location; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::Location, Rec.SystemId, Rec."Code");
    end;

    [EventSubscriber(ObjectType::Table, Database::"Customer Price Group", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteCustomerPriceGroup(var Rec: Record "Customer Price Group"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::"Customer Price Group", Rec.SystemId, Rec."Code");
    end;

    [EventSubscriber(ObjectType::Table, Database::"Sales Price", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteSalesPrice(var Rec: Record "Sales Price"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::"Sales Price", Rec.SystemId, Rec."Item No.");
    end;

    [EventSubscriber(ObjectType::Table, Database::"Price List Header", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeletePriceListHeader(var Rec: Record "Price List Header"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::"Price List Header", Rec.SystemId, Rec."Code");
    end;

    [EventSubscriber(ObjectType::Table, Database::"Price List Line", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeletePriceListLine(var Rec: Record "Price List Line"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::"Price List Line", Rec.SystemId, Rec."Price List Code" + '/' + Format(Rec."Line No."));
    end;

    [EventSubscriber(ObjectType::Table, Database::Opportunity, OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteOpportunity(var Rec: Record Opportunity; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::Opportunity, Rec.SystemId, Rec."No.");
    end;

    [EventSubscriber(ObjectType::Table, Database::"Sales Header", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteSalesHeader(var Rec: Record "Sales Header"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() and (Rec."Document Type" = Rec."Document Type"::Order) then
            TandemDeletionMgt.Add(Database::"Sales Header", Rec.SystemId, Rec."No.");
    end;

    [EventSubscriber(ObjectType::Table, Database::"Sales Line", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteSalesLine(var Rec: Record "Sales Line"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() and (Rec."Document Type" = Rec."Document Type"::Order) then
            TandemDeletionMgt.Add(Database::"Sales Line", Rec.SystemId, Rec."Document No." + '/' + Format(Rec."Line No."));
    end;

    [EventSubscriber(ObjectType::Table, Database::"Sales Invoice Header", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteSalesInvoiceHeader(var Rec: Record "Sales Invoice Header"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::"Sales Invoice Header", Rec.SystemId, Rec."No.");
    end;

    [EventSubscriber(ObjectType::Table, Database::"Sales Invoice Line", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteSalesInvoiceLine(var Rec: Record "Sales Invoice Line"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::"Sales Invoice Line", Rec.SystemId, Rec."Document No." + '/' + Format(Rec."Line No."));
    end;

    [EventSubscriber(ObjectType::Table, Database::"Ship-to Address", OnAfterDeleteEvent, '', false, false)]
    local procedure OnAfterDeleteShiptoAddress(var Rec: Record "Ship-to Address"; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            TandemDeletionMgt.Add(Database::"Ship-to Address", Rec.SystemId, Rec."Customer No." + '/' + Rec."Code");
    end;
}
