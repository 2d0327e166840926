"""Customers, their company contacts, persons and the relations between them, as loose as real ones.

Every customer has one company contact, as Business Central gives it; the persons asked for are spread over
the customers by chance. A published customer, a published contact and the set-up tables lend each record its
codes and its shape.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from local.generate.locales import LOCALES, Locale
from local.generate.names import (
    NAME_LENGTH,
    address,
    company_name,
    fitted,
    job_title,
    mail_address,
    person_name,
    phone_number,
)

type Record = dict[str, Any]
type Tables = Mapping[str, Sequence[Record]]

MOST = 1_000_000
EMPTY_ID = str(uuid.UUID(int=0))
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "generated.tandem.example")
_SHARED = (
    "displayName", "addressLine1", "addressLine2", "city", "state", "country", "postalCode", "phoneNumber",
    "email", "website", "taxRegistrationNumber", "salespersonCode", "currencyCode",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much to generate: customers (each with its company contact) and persons that work for them.

    Raises ValueError for a number below zero, above 1,000,000, or for persons without a customer.
    """

    customers: int
    contacts: int
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.customers <= MOST or not 0 <= self.contacts <= MOST:
            raise ValueError(f"customers and contacts must be between 0 and {MOST}")
        if self.contacts and not self.customers:
            raise ValueError("contacts need customers to work for: ask for at least one customer")


@dataclass(frozen=True, slots=True)
class Generated:
    """One customer with its company contact and persons, and the relation that links the two companies."""

    customer: Record
    contacts: tuple[Record, ...]
    relation: Record


def generate(wanted: Wanted, published: Tables) -> Iterator[Generated]:
    """The customers in order of number, one at a time.

    ``published`` maps the names of the published files (``customers``, ``contacts``, ``currencies``,
    ``paymentTerms``, ``shipmentMethods``) to their records.
    """
    random = Random(wanted.seed)
    persons_of = _spread(random, wanted)
    maker = _Maker(random, wanted.seed, published)
    for index, persons in enumerate(persons_of):
        yield maker.customer(index + 1, persons)


def _spread(random: Random, wanted: Wanted) -> list[int]:
    """How many persons each customer has."""
    counts = [0] * wanted.customers
    for _ in range(wanted.contacts):
        counts[random.randrange(wanted.customers)] += 1
    return counts


class _Maker:
    """Makes records one after the other; what it draws depends on the seed alone."""

    def __init__(self, random: Random, seed: int, published: Tables) -> None:
        self._random = random
        self._seed = seed
        self._customers = published["customers"]
        self._contact = next(each for each in published["contacts"] if each["type"] == "Company")
        self._currencies = {each["code"]: each["id"] for each in published["currencies"]}
        self._terms = published["paymentTerms"]
        self._shipments = published["shipmentMethods"]
        self._contacts_made = 0

    def customer(self, number: int, persons: int) -> Generated:
        """A customer, its company contact, and that many persons."""
        locale = self._random.choice(LOCALES)
        customer = self._customer_record(number, locale)
        company = self._company_contact(customer)
        people = [self._person(company, locale) for _ in range(persons)]
        relation = {
            "id": self._id("relation", number),
            "contactId": company["id"],
            "contactNumber": company["number"],
            "businessRelationCode": "CUST",
            "linkToTable": "Customer",
            "relatedNumber": customer["number"],
            "relatedId": customer["id"],
        }
        return Generated(customer, (company, *people), relation)

    def _customer_record(self, number: int, locale: Locale) -> Record:
        random = self._random
        terms, shipment = random.choice(self._terms), random.choice(self._shipments)
        currency = locale.currency if locale.currency in self._currencies else "GBP"
        return {
            **random.choice(self._customers),
            **address(random, locale),
            "id": self._id("customer", number),
            "number": f"G{number:06d}",
            "displayName": company_name(random, locale),
            "phoneNumber": phone_number(random),
            "email": mail_address(random, "customer", number),
            "website": f"https://www.example.com/c{number}" if number % 3 else "",
            "creditLimit": random.choice((0, 0, 0, 5_000, 12_345.67, 1_000_000)),
            "currencyCode": currency,
            "currencyId": self._currencies.get(currency, EMPTY_ID),
            "paymentTermsCode": terms["code"],
            "paymentTermsId": terms["id"],
            "shipmentMethodCode": shipment["code"],
            "shipmentMethodId": shipment["id"],
            "contact": "",
            "primaryContactNumber": "",
            "billToCustomerNumber": "",
        }

    def _company_contact(self, customer: Record) -> Record:
        contact = self._blank_contact()
        shared = {name: customer[name] for name in _SHARED}
        own = {"type": "Company", "companyNumber": contact["number"], "companyName": customer["displayName"]}
        return contact | shared | own | _search_name(customer) | {"companyId": contact["id"]}

    def _person(self, company: Record, locale: Locale) -> Record:
        """Two in three work at the company's address, the others have their own."""
        random = self._random
        contact = self._blank_contact()
        place = address(random, locale)
        if random.random() < 2 / 3:
            place = {name: company[name] for name in place}
        name = person_name(random, locale)
        first, _, last = name.rpartition(" ")
        own = {
            "type": "Person",
            "displayName": name,
            "jobTitle": job_title(random),
            "companyNumber": company["number"],
            "companyName": company["displayName"],
            "phoneNumber": phone_number(random),
            "mobilePhoneNumber": phone_number(random),
            "email": mail_address(random, "contact", self._contacts_made),
            "firstName": first[:30],
            "surname": last[:30],
            "companyId": company["id"],
        }
        codes = {name: company[name] for name in ("salespersonCode", "currencyCode")}
        return contact | place | own | codes | _search_name(own)

    def _blank_contact(self) -> Record:
        self._contacts_made += 1
        number = self._contacts_made
        own = {"id": self._id("contact", number), "number": f"GC{number:06d}"}
        return {**self._contact, **own, "contactBusinessRelation": "Customer", "email": "", "phoneNumber": ""}

    def _id(self, kind: str, number: int) -> str:
        return str(uuid.uuid5(_NAMESPACE, f"{self._seed} {kind} {number}"))


def _search_name(record: Record) -> Record:
    """Business Central's search name: the name in capitals, cut to the length of its field."""
    return {"searchName": fitted(record["displayName"].upper(), NAME_LENGTH)}
