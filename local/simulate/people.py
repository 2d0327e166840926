"""People who work in both systems while the simulation runs, through the systems' ordinary APIs.

Every text they write carries a number of its own, so that each value can be followed to its end.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.simulate.fields import CONTACT, CUSTOMER, Pair, Text, inside, pair_of
from local.simulate.observing import Key, Observer, Write
from local.simulation.world import PERSON, Person
from local.simulators.wire import Request

FIRST_TOKEN = 9_000_001
_TOKEN = re.compile(r"9\d{6}")
_ODD = ("", "", "", "", " é", " 東京", " 😀", " O'Hara", " a/b", " ‏שלום", " 50% & more", ' "q"', "  two")
SET = {"account": "accounts", "contact": "contacts"}


@dataclass
class Token:
    """One value a person wrote, and where.  ``ended``: a person wrote something else over it since."""

    token: str
    key: Key
    text: Text
    at: float
    value: str
    ended: bool = False


@dataclass
class Ledger:
    """Every value people wrote."""

    tokens: dict[str, Token] = field(default_factory=dict)

    def take(self, write: Write) -> None:
        """A person's write ends the values it replaced, wherever they had come from."""
        if write.who.startswith("tandem"):
            return
        for before, after in write.changed.values():
            for token in set(_TOKEN.findall(str(before))) - set(_TOKEN.findall(str(after))):
                if token in self.tokens:
                    self.tokens[token].ended = True


def tokens_in(value: object) -> set[str]:
    """The numbers of values that a text carries."""
    return set(_TOKEN.findall(str(value)))


@dataclass
class People:
    """Does one random thing at a time.  ``skip`` leaves actions out by their number (shrinking)."""

    rng: random.Random
    observer: Observer
    ledger: Ledger
    bc: Mapping[str, Person]
    sales: Person
    note: Callable[[str], None]
    count: Callable[[str], None]
    skip: frozenset[int] = frozenset()
    number: int = 0
    _next: int = FIRST_TOKEN

    def act(self) -> None:
        """One thing that somebody does.  What a service refuses is just not done."""
        self.number += 1
        weights = [weight for _, weight in _ACTIONS]
        action = self.rng.choices([each for each, _ in _ACTIONS], weights)[0]
        state = self.rng.getrandbits(64)
        if self.number not in self.skip:
            inner, self.rng = self.rng, random.Random(state)
            try:
                action(self)
            finally:
                self.rng = inner

    def call(self, side: str, company: str, method: str, path: str, body: object = None) -> Any:
        """One call as a person; ``None`` where it was refused."""
        person = self.sales if side == "sales" else self.bc[company]
        sent = {"authorization": person.token, "content-type": "application/json", "host": "service.example",
                "accept": "application/json", "prefer": "return=representation"}  # fmt: skip
        if method in ("PATCH", "DELETE"):
            sent["if-match"] = "*"
        content = b"" if body is None else json.dumps(body).encode()
        with self.observer.acting(PERSON):
            answer = person.service.handle(Request(method, f"{person.root}/{path}", sent, content))
        self.note(f"PERSON #{self.number} {side} {method} {path} {_short(body)}: {answer.status}")
        if answer.status >= 400:
            self.count("person_refused")
            return None
        return json.loads(answer.body) if answer.body else {}

    def pick(self, pair: Pair | None = None, side: str | None = None) -> Key | None:
        """A record of one of the mapped tables."""
        pair = pair or self.rng.choice((CUSTOMER, CUSTOMER, CONTACT))
        side = side or self.rng.choice(("bc", "sales"))
        found = [
            key
            for key, values in self.observer.present.items()
            if key.side == side and key.table == pair.table(side) and _is_ours(pair, side, values)
        ]
        return self.rng.choice(found) if found else None

    def new_value(self, text: Text, side: str, key: Key) -> tuple[str, str]:
        """A unique text the service accepts, and its number."""
        token = str(self._next)
        self._next += 1
        value = self._dressed(text, side, token)
        self.ledger.tokens[token] = Token(token, key, text, self.observer.now(), value)
        return value, token

    def _dressed(self, text: Text, side: str, token: str) -> str:
        match text.kind:
            case "phone":
                return f"+{token}"
            case "email":
                return f"zq{token}@example.com"
            case "web":
                return f"https://zq{token}.example"
            case "code":
                return f"zq {token}"
        length = text.bc_length if side == "bc" else text.sales_length
        if self.rng.random() < 0.02:
            return f"{token} ".ljust(length - 1, "x")
        odd = self.rng.choice(_ODD)
        if odd:
            self.count("odd_text")
        return f"{token} Zq{odd}"[: min(length, 30)]

    def write(self, key: Key, changes: Mapping[str, Any]) -> bool:
        """Change fields of a record; whether that worked."""
        path = f"{SET[key.table]}({key.id})" if key.side == "sales" else f"{key.table}({key.id})"
        return self.call(key.side, key.company, "PATCH", path, changes) is not None


def _short(body: object) -> str:
    return "" if body is None else json.dumps(body, ensure_ascii=False, sort_keys=True)[:200]


def _is_ours(pair: Pair, side: str, values: Mapping[str, Any]) -> bool:
    return pair is CUSTOMER or side == "sales" or values.get("type") == "Person"


