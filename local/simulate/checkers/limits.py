"""I14: limits hold: operations in a batch, requests of one process in flight, poison."""

from __future__ import annotations

from local.simulate.evidence import Evidence

NAME = "I14 limits"
MOST_OPERATIONS = {"bc": 100, "sales": 1000}
MOST_IN_FLIGHT = {"bc": 5, "sales": 52}


def check(evidence: Evidence) -> list[str]:
    lines = []
    for wire in evidence.simulation.wires:
        if wire.most_operations > MOST_OPERATIONS[wire.side]:
            lines.append(f"{wire.most_operations} operations in one request to {wire.side}")
        for process, number in wire.most_in_flight.items():
            if number > MOST_IN_FLIGHT[wire.side]:
                lines.append(f"{process} had {number} requests to {wire.side} in flight")
    return lines
