"""What must hold when the system is at rest, judged from both systems, storage and logs alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from local.load import checks
from local.load.snapshot import Records, Snapshot
from local.load.stored import StoredProblem
from local.machine.ledger import Ledger, Place, Written, tokens_in
from local.simulate.fields import text_of
from local.simulate.pairs import PAIRS

OTHER = {"bc": "sales", "sales": "bc"}
TOKEN = re.compile(r"eyJ[\w-]{10,}\.[\w-]{10,}")
"""The beginning of a signed token, as every one of Entra's is."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything at rest. ``nonsense`` was put on the queues and is no message; ``logs`` are those of all
    lives of all hosts; ``deletions_known``: nothing was deleted in Business Central, or a full run has looked
    for what is missing there; ``idle_writes`` were made by a further cycle."""

    shot: Snapshot
    ledger: Ledger
    nonsense: tuple[str, ...] = ()
    poison: tuple[str, ...] = ()
    logs: str = ""
    secrets: tuple[str, ...] = ()
    idle_writes: int = 0
    deletions_known: bool = True

    def records(self, side: str, mapping: str) -> Records:
        """The records of one side of a mapping, by id."""
        return checks.sides(self.shot)[mapping][0 if side == "bc" else 1]

    def partner(self, place: Place) -> Place | None:
        """The record that is coupled with one."""
        links = self.shot.couplings.by_bc if place.side == "bc" else self.shot.couplings.by_sales
        found = links.get(place.mapping, {}).get(place.id)
        return Place(OTHER[place.side], place.mapping, found) if found else None

    def is_inside(self, place: Place) -> bool:
        """Whether it is there and inside the mapping's filter."""
        inside = checks.inside_bc if place.side == "bc" else checks.inside_sales
        return place.id in inside(self.shot)[place.mapping]

    def is_there(self, place: Place) -> bool:
        """Whether the record exists."""
        return place.id in self.records(place.side, place.mapping)

    def problems_of(self, *places: Place) -> list[StoredProblem]:
        """What is listed of these records."""
        return [p for p in self.shot.couplings.problems if Place(p.side, p.mapping, p.record_id) in places]


def nothing_is_lost(evidence: Evidence) -> Iterator[str]:
    """Every value that a person wrote is on both sides, or in an open conflict or problem of its record."""
    for each in evidence.ledger.open():
        what = f"{each.value!r} ({each.text.bc}), written in {' '.join(each.place)},"
        if not _holds(evidence, each, each.place):
            yield f"{what} is not there any more"
        elif reason := _not_carried(evidence, each):
            yield f"{what} {reason}"


def _holds(evidence: Evidence, written: Written, place: Place) -> bool:
    record = evidence.records(place.side, place.mapping).get(place.id)
    return record is not None and written.token in tokens_in(text_of(written.text, place.side, record))


def _not_carried(evidence: Evidence, written: Written) -> str:
    """Why a value is lost that is not on the other side; empty where it is, or need not be."""
    partner = evidence.partner(written.place)
    if partner and _holds(evidence, written, partner):
        return ""
    if not evidence.is_inside(written.place):
        return ""
    if partner and evidence.is_there(partner) and not evidence.is_inside(partner):
        return ""
    problems = evidence.problems_of(*(each for each in (written.place, partner) if each))
    if any(each.code != "conflict" or written.token in each.details for each in problems):
        return ""
    if problems:
        return "is not on the other side, and the conflict that is listed does not hold it"
    if partner and not evidence.is_there(partner) and not evidence.deletions_known:
        return ""
    return "is not on the other side, and nothing tells why"


def nothing_is_doubled(evidence: Evidence) -> Iterator[str]:
    """No name or mail address that a person wrote, and no number, is there twice on a side."""
    for mapping, pair in PAIRS.items():
        for side in ("bc", "sales"):
            seen: Counter[str] = Counter()
            for record in evidence.records(side, mapping).values():
                own = [text_of(text, side, record) for text in pair.texts if text.bc in _OWN]
                if side == "bc" and record.get("type") == "Company":
                    continue
                seen.update(tokens_in(*own) | _number(record))
            twice = {each: count for each, count in seen.items() if count > 1}
            yield from (f"{mapping}: {each} is {count} times in {side}" for each, count in twice.items())


_OWN = ("displayName", "email")


def _number(record: Mapping[str, object]) -> set[str]:
    found = record.get("number") or record.get("accountnumber")
    return {f"number {found}"} if found else set()


def couplings_are_one_to_one(evidence: Evidence) -> Iterator[str]:
    """Couplings and pointers mirror each other; both records exist, or the survivor is listed."""
    found = evidence.shot.couplings
    for mapping in sorted({*found.by_bc, *found.by_sales}):
        by_bc, by_sales = found.by_bc.get(mapping, {}), found.by_sales.get(mapping, {})
        if {(s, b) for b, s in by_bc.items()} != set(by_sales.items()):
            yield f"{mapping}: couplings {by_bc} and pointers {by_sales} differ"
    for mapping in PAIRS:
        for bc_id, sales_id in found.by_bc.get(mapping, {}).items():
            yield from _ends(evidence, Place("bc", mapping, bc_id), Place("sales", mapping, sales_id))


