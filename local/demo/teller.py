"""Whoever tells the story: shows each step and notes what it proved."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from local.demo import checks, review
from local.demo.failures import expect
from local.demo.kinds import KINDS, Kind
from local.demo.screen import Screen
from local.demo.stage import Stage
from local.demo.told import Told

type Lines = dict[str, dict[str, Any]]


class Teller:
    """Shows each step and notes what it proved."""

    def __init__(self, screen: Screen, stage: Stage, told: Told) -> None:
        self.screen, self.stage, self.told = screen, stage, told

    def step(self, title: str, text: str) -> None:
        """A new step of the story."""
        self.screen.step(self.told.step(title), title)
        self.screen.say(text)

    def proved(self, sentences: Iterable[str]) -> None:
        """What was checked just now and is so."""
        for each in sentences:
            self.screen.proof(each)
            self.told.proved(each)

    def look(self, *mappings: str) -> None:
        """Tandem looks as it does each minute."""
        with self.screen.working("Tandem looks at both sides"):
            self.stage.look(*mappings)

    def full_synchronization(self, request: dict[str, Any]) -> Lines:
        """Run one before the eyes of the person; its lines by mapping."""
        began = time.monotonic()
        with self.stage.meter:
            view = review.run(self.screen, self.stage.environment.api, request)
            self.stage.wait_for_quiet()
        self.told.full_synchronizations.append(view)
        self.told.costs.append(self._cost(view, time.monotonic() - began))
        self.proved([_cost_told(self.told.costs[-1])])
        return {line["mapping"]: line for line in view["lines"]}

    def _cost(self, view: dict[str, Any], seconds: float) -> dict[str, Any]:
        given = sum(line[way]["given"] for line in view["lines"] for way in ("toSales", "fromSales"))
        counts = self.stage.meter.last
        requests = {side: counts.requests[side] for side in ("bc", "sales")}
        return {
            "records": given,
            "seconds": round(seconds, 1),
            "requests": requests,
            "requests_per_record": round(sum(requests.values()) / given, 3) if given else None,
            "writes": {side: counts.writes[side] for side in ("bc", "sales")},
        }

    def numbers(self) -> None:
        """How many records of each kind there are, and how many are coupled."""
        rows = [self._numbers(kind) for kind in KINDS]
        self.screen.table(("", "Business Central", "to be in Sales", "Sales", "coupled"), rows)

    def _numbers(self, kind: Kind) -> tuple[str, ...]:
        found = checks.numbers(self.stage, kind)
        return (
            kind.title,
            *(str(each) for each in (found.in_bc, found.belong, found.in_sales, found.coupled)),
        )

    def all_accounted_for(self) -> None:
        """No record is lost: it is coupled, or listed with the reason why it is not."""
        accounts = {kind: checks.account_for(self.stage, kind) for kind in KINDS}
        for kind, account in accounts.items():
            expect(
                not account.missing, f"{kind.title}: nobody accounts for {', '.join(account.missing[:5])}."
            )
            expect(bool(account.inside), f"{kind.title}: there should be records that belong in Sales.")
        inside = sum(each.inside for each in accounts.values())
        coupled = sum(each.coupled for each in accounts.values())
        self.proved(
            [
                f"Of {inside} records that belong in Sales {coupled} are coupled; "
                f"{inside - coupled} are listed with their reasons:"
            ]
        )
        for code, which in _reasons(accounts).items():
            self.screen.item(f"{which}: {REASONS.get(code, code)}")


REASONS = {
    "possible_partner": "Sales holds a record that may be the same, and a person decides",
    "waits_for_lookup": "they refer to one of those and follow by themselves",
    "not_carried": "a price in another currency than its list has no place in Sales",
}


def _reasons(accounts: Mapping[Kind, checks.Account]) -> dict[str, str]:
    """By problem code: how many of which kinds."""
    found: dict[str, list[str]] = {}
    for kind, account in accounts.items():
        for code, number in sorted(account.waiting.items()):
            found.setdefault(code, []).append(f"{number} of {kind.title.lower()}")
    return {code: ", ".join(each) for code, each in found.items()}


def _cost_told(cost: dict[str, Any]) -> str:
    asked, written = cost["requests"], cost["writes"]
    return (
        f"{cost['records']} records took {asked['bc']} requests to Business Central and {asked['sales']} to "
        f"Sales ({cost['requests_per_record']} a record). Written: {written['bc']} records in Business "
        f"Central, {written['sales']} in Sales."
    )
