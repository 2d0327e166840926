"""I5: one record never yields two partners: each row we created is the partner of exactly one record."""

from __future__ import annotations

import math

from local.simulate.evidence import Evidence, Linked
from local.simulate.fields import text_of
from local.simulate.observing import Write
from local.simulate.people import tokens_in

NAME = "I5 no duplicates"


def check(evidence: Evidence) -> list[str]:
    ended = {
        part
        for row in evidence.rows("Couplings")
        if row.row.startswith("b|") and row.values["state"] == "ended"
        for part in (row.row[2:], str(row.values["sales_id"]))
    }
    orphans = [line for each in evidence.our_writes() if (line := _orphan(evidence, each, ended))]
    return orphans + _both_ours(evidence, ended)


def _both_ours(evidence: Evidence, ended: set[str]) -> list[str]:
    """Pairs of which we created both records: one of them stood already for another record."""
    ours = {each.key for each in evidence.our_writes() if each.kind == "created"}
    return [
        f"{link.pair.mapping} {link.bc.id} / {link.sales.id}: both were created by us"
        for link in evidence.links
        if link.bc in ours
        and link.sales in ours
        and not {link.bc.id, link.sales.id} & ended
        and _known_again(evidence, link)
        and not _restored(evidence, link)
        and not _lost_its_partner(evidence, link)
        and not _has_moved(evidence, link)
        and not _was_uncoupled(evidence, link)
        and not _came_with_another(evidence, link)
    ]


def _known_again(evidence: Evidence, link: Linked) -> bool:
    """Whether what was made in Business Central still had the name it was given when it was coupled."""
    created = {each.key: each for each in evidence.our_writes() if each.kind == "created"}
    return not _renamed(evidence, created[link.bc], before=created[link.sales].at)


def _restored(evidence: Evidence, link: Linked) -> bool:
    """Whether a person deleted what one of the two was made for: then the pair stands for what was left."""
    if link.coupling.generation > 0 or _stands_for_one_deleted(evidence, link):
        return True
    held = {token for each in evidence.observer.history[link.bc] for token in tokens_in(each)}
    return any(
        held & tokens_in(each.changed)
        for each in evidence.observer.writes
        if each.kind == "deleted" and not each.who.startswith("tandem")
    )


_MADE_WITH = {"contacts": ("customers", "vendors"), "tandem/itemUnitsOfMeasure": ("items",)}


def _came_with_another(evidence: Evidence, link: Linked) -> bool:
    made = next(each for each in evidence.our_writes() if each.key == link.bc and each.kind == "created")
    return _came_along(evidence, made)


def _came_along(evidence: Evidence, made: Write) -> bool:
    """Whether Business Central made the record itself: a person whose employer was given the name of a
    contact, or the base unit of an item."""
    owners = _MADE_WITH.get(made.key.table, ())
    return any(each.at == made.at and each.key.table in owners for each in evidence.our_writes())


def _stands_for_one_deleted(evidence: Evidence, link: Linked) -> bool:
    """Whether a rule has what is deleted created again, and one of the two was in a pair with one deleted."""
    if evidence.simulation.incidents.plan.policies.deletion_of(link.pair.mapping) != "restore":
        return False
    former = [each for each in evidence.simulation.conclusions.coupled if {link.bc, link.sales} & set(each)]
    return any(evidence.values(key) is None for pair in former for key in pair)


def _was_uncoupled(evidence: Evidence, link: Linked) -> bool:
    """Whether a person parted one of the two from what it was made for, and then wanted a partner for it."""
    conclusions = evidence.simulation.conclusions
    parted = {bc_id for _, bc_id in conclusions.uncoupled}
    return any(bc.id in parted and (link.bc == bc or link.sales == s) for bc, s in conclusions.coupled)


