"""Letters of many scripts go over and come back as they were typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.demo.failures import expect
from local.demo.stage import Stage

NAMES: Mapping[str, tuple[str, str]] = {
    "Cyrillic": ("Мебель и Свет ООО", "ул. Большая Ордынка, 7"),
    "Greek": ("Έπιπλα Αθηνών Α.Ε.", "Οδός Ερμού 12"),
    "Arabic": ("شركة الأثاث الحديث", "شارع الملك فهد"),
    "Hebrew": ("רהיטי הצפון בע״מ", "רחוב הרצל 5"),
    "Chinese": ("上海家具有限公司", "南京东路 100 号"),
    "Japanese": ("東京家具株式会社", "銀座四丁目"),
    "Korean": ("서울가구 주식회사", "세종대로 110"),
    "Hindi": ("दिल्ली फ़र्नीचर", "जनपथ मार्ग"),
    "Thai": ("เฟอร์นิเจอร์กรุงเทพ", "ถนนสุขุมวิท"),
    "accented Latin": ("Žluťoučký kůň & Ærø İşleri", "Sjøgade 1 · Łódzka"),
    "emoji": ("Stühle & Tische 🪑", "Straße des 17. Juni"),
}
"""A customer's name and street for each script; every second one is entered in Sales."""
PHONE = "+44 20 7946 0{:03d}"


@dataclass(frozen=True)
class Typed:
    """What somebody typed: where, under which id, and which telephone number the other side adds."""

    in_bc: bool
    record_id: str
    name: str
    street: str
    phone: str


def enter(stage: Stage) -> list[Typed]:
    """A bookkeeper enters one half of the customers, a salesperson the other."""
    return [_enter(stage, number, *text) for number, text in enumerate(NAMES.values())]


def _enter(stage: Stage, number: int, name: str, street: str) -> Typed:
    people, mail = stage.environment.people, f"letters-{number}@letters.example"
    in_bc = number % 2 == 0
    if in_bc:
        values = {"displayName": name, "addressLine1": street, "email": mail}
        record_id = people.bc.create("customers", values)["id"]
    else:
        row = {"name": name, "address1_line1": street, "emailaddress1": mail, "customertypecode": 3}
        record_id = people.sales.create("accounts", row)["accountid"]
    return Typed(in_bc, str(record_id), name, street, PHONE.format(900 + number))


def answer(stage: Stage, typed: list[Typed]) -> None:
    """On the other side somebody adds a telephone number, so that the record comes back."""
    people = stage.environment.people
    for each in typed:
        bc_id, sales_id = pair_of(stage, each)
        if each.in_bc:
            people.sales.patch("accounts", sales_id, {"telephone1": each.phone})
        else:
            people.bc.patch("customers", bc_id, {"phoneNumber": each.phone})


def came_back(stage: Stage, typed: list[Typed]) -> Iterator[str]:
    """Name and street are on both sides what was typed, and the telephone number is there."""
    customers = {str(each["id"]): each for each in stage.customers()}
    accounts = {str(each["accountid"]): each for each in stage.accounts()}
    for each in typed:
        bc_id, sales_id = pair_of(stage, each)
        customer, account = customers[bc_id], accounts[sales_id]
        wanted = each.name, each.street, each.phone
        here = customer["displayName"], customer["addressLine1"], customer["phoneNumber"]
        there = account["name"], account["address1_line1"], account.get("telephone1")
        expect(here == wanted, f"Business Central should hold {wanted}; it holds {here}.")
        expect(there == wanted, f"Sales should hold {wanted}; it holds {there}.")
    yield f"{len(typed)} new customers in as many scripts came back as they were typed: {', '.join(NAMES)}."


def pair_of(stage: Stage, typed: Typed) -> tuple[str, str]:
    """BC id and Sales id of what was typed.  Raises DemoFailed when it is not coupled."""
    found = [
        (each.bc_id, each.sales_id)
        for each in stage.couplings("CUSTOMER")
        if typed.record_id == (each.bc_id if typed.in_bc else each.sales_id)
    ]
    expect(len(found) == 1, f"{typed.name} should be coupled.")
    return found[0]


NAMED: Mapping[str, tuple[str, str, str, str, str]] = {
    "CUSTOMER": ("customers", "displayName", "account", "accountid", "name"),
    "VENDOR": ("vendors", "displayName", "account", "accountid", "name"),
    "CONTACT": ("contacts", "displayName", "contact", "contactid", "fullname"),
    "ITEM-PRODUCT": ("items", "displayName", "product", "productid", "name"),
    "OPPORTUNITY": ("opportunities", "description", "opportunity", "opportunityid", "name"),
}
"""By mapping: table and column of the name in Business Central; table, id and column of it in Sales."""


def published(stage: Stage) -> Iterator[str]:
    """Names of the published records with letters beyond ASCII are the same on both sides."""
    names, open_names = 0, _contested(stage)
    for mapping, (bc, bc_name, sales, key, sales_name) in NAMED.items():
        records = {str(each["id"]): each for each in stage.bc(bc)}
        rows = {str(each[key]): each for each in stage.sales(sales)}
        for each in stage.couplings(mapping):
            here, there = _one(records, each.bc_id, bc_name), _one(rows, each.sales_id, sales_name)
            if here.isascii() or each.bc_id in open_names:
                continue
            expect(here == there, f"{mapping}: “{here}” should be in Sales as it is; it is “{there}”.")
            names += 1
    yield f"{names} published names with letters beyond A to Z, such as Sjøboden, are the same on both sides."


def _contested(stage: Stage) -> set[str]:
    """BC ids of the pairs whose names differ because nobody has decided yet."""
    return {str(each["details"].get("bc_id")) for each in stage.problems("conflict")}


def _one(records: Mapping[str, Mapping[str, Any]], record_id: str, name: str) -> str:
    return " ".join(str(records[record_id].get(name) or "").split())