def _ends(evidence: Evidence, bc: Place, sales: Place) -> Iterator[str]:
    """What is wrong with a pair of which a record is gone.

    Sales tells of its deletions, Business Central does not.  Where nobody has looked yet for what is missing
    there, a survivor that is listed may have been deleted since, and one that is not may be alone.
    """
    there = [each for each in (bc, sales) if evidence.is_there(each)]
    is_listed = any(each.code == "partner_deleted" for each in evidence.problems_of(bc, sales))
    if len(there) == 2 or (is_listed and (there or not evidence.deletions_known)):
        return
    if evidence.deletions_known or sales not in there:
        told = "a problem tells of one deletion" if is_listed else "no problem tells of a deletion"
        yield f"{bc} and {sales} are coupled, there is {there}, and {told}"


def pairs_hold_equal_values(evidence: Evidence) -> Iterator[str]:
    """Every main field of every pair that has no problem and is inside the filter on both sides."""
    shot, left_out = evidence.shot, list(evidence.shot.couplings.problems)
    for mapping in PAIRS:
        for bc_id, sales_id in shot.couplings.by_bc.get(mapping, {}).items():
            both = Place("bc", mapping, bc_id), Place("sales", mapping, sales_id)
            if not all(evidence.is_inside(each) for each in both) or evidence.problems_of(*both):
                left_out.append(StoredProblem(mapping, "bc", bc_id, "left out", ""))
    watched = replace(shot.couplings, problems=left_out)
    yield from checks.pairs_hold_equal_values(replace(shot, couplings=watched))


def who_waits_waits_for_something(evidence: Evidence) -> Iterator[str]:
    """Nobody waits for a record that is coupled."""
    found = evidence.shot.couplings
    for each in found.problems:
        mapping, side, key = (*each.waits_for.split("|", 2), "", "")[:3]
        links = found.by_bc if side == "bc" else found.by_sales
        if each.code == "waits_for_lookup" and key in links.get(mapping, {}):
            yield f"{each.mapping} {each.side} {each.record_id} waits for {each.waits_for}, which is coupled"


def every_record_has_its_partner(evidence: Evidence) -> Iterator[str]:
    """Each record inside the filters is coupled, or a problem tells why not."""
    return checks.everything_has_its_partner(evidence.shot)


def everything_is_accounted_for(evidence: Evidence) -> Iterator[str]:
    """The outcomes of every batch and every job add up, on file and as people see them."""
    yield from checks.everything_is_accounted_for(evidence.shot)
    yield from checks.the_api_says_so_too(evidence.shot)


def nothing_was_given_up(evidence: Evidence) -> Iterator[str]:
    """What is kept as poison is what was put on the queues as such, and all of it."""
    if sorted(evidence.poison) != sorted(evidence.nonsense):
        yield f"kept is {sorted(evidence.poison)}, put on the queues was {sorted(evidence.nonsense)}"


def no_log_tells_a_secret(evidence: Evidence) -> Iterator[str]:
    """Neither a secret nor a token, nor a value of a record, is in any log."""
    if not evidence.logs:
        yield "there is no log"
    told = [f"secret {number}" for number, each in enumerate(evidence.secrets) if each in evidence.logs]
    known = evidence.ledger.values
    found = sorted(tokens_in(evidence.logs) & known.keys())
    told += [f"the value {each}" for each in found if known[each].value in evidence.logs]
    if TOKEN.search(evidence.logs):
        told.append("a token")
    yield from (f"a log holds {each}" for each in told)


def the_next_cycle_writes_nothing(evidence: Evidence) -> Iterator[str]:
    """Both systems are as they should be, so nothing is written."""
    if evidence.idle_writes:
        yield f"a further cycle made {evidence.idle_writes} writes"


INVARIANTS: Mapping[str, Callable[[Evidence], Iterator[str]]] = {
    "nothing is lost": nothing_is_lost,
    "nothing is doubled": nothing_is_doubled,
    "every record has its partner or a reason": every_record_has_its_partner,
    "couplings are 1:1 and both records exist": couplings_are_one_to_one,
    "coupled pairs hold equal values": pairs_hold_equal_values,
    "who waits waits for something": who_waits_waits_for_something,
    "every record is accounted for": everything_is_accounted_for,
    "no message was given up": nothing_was_given_up,
    "no log tells a secret": no_log_tells_a_secret,
    "the next cycle writes nothing": the_next_cycle_writes_nothing,
}


def wrong(evidence: Evidence) -> list[str]:
    """What does not hold, each sentence with the name of its invariant."""
    return [f"{name}: {each}" for name, check in INVARIANTS.items() for each in check(evidence)]
