"""The settings there are: what each means, an example, and what counts when it is absent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One app setting: its name, what it means, an example, and the value when it is absent."""

    name: str
    meaning: str
    example: str
    default: str | None = None


ONLINE = "https://api.businesscentral.dynamics.com"

SETTINGS = (
    Setting("TENANT_ID", "The Entra tenant both systems belong to.",
            "72f988bf-86f1-41af-91ab-2d7cd011db47"),
    Setting("CLIENT_ID", "The application (client) id of Tandem's app registration.",
            "11111111-2222-3333-4444-555555555555"),
    Setting("CLIENT_SECRET", "A secret of that registration; leave it out when an identity is used.",
            "…", ""),
    Setting("CLIENT_CERTIFICATE", "Instead of a secret: a certificate of that registration with its private "
            "key, as PEM, the form in which a key vault gives it.", "-----BEGIN PRIVATE KEY----- …", ""),
    Setting("MANAGED_IDENTITY_CLIENT_ID", "The user-assigned identity whose token stands for a secret.",
            "66666666-7777-8888-9999-000000000000", ""),
    Setting("BUSINESS_CENTRAL_ENVIRONMENT", "The name of the Business Central environment.", "production",
            ""),
    Setting("BUSINESS_CENTRAL_COMPANIES", "The companies to synchronise, each as name=company id.",
            "cronus=d6079f35-affb-5d00-b382-28fccf9e4a20"),
    Setting("SALES_URL", "The address of the Dynamics 365 Sales organisation.",
            "https://contoso.crm4.dynamics.com"),
    Setting("FEATURES", "What the company has (extension, unit_groups, price_lists, manual_numbers) or "
            "wants (vendors, opportunities, orders, orders_both_ways, order_notes, order_choices, quotes, "
            "invoices, credit_memos, item_categories, item_variants, lone_contacts, country_names, "
            "parent_accounts, person_customers, account_statistics, item_prices).",
            "extension,unit_groups,price_lists,vendors,invoices", ""),
    Setting("MAPPINGS", "What to synchronise, by the names of mappings; what they depend on comes with them. "
            "Blank: everything the features allow.", "CUSTOMER,CONTACT", ""),
    Setting("TEMPLATES", "The templates of Business Central that new records are made from, each as "
            "mapping=code; for one company as company/mapping=code. They need the extension.",
            "CUSTOMER=DOMESTIC,VENDOR=DOMESTIC", ""),
    Setting("ORDER_ACCOUNTS", "The accounts of Business Central for lines of orders that are no product: of "
            "written_in lines and of freight, each as kind=account; for one company as company/kind=account.",
            "written_in=6110,freight=6410", ""),
    Setting("OWNING_TEAMS", "The team of Sales that owns what Tandem creates there, each as company=team id. "
            "In a company that is not named the user of the salesperson owns it.",
            "cronus=3c6fbd5c-8f0e-4b0c-9a53-9d5f2f1a7c10", ""),
    Setting("BUSINESS_CENTRAL_URL", "The address of Business Central's API.", ONLINE, ONLINE),
    Setting("BUSINESS_CENTRAL_USER", "Where Business Central runs on servers of your own: the user with "
            "whose web service access key Tandem signs in. BUSINESS_CENTRAL_URL is the OData base address "
            "then, up to the server instance, and the environment is left out.", "TANDEM", ""),
    Setting("BUSINESS_CENTRAL_KEY", "The web service access key of that user.", "…", ""),
    Setting("BUSINESS_CENTRAL_AUTHORITIES", "Where that server's certificate comes from an authority of the "
            "company's own: the certificates of such authorities, as PEM. They are trusted for Business "
            "Central alone, beside the usual ones.", "-----BEGIN CERTIFICATE----- …", ""),
    Setting("WEB_CLIENT_URL", "Where people open Business Central, up to the question mark; links to records "
            "begin with it. Blank: businesscentral.dynamics.com with the tenant and the environment.",
            "https://bc.contoso.com/BC250", ""),
    Setting("AUTHORITY", "Where tokens come from.", "https://login.microsoftonline.com",
            "https://login.microsoftonline.com"),
    Setting("CA_BUNDLE", "A file (PEM) with the certificate authorities to trust instead of the usual ones, "
            "for every request; for a developer's machine.", "/etc/ssl/company.pem", ""),
    Setting("WEBHOOK_URL", "The public address of this app; with it both systems notify at once.",
            "https://tandem-contoso.azurewebsites.net", ""),
    Setting("WEBHOOK_SECRET",
            "What a notification must carry to be believed; 16 to 2,000 letters, digits and signs.",
            "…", ""),
    Setting("TIME_ZONE", "The time zone of the companies: its date tells which prices and rates are in "
            "force. After a change start a full synchronisation.", "Europe/Copenhagen", "UTC"),
    Setting("LOOK_BACK_SECONDS", "How far each look at Business Central overlaps the one before.",
            "600", "600"),
    Setting("JOURNAL_MONTHS", "How many months the journal remembers, the present one included.",
            "13", "13"),
    Setting("SIGN_IN", "Who signs people in to the pages: app_service (App Service authentication, with "
            "Entra). Blank: there are no pages. local: people say themselves who they are, which a machine "
            "of Azure refuses.", "app_service", ""),
    Setting("SETTLE_SECONDS", "How long a request without an answer may still be running.", "1200", "1200"),
)  # fmt: skip
"""Every app setting beside those that Azure itself reads (``tools/bicep/platform.py``)."""


NEEDED = ("SALES_URL", "BUSINESS_CENTRAL_COMPANIES", "BUSINESS_CENTRAL_ENVIRONMENT")
"""What a connection cannot be without.  Where there are pages it may be made there: until then the app is up
and synchronises nothing."""
