"""`availability`: what is there of items, what is promised, and from when a quantity can be had."""

from __future__ import annotations

import argparse
from itertools import batched
from typing import Any

from tandem.app import App, Document
from tandem.exits import Exit
from tandem.screen import Screen
from tandem.verb import Verb

MOST_ITEMS = 100
"""Items the app answers at once."""
ASKED = ("location", "variant", "unit", "date", "quantity")
HEADS = ("Item", "Variant", "Location", "Inventory", "Reserved", "Sold", "Bought", "Projected", "Promisable",
         "Unit", "From")  # fmt: skip
WORDS = {
    "enough": "enough",
    "short": "not with what is planned",
    "in_stock": "in stock; orders are not known",
    "not_in_stock": "not in stock; orders are not known",
    "not_stocked": "has no stock",
}
GOOD = frozenset({"enough", "in_stock", "not_stocked"})


def availability(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Asks for all items and shows each with its places."""
    common = {name: getattr(given, name) for name in ASKED if getattr(given, name) is not None}
    entries: list[Document] = []
    connection = ""
    for some in batched(given.item, MOST_ITEMS, strict=False):
        found = app.post("items/availability", {"items": list(some), **common})
        entries += found["items"]
        connection = found["connection"]
    screen.result({"connection": connection, "items": entries})
    told = [each for each in entries if each["found"]]
    screen.table(HEADS, [row for each in told for row in _rows(each)])
    for each in entries:
        screen.say(_said(each))
    for remark in dict.fromkeys(remark for each in told for remark in each["remarks"]):
        screen.say(remark)
    good = all(each["found"] and each["verdict"] in GOOD for each in entries)
    return Exit.DONE if good else Exit.ATTENTION


def _rows(told: Document) -> list[tuple[Any, ...]]:
    """All together, then each place where there are several."""
    whole = (told["item"]["number"], _asked(told["variant"]), _asked(told["location"]))
    rows = [(*whole, *_figures(told))]
    places = told["places"] if len(told["places"]) > 1 else []
    return rows + [("", _code(each["variant"]), _code(each["location"]), *_figures({**each, "unit": ""}))
                   for each in places]  # fmt: skip


def _asked(code: str | None) -> str:
    return "all" if code is None else _code(code)


def _code(code: str) -> str:
    return code or "(none)"


def _figures(told: Document) -> tuple[str, ...]:
    names = ("inventory", "reserved", "onSalesOrders", "onPurchaseOrders", "projected", "promisable")
    return (*("?" if told[name] is None else f"{told[name]:,}" for name in names), told["unit"],
            told["earliestDate"] or "")  # fmt: skip


def _said(entry: Document) -> str:
    if not entry["found"]:
        return f"{entry['asked']}: {entry['reason']}"
    verdict = WORDS.get(entry["verdict"]) or f"from {entry['earliestDate']} on"
    age = f"read {entry['ageSeconds']:.0f} s ago" + (", older than usual" if entry["stale"] else "")
    return f"{entry['item']['number']} {entry['item']['name']}: {verdict} ({age})"


def _of_availability(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("item", nargs="+", help="an item's number, its id, or the id of its product in Sales")
    parser.add_argument("--location", help="only this location's code; '' for none")
    parser.add_argument("--variant", help="only this variant's code; '' for the item itself")
    parser.add_argument("--unit", help="the unit of measure of quantity and answer (the base unit)")
    parser.add_argument("--date", help="the day it is about, such as 2027-02-01 (today)")
    parser.add_argument("--quantity", help="how much is wanted, such as 2.5")


VERBS = (Verb("availability", "what is there of items, and from when", availability, _of_availability),)
