"""Orders: some seeds have salespeople who write and submit orders, and people who ship and invoice them.

Which seed has some is drawn from random numbers of their own among those without further parts, so that
every other seed is as it was.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from local.simulate.part import Chosen, Further, Records

MAPPING = "SALESORDER-ORDER"
HEADERS, BESIDE = "salesorder", "tandem_businesscentralorder"
ORDERS, ORDER_LINES, INVOICES = "salesOrders", "salesOrderLines", "salesInvoices"
SALES_ACCOUNT, FREIGHT_ACCOUNT = "6110", "6410"
SETTING = f"written_in={SALES_ACCOUNT},freight={FREIGHT_ACCOUNT}"
"""The accounts of lines that are no product, as an administrator names them."""
NUMBER = "Q{:05}"


def accounts_for_lines(whole: Records, kept: Records, rng: random.Random) -> Chosen:
    """No document yet, and the accounts of lines that are no product."""
    names = {SALES_ACCOUNT: "Sales, Retail", FREIGHT_ACCOUNT: "Sales, Freight"}
    return {
        "accounts": [
            {"number": number, "displayName": name, "directPosting": True} for number, name in names.items()
        ]
    }


BOTH_WAYS = "orders_both_ways"
ORDERING: Mapping[str, Further] = {
    "orders": Further((MAPPING,), ("orders",), (), accounts_for_lines),
    "whole_orders": Further((MAPPING,), ("extension", "orders"), (), accounts_for_lines),
    BOTH_WAYS: Further((MAPPING,), ("extension", "orders", "orders_both_ways"), (), accounts_for_lines),
}
"""Orders without the extension, with it, and both ways."""

COMBINATIONS: Sequence[tuple[str, ...]] = (
    ("items", "orders"),
    ("items", "orders"),
    ("items", "whole_orders"),
    ("item_units", "whole_orders"),
)
WITH_BOTH_WAYS: Sequence[tuple[str, ...]] = (
    *COMBINATIONS,
    ("items", BOTH_WAYS),
    ("item_units", BOTH_WAYS),
)
"""All that are drawn: orders that are created whole go both ways in some seeds."""
SHARES = {"": 0.6, "wrong_system": 0.3, "lost_watermarks": 0.4}
"""How many of the seeds with an incident (blank: none) that have no further parts have orders."""
SHARE_BOTH_WAYS = 0.5
"""Of those with the extension, how many have orders that go both ways."""


def draw_ordering(seed: int, incident: str) -> tuple[str, ...]:
    """The parts of a seed with orders, most often none."""
    rng = random.Random(f"orders {incident} {seed}")
    chosen = rng.choice(COMBINATIONS) if rng.random() < SHARES.get(incident, 0.0) else ()
    goes_both_ways = random.Random(f"both ways {incident} {seed}").random() < SHARE_BOTH_WAYS
    return tuple(BOTH_WAYS if goes_both_ways and each == "whole_orders" else each for each in chosen)


def takes_orders(parts: Sequence[str]) -> bool:
    """Whether a seed with these parts has orders."""
    return any(each in ORDERING for each in parts)


def is_created_whole(parts: Sequence[str]) -> bool:
    """Whether an order is created with its discount, through the extension."""
    return any("extension" in ORDERING[each].features for each in parts if each in ORDERING)


@dataclass(frozen=True)
class Kind:
    """Where the documents of a kind are in Sales, and their lines."""

    documents: str
    id: str
    lines: str

    @property
    def line_id(self) -> str:
        return f"{self.lines.removesuffix('s')}id"


ORDER, QUOTE = (Kind(f"{name}s", f"{name}id", f"{name}details") for name in ("salesorder", "quote"))


@dataclass(frozen=True)
class Line:
    """A line as the salesperson wrote it; ``product`` is blank for one that is written in, ``odd`` says why
    it cannot be carried."""

    id: str
    product: str
    quantity: Decimal
    price: Decimal
    discount: Decimal
    odd: str = ""

    @property
    def net(self) -> Decimal:
        """What it comes to: all figures are such that nothing is rounded."""
        return self.quantity * self.price - self.discount


@dataclass(frozen=True)
class Content:
    """What an order sells."""

    lines: tuple[Line, ...]
    discount: Decimal = Decimal(0)
    freight: Decimal = Decimal(0)

    @property
    def net(self) -> Decimal:
        return sum((each.net for each in self.lines), Decimal(0)) - self.discount + self.freight

    @property
    def rows(self) -> int:
        """How many lines it has in Business Central."""
        return len(self.lines) + bool(self.freight)

    @property
    def is_odd(self) -> bool:
        """Whether it can never be carried as it is."""
        return not self.lines or any(each.odd for each in self.lines)

    def with_line(self, changed: Line) -> Content:
        """The same with another version of a line."""
        return replace(self, lines=tuple(changed if each.id == changed.id else each for each in self.lines))


@dataclass
class Written:
    """An order or quote of Sales: what it sells now, and what it sold each time it was submitted."""

    id: str
    number: str
    account: str
    currency: str
    content: Content
    submitted: list[Content] = field(default_factory=list)


@dataclass(frozen=True)
class Gone:
    """An order of Business Central that is not there any more: who did what to it, and what it had.

    ``how`` is ``emptied`` where all of it had been invoiced with others before it went.
    """

    id: str
    company: str
    number: str
    how: str
    of: str
    rows: int
    net: Decimal


@dataclass(frozen=True)
class GoneQuote:
    """A quote of Business Central that is not there any more: who did what to it, and which one of Sales it
    was of."""

    id: str
    company: str
    how: str
    of: str


@dataclass
class Book:
    """What people did with orders and quotes.  ``lists`` are the price lists by currency, ``quantities`` all
    that people wrote of a line, by its id in Sales."""

    orders: dict[str, Written] = field(default_factory=dict)
    quantities: dict[str, set[Decimal]] = field(default_factory=dict)
    gone: list[Gone] = field(default_factory=list)
    quotes: dict[str, Written] = field(default_factory=dict)
    gone_quotes: list[GoneQuote] = field(default_factory=list)
    lists: dict[str, str] = field(default_factory=dict)

    def next_number(self) -> str:
        """The number of the next order."""
        return NUMBER.format(len(self.orders) + 1)
