namespace Tandem.Sync;

using Microsoft.CRM.Contact;
using Microsoft.Inventory.Item;
using Microsoft.Purchases.Vendor;
using Microsoft.Sales.Customer;
using System.IO;
using System.Reflection;

/// <summary>
/// Creates records from what a caller gave and a template. What was given wins; the template fills what is blank.
/// </summary>
codeunit 71804 "Tandem Creation"
{
    Access = Internal;

    var
        NoNameErr: Label 'A "displayName" must be provided.', Locked = true;
        TemplateErr: Label 'A "templateCode" can be given at creation only.', Locked = true;
        WrongTableErr: Label 'The template %1 is not for contacts.', Comment = '%1 = the code of a template', Locked = true;

    /// <summary>
    /// Refuses a template in a change of a record.
    /// </summary>
    /// <param name="TemplateCode">What the caller sent.</param>
    internal procedure TestNoTemplate(TemplateCode: Text)
    begin
        if TemplateCode <> '' then
            Error(TemplateErr);
    end;

    /// <summary>
    /// Inserts a customer; the template also chooses the number series.
    /// </summary>
    /// <param name="Customer">What was given; afterwards the stored record.</param>
    /// <param name="TemplateCode">A customer template, or blank.</param>
    internal procedure InsertCustomer(var Customer: Record Customer; TemplateCode: Code[20])
    var
        CustomerTempl: Record "Customer Templ.";
        CustomerTemplMgt: Codeunit "Customer Templ. Mgt.";
        PaymentMethodCode: Code[10];
    begin
        TestName(Customer.Name);
        PaymentMethodCode := Customer."Payment Method Code";
        if TemplateCode <> '' then begin
            CustomerTempl.Get(TemplateCode);
            CustomerTemplMgt.InitCustomerNo(Customer, CustomerTempl);
        end;
        Customer.Insert(true);
        if TemplateCode = '' then
            exit;

        CustomerTemplMgt.ApplyCustomerTemplate(Customer, CustomerTempl);
        // The template's payment method is applied even where one was given.
        if (PaymentMethodCode <> '') and (PaymentMethodCode <> Customer."Payment Method Code") then begin
            Customer.Validate("Payment Method Code", PaymentMethodCode);
            Customer.Modify(true);
        end;
    end;

    /// <summary>
    /// Inserts a vendor; the template also chooses the number series.
    /// </summary>
    /// <param name="Vendor">What was given; afterwards the stored record.</param>
    /// <param name="TemplateCode">A vendor template, or blank.</param>
    internal procedure InsertVendor(var Vendor: Record Vendor; TemplateCode: Code[20])
    var
        VendorTempl: Record "Vendor Templ.";
        VendorTemplMgt: Codeunit "Vendor Templ. Mgt.";
        PaymentMethodCode: Code[10];
    begin
        TestName(Vendor.Name);
        PaymentMethodCode := Vendor."Payment Method Code";
        if TemplateCode <> '' then begin
            VendorTempl.Get(TemplateCode);
            VendorTemplMgt.InitVendorNo(Vendor, VendorTempl);
        end;
        Vendor.Insert(true);
        if TemplateCode = '' then
            exit;

        VendorTemplMgt.ApplyVendorTemplate(Vendor, VendorTempl);
        if (PaymentMethodCode <> '') and (PaymentMethodCode <> Vendor."Payment Method Code") then begin
            Vendor.Validate("Payment Method Code", PaymentMethodCode);
            Vendor.Modify(true);
        end;
    end;

    /// <summary>
    /// Inserts an item; the template also chooses the number series. The base unit is validated after the insertion,
    /// because it makes an item unit of measure that needs the item's number.
    /// </summary>
    /// <param name="Item">What was given; afterwards the stored record.</param>
    /// <param name="TemplateCode">An item template, or blank.</param>
    /// <param name="BaseUnitOfMeasureCode">The base unit, or blank to take the template's; afterwards the stored one.</param>
    internal procedure InsertItem(var Item: Record Item; TemplateCode: Code[20]; var BaseUnitOfMeasureCode: Code[10])
    var
        ItemTempl: Record "Item Templ.";
        ItemTemplMgt: Codeunit "Item Templ. Mgt.";
    begin
        TestName(Item.Description);
        if TemplateCode <> '' then begin
            ItemTempl.Get(TemplateCode);
            ItemTemplMgt.InitItemNo(Item, ItemTempl);
        end;
        Item.Insert(true);
        if BaseUnitOfMeasureCode <> '' then begin
            Item.Validate("Base Unit of Measure", BaseUnitOfMeasureCode);
            Item.Modify(true);
        end;
        if TemplateCode <> '' then
            ItemTemplMgt.ApplyItemTemplate(Item, ItemTempl);
        BaseUnitOfMeasureCode := Item."Base Unit of Measure";
    end;

    /// <summary>
    /// Inserts a contact. Contacts have no templates of their own; a configuration template of the table Contact is used.
    /// </summary>
    /// <param name="Contact">What was given; afterwards the stored record.</param>
    /// <param name="TemplateCode">A configuration template of the table Contact, or blank.</param>
    internal procedure InsertContact(var Contact: Record Contact; TemplateCode: Code[10])
    var
        ConfigTemplateHeader: Record "Config. Template Header";
        TempGivenField: Record Field temporary;
        ConfigTemplateManagement: Codeunit "Config. Template Management";
        ContactRecordRef: RecordRef;
    begin
        TestName(Contact.Name);
        if TemplateCode <> '' then begin
            ConfigTemplateHeader.Get(TemplateCode);
            if ConfigTemplateHeader."Table ID" <> Database::Contact then
                Error(WrongTableErr, TemplateCode);
        end;
        ContactRecordRef.GetTable(Contact);
        CollectGivenFields(ContactRecordRef, TempGivenField);
        Contact.Insert(true);
        if TemplateCode = '' then
            exit;

        ContactRecordRef.GetTable(Contact);
        ConfigTemplateManagement.InsertTemplate(ContactRecordRef, ConfigTemplateHeader, true, TempGivenField);
        ContactRecordRef.SetTable(Contact);
    end;

    local procedure TestName(Name: Text)
    begin
        if Name = '' then
            Error(NoNameErr);
    end;

    local procedure CollectGivenFields(var GivenRecordRef: RecordRef; var TempGivenField: Record Field temporary)
    var
        BlankRecordRef: RecordRef;
        GivenFieldRef: FieldRef;
        Index: Integer;
    begin
        BlankRecordRef.Open(GivenRecordRef.Number());
        BlankRecordRef.Init();
        for Index := 1 to GivenRecordRef.FieldCount() do begin
            GivenFieldRef := GivenRecordRef.FieldIndex(Index);
            if (GivenFieldRef.Class() = FieldClass::Normal) and (GivenFieldRef.Type() <> FieldType::Blob) then
                if Format(GivenFieldRef.Value()) <> Format(BlankRecordRef.FieldIndex(Index).Value()) then begin
                    TempGivenField.Init();
                    TempGivenField.TableNo := GivenRecordRef.Number();
                    TempGivenField."No." := GivenFieldRef.Number();
                    TempGivenField.Insert();
                end;
        end;
    end;
}
