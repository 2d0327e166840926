"""Counts what Tandem asks of both systems: only while it works, so that people's own calls stay out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from local.environment import Environment


@dataclass
class Counts:
    """Requests and written records of each side.  ``by_kind`` has method and path without keys; ``parts``
    are the requests inside batches."""

    requests: Counter[str] = field(default_factory=Counter)
    writes: Counter[str] = field(default_factory=Counter)
    by_kind: dict[str, Counter[str]] = field(default_factory=lambda: {"bc": Counter(), "sales": Counter()})
    parts: Counter[str] = field(default_factory=Counter)

    def add(self, other: Counts) -> None:
        """Take in what another stretch counted."""
        self.requests += other.requests
        self.writes += other.writes
        self.parts += other.parts
        for side, kinds in other.by_kind.items():
            self.by_kind[side] += kinds


class Meter:
    """A context: what is counted in it becomes ``last`` and part of ``total``."""

    def __init__(self, environment: Environment) -> None:
        self._bc, self._sales = environment.bc_control, environment.sales_control
        self.total, self.last = Counts(), Counts()

    def __enter__(self) -> Meter:
        self._bc.reset_requests()
        self._sales.reset_requests()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.last = counted(self._bc.requests(), self._sales.requests())
            self.total.add(self.last)


def counted(bc: Mapping[str, Any], sales: Mapping[str, Any]) -> Counts:
    """The two simulators' summaries in one shape."""
    return Counts(
        requests=Counter(bc=bc["requests"], sales=sales["requestsTotal"]),
        writes=Counter(bc=sum(bc["writes"].values()), sales=sales["writesTotal"]),
        by_kind={"bc": Counter(bc["by_kind"]), "sales": Counter(sales["requests"])},
        parts=Counter(bc["batch_parts_by_kind"]),
    )
