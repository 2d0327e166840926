"""One client in a process of its own: does a work when it is told to, and says what it took.

Speaks JSON, a line at a time: first ``{"client", "access"}``, answered with ``{"ready": true}``; then
``{"work": name}``, answered with the figures.  Standard library only, but for the client that is asked for.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO, cast

from benchmarks import plan
from benchmarks.clients.base import Client, TwoWay
from benchmarks.services import Access

SETTLE = "settle"


def new_client(name: str, access: Access) -> Client:
    """The client of this name; only what it needs is imported."""
    module, make = _MAKERS[name]
    made: Client = make(import_module(f"benchmarks.clients.{module}"), access)
    return made


def _saving(module: Any, access: Access) -> Any:
    from benchmarks.saving import Saver

    return module.Floor(access, Saver(access.storage))


_MAKERS: Mapping[str, tuple[str, Callable[[Any, Access], Any]]] = {
    plan.FLOOR: ("floor", lambda module, access: module.Floor(access)),
    plan.FLOOR_SAVING: ("floor", _saving),
    plan.ONE_BY_ONE: ("one_by_one", lambda module, access: module.OneByOne(access)),
    plan.TANDEM: ("tandem", lambda module, access: module.Tandem(access)),
    plan.SDK: ("sdk", lambda module, access: module.Sdk(access, threads=1)),
    plan.SDK_THREADS: ("sdk", lambda module, access: module.Sdk(access, threads=access.advised)),
    plan.DLT: ("dlt_pipeline", lambda module, access: module.DltPipeline(access)),
}


def call_of(client: Client, work: str) -> Callable[[], None]:
    """What a work asks of a client."""
    if work == SETTLE:
        return client.settle
    if work == plan.LOAD_TO_BC:
        return cast(TwoWay, client).load_to_bc
    return client.changed if work in plan.AFTER_A_LOAD else client.initial_load


def measured(client: Client, call: Callable[[], None]) -> dict[str, Any]:
    """Does it: seconds, seconds of processor time of all threads, the most memory held meanwhile, and
    transactions of storage.  What stopped the client is told beside what it had done."""
    forget_peak()
    transactions = client.storage_transactions
    began_s, cpu_s = time.monotonic(), time.process_time()
    stopped = ""
    try:
        call()
    except Exception as failure:
        stopped = f"{type(failure).__name__}: {failure}"[:500]
    return {
        "stopped": stopped,
        "seconds": time.monotonic() - began_s,
        "cpu_s": time.process_time() - cpu_s,
        "peak_rss_mb": peak_rss_mb(),
        "storage_transactions": client.storage_transactions - transactions,
    }


def forget_peak() -> None:
    """Let the kernel begin its high-water mark anew (Linux; elsewhere it is that of the process's life)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", "ascii")


def peak_rss_mb() -> float:
    """The most memory held, in megabytes of 1,000,000 bytes."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) * 1024 / 1e6, 1)
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)


def serve(incoming: TextIO, outgoing: TextIO) -> None:
    """Until the end of the input."""

    def say(what: Mapping[str, Any]) -> None:
        outgoing.write(json.dumps(what) + "\n")
        outgoing.flush()

    first = json.loads(incoming.readline())
    client = new_client(first["client"], Access(**first["access"]))
    say({"ready": True})
    for line in incoming:
        say(measured(client, call_of(client, json.loads(line)["work"])))
    client.close()


def main() -> None:
    """The real standard output is for figures; whatever else prints lands on standard error."""
    figures = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    serve(sys.stdin, figures)
    figures.flush()
    os._exit(0)  # threads of a library may still run


if __name__ == "__main__":
    main()
