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

from local.simulate.fields import Pair, Text
from local.simulate.observing import Key, Observer, Write
from local.simulate.ordering import Book
from local.simulate.pairs import PAIRS, pair_of
from local.simulation.world import PERSON, Person
from local.simulators.business_central import BusinessCentral
from local.simulators.business_central.control_edits import delete_row, edit_row
from local.simulators.business_central.environment import Environment
from local.simulators.business_central.errors import ApiError
from local.simulators.business_central.schema import EXTENSION
from local.simulators.business_central.storage import Company
from local.simulators.wire import Request

FIRST_TOKEN = 9_000_001
_TOKEN = re.compile(r"9\d{6}")
_ODD = ("", "", "", "", " é", " 東京", " 😀", " O'Hara", " a/b", " ‏שלום", " 50% & more", ' "q"', "  two")


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
                if token in self.tokens and not self._only_restored(write, token):
                    self.tokens[token].ended = True

    def _only_restored(self, write: Write, token: str) -> bool:
        """A backup that was put back takes away what was written there; what came from the other side still
        counts."""
        return write.who == "restored" and self.tokens[token].key != write.key


def tokens_in(value: object) -> set[str]:
    """The numbers of values that a text carries."""
    return set(_TOKEN.findall(str(value)))


@dataclass
class People:
    """Does one random thing at a time.  ``skip`` leaves actions out by their number (shrinking); ``spared``
    are ids of records that nobody touches any more."""

    rng: random.Random
    observer: Observer
    ledger: Ledger
    bc: Mapping[str, Person]
    sales: Person
    note: Callable[[str], None]
    count: Callable[[str], None]
    actions: Sequence[tuple[Callable[[People], None], float]]
    pairs: Mapping[str, Pair] = field(default_factory=lambda: PAIRS)
    skip: frozenset[int] = frozenset()
    number: int = 0
    is_down: Callable[[str], bool] = lambda side: False
    spared: set[str] = field(default_factory=set)
    book: Book = field(default_factory=Book)
    _next: int = FIRST_TOKEN

    def act(self) -> None:
        """One thing that somebody does.  What a service refuses is just not done."""
        self.number += 1
        weights = [weight for _, weight in self.actions]
        action = self.rng.choices([each for each, _ in self.actions], weights)[0]
        state = self.rng.getrandbits(64)
        if self.number not in self.skip:
            inner, self.rng = self.rng, random.Random(state)
            try:
                action(self)
            finally:
                self.rng = inner

    def call(
        self, side: str, company: str, method: str, path: str, body: object = None,
        through: Person | None = None,
    ) -> Any:  # fmt: skip
        """One call as a person, maybe ``through`` another API; ``None`` where it was refused."""
        if self.is_down(side) or any(each in path for each in self.spared):
            return None
        person = through or (self.sales if side == "sales" else self.bc[company])
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
        pair = pair or self.pairs[self.rng.choice(("CUSTOMER", "CUSTOMER", "CONTACT"))]
        side = side or self.rng.choice(("bc", "sales"))
        found = [
            key
            for key, values in self.observer.present.items()
            if key.side == side and key.table == pair.table(side) and self._is_ours(pair, key, values)
        ]
        return self.rng.choice(found) if found else None

    def _is_ours(self, pair: Pair, key: Key, values: Mapping[str, Any]) -> bool:
        """Not a company's own contact, nor a row of another pair with the same table."""
        if key.table == "contacts":
            return values.get("type") == "Person"
        found = pair_of(self.pairs, key.side, key.table, values)
        return found is not None and found.mapping == pair.mapping

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
            case "amount":
                return token
        length = text.bc_length if side == "bc" else text.sales_length
        if self.rng.random() < 0.02:
            return f"{token} ".ljust(length - 1, "x")
        odd = self.rng.choice(_ODD)
        if odd:
            self.count("odd_text")
        return f"{token} Zq{odd}"[: min(length, 30)]

    def write(self, key: Key, changes: Mapping[str, Any]) -> bool:
        """Change fields of a record; whether that worked."""
        if key.table.startswith(EXTENSION):
            return self.in_client(key, lambda env, company: edit_row(env, company, {
                "table": key.table, "id": key.id, "values": changes,
            }))  # fmt: skip
        path = self.pair_of(key).path(key.side, key.id)
        return self.call(key.side, key.company, "PATCH", path, changes) is not None

    def create(self, pair: Pair, key: Key, body: Mapping[str, Any]) -> str:
        """Make a record in the table of ``key``; its id, blank where that was refused."""
        if key.table.startswith(EXTENSION):
            return self.add_row(key.company, key.table, body)
        made = self.call(key.side, key.company, "POST", pair.path(key.side), body)
        if made is None:
            return ""
        return str(made["id"] if key.side == "bc" else made[f"{pair.sales}id"])

    def remove(self, key: Key) -> bool:
        """Delete a record; whether that worked."""
        if key.table.startswith(EXTENSION):
            return self.in_client(key, lambda env, company: delete_row(env, company, key.table, key.id))
        path = self.pair_of(key).path(key.side, key.id)
        return self.call(key.side, key.company, "DELETE", path) is not None

    def add_row(self, company: str, table: str, values: Mapping[str, Any]) -> str:
        """Add a row to a table that only the client shows; its id, blank where that was refused."""
        made: list[str] = []

        def add(env: Environment, found: Company) -> None:
            made.append(str(edit_row(env, found, {"table": table, "values": values})["id"]))

        self.in_client(Key("bc", company, table, "?"), add)
        return "".join(made)

    def company(self, company_id: str) -> Company:
        """A company of Business Central as it is stored."""
        service = self.bc[company_id].service
        assert isinstance(service, BusinessCentral)
        return service.env.companies[company_id]

    def in_client(self, key: Key, act: Callable[[Environment, Company], object]) -> bool:
        """Something a person does in Business Central's own pages; whether it was not refused."""
        if self.is_down("bc"):
            return False
        service = self.bc[key.company].service
        assert isinstance(service, BusinessCentral)
        try:
            with self.observer.acting(PERSON):
                act(service.env, service.env.companies[key.company])
        except (ApiError, ValueError) as refused:
            self.note(f"PERSON #{self.number} bc {key.table} {key.id}: {refused}")
            self.count("person_refused")
            return False
        self.note(f"PERSON #{self.number} bc {key.table} {key.id}")
        return True

    def pair_of(self, key: Key) -> Pair:
        """The pair a record that is there belongs to."""
        pair = pair_of(self.pairs, key.side, key.table, self.observer.present[key])
        assert pair is not None, f"nobody touches {key}"
        return pair


def _short(body: object) -> str:
    return "" if body is None else json.dumps(body, ensure_ascii=False, sort_keys=True)[:200]