def _has_moved(evidence: Evidence, link: Linked) -> bool:
    """Whether the row was made for a record of another company, and a person passed it to this one since."""
    made = next(each for each in evidence.our_writes() if each.key == link.sales and each.kind == "created")
    return str((made.after or {}).get("tandem_companyid") or link.bc.company).lower() != link.bc.company


def _lost_its_partner(evidence: Evidence, link: Linked) -> bool:
    """Whether all that was on file of the pair was lost, and what one of the two was made for is deleted or
    outside the filter: what is left looks like any record that was never coupled."""
    if evidence.simulation.incidents.plan.incident != "lost_pairs_too":
        return False
    former = {
        key
        for pair in evidence.simulation.conclusions.coupled
        if (link.bc in pair) != (link.sales in pair)
        for key in pair
    }
    return any(not evidence.is_inside(link.pair, key) for key in former - {link.bc, link.sales})


def _renamed(evidence: Evidence, write: Write, before: float = math.inf) -> bool:
    """Whether a person gave what we made another name before it was coupled.

    Business Central takes no key of ours without its extension: what was made is known by its values, and
    nobody can know it again once its name is another one.
    """
    pair = evidence.pair_of(write.key)
    name = pair.texts[0].bc if pair else ""
    return write.key.side == "bc" and any(
        each.kind == "updated" and name in each.changed
        for each in evidence.observer.writes
        if each.key == write.key and each.at <= before and not each.who.startswith("tandem")
    )


def _has_nobody_left(evidence: Evidence, write: Write) -> bool:
    """Whether what was made was edited, so that only its name tells of it, and the record it was made for is
    deleted: then there is nobody it could be the partner of, or who could be asked."""
    pair = evidence.pair_of(write.key)
    if pair is None or write.key.side != "bc":
        return False
    sent = {text.bc for text in pair.texts} | pair.allowed_bc
    edited = any(
        each.kind == "updated" and each.changed.keys() & sent and not each.who.startswith("tandem")
        for each in evidence.observer.writes
        if each.key == write.key
    )
    return edited and _origin_is_deleted(evidence, write)


def _is_announced_for_nobody(evidence: Evidence, write: Write) -> bool:
    """Whether it is still on file for which record it was made, and that one is deleted or left the filter:
    whoever looks at what was made couples the two, and so does whoever looks at a record that comes back."""
    announced = (line for row in evidence.rows("Announcements") for line in str(row.values["lines"]).split())
    origins = {line.partition("|")[2] for line in announced if line.startswith(write.key.id)}
    present = [each for each in evidence.observer.present if each.id in origins]
    pair = evidence.pair_of(write.key)
    return bool(origins) and not any(pair and evidence.is_inside(pair, each) for each in present)


_NAMES = ("displayName", "name", "fullname")


def _origin_was_taken_back(evidence: Evidence, write: Write) -> bool:
    """Whether a backup without the record that this one was made for was put back, and this one is listed."""
    made_for = {str((write.after or {}).get(name)) for name in _NAMES} - {"None"}
    gone = {
        str(before)
        for each in evidence.observer.writes
        if each.who == "restored" and each.kind == "deleted" and each.key.side != write.key.side
        for name, (before, _) in each.changed.items()
        if name in _NAMES
    }
    return bool(made_for & gone) and bool(evidence.problems.get(write.key))


def _origin_is_deleted(evidence: Evidence, write: Write) -> bool:
    """Whether a person deleted the record whose name was sent."""
    name = (write.after or {}).get("displayName")
    written = [evidence.ledger.tokens.get(token) for token in tokens_in(name)]
    origins = {each.key for each in written if each is not None and each.key.side != write.key.side}
    deleted = {
        each.key
        for each in evidence.observer.writes
        if each.kind == "deleted" and not each.who.startswith("tandem")
    }
    return bool(origins) and origins <= deleted


def _is_never_looked_at(evidence: Evidence, write: Write) -> bool:
    """Whether nothing flows from where it was made: nobody looks there for records that are alone."""
    pair = evidence.pair_of(write.key)
    return pair is not None and write.key.side not in pair.sources


