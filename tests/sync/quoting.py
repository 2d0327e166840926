"""A company that takes quotes from Sales: written as people do, activated, won, closed and revised."""

from __future__ import annotations

from typing import Any

from local.simulation.world import World
from local.simulators.business_central import control_edits
from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from tests.sync import ordering, worlds
from tests.sync.ordering import bind

NAME = "SALESQUOTE-QUOTE"
ACTIVE = {"statecode": 1, "statuscode": 2}
STATUS_SET = "tandem_businesscentralquotes"
PLAIN, EXTENSION = ("quotes", "orders"), ("quotes", "orders", "extension")


def synchronised(features: tuple[str, ...] = PLAIN, **options: Any) -> World:
    """Customers and items are coupled; no quote is written yet."""
    mappings = options.pop("mappings", (NAME, ordering.NAME))
    return ordering.synchronised(features, mappings=mappings, **options)


def write(world: World, *lines: dict[str, Any], code: str = "GBP", **header: Any) -> str:
    """A salesperson writes a quote with these lines; its id."""
    currency = ordering.currency_id(world, code)
    body = {
        "name": "A quote",
        **bind("customerid_account", "accounts", worlds.pair(world, ordering.CUSTOMER).sales_id),
        **bind("transactioncurrencyid", "transactioncurrencies", currency),
        **bind("pricelevelid", "pricelevels", ordering.price_list(world, currency)),
        **header,
    }
    person = world.person_in_sales
    made = str(person.call("POST", "quotes", body, prefer="return=representation")["quoteid"])
    for place, line in enumerate(lines, start=1):
        places = {"lineitemnumber": place, "sequencenumber": place}
        person.call("POST", "quotedetails", {**places, **line, **bind("quoteid", "quotes", made)})
    return made


def activate(world: World, *lines: dict[str, Any], **header: Any) -> str:
    """A salesperson writes a quote and activates it; its id."""
    made = write(world, *lines, **header)
    world.person_in_sales.edit(f"quotes({made})", **ACTIVE)
    return made


def close(world: World, quote: str, action: str = "CloseQuote") -> None:
    """A salesperson wins or closes a quote."""
    closing = {"@odata.type": "Microsoft.Dynamics.CRM.quoteclose", **bind("quoteid", "quotes", quote)}
    world.person_in_sales.call("POST", action, {"Status": -1, "QuoteClose": closing})


def revise(world: World, quote: str) -> str:
    """A salesperson revises a quote; the id of the new draft."""
    body = {"QuoteId": quote, "ColumnSet": {"AllColumns": True}}
    return str(world.person_in_sales.call("POST", "ReviseQuote", body)["quoteid"])


def order_of(world: World, quote: str) -> str:
    """A salesperson wins a quote and makes an order of it; the order's id."""
    close(world, quote, "WinQuote")
    body = {"QuoteId": quote, "ColumnSet": {"AllColumns": True}}
    return str(world.person_in_sales.call("POST", "ConvertQuoteToSalesOrder", body)["salesorderid"])


def in_bc(world: World) -> list[dict[str, Any]]:
    """The quotes of Business Central with their lines, in their sequence."""
    path = "salesQuotes?$expand=salesQuoteLines"
    rows: list[dict[str, Any]] = world.person_in_bc().call("GET", path, **worlds.PRIMARY)["value"]
    for each in rows:
        each["salesQuoteLines"].sort(key=lambda line: line["sequence"])
    return rows


def coupling(world: World, quote: str) -> Coupling | None:
    found = world.at.couplings(NAME).load(Side.SALES, [quote]).get(quote)
    return found if isinstance(found, Coupling) else None


def of_after(world: World, quote: str) -> dict[str, Any]:
    """The quote of Business Central that a quote of Sales became after some cycles."""
    worlds.cycles(world, 3)
    pair = coupling(world, quote)
    assert pair is not None, worlds.problems(world, NAME)
    return next(each for each in in_bc(world) if each["id"] == pair.bc_id)


def told(world: World, quote: str) -> dict[str, Any]:
    """What stands beside a quote in Sales."""
    found: dict[str, Any] = world.person_in_sales.call("GET", f"{STATUS_SET}({quote})")
    return found


def handle(world: World, quote: str, act: str) -> None:
    """A person sends, accepts or makes an order of what the quote became."""
    pair = coupling(world, quote)
    assert pair is not None, worlds.problems(world, NAME)
    company = world.bc.env.companies[world.at.connection.company_id]
    control_edits.handle_quote(world.bc.env, company, {"quote": pair.bc_id, "act": act})
