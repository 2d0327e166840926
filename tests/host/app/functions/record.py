"""Tells the tests what ran: one JSON line per event in the file named by PROBE_FILE."""

import json
import os
import time
from typing import Any


def record(event: str, **facts: Any) -> None:
    """Append one event; a line is written in one piece."""
    line = json.dumps({"event": event, "pid": os.getpid(), "at": time.time(), **facts}) + "\n"
    with open(os.environ["PROBE_FILE"], "a", encoding="utf-8") as file:
        file.write(line)
