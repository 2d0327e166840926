"""`docs/problems.md`: every problem code with its remedy."""

from __future__ import annotations

from pathlib import Path

from shared_code.core.outcome import FIRST_RETRY_S, LONGEST_RETRY_S, PROBLEMS, SKIP_AFTER
from tools.docs.markdown import code, document, table

INTRODUCTION = """\
A record or a coupled pair that is not in step has one problem. `GET /api/problems` lists them with the
record's id, a message with the details, and the remedy below. A problem disappears by itself when the record
is in step again."""


def page(root: Path) -> str:
    """The page; codes come from the code."""
    rows = [
        (code(each.code), each.meaning, each.remedy, "yes" if each.heals else "no")
        for each in PROBLEMS.values()
    ]
    head = ("Code", "Meaning", "What to do", "Heals by itself")
    blocks = [INTRODUCTION, table(head, rows), _retries()]
    return document("Problems", "`shared_code/core/outcome.py`", blocks)


def _retries() -> str:
    return f"""\
## When a record is tried again

- At once, when somebody changes it on either side.
- When its time comes: {FIRST_RETRY_S:.0f} seconds after the first failure, then twice as long each time,
  at most {LONGEST_RETRY_S / 3600:.0f} hours. After {SKIP_AFTER} failures in a row its outcome is `skipped`;
  it is still tried, with the same growing waits.
- When the record it waits for (`waits_for_lookup`) is coupled.
- With every full synchronisation.

`conflict`, `couple_first`, `possible_partner` and `partner_deleted` wait for a person
and are not tried on a timer."""
