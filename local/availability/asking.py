"""Questions at a steady rate, each sent at its own moment however long the others take."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

import requests

WORKERS = 24
TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """``rate`` questions a second for ``seconds``, about ``items`` different items.

    Raises ValueError for what is not bounded or makes no sense.
    """

    rate: float = 50.0
    seconds: float = 25.0
    items: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.rate <= 500 or not 0 < self.seconds <= 600 or not 1 <= self.items <= 100:
            raise ValueError("rate up to 500 a second, seconds up to 600, items from 1 to 100")

    @property
    def questions(self) -> int:
        return int(self.rate * self.seconds)


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer.  ``took_s`` counts from the moment at which the question was due: a late start counts."""

    took_s: float
    status: int


def queries(plan: Plan, numbers: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The questions of a plan: an item, and what a form would ask of it."""
    chance = random.Random(plan.seed)
    today = date.today()
    for _ in range(plan.questions):
        query = {"quantity": str(chance.randint(1, 40))}
        if chance.random() < 0.5:
            query["date"] = (today + timedelta(days=chance.randint(0, 60))).isoformat()
        if chance.random() < 0.3:
            query["location"] = chance.choice(("BLUE", "RED", "GREEN"))
        yield chance.choice(numbers), query


def ask(plan: Plan, numbers: Sequence[str], url: str, key: str) -> list[Answered]:
    """Ask all questions of a plan; every answer in no particular order."""
    held = threading.local()
    begins_s = time.perf_counter() + 0.5

    def one(number: int, item: str, query: dict[str, str]) -> Answered:
        due_s = begins_s + number / plan.rate
        time.sleep(max(0.0, due_s - time.perf_counter()))
        session = held.__dict__.setdefault("session", requests.Session())
        address, headers = f"{url}/api/items/{item}/availability", {"x-functions-key": key}
        try:
            status = session.get(address, params=query, headers=headers, timeout=TIMEOUT_S).status_code
        except requests.RequestException:
            status = 0
        return Answered(time.perf_counter() - due_s, status)

    with ThreadPoolExecutor(WORKERS) as pool:
        futures = [pool.submit(one, n, *query) for n, query in enumerate(queries(plan, numbers))]
        return [future.result() for future in futures]
