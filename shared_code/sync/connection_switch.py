"""A connection as a whole: switched off and on by a person, and all of its couplings ended at once.

While it is off nothing is looked at, read or written for it: ticks pass it by, and work that waits on the
queue stays there.  A batch that has begun is finished.  Positions and couplings stay, so that what changed
meanwhile is carried over when it is on again.
"""

from __future__ import annotations

import logging

from shared_code.store.identities import Switch
from shared_code.sync import walks
from shared_code.sync.parts import ConnectionParts, Parts

_log = logging.getLogger("tandem")


def is_off(at: ConnectionParts) -> bool:
    """Whether a person switched the connection off."""
    return at.identities.switch().is_off


def switch(parts: Parts, at: ConnectionParts, *, on: bool, by: str = "") -> None:
    """Switch a connection on or off.  What stands so already keeps its time and name."""
    known = at.identities.switch()
    if known.is_off is on:
        at.identities.put_switch(Switch(0.0 if on else parts.runtime.now(), by, known.etag))
        _log.warning("connection %s is switched %s", at.name, "on" if on else "off")


def uncouple_all(parts: Parts, at: ConnectionParts) -> dict[str, str]:
    """End every pair of the connection, each mapping by a job of its own; the jobs by mapping.

    Neither side's records are deleted, and nothing of other connections is touched.
    """
    return {name: walks.uncouple_all(parts, at, mapping) for name, mapping in at.mappings.items()}
