"""What is run: clients, works and latency models, and how they are named in the report.

Standard library only: clients in an environment of their own read it too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

FLOOR, FLOOR_SAVING, TANDEM, SDK, SDK_THREADS, DLT, ONE_BY_ONE = (
    "floor", "floor_saving", "tandem", "sdk", "sdk_threads", "dlt", "one_by_one",
)  # fmt: skip
CLIENTS: Mapping[str, str] = {
    FLOOR: "reads Business Central's pages, writes bulk messages with the allowed requests in flight, saves "
    "nothing",
    FLOOR_SAVING: "the same, and saves two entities for each record in transactions of 100, written by hand",
    TANDEM: "Tandem whole: detection, queue, couplings, base, journal, in Microsoft's worker library",
    SDK: "Microsoft's Python SDK for Dataverse as its examples use it: a list at a time",
    SDK_THREADS: "the same SDK, as many threads as the service advises",
    DLT: "dlt: its rest_api source and a custom destination",
    ONE_BY_ONE: "one record a request, as the integration built into Business Central works",
}
SAVES = frozenset({FLOOR_SAVING, TANDEM})
"""Clients that keep something in storage."""
INSTALLED = frozenset({SDK, SDK_THREADS, DLT})
"""Clients that are other people's packages."""

TWO_WAY = frozenset({FLOOR, FLOOR_SAVING, TANDEM, ONE_BY_ONE})
"""Clients that write to Business Central, too."""

INITIAL_LOAD, UNCHANGED, CHANGED_1_PERCENT, CHANGED_BOTH_SIDES, THROTTLED, LOST_ANSWERS, LOAD_TO_BC = (
    "initial_load", "unchanged", "changed_1_percent", "changed_both_sides", "throttled", "lost_answers",
    "load_to_bc",
)  # fmt: skip
WORKS: Mapping[str, str] = {
    INITIAL_LOAD: "all customers become accounts of an empty organisation",
    UNCHANGED: "a look after the load; nothing has changed",
    CHANGED_1_PERCENT: "1 % of the customers got another phone number",
    CHANGED_BOTH_SIDES: "1 % got another phone number in Business Central and another e-mail address in "
    "Sales, the same records",
    THROTTLED: "the initial load; Sales closes ten times meanwhile, for 1 s each (429, Retry-After)",
    LOST_ANSWERS: "the initial load; one write to Sales in seven is done and its answer lost",
    LOAD_TO_BC: "all accounts become customers of a company that has none",
}
AFTER_A_LOAD = (UNCHANGED, CHANGED_1_PERCENT, CHANGED_BOTH_SIDES)
UNDER_FAULTS = (THROTTLED, LOST_ANSWERS)
ALONE = (*UNDER_FAULTS, LOAD_TO_BC)
"""Works that are each done on fresh systems."""
CLOSINGS, CLOSED_S = 10, 1.0
LOST = {"seed": 7, "rates": {"answer_lost": 1 / 7}, "only": {"method": "POST"}}
CHANGED_SHARE = 0.01
BC_IN_FLIGHT = 5
"""Business Central works on five requests of a user at once (Microsoft docs: operational-limits-online)."""


@dataclass(frozen=True, slots=True)
class Model:
    """One latency model: ``request_ms`` a request and ``row_ms`` a written row more, at either system.
    ``in_flight`` is what Sales advises (``x-ms-dop-hint``) and works on at once; 0 advises 8 and sets no
    bound."""

    request_ms: float = 0.0
    row_ms: float = 0.0
    in_flight: int = 0

    @property
    def advised(self) -> int:
        return self.in_flight or 8


LATENCIES: Mapping[str, Model] = {
    "published": Model(30.0, 10.0, 4),
    "fast": Model(30.0, 2.0, 8),
    "none": Model(),
}
MOST_ONE_BY_ONE = 500
"""Rows of a client that sends one record a request: its rate does not depend on how many there are."""
SCAN_PAGE, READ_BATCH, WRITE_BATCH = 20_000, 500, 100
"""Rows of a scan's page in Business Central, of a read by id, of a write: what requests are reckoned by."""
LEAST_DEPLOYED = 2
"""On so many instances a load is done in Azure at the least: Flex Consumption gives each queue function
instances of its own, and there are two, for looks and for batches; of the latter it wants one for each four
messages that wait (``batchSize`` of host.json; docs/scale.md)."""
MOST_INSTANCES = 40
"""What is deployed starts no more (infra/main.bicep)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one benchmark runs.  ``instances`` are Tandem's; every other client is one process.  Raises
    ValueError for what makes no sense."""

    rows: int = 2_000
    clients: Sequence[str] = tuple(CLIENTS)
    works: Sequence[str] = tuple(WORKS)
    latencies: Sequence[str] = tuple(LATENCIES)
    seed: int = 7
    models: Mapping[str, Model] = field(default_factory=lambda: LATENCIES)
    instances: int = 1

    def __post_init__(self) -> None:
        if self.rows < 100:
            raise ValueError("rows must be 100 or more")
        if not 1 <= self.instances <= MOST_INSTANCES:
            raise ValueError(f"instances must be from 1 to {MOST_INSTANCES}")

    def rows_of(self, client: str) -> int:
        """How many rows a client is given."""
        return min(self.rows, MOST_ONE_BY_ONE) if client == ONE_BY_ONE else self.rows

    def instances_of(self, client: str) -> int:
        """On how many instances a client works."""
        return self.instances if client == TANDEM else 1

    def stages(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Latency, client and the works that are run one after the other on the same fresh systems."""
        calm = tuple(each for each in self.works if each not in ALONE)
        groups = ([calm] if calm else []) + [(each,) for each in ALONE if each in self.works]
        return [(latency, client, works) for latency in self.latencies for client in self.clients
                for works in groups if client in TWO_WAY or works != (LOAD_TO_BC,)]  # fmt: skip
