"""What people do with quotes: write, activate, win, close and revise them in Sales; send, accept and delete
them in Business Central, or make orders of them there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from local.simulate.observing import Key
from local.simulate.ordering import QUOTE, Content, GoneQuote, Written
from local.simulate.ordering_actions import account_of, add_line, currency_of, price_list_of
from local.simulate.people import People
from local.simulate.quoting import BESIDE, HEADERS, PART, QUOTES
from local.simulators.business_central import control_edits
from local.simulators.business_central.environment import Environment
from local.simulators.business_central.storage import Company

type Action = Callable[[People], None]

ACTIVE = {"statecode": 1, "statuscode": 2}
MOST_LINES = 3
LAST_DAYS = (None, "2027-03-01", "2030-01-01")


def write_quote(people: People) -> None:
    """A salesperson writes a quote, and mostly activates it at once."""
    account, currency = account_of(people), currency_of(people)
    listed = price_list_of(people, currency) if currency else ""
    if not (account and listed):
        return
    discount, freight = (Decimal(people.rng.choice((0, 0, each))) for each in (1, 7))
    header = {
        "name": "A quote",
        "customerid_account@odata.bind": f"/accounts({account})",
        "transactioncurrencyid@odata.bind": f"/transactioncurrencies({currency})",
        "pricelevelid@odata.bind": f"/pricelevels({listed})",
        "discountamount": float(discount), "freightamount": float(freight),
        "effectiveto": people.rng.choice(LAST_DAYS),
    }  # fmt: skip
    made = people.call("sales", "", "POST", "quotes", header)
    if made is None:
        return
    quote = Written(made["quoteid"], reference_of(made), account, currency, Content((), discount, freight))
    people.book.quotes[quote.id] = quote
    places = range(1, people.rng.randint(1, MOST_LINES) + 1)
    lines = [line for place in places if (line := add_line(people, QUOTE, quote, place))]
    quote.content = replace(quote.content, lines=tuple(lines))
    people.count("quote_written")
    if people.rng.random() < 0.8:
        _activate(people, quote)


def reference_of(row: Mapping[str, Any]) -> str:
    """Number and revision: by these a quote is known in Business Central."""
    number, revision = str(row["quotenumber"]), row.get("revisionnumber") or 0
    return f"{number} REV. {revision}" if revision else number


def _activate(people: People, quote: Written) -> None:
    if people.call("sales", "", "PATCH", f"quotes({quote.id})", ACTIVE) is not None:
        quote.submitted.append(quote.content)
        people.count("quote_activated")


def end_quote(people: People) -> None:
    """An active quote is won, closed or revised; a draft is activated."""
    quote = _pick(people)
    row = people.observer.present.get(Key("sales", "", HEADERS, quote.id)) if quote else None
    if quote is None or row is None:
        return
    if row["statecode"] == 0:
        _activate(people, quote)
        return
    act = people.rng.choice(("WinQuote", "CloseQuote", "ReviseQuote"))
    if act == "ReviseQuote":
        _revise(people, quote)
        return
    closing = {
        "@odata.type": "Microsoft.Dynamics.CRM.quoteclose",
        "quoteid@odata.bind": f"/quotes({quote.id})",
    }
    if people.call("sales", "", "POST", act, {"Status": -1, "QuoteClose": closing}) is not None:
        people.count("quote_won" if act == "WinQuote" else "quote_closed")


def _revise(people: People, quote: Written) -> None:
    """The new draft has lines of its own with the same content."""
    made = people.call(
        "sales", "", "POST", "ReviseQuote", {"QuoteId": quote.id, "ColumnSet": {"AllColumns": True}}
    )
    if made is None:
        return
    row = people.observer.present[Key("sales", "", HEADERS, made["quoteid"])]
    new = Written(made["quoteid"], reference_of(row), quote.account, quote.currency, quote.content)
    people.book.quotes[new.id] = new
    people.count("quote_revised")


def _pick(people: People) -> Written | None:
    found = list(people.book.quotes.values())
    return people.rng.choice(found) if found else None


def handle_quote(people: People) -> None:
    """Somebody sends, notes as accepted, orders or deletes a quote in Business Central."""
    found = [key for key in people.observer.present if key.table == QUOTES]
    if not found:
        return
    key = people.rng.choice(found)
    act = people.rng.choices(("send", "accept", "make_order", "delete"), (3, 3, 3, 2))[0]
    before = people.observer.present[key]

    def do(env: Environment, company: Company) -> None:
        if act == "delete":
            control_edits.delete_row(env, company, QUOTES, key.id)
        else:
            control_edits.handle_quote(env, company, {"quote": key.id, "act": act})

    if people.in_client(key, do):
        people.count(f"quote_{act}")
        if key not in people.observer.present:
            of = str(before["externalDocumentNumber"])
            people.book.gone_quotes.append(GoneQuote(key.id, key.company, act, of))


def quoting_actions(parts: tuple[str, ...]) -> tuple[tuple[Action, float], ...]:
    """What people do in a seed with these parts."""
    return ((write_quote, 60), (end_quote, 20), (handle_quote, 60)) if PART in parts else ()


def quoting_tables(parts: tuple[str, ...]) -> Mapping[str, list[str]]:
    """What is watched in a seed with these parts."""
    return {"bc": [QUOTES], "sales": [HEADERS, BESIDE]} if PART in parts else {"bc": [], "sales": []}
