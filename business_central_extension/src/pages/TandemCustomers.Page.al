namespace Tandem.Sync;

using Microsoft.CRM.BusinessRelation;
using Microsoft.Sales.Customer;

/// <summary>
/// Customers with the fields that API v2.0 lacks. A creation stores its Tandem key in the same transaction, so a
/// repeat is refused; blank fields are filled from the template that is named.
/// </summary>
page 71810 "Tandem Customers"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'customer';
    EntitySetName = 'customers';
    EntityCaption = 'Customer', Locked = true;
    EntitySetCaption = 'Customers', Locked = true;
    SourceTable = Customer;
    ODataKeyFields = SystemId;
    DelayedInsert = true;
    Extensible = false;
    DeleteAllowed = false;

    layout
    {
        area(Content)
        {
            repeater(Records)
            {
                field(id; Rec.SystemId)
                {
                    Caption = 'Id', Locked = true;
                    Editable = false;
                }
                field(number; Rec."No.")
                {
                    Caption = 'Number', Locked = true;
                }
                field(displayName; Rec."Name")
                {
                    Caption = 'Display Name', Locked = true;
                }
                field(displayName2; Rec."Name 2")
                {
                    Caption = 'Display Name 2', Locked = true;
                }
                field(type; Rec."Contact Type")
                {
                    Caption = 'Type', Locked = true;
                }
                field(contact; Rec.Contact)
                {
                    Caption = 'Contact', Locked = true;
                }
                field(addressLine1; Rec.Address)
                {
                    Caption = 'Address Line 1', Locked = true;
                }
                field(addressLine2; Rec."Address 2")
                {
                    Caption = 'Address Line 2', Locked = true;
                }
                field(city; Rec.City)
                {
                    Caption = 'City', Locked = true;
                }
                field(state; Rec.County)
                {
                    Caption = 'State', Locked = true;
                }
                field(country; Rec."Country/Region Code")
                {
                    Caption = 'Country', Locked = true;
                }
                field(postalCode; Rec."Post Code")
                {
                    Caption = 'Postal Code', Locked = true;
                }
                field(phoneNumber; Rec."Phone No.")
                {
                    Caption = 'Phone Number', Locked = true;
                }
                field(mobilePhoneNumber; Rec."Mobile Phone No.")
                {
                    Caption = 'Mobile Phone Number', Locked = true;
                }
                field(faxNumber; Rec."Fax No.")
                {
                    Caption = 'Fax Number', Locked = true;
                }
                field(email; Rec."E-Mail")
                {
                    Caption = 'Email', Locked = true;
                }
                field(website; Rec."Home Page")
                {
                    Caption = 'Website', Locked = true;
                }
                field(salespersonCode; Rec."Salesperson Code")
                {
                    Caption = 'Salesperson Code', Locked = true;
                }
                field(primaryContactNumber; Rec."Primary Contact No.")
                {
                    Caption = 'Primary Contact Number', Locked = true;
                }
                field(companyContactNumber; CompanyContactNumber)
                {
                    Caption = 'Company Contact Number', Locked = true;
                    Editable = false;
                }
                field(billToCustomerNumber; Rec."Bill-to Customer No.")
                {
                    Caption = 'Bill-to Customer Number', Locked = true;
                }
                field(billToCustomerId; BillToCustomerId)
                {
                    Caption = 'Bill-to Customer Id', Locked = true;
                    Editable = false;
                }
                field(currencyId; Rec."Currency Id")
                {
                    Caption = 'Currency Id', Locked = true;
                }
                field(currencyCode; Rec."Currency Code")
                {
                    Caption = 'Currency Code', Locked = true;
                }
                field(creditLimit; Rec."Credit Limit (LCY)")
                {
                    Caption = 'Credit Limit', Locked = true;
                }
                field(paymentTermsId; Rec."Payment Terms Id")
                {
                    Caption = 'Payment Terms Id', Locked = true;
                }
                field(paymentTermsCode; Rec."Payment Terms Code")
                {
                    Caption = 'Payment Terms Code', Locked = true;
                }
                field(paymentMethodCode; Rec."Payment Method Code")
                {
                    Caption = 'Payment Method Code', Locked = true;
                }
                field(shipmentMethodId; Rec."Shipment Method Id")
                {
                    Caption = 'Shipment Method Id', Locked = true;
                }
                field(shipmentMethodCode; Rec."Shipment Method Code")
                {
                    Caption = 'Shipment Method Code', Locked = true;
                }
                field(shippingAgentCode; Rec."Shipping Agent Code")
                {
                    Caption = 'Shipping Agent Code', Locked = true;
                }
                field(shippingAgentServiceCode; Rec."Shipping Agent Service Code")
                {
                    Caption = 'Shipping Agent Service Code', Locked = true;
                }
                field(customerPriceGroup; Rec."Customer Price Group")
                {
                    Caption = 'Customer Price Group', Locked = true;
                }
                field(locationCode; Rec."Location Code")
                {
                    Caption = 'Location Code', Locked = true;
                }
                field(languageCode; Rec."Language Code")
                {
                    Caption = 'Language Code', Locked = true;
                }
                field(territoryCode; Rec."Territory Code")
                {
                    Caption = 'Territory Code', Locked = true;
                }
                field(taxRegistrationNumber; Rec."VAT Registration No.")
                {
                    Caption = 'Tax Registration Number', Locked = true;
                }
                field(taxAreaCode; Rec."Tax Area Code")
                {
                    Caption = 'Tax Area Code', Locked = true;
                }
                field(taxLiable; Rec."Tax Liable")
                {
                    Caption = 'Tax Liable', Locked = true;
                }
                field(blocked; Rec.Blocked)
                {
                    Caption = 'Blocked', Locked = true;
                }
                field(privacyBlocked; Rec."Privacy Blocked")
                {
                    Caption = 'Privacy Blocked', Locked = true;
                }
                field(balance; Rec."Balance (LCY)")
                {
                    Caption = 'Balance', Locked = true;
                    Editable = false;
                }
                field(balanceDue; Rec."Balance Due (LCY)")
                {
                    Caption = 'Balance Due', Locked = true;
                    Editable = false;
                }
                field(outstandingOrders; Rec."Outstanding Orders (LCY)")
                {
                    Caption = 'Outstanding Orders', Locked = true;
                    Editable = false;
                }
                field(shippedNotInvoiced; Rec."Shipped Not Invoiced (LCY)")
                {
                    Caption = 'Shipped Not Invoiced', Locked = true;
                    Editable = false;
                }
                field(tandemKey; TandemKey)
                {
                    Caption = 'Tandem Key', Locked = true;
                }
                field(templateCode; TemplateCode)
                {
                    Caption = 'Template Code', Locked = true;
                }
                field(lastModifiedDateTime; Rec.SystemModifiedAt)
                {
                    Caption = 'Last Modified Date Time', Locked = true;
                    Editable = false;
                }
                field(rowVersion; Rec.SystemRowVersion)
                {
                    Caption = 'Row Version', Locked = true;
                    Editable = false;
                }
            }
        }
    }

    trigger OnOpenPage()
    begin
        Rec.ReadIsolation := IsolationLevel::ReadCommitted;
    end;

    trigger OnAfterGetRecord()
    begin
        TandemKey := TandemRecordKeyMgt.Find(Database::Customer, Rec.SystemId);
        Clear(TemplateCode);
        SetCalculatedFields();
    end;

    trigger OnNewRecord(BelowxRec: Boolean)
    begin
        Clear(TandemKey);
        Clear(TemplateCode);
        Clear(CompanyContactNumber);
        Clear(BillToCustomerId);
    end;

    trigger OnInsertRecord(BelowxRec: Boolean): Boolean
    begin
        TandemRecordKeyMgt.TestUnused(Database::Customer, TandemKey);
        TandemCreation.InsertCustomer(Rec, TemplateCode);
        TandemRecordKeyMgt.Add(Database::Customer, TandemKey, Rec.SystemId);
        SetCalculatedFields();
        exit(false);
    end;

    trigger OnModifyRecord(): Boolean
    var
        Customer: Record Customer;
    begin
        Customer.GetBySystemId(Rec.SystemId);
        Rec.TestField("No.", Customer."No.");
        TandemRecordKeyMgt.TestUnchanged(Database::Customer, TandemKey, Rec.SystemId);
        TandemCreation.TestNoTemplate(TemplateCode);
        Rec.Modify(true);
        exit(false);
    end;

    local procedure SetCalculatedFields()
    begin
        CompanyContactNumber := TandemContactRelations.ContactNumber(
            "Contact Business Relation Link To Table"::Customer, Rec."No.");
        BillToCustomerId := TandemCustomerId.OfNumber(Rec."Bill-to Customer No.");
    end;

    var
        TandemRecordKeyMgt: Codeunit "Tandem Record Key Mgt.";
        TandemCreation: Codeunit "Tandem Creation";
        TandemContactRelations: Codeunit "Tandem Contact Relations";
        TandemCustomerId: Codeunit "Tandem Customer Id";
        TandemKey: Guid;
        CompanyContactNumber: Code[20];
        BillToCustomerId: Guid;
        TemplateCode: Code[20];
}
