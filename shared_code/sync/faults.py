"""What keeps a whole connection from working, kept where people look: health and full synchronisations.

A fault is noted by whoever meets it and forgotten when the systems say who they are, or by itself when nobody
meets it any more.  So no instance has to be there in the end that met it first.
"""

from __future__ import annotations

import logging

from shared_code.store.identities import Fault
from shared_code.sync.identity_check import WAIT_S, stopped_because
from shared_code.sync.parts import ConnectionParts, Parts

LASTS_S = 2 * WAIT_S
"""How long a fault is shown after it was met last: work that was put off comes again within half of it."""
MAX_CHARS = 2000
NOTE_EVERY_S = 60.0
"""How often the same fault is noted anew."""

_log = logging.getLogger("tandem")


def note(parts: Parts, at: ConnectionParts, text: str, *, logged: str = "") -> None:
    """Keep a fault; a line in the log only where it is another one than before.

    ``logged`` stands for the text in the log where the text may quote values of records.
    """
    text = _one_line(text)
    now, known = parts.runtime.now(), at.identities.fault()
    same = known.text == text and now - known.at_s < LASTS_S
    if same and now - known.at_s < NOTE_EVERY_S:
        return
    if at.identities.put_fault(Fault(text, now, known.etag)) and not same:
        _log.warning("connection %s does not work: %s", at.name, logged or text)


def _one_line(text: str) -> str:
    """A service's words may hold what a log or storage cannot."""
    return " ".join(text.encode("utf-8", "replace").decode().split())[:MAX_CHARS]


def solved(at: ConnectionParts) -> None:
    """Forget the fault: the systems answered and are the right ones."""
    known = at.identities.fault()
    if known.etag and at.identities.forget_fault(known):
        _log.warning("connection %s works again", at.name)


SWITCHED_OFF = "The connection is switched off"
SWITCH_ON = "Nothing is synchronised until somebody switches it on (POST /api/connection/switch)."


def why_not(parts: Parts, at: ConnectionParts) -> str:
    """Why nothing of the connection is synchronised now; blank while it works."""
    off = at.identities.switch()
    if off.is_off:
        return f"{SWITCHED_OFF}{f' by {off.by}' if off.by else ''}. {SWITCH_ON}"
    fault = at.identities.fault()
    met_lately = parts.runtime.now() - fault.at_s < LASTS_S
    return stopped_because(at) or (fault.text if met_lately else "")
