"""I1: the last value a person wrote is on both sides, in an open conflict or problem, or in the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from local.simulate.checkers.no_deletes import went_with_its_item
from local.simulate.evidence import Evidence
from local.simulate.fields import Pair, text_of
from local.simulate.observing import Key, Observer
from local.simulate.people import Token, tokens_in
from local.simulate.setting import Setting

NAME = "I1 nothing lost"


def check(evidence: Evidence) -> list[str]:
    return [line for token in evidence.ledger.tokens.values() if (line := _lost(evidence, token))]


def _lost(evidence: Evidence, token: Token) -> str | None:
    text = evidence.text(token)
    if token.ended or text is None:
        return None
    token = replace(token, text=text)
    what = f"“{token.value}” ({token.text.bc}) written at {token.at:.1f} on {_where(token)}"
    if not _holds(evidence, token, token.key.side):
        is_told = _in_journal(evidence, token) or went_with_item(evidence, token.key)
        return None if is_told else f"{what} is gone from there, and in no journal"
    pair = evidence.pair_of(token.key)
    assert pair is not None
    links = evidence.by_key.get(token.key, [])
    if not links and token.key.side not in pair.sources:
        return None  # Nobody is made a partner for it.
    if any(_on_partner(evidence, token, link.key(_other(token.key.side))) for link in links):
        return None
    if any(evidence.was_undone(link.bc.id, token.text) for link in links):
        return None  # A person wanted the other side as it was before.
    partners = [link.key(_other(token.key.side)) for link in links]
    if any(_is_left(evidence, pair, each, token) for each in (token.key, *partners)):
        return None  # Outside the filter nothing is carried.
    if evidence.problems_of(token.key):
        return None
    return f"{what} is not on the other side, and no problem tells of it"


def went_with_item(evidence: Evidence, key: Key) -> bool:
    """Whether Business Central deleted the record together with an item that a rule deleted."""
    ours = (each for each in evidence.our_writes() if each.kind == "deleted" and each.key == key)
    return any(went_with_its_item(evidence, each) for each in ours)


def _is_left(evidence: Evidence, pair: Pair, partner: Key, token: Token) -> bool:
    """Whether the partner left the filter; one that was deleted must be told of to whoever writes since."""
    if evidence.values(partner) is None:
        return _ended_outside(evidence, pair, partner, token)
    return not evidence.is_inside(pair, partner) or evidence.belongs_elsewhere(partner)


def _ended_outside(evidence: Evidence, pair: Pair, partner: Key, token: Token) -> bool:
    """Whether the value was written while the partner was there and, for all that anybody could see, outside
    the filter, where it then ended.

    Nothing was to be carried as long as it was there, and Business Central tells of no deletion.  A deletion
    is seen when its transaction commits.
    """
    writes = evidence.observer.writes
    deleted_at = [each.at for each in writes if each.key == partner and each.kind == "deleted"]
    if partner.side != "bc" or not deleted_at:
        return False
    seen_until = deleted_at[-1] + evidence.simulation.setting.bc_late_s
    last = last_shown(evidence.observer, partner, evidence.simulation.setting)
    return token.at < seen_until and not evidence.would_be_inside(pair, partner, last)


def last_shown(observer: Observer, key: Key, setting: Setting) -> Mapping[str, Any]:
    """The last version of a record of Business Central that an answer could show.

    A person's write shows when its transaction commits, and in a replica longer.  What was there only between
    two looks at its table nobody could see, and no later look tells of it.
    """
    looks = observer.looks.get((key.company.lower(), key.table), [])
    for each in reversed(observer.versions(key)):
        is_a_persons = each.who and not each.who.startswith("tandem")
        begin = each.since + (setting.bc_late_s if is_a_persons else 0.0)
        end = each.until + setting.bc_late_s + setting.bc_lag_s
        if any(begin <= at <= end for at in looks):
            return each.values
    return observer.history[key][-1]


def _holds(evidence: Evidence, token: Token, side: str) -> bool:
    return _on_partner(evidence, token, token.key) if side == token.key.side else False


def _on_partner(evidence: Evidence, token: Token, key: object) -> bool:
    values = evidence.observer.present.get(key)  # type: ignore[call-overload]
    side = getattr(key, "side", "")
    return values is not None and token.token in tokens_in(text_of(token.text, side, values))


def _other(side: str) -> str:
    return "sales" if side == "bc" else "bc"


def _where(token: Token) -> str:
    return f"{token.key.side} {token.key.table} {token.key.id}"


def _in_journal(evidence: Evidence, token: Token) -> bool:
    """Only as a value that a rule decided against: what was merely replaced was lost."""
    rows = (row.values for row in evidence.rows("Journal"))
    return any(token.token in _overruled(each) for each in rows)


def _overruled(entry: Mapping[str, Any]) -> str:
    """The values of an entry that a rule or a direction decided against."""
    names = str(entry.get("overruled", "")).split(",")
    old = json.loads(str(entry.get("old") or "{}"))
    return json.dumps([old[name] for name in names if name in old], ensure_ascii=False)
