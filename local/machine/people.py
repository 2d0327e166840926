"""People at work on both sides, through the systems' own APIs, and what they wrote.

A person sees a record, then changes it only if it still is what was seen (``If-Match``), so that the ledger
knows which value was replaced. Numbers choose among what is there: a number fits whatever there is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.environment import COMPANY, Environment, Refused
from local.load.stored import Stored
from local.machine.ledger import Ledger, Place, columns_of
from local.simulate.fields import Pair, Text
from local.simulate.pairs import CONTACT, CUSTOMER

TRIES = 5
CHANGED = (409, 412)
"""What the services answer when a record is not the version that was seen."""
SETS = {"account": "accounts", "contact": "contacts"}

type Record = dict[str, Any]


@dataclass
class People:
    """Does one thing at a time; each returns what was done in words, or why it was not."""

    environment: Environment
    stored: Stored
    ledger: Ledger
    made: set[str]
    """Ids of records that people created, or that were there from the beginning."""
    deleted_in_bc: bool = False

    def edit(self, pair: Pair, side: str, number: int, texts: Sequence[int]) -> str:
        """Write new values into some fields of a record."""
        record = self._chosen(pair, side, number)
        if record is None:
            return "nobody to edit"
        chosen = [pair.texts[each % len(pair.texts)] for each in texts]
        values = {text: self.ledger.new_value(text) for text in dict.fromkeys(chosen)}
        return self._write(pair, side, record, values)

    def edit_both(self, pair: Pair, number: int, texts: Sequence[int]) -> str:
        """Two people write different values into a field of the same coupled pair, one on each side: into the
        same field, or for odd numbers perhaps into another."""
        chosen = [pair.texts[each % len(pair.texts)] for each in (texts[0], texts[number % 2])]
        values = [{text: self.ledger.new_value(text)} for text in chosen]
        return self._write_pair(pair, number, values)

    def agree(self, pair: Pair, number: int, text_number: int) -> str:
        """Write the same value on both sides of a pair, as somebody does who settles a conflict."""
        text = pair.texts[1:][text_number % len(pair.texts[1:])]
        return self._write_pair(pair, number, [{text: self.ledger.new_value(text)}] * 2)

    def _write_pair(self, pair: Pair, number: int, values: Sequence[Mapping[Text, tuple[str, str]]]) -> str:
        links = sorted(self.stored.couplings().by_bc.get(pair.mapping, {}).items())
        if not links:
            return "no pair"
        ends = zip(("bc", "sales"), links[number % len(links)], values, strict=True)
        return "; ".join(
            self._write(pair, side, self._record(pair, side, record_id), wanted)
            for side, record_id, wanted in ends
        )

    def create(self, pair: Pair, side: str, number: int) -> str:
        """A new record with a name, an address, a phone number and a mail address of its own."""
        texts = [text for text in pair.texts if text.bc in ("displayName", "city", "phoneNumber", "email")]
        values = {text: self.ledger.new_value(text) for text in texts}
        more = self._more_to_create(pair, side, number)
        if more is None:
            return "no company to work for"
        body = {text.on(side)[-1]: value for text, (_, value) in values.items()} | more
        person = self.environment.people.bc if side == "bc" else self.environment.people.sales
        try:
            found = person.create(table_of(pair, side), body)
        except Refused as refused:
            return f"creation refused: {refused}"
        place = Place(side, pair.mapping, str(found[key_of(pair, side)]))
        self.made.add(place.id)
        self._take_down(place, values)
        return f"created {place.id} with {body}"

    def delete(self, pair: Pair, side: str, number: int) -> str:
        """Delete a record; in Sales the contacts of an account go with it."""
        record = self._chosen(pair, side, number)
        if record is None:
            return "nobody to delete"
        record_id = str(record[key_of(pair, side)])
        gone = [record, *self._contacts_of(pair, side, record_id)]
        try:
            self._delete(pair, side, record_id)
        except Refused as refused:
            return f"deletion refused: {refused}"
        self.deleted_in_bc |= side == "bc"
        for each, kind in zip(gone, [pair, *[CONTACT] * (len(gone) - 1)], strict=True):
            self.ledger.replace(each.get(name) for name in columns_of(kind, side))
        return f"deleted {record_id}"

    def present(self, pair: Pair, side: str) -> list[Record]:
        """The records of a table as they are now, without the companies among BC's contacts."""
        if side == "sales":
            return self.environment.sales_control.dump(pair.sales)
        found = self.environment.bc_control.dump(COMPANY, pair.bc)
        return [each for each in found if each.get("type") != "Company" or pair is CUSTOMER]

    def _chosen(self, pair: Pair, side: str, number: int) -> Record | None:
        """What Tandem has just created in Business Central is left alone until it is coupled: without an
        extension it is known again by the values it was sent with."""
        found = self.present(pair, side)
        if side == "bc":
            coupled = self.stored.couplings().by_bc.get(pair.mapping, {})
            found = [each for each in found if each["id"] in coupled or each["id"] in self.made]
        return found[number % len(found)] if found else None

    def _record(self, pair: Pair, side: str, record_id: str) -> Record | None:
        key = key_of(pair, side)
        return next((each for each in self.present(pair, side) if each[key] == record_id), None)

    def _write(
        self, pair: Pair, side: str, record: Record | None, values: Mapping[Text, tuple[str, str]]
    ) -> str:
        body = {text.on(side)[-1]: value for text, (_, value) in values.items()}
        key = key_of(pair, side)
        for _ in range(TRIES):
            if record is None:
                return "it is gone"
            try:
                self._patch(pair, side, str(record[key]), body, str(record["@odata.etag"]))
            except Refused as refused:
                if refused.status not in CHANGED:
                    return f"refused: {refused}"
                record = self._record(pair, side, str(record[key]))
                continue
            self.ledger.replace(record.get(name) for name in body)
            self._take_down(Place(side, pair.mapping, str(record[key])), values)
            return f"{side} {pair.mapping} {record[key]}: {body}"
        return "somebody else was always faster"

    def _take_down(self, place: Place, values: Mapping[Text, tuple[str, str]]) -> None:
        for text, (token, value) in values.items():
            self.ledger.write(token, place, text, value)

    def _patch(self, pair: Pair, side: str, record_id: str, body: Record, etag: str) -> None:
        person = self.environment.people.bc if side == "bc" else self.environment.people.sales
        person.patch(table_of(pair, side), record_id, body, etag)

    def _delete(self, pair: Pair, side: str, record_id: str) -> None:
        person = self.environment.people.bc if side == "bc" else self.environment.people.sales
        person.delete(table_of(pair, side), record_id)

    def _contacts_of(self, pair: Pair, side: str, record_id: str) -> list[Record]:
        if side == "bc" or pair is not CUSTOMER:
            return []
        found = self.present(CONTACT, side)
        return [each for each in found if each.get("_parentcustomerid_value") == record_id]

    def _more_to_create(self, pair: Pair, side: str, number: int) -> Record | None:
        if pair is CUSTOMER:
            return {} if side == "bc" else {"customertypecode": 3}
        choose = self._bc_company if side == "bc" else self._sales_account
        return choose(number)

    def _bc_company(self, number: int) -> Record | None:
        found = self.environment.bc_control.dump(COMPANY, "contacts")
        is_customer: Callable[[Record], bool] = lambda each: (  # noqa: E731
            each["type"] == "Company" and each["contactBusinessRelation"] == "Customer"
        )
        numbers = [str(each["number"]) for each in found if is_customer(each)]
        return {"type": "Person", "companyNumber": numbers[number % len(numbers)]} if numbers else None

    def _sales_account(self, number: int) -> Record | None:
        ids = [str(each["accountid"]) for each in self.environment.sales_control.dump("account")]
        bound = "parentcustomerid_account@odata.bind"
        return {bound: f"/accounts({ids[number % len(ids)]})"} if ids else None


def table_of(pair: Pair, side: str) -> str:
    """The name of the entity set."""
    return pair.bc if side == "bc" else SETS[pair.sales]


def key_of(pair: Pair, side: str) -> str:
    """The field that holds the id."""
    return "id" if side == "bc" else f"{pair.sales}id"
