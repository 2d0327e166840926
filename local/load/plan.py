"""What is run: how many records, which way, and when hosts are killed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from local.environment import HEART, Generated, Options, Scope, scope_of

MOST_DOWN_S = 2.0
"""The longest a killed host stays down before it is started again."""
MOST_DELAY_S = 0.5
"""The longest a kill waits after its write, so that not all come in the same step of the work."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One load test. Raises ValueError for numbers without sense.

    ``customers`` and ``contacts`` begin in Business Central, or in Sales where ``reverse``. ``mappings`` are
    those that run, with what they depend on; beyond customers and contacts the company has its published
    records. ``latency_ms`` is
    added before each POST at either system, so that more kills come while a request is on its way.
    ``settle_s`` is how long a request whose caller is gone may still be running: a simulator carries out a
    request while it answers it, so what a dead host had sent is over after the few requests before it in
    line, each well under a second, and the latency. ``lease_s`` is how long the messages of a dead host
    stay hidden. ``power_cut``: each kill ends all hosts at once, so that the one that works is among them.
    ``patience_s`` bounds each wait.
    """

    customers: int = 5_000
    contacts: int = 10_000
    hosts: int = 2
    kills: int = 5
    seed: int = 0
    bulk: bool = True
    reverse: bool = False
    power_cut: bool = False
    latency_ms: float = 0.0
    settle_s: float = 20.0
    lease_s: int = 10
    patience_s: float = 1800.0
    mappings: tuple[str, ...] = HEART.mappings

    def __post_init__(self) -> None:
        if self.customers < 1 or self.contacts < 0 or self.kills < 0:
            raise ValueError("customers must be 1 or more, contacts and kills 0 or more")
        if self.hosts < 1:
            raise ValueError("hosts must be 1 or more")
        self.scope()

    @property
    def records(self) -> int:
        """Customers and contacts."""
        return self.customers + self.contacts

    def scope(self) -> Scope:
        """What is synchronised. Raises ValueError for a mapping that is not there."""
        return HEART if self.mappings == HEART.mappings else scope_of(self.mappings)

    def options(self) -> Options:
        """The environment: no records in Sales but those every organisation has."""
        latency = {"rates": {"latency": 1.0}, "latency_ms": self.latency_ms, "only": {"method": "POST"}}
        return Options(
            hosts=self.hosts,
            # Where Sales begins with the records, Business Central has one customer of its own.
            records=Generated(1, 0, self.seed) if self.reverse else self.generated(),
            scope=self.scope(),
            sales=(),
            bulk=self.bulk,
            settle_s=self.settle_s,
            lease_s=self.lease_s,
            faults={"bc": latency, "sales": latency} if self.latency_ms else {},
        )

    def generated(self) -> Generated:
        """The records of this plan."""
        return Generated(self.customers, self.contacts, self.seed)


@dataclass(frozen=True, slots=True)
class Kill:
    """Kill ``hosts`` this long after both systems have committed so many writes, and start them again after
    ``down_s``. Counted in writes, a kill meets the same stretch of the work on a fast and a slow machine."""

    after_writes: int
    delay_s: float
    hosts: tuple[str, ...]
    down_s: float


def kills_of(plan: Plan, writes: int) -> list[Kill]:
    """The plan's kills, one in each equal part of the ``writes`` of the undisturbed run; every second comes
    at once."""
    random = Random(f"kills {plan.seed}")
    names = tuple(f"host-{number}" for number in range(1, plan.hosts + 1))
    return [
        Kill(
            after_writes=int(writes * (number + random.random()) / plan.kills),
            delay_s=random.random() * MOST_DELAY_S * (number % 2),
            hosts=names if plan.power_cut else (random.choice(names),),
            down_s=random.random() * MOST_DOWN_S,
        )
        for number in range(plan.kills)
    ]
