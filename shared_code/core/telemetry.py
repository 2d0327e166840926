"""What is told of the work while it goes on: metrics and spans, by names that the queries use.

A use case is given a ``Telemetry`` and tells it what happened; where that goes is none of its business.
Attributes are names and ids that stand in ``ATTRIBUTES``: never a value of a record, an address or a text of
a service.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class MetricKind(StrEnum):
    """``sum``: amounts that add up.  ``distribution``: single values.  ``level``: how much there is now."""

    SUM = "sum"
    DISTRIBUTION = "distribution"
    LEVEL = "level"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its name, unit, meaning and the attributes its values come with."""

    name: str
    kind: MetricKind
    unit: str
    meaning: str
    attributes: tuple[str, ...] = ()


RECORDS = Metric(
    "tandem.records", MetricKind.SUM, "{record}", "Records that a job was given, by what became of them.",
    ("connection", "mapping", "outcome"),
)  # fmt: skip
LAG = Metric(
    "tandem.lag", MetricKind.DISTRIBUTION, "s",
    "From a person's change to its confirmed write, where the record that was read tells when that was.",
    ("connection", "mapping", "side"),
)  # fmt: skip
REQUESTS = Metric("tandem.requests", MetricKind.SUM, "{request}", "Requests to a system.", ("side", "kind"))
THROTTLED = Metric(
    "tandem.throttled", MetricKind.SUM, "{request}", "Requests that a system refused for being too many.",
    ("side", "kind"),
)  # fmt: skip
BACKLOG = Metric("tandem.backlog", MetricKind.LEVEL, "{message}", "Messages in a work queue.", ("queue",))
POISON = Metric("tandem.poison", MetricKind.SUM, "{message}", "Messages that were given up.", ("queue",))
LOOKS = Metric(
    "tandem.looks",
    MetricKind.SUM,
    "{look}",
    "Looks for changes that a system answered.",
    ("connection", "side"),
)
STANDING = Metric(
    "tandem.standing", MetricKind.SUM, "{tick}",
    "Ticks that found a mapping switched off: by its brake, or because a right or a setting is missing.",
    ("connection", "mapping"),
)  # fmt: skip
TICKS = Metric("tandem.ticks", MetricKind.SUM, "{tick}", "Runs of the minute timer: signs of life.")

METRICS = (RECORDS, LAG, REQUESTS, THROTTLED, BACKLOG, POISON, LOOKS, STANDING, TICKS)

ATTRIBUTES = frozenset(
    "connection mapping side kind outcome queue job batch records number full_synchronization report status "
    "looks past_due jobs compares reason webhooks_created webhooks_renewed webhooks_removed webhooks_problems"
    .split()
)  # fmt: skip
"""All names under which anything may be told, of metrics, spans and logs.  Others are left out."""

type Attribute = str | int | float | bool


class Telemetry(Protocol):
    """Where it is told.  Nothing here raises, waits or asks anybody."""

    def count(self, metric: Metric, amount: float = 1, **attributes: Attribute) -> None:
        """Add to a ``sum``, note a value of a ``distribution``, or tell a ``level``."""
        ...

    def span(
        self,
        name: str,
        attributes: Mapping[str, Attribute],
        *,
        job: str = "",
        begun_s: float | None = None,
        quiet: bool = False,
    ) -> AbstractContextManager[Span]:
        """The time that the block takes.  All spans of a job are one trace, on whatever instance they are.

        Without ``job`` it belongs to the span around it.  ``begun_s``: it is the first of its job, and began
        then.  ``quiet``: it is told with all inside it only where it fails or something asks to ``keep`` it.
        """
        ...

    def keep(self) -> None:
        """Something comes of what goes on now: it is told, also where it was quiet."""
        ...


class Span(Protocol):
    """A span that goes on."""

    def note(self, **attributes: Attribute) -> None:
        """What is known only now."""
        ...


class Silent:
    """Tells nobody; what a simulation and a test work with."""

    def count(self, metric: Metric, amount: float = 1, **attributes: Attribute) -> None:
        """Nothing."""

    @contextmanager
    def span(
        self,
        name: str,
        attributes: Mapping[str, Attribute],
        *,
        job: str = "",
        begun_s: float | None = None,
        quiet: bool = False,
    ) -> Iterator[Span]:
        yield self

    def keep(self) -> None:
        """Nothing."""

    def note(self, **attributes: Attribute) -> None:
        """Nothing."""


SILENT = Silent()