def _body(people: People, key: Key, texts: Sequence[Text]) -> tuple[dict[str, Any], list[str]]:
    body: dict[str, Any] = {}
    tokens = []
    for each in texts:
        name = people.rng.choice(each.on(key.side))
        body[name], token = people.new_value(each, key.side, key)
        tokens.append(token)
    return body, tokens


def _withdraw(people: People, tokens: list[str]) -> None:
    for token in tokens:
        people.ledger.tokens.pop(token, None)


def edit(people: People) -> None:
    """Change one to three fields of a record."""
    key = people.pick()
    if key is None:
        return
    pair = pair_of(key.side, key.table)
    assert pair is not None
    texts = people.rng.sample(pair.texts, people.rng.choice((1, 1, 1, 2, 3)))
    body, tokens = _body(people, key, texts)
    if not people.write(key, body):
        _withdraw(people, tokens)


def edit_both(people: People) -> None:
    """The same field on both sides at once, of records that show the same e-mail or name."""
    key = people.pick(side="bc")
    other = _twin(people, key) if key else None
    if key is None or other is None:
        return
    pair = pair_of(key.side, key.table)
    assert pair is not None
    text = people.rng.choice(pair.texts)
    for each in (key, other):
        body, tokens = _body(people, each, [text])
        if not people.write(each, body):
            _withdraw(people, tokens)
    people.count("edited_on_both_sides")


def agree(people: People) -> None:
    """Write the same value on both sides, as somebody does who settles a conflict."""
    key = people.pick(side="bc")
    other = _twin(people, key) if key else None
    if key is None or other is None:
        return
    pair = pair_of(key.side, key.table)
    assert pair is not None
    text = people.rng.choice([each for each in pair.texts if len(each.sales) == 1])
    value, token = people.new_value(text, "bc", key)
    value = value[: min(text.bc_length, text.sales_length)]
    done = people.write(key, {text.bc: value})
    done = people.write(other, {text.sales[0]: value}) or done
    if not done:
        _withdraw(people, [token])
    people.count("agreed_on_both_sides")


def _twin(people: People, key: Key) -> Key | None:
    """A record of the other side that shares a recognisable text with this one."""
    values = people.observer.present[key]
    pair = pair_of(key.side, key.table)
    assert pair is not None
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
    pair = pair_of(key.side, key.table)
    assert pair is not None
    text = people.rng.choice(pair.texts[1:])
    people.write(key, {text.on(key.side)[0]: "" if key.side == "bc" else None})
    people.count("cleared")


def create(people: People) -> None:
    """A new record on either side."""
    pair, side = people.rng.choice((CUSTOMER, CUSTOMER, CONTACT)), people.rng.choice(("bc", "sales"))
    company = people.rng.choice(sorted(people.bc))
    key = Key(side, company if side == "bc" else "", pair.table(side), "?")
    texts = [pair.texts[0], *people.rng.sample(pair.texts[1:], 2)]
    body, tokens = _body(people, key, texts)
    body = _more_to_create(people, pair, side, company) | body
    path = SET[pair.sales] if side == "sales" else pair.bc
    made = people.call(side, company, "POST", path, body)
    if made is None:
        _withdraw(people, tokens)
        return
    record_id = made["id"] if side == "bc" else made[f"{pair.sales}id"]
    for token in tokens:
        people.ledger.tokens[token].key = Key(side, key.company, key.table, record_id)
    people.count("created")


def _more_to_create(people: People, pair: Pair, side: str, company: str) -> dict[str, Any]:
    if pair is CUSTOMER:
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
    path = f"{SET[key.table]}({key.id})" if key.side == "sales" else f"{key.table}({key.id})"
    if people.call(key.side, key.company, "DELETE", path) is not None:
        people.count("deleted")


def leave_filter(people: People) -> None:
    """Block or free a customer, deactivate or activate a row, make an account a supplier."""
    key = people.pick()
    if key is None:
        return
    pair = pair_of(key.side, key.table)
    assert pair is not None
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
    pair, side = people.rng.choice((CUSTOMER, CONTACT)), people.rng.choice(("bc", "sales"))
    for _ in range(5):
        key = people.pick(pair, side)
        if key is None:
            return
        body, tokens = _body(people, key, [people.rng.choice(pair.texts)])
        if not people.write(key, body):
            _withdraw(people, tokens)
    people.count("ties")


def rename(people: People) -> None:
    """Give a customer another number; couplings follow the id."""
    key = people.pick(CUSTOMER, "bc")
    if key is not None and people.write(key, {"number": f"R{people.rng.randrange(10**6):06d}"}):
        people.count("renamed")


def write_not_ours(people: People) -> None:
    """Change a field that only Business Central decides."""
    key = people.pick(CUSTOMER, "sales")
    if key is not None and people.write(key, {"accountnumber": f"P{people.rng.randrange(10**6):06d}"}):
        people.count("one_way_field_edited")


def odd_country(people: People) -> None:
    """A country, known or not."""
    key = people.pick()
    if key is not None:
        name = "country" if key.side == "bc" else "address1_country"
        known = ("GB", "US", "DE") if key.side == "bc" else ("GB", "Germany", "Freedonia", None)
        people.write(key, {name: people.rng.choice(known)})


_ACTIONS: tuple[tuple[Callable[[People], None], float], ...] = (
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
