"""One client in a process of its own: does a work when it is told to, and says what it took.

Speaks JSON, a line at a time: first ``{"client", "access", "instances"}``, answered with
``{"ready": true}``; then ``{"work": name}``, answered with the figures.  Standard library only, but for the
client that is asked for.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, TextIO, cast

from benchmarks import plan
from benchmarks.clients.base import Client, Process, Spread, TwoWay
from benchmarks.services import Access
from benchmarks.usage import Used, between, forget_peak, used_here

SETTLE = "settle"


def new_client(name: str, access: Access, instances: int = 1) -> Client:
    """The client of this name, Tandem on so many instances; only what it needs is imported."""
    if name == plan.TANDEM:
        return cast(Client, import_module("benchmarks.clients.tandem").Tandem(access, instances))
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
    transactions of storage; of a client of several processes the sums, and the memory of the largest.  What
    stopped the client is told beside what it had done."""
    forget_peak()
    for each in _further(client):
        each.forget_peak()
    before, began_s = _used(client), time.monotonic()
    stopped = ""
    try:
        call()
    except Exception as failure:
        stopped = f"{type(failure).__name__}: {failure}"[:500]
    seconds = time.monotonic() - began_s
    used = between(before, _used(client))
    return {
        "stopped": stopped,
        "seconds": seconds,
        "cpu_s": used.cpu_s,
        "peak_rss_mb": used.peak_rss_mb,
        "storage_transactions": used.storage_transactions,
    }


def _used(client: Client) -> list[Used]:
    return [used_here(client.storage_transactions), *(each.used() for each in _further(client))]


def _further(client: Client) -> Sequence[Process]:
    """The client's processes beside this one."""
    return client.further if isinstance(client, Spread) else ()


def serve(incoming: TextIO, outgoing: TextIO) -> None:
    """Until the end of the input."""

    def say(what: Mapping[str, Any]) -> None:
        outgoing.write(json.dumps(what) + "\n")
        outgoing.flush()

    first = json.loads(incoming.readline())
    client = new_client(first["client"], Access(**first["access"]), first["instances"])
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
