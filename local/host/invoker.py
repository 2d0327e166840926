"""Runs one function and settles what the host owes it: outputs, the time limit and the log line."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local.host.app_model import Function
from local.host.errors import one_line
from local.host.outputs import OutputWriter
from local.host.worker import Outcome, Worker

EXIT_TIMED_OUT = 70
log = logging.getLogger("local.host")


class Invoker:
    """Invokes functions from any thread."""

    def __init__(
        self,
        worker: Worker,
        outputs: OutputWriter,
        timeout_s: float,
        on_timeout: Callable[[Function], None] | None = None,
    ) -> None:
        """``on_timeout`` is called from a watching thread when a function runs past ``timeout_s``."""
        self.worker = worker
        self._outputs = outputs
        self._timeout_s = min(timeout_s, threading.TIMEOUT_MAX)
        self._on_timeout = on_timeout or end_process

    def run(self, function: Function, value: Any, metadata: Mapping[str, Any] | None = None) -> Outcome:
        """Run ``function`` and send its outputs; a failing output fails the invocation, as in Azure."""
        started = time.perf_counter()
        watch = threading.Timer(self._timeout_s, self._on_timeout, (function,))
        watch.daemon = True
        watch.start()
        try:
            invocation_id, outcome = self.worker.invoke(function, value, metadata or {})
        finally:
            watch.cancel()
        if outcome.ok:
            outcome = self._send_outputs(function, outcome)
        _log_outcome(function, invocation_id, outcome, time.perf_counter() - started)
        return outcome

    def _send_outputs(self, function: Function, outcome: Outcome) -> Outcome:
        try:
            for binding, value in _queue_outputs(function, outcome):
                self._outputs.write(binding, value)
        except Exception as error:
            return Outcome(ok=False, error=f"an output binding failed: {error!r}")
        return outcome


def _queue_outputs(function: Function, outcome: Outcome) -> Iterable[tuple[Mapping[str, Any], Any]]:
    values = [*outcome.outputs, ("$return", outcome.returned)]
    for name, value in values:
        binding = function.outputs.get(name)
        if value is not None and binding is not None and binding["type"] == "queue":
            yield binding, value


def _log_outcome(function: Function, invocation_id: str, outcome: Outcome, elapsed_s: float) -> None:
    facts = f"{function.name} (id {invocation_id}, {elapsed_s * 1000:.0f} ms)"
    if outcome.ok:
        log.info("%s ended well", facts)
        return
    log.error("%s failed: %s", facts, one_line(outcome.error))
    if outcome.traceback:
        log.info("%s", outcome.traceback)


def end_process(function: Function) -> None:
    """What the real host does to a worker whose function exceeds functionTimeout: end the process."""
    log.critical("%s ran past functionTimeout: the host ends", function.name)
    sys.stderr.flush()
    os._exit(EXIT_TIMED_OUT)
