"""The main fields of a pair as a person would compare them, written anew beside the product's mappings."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from local.load.snapshot import Record, Snapshot

EMPTY_ID = "00000000-0000-0000-0000-000000000000"

type Told = Mapping[str, str]


def text(value: Any) -> str:
    """A text without outer blanks, composed; nothing is an empty text."""
    return unicodedata.normalize("NFC", str(value or "")).strip()


def words(value: Any) -> str:
    """A text in which runs of blanks count as one."""
    return " ".join(text(value).split())


def number(value: Any) -> str:
    """An amount to two places; nothing is zero."""
    return f"{float(value or 0):.2f}"


_ADDRESS: tuple[tuple[str, str, str, Callable[[Any], str]], ...] = (
    ("street", "addressLine1", "address1_line1", text),
    ("second line", "addressLine2", "address1_line2", text),
    ("city", "city", "address1_city", text),
    ("postal code", "postalCode", "address1_postalcode", lambda value: text(value).upper()),
    ("county", "state", "address1_stateorprovince", text),
    ("country", "country", "address1_country", lambda value: text(value).upper()),
    ("phone", "phoneNumber", "telephone1", words),
    ("e-mail", "email", "emailaddress1", text),
    ("website", "website", "websiteurl", text),
)
"""What both tables have: the name for people, Business Central's, Sales', and how it is compared."""


def of_customer(shot: Snapshot, record: Record) -> Told:
    """A customer's values."""
    codes = shot.codes
    return {
        **_told(record, 1),
        "name": text(record["displayName"]),
        "number": text(record["number"]).upper(),
        "currency": str(record["currencyCode"]),
        "payment terms": codes["paymentTerms"].get(record["paymentTermsId"], ""),
        "shipment": codes["shipmentMethods"].get(record["shipmentMethodId"], ""),
    }


def of_account(shot: Snapshot, record: Record) -> Told:
    """An account's values."""
    codes = shot.codes
    return {
        **_told(record, 2),
        "name": text(record.get("name")),
        "number": text(record.get("accountnumber")).upper(),
        "currency": codes["currencies"].get(record.get("_transactioncurrencyid_value"), ""),
        "payment terms": codes["paymenttermscode"].get(record.get("paymenttermscode"), ""),
        "shipment": codes["address1_freighttermscode"].get(record.get("address1_freighttermscode"), ""),
    }


def of_person(shot: Snapshot, record: Record) -> Told:
    """A BC person's values; the employer is named by the account its customer is coupled with."""
    employer = shot.employers.get(str(record["companyNumber"]), "")
    return {
        **_told(record, 1),
        "name": words(record["displayName"]),
        "job title": text(record["jobTitle"]),
        "mobile phone": words(record["mobilePhoneNumber"]),
        "employer": shot.couplings.by_bc.get("CUSTOMER", {}).get(employer, "none"),
    }


def of_sales_contact(shot: Snapshot, record: Record) -> Told:
    """A contact's values in Sales."""
    return {
        **_told(record, 2),
        "name": words(f"{record.get('firstname') or ''} {record.get('lastname') or ''}"),
        "job title": text(record.get("jobtitle")),
        "mobile phone": words(record.get("mobilephone")),
        "employer": str(record.get("_parentcustomerid_value", "")),
    }


def _told(record: Record, column: int) -> dict[str, str]:
    return {str(row[0]): row[3](record.get(str(row[column]))) for row in _ADDRESS}
