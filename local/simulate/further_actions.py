"""What people do with the further parts of the catalogue, in seeds that have some (see ``further``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local.simulate.actions import ACTIONS, body_of, edit_both, withdraw
from local.simulate.fields import Pair
from local.simulate.further import PRICES, pairs_of
from local.simulate.note_pairs import NOTE
from local.simulate.observing import HEART, Key
from local.simulate.ordering import HEADERS, ORDERS
from local.simulate.ordering_actions import ordering_actions, ordering_tables
from local.simulate.people import People
from local.simulate.price_actions import OF_PRICES
from local.simulate.quoting import NOTES
from local.simulate.quoting_actions import quoting_actions, quoting_tables
from local.simulate.wider_actions import needed_wider, wider_actions, wider_tables

type Action = Callable[[People], None]


def _further(people: People) -> list[Pair]:
    others = (each for name, each in people.pairs.items() if name not in ("CUSTOMER", "CONTACT"))
    return [each for each in others if each.texts_from("bc") or each.texts_from("sales")]


def _pick(people: People) -> Key | None:
    """A record of a further pair, on a side whose values are carried."""
    pair = people.rng.choice(_further(people))
    sides = [side for side in ("bc", "sales") if pair.texts_from(side)]
    return people.pick(pair, people.rng.choice(sides))


def edit_further(people: People) -> None:
    """Change one or two fields."""
    key = _pick(people)
    if key is None:
        return
    texts = people.pair_of(key).texts_from(key.side)
    chosen = people.rng.sample(texts, min(len(texts), people.rng.choice((1, 1, 2))))
    body, tokens = body_of(people, key, chosen)
    if people.write(key, body):
        people.count(f"edited {people.pair_of(key).mapping}")
    else:
        withdraw(people, tokens)


def clear_further(people: People) -> None:
    """Blank a field that is not the name."""
    key = _pick(people)
    texts = people.pair_of(key).texts_from(key.side) if key else ()
    if key is not None and len(texts) > 1 and texts[1].kind != "amount":
        people.write(key, {people.rng.choice(texts[1:]).on(key.side)[0]: "" if key.side == "bc" else None})


def leave_further(people: People) -> None:
    """Block or free a vendor or an item, close a list, retire a product, deactivate an account."""
    key = _pick(people)
    if key is None or key.table not in _LEAVING:
        return
    values = people.observer.present[key]
    is_inside = people.pair_of(key).inside(key.side, values, people.observer.kinds(key))
    if people.write(key, _LEAVING[key.table][0 if is_inside else 1]):
        people.count("further_left" if is_inside else "further_entered")


_LEAVING: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    "vendors": ({"blocked": "All"}, {"blocked": " "}),
    "items": ({"blocked": True}, {"blocked": False}),
    "tandem/resources": ({"blocked": True}, {"blocked": False}),
    "tandem/priceListHeaders": ({"status": "Draft"}, {"status": "Active"}),
    "account": ({"statecode": 1, "statuscode": 2}, {"statecode": 0, "statuscode": 1}),
    "product": ({"statecode": 1, "statuscode": 2}, {"statecode": 0, "statuscode": 1}),
}
"""What a person writes to take a record out of the filter, and to bring it back."""


def create_further(people: People) -> None:
    """A new vendor, item or opportunity, on either side; a new unit or price list in Business Central."""
    _create(people, people.rng.choice(_further(people)))


def _create(people: People, pair: Pair) -> None:
    side = people.rng.choice(pair.sources) if pair.sources else ""
    company = people.rng.choice(sorted(people.bc))
    more = _needed(people, pair, side, company)
    if more is None:
        return
    key = Key(side, company if side == "bc" else "", pair.table(side), "?")
    body, tokens = body_of(people, key, pair.texts_from(side)[:1])
    record_id = people.create(pair, key, more | body)
    if not record_id:
        withdraw(people, tokens)
        return
    for token in tokens:
        people.ledger.tokens[token].key = Key(side, key.company, key.table, record_id)
    people.count(f"created {pair.mapping}")


def _needed(people: People, pair: Pair, side: str, company: str) -> dict[str, Any] | None:
    """What a new record needs beside its name; ``None`` where it cannot be made now."""
    number = f"N{people.rng.randrange(10**6):06d}"
    match pair.mapping, side:
        case "VENDOR", "bc":
            return {}
        case "VENDOR", "sales":
            return {"customertypecode": 11, "tandem_companyid": company}
        case "ITEM-PRODUCT", "bc":
            return {"number": number, "baseUnitOfMeasureCode": "PCS"}
        case "UNIT OF MEASURE", "bc":
            return {"code": number}
        case "PLHEADER-PRICE", "bc":
            return {"code": number, "status": "Active", "priceType": "Sale", "amountType": "Price"}
        case "CUSTPRCGRP-PRICE", "bc":
            return {"code": number}
        case "OPPORTUNITY", "bc":
            contact = _one(people, "contacts", company)
            return {"contactNumber": people.observer.present[contact]["number"]} if contact else None
        case "OPPORTUNITY", "sales":
            account = _one(people, "account", "")
            bound = {"parentaccountid@odata.bind": f"/accounts({account.id})"} if account else {}
            return {"tandem_companyid": company, **bound}
        case "ORDER NOTE", _:
            return _on_an_order(people, side)
    return needed_wider(people, pair, company, number) if side == "bc" else None


def _one(people: People, table: str, company: str) -> Key | None:
    found = [each for each in people.observer.present if each.table == table and each.company == company]
    return people.rng.choice(found) if found else None


def _on_an_order(people: People, side: str) -> dict[str, Any] | None:
    """What a note needs: an order of the side that it is on, mostly one that is submitted."""
    table = ORDERS if side == "bc" else HEADERS
    orders = {key.id: row for key, row in people.observer.present.items() if key.table == table}
    submitted = [each for each, row in orders.items() if row.get("statecode") == 1]
    found = submitted if submitted and people.rng.random() < 0.8 else list(orders)
    if not found:
        return None
    order = people.rng.choice(found)
    if side == "bc":
        return {"orderId": order}
    return {"subject": "Note", "objectid_salesorder@odata.bind": f"/salesorders({order})"}


def write_note(people: People) -> None:
    """Somebody writes a note on an order, on either side."""
    _create(people, people.pairs[NOTE.mapping])


def edit_note(people: People) -> None:
    """Somebody writes something else."""
    key = people.pick(people.pairs[NOTE.mapping])
    if key is None:
        return
    body, tokens = body_of(people, key, NOTE.texts)
    if people.write(key, body):
        people.count(f"edited {NOTE.mapping}")
    else:
        withdraw(people, tokens)


OF_NOTES: tuple[tuple[Action, float], ...] = ((write_note, 30), (edit_note, 20))


def delete_further(people: People) -> None:
    """Delete a record, where the service lets go of it.  A user of Sales is disabled and not deleted."""
    key = _pick(people)
    if key is not None and key.table != "systemuser" and people.remove(key):
        people.count("further_deleted")


def edit_again(people: People) -> None:
    """Write over what somebody wrote last of all that only goes to Sales; where there is no such field, on
    both sides of a customer at once."""
    if not _further(people):
        edit_both(people)
        return
    written = [each for each in people.ledger.tokens.values() if each.text.flow == "to_sales"]
    last = written[-1] if written else None
    if last is None or last.key not in people.observer.present:
        edit_further(people)
        return
    body, tokens = body_of(people, last.key, [last.text])
    if not people.write(last.key, body):
        withdraw(people, tokens)


HASTY: tuple[tuple[Action, float], ...] = ((edit_again, 300),)
"""What people do more of who are in a hurry: of interest where something is slow."""

_EVERYWHERE: tuple[tuple[Action, float], ...] = (
    (edit_further, 40),
    (clear_further, 3),
    (create_further, 8),
    (leave_further, 5),
    (delete_further, 3),
)


def actions_of(parts: tuple[str, ...]) -> tuple[tuple[Action, float], ...]:
    """What people do in a seed with these further parts."""
    priced = any(each in PRICES for each in parts)
    notes = OF_NOTES if NOTES in parts else ()
    own = (*(_EVERYWHERE if parts else ()), *(OF_PRICES if priced else ()))
    return (*ACTIONS, *own, *wider_actions(parts), *ordering_actions(parts), *quoting_actions(parts), *notes)


def tables_of(parts: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    """The tables that are watched in a seed with these further parts."""
    pairs = pairs_of(parts).values()
    lines = [PRICES[each].table for each in parts if each in PRICES]
    others = (wider_tables(parts), ordering_tables(parts), quoting_tables(parts))
    own = {
        "bc": [*(each.bc for each in pairs), *lines, *(name for each in others for name in each["bc"])],
        "sales": [
            *(each.sales for each in pairs),
            *(["productpricelevel"] if lines else []),
            *(name for each in others for name in each["sales"]),
        ],
    }
    return {side: tuple(dict.fromkeys((*HEART[side], *own[side]))) for side in HEART}
