"""What people do: edit, create, delete, take out of the filter, settle conflicts, write odd things."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from local.simulate.fields import Pair, Text, inside
from local.simulate.observing import Key
from local.simulate.people import People


def body_of(people: People, key: Key, texts: Sequence[Text]) -> tuple[dict[str, Any], list[str]]:
    body: dict[str, Any] = {}
    tokens = []
    for each in texts:
        name = people.rng.choice(each.on(key.side))
        body[name], token = people.new_value(each, key.side, key)
        tokens.append(token)
    return body, tokens


def withdraw(people: People, tokens: list[str]) -> None:
    for token in tokens:
        people.ledger.tokens.pop(token, None)


def edit(people: People) -> None:
    """Change one to three fields of a record."""
    key = people.pick()
    if key is None:
        return
    pair = people.pair_of(key)
    texts = people.rng.sample(pair.texts, people.rng.choice((1, 1, 1, 2, 3)))
    body, tokens = body_of(people, key, texts)
    if not people.write(key, body):
        withdraw(people, tokens)


def edit_both(people: People) -> None:
    """The same field on both sides at once, of records that show the same e-mail or name."""
    key = people.pick(side="bc")
    other = _twin(people, key) if key else None
    if key is None or other is None:
        return
    pair = people.pair_of(key)
    text = people.rng.choice(pair.texts)
    for each in (key, other):
        body, tokens = body_of(people, each, [text])
        if not people.write(each, body):
            withdraw(people, tokens)
    people.count("edited_on_both_sides")


def agree(people: People) -> None:
    """Write the same value on both sides, as somebody does who settles a conflict."""
    key = people.pick(side="bc")
    other = _twin(people, key) if key else None
    if key is None or other is None:
        return
    pair = people.pair_of(key)
    text = people.rng.choice([each for each in pair.texts if len(each.sales) == 1])
    value, token = people.new_value(text, "bc", key)
    value = value[: min(text.bc_length, text.sales_length)]
    here, there = people.write(key, {text.bc: value}), people.write(other, {text.sales[0]: value})
    if not (here or there):
        withdraw(people, [token])
    elif not here:
        people.ledger.tokens[token].key = other
    people.count("agreed_on_both_sides")


def _twin(people: People, key: Key) -> Key | None:
    """A record of the other side that shares a recognisable text with this one."""
    values = people.observer.present[key]
    pair = people.pair_of(key)
    mail = str(values.get("email") or "").casefold()
    number = str(values.get("number") or "")
    for other, theirs in people.observer.present.items():
        if other.side == "sales" and other.table == pair.sales:
            same_mail = mail and str(theirs.get("emailaddress1") or "").casefold() == mail
            if same_mail or (number and theirs.get("accountnumber") == number):
                return other
    return None


def clear(people: People) -> None:
    """Blank one field."""
    key = people.pick()
    if key is None:
        return
    pair = people.pair_of(key)
    text = people.rng.choice(pair.texts[1:])
    people.write(key, {text.on(key.side)[0]: "" if key.side == "bc" else None})
    people.count("cleared")


def create(people: People) -> None:
    """A new record on either side."""
    pair = people.pairs[people.rng.choice(("CUSTOMER", "CUSTOMER", "CONTACT"))]
    side = people.rng.choice(("bc", "sales"))
    company = people.rng.choice(sorted(people.bc))
    key = Key(side, company if side == "bc" else "", pair.table(side), "?")
    texts = [pair.texts[0], *people.rng.sample(pair.texts[1:], 2)]
    body, tokens = body_of(people, key, texts)
    body = _more_to_create(people, pair, side, company) | body
    record_id = people.create(pair, key, body)
    if not record_id:
        withdraw(people, tokens)
        return
    for token in tokens:
        people.ledger.tokens[token].key = Key(side, key.company, key.table, record_id)
    people.count("created")


def _more_to_create(people: People, pair: Pair, side: str, company: str) -> dict[str, Any]:
    if pair.mapping == "CUSTOMER":
        return {} if side == "bc" else {"customertypecode": 3, "tandem_companyid": company}
    if side == "bc":
        employers = [
            values["number"]
            for key, values in people.observer.present.items()
            if key.table == "contacts" and key.company == company and values["type"] == "Company"
            and values.get("contactBusinessRelation") == "Customer"
        ]  # fmt: skip
        return {"type": "Person", "companyNumber": people.rng.choice(employers)} if employers else {}
    accounts = [
        key.id for key, values in people.observer.present.items()
        if key.table == "account" and str(values.get("tandem_companyid")).lower() == company
    ]  # fmt: skip
    more: dict[str, Any] = {"lastname": "Z", "tandem_companyid": company}
    if accounts:
        more["parentcustomerid_account@odata.bind"] = f"/accounts({people.rng.choice(accounts)})"
    return more


def delete(people: People) -> None:
    """Delete a record, perhaps on both sides."""
    key = people.pick()
    if key is None:
        return
    if people.remove(key):
        people.count("deleted")


def leave_filter(people: People) -> None:
    """Block or free a customer, deactivate or activate a row, make an account a supplier."""
    key = people.pick()
    if key is None:
        return
    pair = people.pair_of(key)
    values, kinds = people.observer.present[key], people.observer.kinds(key)
    is_inside = inside(pair, key.side, values, kinds)
    if key.table == "customers":
        people.write(key, {"blocked": "All" if is_inside else " "})
    elif key.side == "sales":
        state = {"statecode": 1, "statuscode": 2} if is_inside else {"statecode": 0, "statuscode": 1}
        people.write(key, state)
    people.count("filter_left" if is_inside else "filter_entered")


def change_lookup(people: People) -> None:
    """Point a record somewhere else."""
    key = people.pick()
    if key is None:
        return
    if key.table == "customers":
        table = people.rng.choice(("paymentTerms", "shipmentMethods"))
        found = people.call("bc", key.company, "GET", f"{table}?$top=5")
        name = "paymentTermsId" if table == "paymentTerms" else "shipmentMethodId"
        if found and found["value"]:
            people.write(key, {name: people.rng.choice(found["value"])["id"]})
    elif key.table == "account":
        people.write(key, {"paymenttermscode": people.rng.choice((1, 2, 3, None))})
    elif key.table == "contact":
        accounts = [each.id for each in people.observer.present if each.table == "account"]
        if accounts:
            bound = f"/accounts({people.rng.choice(accounts)})"
            people.write(key, {"parentcustomerid_account@odata.bind": bound})
    people.count("lookup_changed")


def edit_many(people: People) -> None:
    """Change many records in the same instant: ties at the edge of a page."""
    pair = people.pairs[people.rng.choice(("CUSTOMER", "CONTACT"))]
    side = people.rng.choice(("bc", "sales"))
    for _ in range(5):
        key = people.pick(pair, side)
        if key is None:
            return
        body, tokens = body_of(people, key, [people.rng.choice(pair.texts)])
        if not people.write(key, body):
            withdraw(people, tokens)
    people.count("ties")


def rename(people: People) -> None:
    """Give a customer another number; couplings follow the id."""
    key = people.pick(people.pairs["CUSTOMER"], "bc")
    if key is not None and people.write(key, {"number": f"R{people.rng.randrange(10**6):06d}"}):
        people.count("renamed")


def write_not_ours(people: People) -> None:
    """Change a field that only Business Central decides."""
    key = people.pick(people.pairs["CUSTOMER"], "sales")
    if key is not None and people.write(key, {"accountnumber": f"P{people.rng.randrange(10**6):06d}"}):
        people.count("one_way_field_edited")


def odd_country(people: People) -> None:
    """A country, known or not."""
    key = people.pick()
    if key is not None:
        name = "country" if key.side == "bc" else "address1_country"
        known = ("GB", "US", "DE") if key.side == "bc" else ("GB", "Germany", "Freedonia", None)
        people.write(key, {name: people.rng.choice(known)})


ACTIONS: tuple[tuple[Callable[[People], None], float], ...] = (
    (edit, 60),
    (edit_both, 8),
    (agree, 3),
    (clear, 4),
    (create, 10),
    (delete, 3),
    (leave_filter, 5),
    (change_lookup, 4),
    (edit_many, 3),
    (rename, 1),
    (write_not_ours, 2),
    (odd_country, 2),
)
