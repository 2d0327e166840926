"""When several instances have nothing left to do, and what a client of several processes used."""

from __future__ import annotations

from pathlib import Path

from benchmarks.clients.traffic import Ledger
from benchmarks.usage import Used, between


def test_what_one_instance_sent_and_another_settled_is_done(tmp_path: Path) -> None:
    one, other = (Ledger(tmp_path / "messages", 2) for _ in range(2))
    one.add(0, sent=2)
    assert (one.open(), other.open()) == (2, 2)
    other.add(1, settled=1)
    assert one.open() == 1
    other.add(1, sent=1)
    one.add(0, settled=2)
    assert (one.open(), other.open()) == (0, 0)


def test_a_message_that_leads_to_another_is_never_seen_as_the_end(tmp_path: Path) -> None:
    """Whoever counts may come between any two steps of those who send and settle."""
    ledger = Ledger(tmp_path / "messages", 2)
    ledger.add(0, sent=1)
    seen = []
    for _ in range(5):
        ledger.add(1, sent=1)
        seen.append(ledger.open())
        ledger.add(0, settled=1)
        seen.append(ledger.open())
    assert min(seen) == 1
    ledger.add(1, settled=1)
    assert ledger.open() == 0


def test_of_several_processes_the_sums_count_and_the_memory_of_the_largest() -> None:
    before = [Used(1.0, 90.0, 10), Used(5.0, 80.0, 100)]
    after = [Used(1.5, 120.0, 15), Used(7.0, 160.0, 130)]
    assert between(before, after) == Used(2.5, 160.0, 35)