def _was_made_for_one_deleted(evidence: Evidence, write: Write) -> bool:
    """Whether nobody looks at the row, and a person deleted the record with its name before the note of both
    as a pair."""
    pair = evidence.pair_of(write.key)
    if pair is None or not _is_never_looked_at(evidence, write):
        return False
    name = pair.texts[0]
    given = text_of(name, write.key.side, write.after or {})
    return any(
        text_of(name, key.side, values) == given
        for key, history in evidence.observer.history.items()
        if key.side != write.key.side and key.table == pair.table(key.side) and evidence.values(key) is None
        for values in history
    )


def _is_a_persons(evidence: Evidence, write: Write) -> bool:
    """Whether the record is listed, or outside the filter and so in nobody's way."""
    pair = evidence.pair_of(write.key)
    assert pair is not None
    return bool(evidence.problems.get(write.key)) or not evidence.is_inside(pair, write.key)


def _was_asked_about(evidence: Evidence, write: Write) -> bool:
    """Whether a person was asked which of several records is the one, and this is one of them: it is listed
    itself, or the record is that has, or had, the name which this one was given."""
    pair = evidence.pair_of(write.key)
    assert pair is not None
    assert write.after is not None
    name = pair.texts[0]
    given = text_of(name, write.key.side, write.after).casefold()
    asked = [
        key for key, found in evidence.problems.items() if any(each.code == "several_found" for each in found)
    ]
    return write.key in asked or any(
        text_of(name, key.side, values).casefold() == given
        for key in asked
        if key.side != write.key.side and key.table == pair.table(key.side)
        for values in evidence.observer.history.get(key, [])
    )


def _is_made_by_itself(write: Write) -> bool:
    """Business Central makes a company's contact and an item's unit itself, Sales a group's base unit."""
    made = write.after or {}
    company = write.key.table == "contacts" and made.get("type") == "Company"
    unit = write.key.table == "tandem/itemUnitsOfMeasure"
    return company or unit or (write.key.table == "uom" and bool(made.get("isschedulebaseuom")))


def _was_parted(evidence: Evidence, write: Write) -> bool:
    """Whether a person uncoupled it once; storage may have lost that since."""
    conclusions = evidence.simulation.conclusions
    parted = {bc_id for _, bc_id in conclusions.uncoupled}
    return any(bc.id in parted and write.key in (bc, sales) for bc, sales in conclusions.coupled)


def _orphan(evidence: Evidence, write: Write, ended: set[str]) -> str | None:
    tables = {pair.table(write.key.side) for pair in evidence.pairs.values()}
    if write.kind != "created" or write.key.table not in tables or evidence.values(write.key) is None:
        return None
    if _is_made_by_itself(write):
        return None
    if any(each.code == "uncoupled" for each in evidence.problems.get(write.key, [])):
        return None  # A person uncoupled it.
    if write.key in evidence.by_key or write.key.id in ended or _renamed(evidence, write):
        return None
    if _was_made_for_one_deleted(evidence, write):
        return None
    if _has_nobody_left(evidence, write) or _origin_was_taken_back(evidence, write):
        return None
    if _is_announced_for_nobody(evidence, write) and (
        _is_a_persons(evidence, write) or _is_never_looked_at(evidence, write)
    ):
        return None
    if evidence.simulation.incidents.plan.incident == "lost_pairs_too" and _is_a_persons(evidence, write):
        return None  # Nothing tells any more whose partner it is.
    if _was_parted(evidence, write) and _is_a_persons(evidence, write):
        return None
    if _was_asked_about(evidence, write):
        return None
    if _came_along(evidence, write) and _is_a_persons(evidence, write):
        return None  # It was made for no record, and waits for its own partner.
    return (
        f"{write.key.side} {write.key.table} {write.key.id}, created at {write.at:.1f} by {write.who}, "
        "is coupled with nothing"
    )
