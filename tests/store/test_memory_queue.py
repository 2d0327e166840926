"""What the in-memory twin of the queue service offers beyond it: hooks."""

from __future__ import annotations

import pytest

from shared_code.store.memory_queue import MemoryQueue
from tests.store.test_memory import Lost, fail


def test_a_lost_answer_of_a_queue_leaves_the_message() -> None:
    queue = MemoryQueue(lambda: 0.0, after=fail("send"))
    queue.ensure(["work"])
    with pytest.raises(Lost):
        queue.send("work", "body")
    assert queue.length("work") == 1
