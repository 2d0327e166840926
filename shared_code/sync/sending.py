"""Sending many messages: several at a time, because each waits for storage."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from shared_code.sync.messages import Message
from shared_code.sync.parts import Parts

AT_ONCE = 8


def send_all(parts: Parts, messages: Sequence[Message]) -> None:
    """Queue messages.

    The first goes alone: where one of them is kept to be done next (``handing_on``), it is that one.
    """
    for each in messages[:1]:
        parts.send(each)
    parts.runtime.run_all([partial(parts.send, each) for each in messages[1:]], AT_ONCE)
