namespace Tandem.Sync;

using Microsoft.CRM.Contact;

/// <summary>
/// Contacts with the fields that API v2.0 lacks. A creation stores its Tandem key in the same transaction; the
/// template is a configuration template of the table Contact.
/// </summary>
page 71811 "Tandem Contacts"
{
    PageType = API;
    APIPublisher = 'tandem';
    APIGroup = 'sync';
    APIVersion = 'v1.0';
    EntityName = 'contact';
    EntitySetName = 'contacts';
    EntityCaption = 'Contact', Locked = true;
    EntitySetCaption = 'Contacts', Locked = true;
    SourceTable = Contact;
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
                field(type; Rec."Type")
                {
                    Caption = 'Type', Locked = true;
                }
                field(displayName; Rec."Name")
                {
                    Caption = 'Display Name', Locked = true;
                }
                field(displayName2; Rec."Name 2")
                {
                    Caption = 'Display Name 2', Locked = true;
                }
                field(firstName; Rec."First Name")
                {
                    Caption = 'First Name', Locked = true;
                }
                field(middleName; Rec."Middle Name")
                {
                    Caption = 'Middle Name', Locked = true;
                }
                field(surname; Rec.Surname)
                {
                    Caption = 'Surname', Locked = true;
                }
                field(jobTitle; Rec."Job Title")
                {
                    Caption = 'Job Title', Locked = true;
                }
                field(salutationCode; Rec."Salutation Code")
                {
                    Caption = 'Salutation Code', Locked = true;
                }
                field(companyNumber; Rec."Company No.")
                {
                    Caption = 'Company Number', Locked = true;
                }
                field(companyName; Rec."Company Name")
                {
                    Caption = 'Company Name', Locked = true;
                    Editable = false;
                }
                field(contactBusinessRelation; Rec."Contact Business Relation")
                {
                    Caption = 'Contact Business Relation', Locked = true;
                    Editable = false;
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
                field(pager; Rec.Pager)
                {
                    Caption = 'Pager', Locked = true;
                }
                field(email; Rec."E-Mail")
                {
                    Caption = 'Email', Locked = true;
                }
                field(email2; Rec."E-Mail 2")
                {
                    Caption = 'Email 2', Locked = true;
                }
                field(website; Rec."Home Page")
                {
                    Caption = 'Website', Locked = true;
                }
                field(salespersonCode; Rec."Salesperson Code")
                {
                    Caption = 'Salesperson Code', Locked = true;
                }
                field(currencyCode; Rec."Currency Code")
                {
                    Caption = 'Currency Code', Locked = true;
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
                field(privacyBlocked; Rec."Privacy Blocked")
                {
                    Caption = 'Privacy Blocked', Locked = true;
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
        TandemKey := TandemRecordKeyMgt.Find(Database::Contact, Rec.SystemId);
        Clear(TemplateCode);
    end;

    trigger OnNewRecord(BelowxRec: Boolean)
    begin
        Clear(TandemKey);
        Clear(TemplateCode);
    end;

    trigger OnInsertRecord(BelowxRec: Boolean): Boolean
    begin
        TandemRecordKeyMgt.TestUnused(Database::Contact, TandemKey);
        TandemCreation.InsertContact(Rec, TemplateCode);
        TandemRecordKeyMgt.Add(Database::Contact, TandemKey, Rec.SystemId);
        exit(false);
    end;

    trigger OnModifyRecord(): Boolean
    var
        Contact: Record Contact;
    begin
        Contact.GetBySystemId(Rec.SystemId);
        Rec.TestField("No.", Contact."No.");
        TandemRecordKeyMgt.TestUnchanged(Database::Contact, TandemKey, Rec.SystemId);
        TandemCreation.TestNoTemplate(TemplateCode);
        Rec.Modify(true);
        exit(false);
    end;

    var
        TandemRecordKeyMgt: Codeunit "Tandem Record Key Mgt.";
        TandemCreation: Codeunit "Tandem Creation";
        TandemKey: Guid;
        TemplateCode: Code[10];
}
