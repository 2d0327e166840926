"""The journal's entries: what Tandem wrote into a record, in place of what, and what decided it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from enum import StrEnum

from shared_code.core.frozen import frozen
from shared_code.core.records import Side, Values


class Reason(StrEnum):
    """What decided that a value was written."""

    CHANGED = "changed"
    ONE_WAY = "one_way"
    FIRST = "first"
    BC_WINS = "bc_wins"
    SALES_WINS = "sales_wins"
    NEWEST_WINS = "newest_wins"
    DECIDED = "decided"
    CREATED = "created"
    REMOVED = "removed"
    UNDONE = "undone"


WORDS = {
    Reason.CHANGED: "it had changed there and not here since both sides were in step",
    Reason.ONE_WAY: "the field flows this way only",
    Reason.FIRST: "nothing was known of it and this side was blank",
    Reason.BC_WINS: "both sides had changed it, and the mapping says that Business Central wins",
    Reason.SALES_WINS: "both sides had changed it, and the mapping says that Sales wins",
    Reason.NEWEST_WINS: "both sides had changed it, and the mapping says that the newest wins",
    Reason.DECIDED: "both sides had changed it, and a person decided",
    Reason.CREATED: "the record was created from the other side's",
    Reason.REMOVED: "the record was deleted because its partner is gone or left the filter",
    Reason.UNDONE: "a person had an earlier change undone",
}
"""Each reason in words that finish the sentence “Tandem wrote it because …”."""


@frozen
class Entry:
    """One write to one record.

    It is on file before the write goes out.  ``version`` is the stamp that the write was conditional on; with
    the record it names the entry, so that a repeat writes the same entry again.  A created record has none
    before: there it is the stamp of what was made.  ``era`` counts how often a person had accepted a system
    that was put back to an earlier state: from there its versions come again, for other values.

    ``old`` and ``new`` are neutral values.  ``because`` tells for each field what decided; ``overruled``
    names those of which ``old`` holds a value that a person wrote and that was decided against, and ``by``
    who decided, where a person did.  ``rules`` are the mapping's (``rules_digest``).  ``sent`` are values of
    which the service is known to hold another form, the one in ``new``.  Once the values were erased
    (``erased_at_s``), only the names of the fields are left.
    """

    mapping: str
    bc_id: str
    side: Side
    version: str
    at_s: float
    job: str
    batch: str
    old: Values
    new: Values
    because: Mapping[str, Reason] = field(default_factory=dict)
    overruled: tuple[str, ...] = ()
    by: str = ""
    rules: str = ""
    erased_at_s: float = 0.0
    era: int = 0
    sent: Values = field(default_factory=dict)

    @property
    def is_creation(self) -> bool:
        return Reason.CREATED in self.because.values()

    @property
    def is_removal(self) -> bool:
        return Reason.REMOVED in self.because.values()


def joined(known: Entry, later: Entry) -> Entry:
    """One entry for two writes that were announced for the same version of a record.

    The service lets one of them through, and nobody knows yet which: all that either puts in place of
    something is kept.  Where both write a field, ``later`` counts if it repeats ``known`` (the same batch).
    The form that the service gave a value stays where the same value is sent again.  Values that were erased
    stay erased.
    """
    if known.erased_at_s:
        return later
    repeats = (known.job, known.batch) == (later.job, later.batch)
    less, more = (known, later) if repeats else (later, known)
    sent = {name: value for name, value in known.sent.items() if later.new.get(name, value) == value}
    return replace(
        more,
        old={**later.old, **known.old},
        new={**less.new, **more.new, **{name: known.new[name] for name in sent}},
        sent=sent,
        because={**less.because, **more.because},
        overruled=tuple(dict.fromkeys((*known.overruled, *later.overruled))),
        by=more.by or less.by,
    )
