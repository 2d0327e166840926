"""Each page asked several times over storage that takes its time.

The app runs in this process; storage is another one, asked over HTTP with the app's own client, and every
request to it takes ``STORAGE_MS``.  Both systems answer at once: what they take is not the app's.
"""

from __future__ import annotations

import pickle
import re
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote
from urllib.request import urlopen

from local.dev.places import ROOT
from local.dev.processes import Processes
from local.page_times.storage import COUNT
from local.page_times.stored import Filled
from shared_code.compose import assemble
from shared_code.runtime import ThreadRuntime
from shared_code.store import azure_tables
from shared_code.store.azure_service import CONNECTION
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.web.messages import Asked
from shared_code.web.pages import ROUTES
from shared_code.web.people import COOKIE, Doorkeeper, SignIn
from shared_code.web.router import Site

LIMIT_MS = 200.0
TIMES = 15
HOST = "localhost:7071"
KEY = "bm8gc2VjcmV0OiBub2JvZHkgbG9va3M="
ASKED_APART = frozenset({"connection/examination", "setup/check/examination", "full-synchronization/review"})
"""Fetched by a page that is shown already: they ask both systems for every mapping, and it is these that take
the time."""


@dataclass(frozen=True, slots=True)
class PageTime:
    """One page: milliseconds (quickest, median, of them at work on the processor) and requests to storage."""

    page: str
    quickest_ms: float
    median_ms: float
    cpu_ms: float
    requests: int
    status: int


class PageRuntime(ThreadRuntime):
    """The real surroundings at the world's time."""

    def __init__(self, now_s: float) -> None:
        self._ahead_s = now_s - time.time()

    def now(self) -> float:
        return time.time() + self._ahead_s


def measure(filled: Filled) -> list[PageTime]:
    """Every page of the site once to warm up, then several times; the slowest first."""
    with _served(filled) as (parts, storage):
        at = next(iter(parts.connections.values()))
        found = [_timed(parts, storage, page) for page in pages(at, filled)]
    return sorted(found, key=lambda each: -each.quickest_ms)


@contextmanager
def _served(filled: Filled) -> Iterator[tuple[Parts, Storage]]:
    """The app's parts over storage in a process of its own, which is asked by HTTP."""
    with TemporaryDirectory() as folder, Processes(Path(folder) / "logs") as processes:
        file = Path(folder) / "tables"
        file.write_bytes(pickle.dumps(filled.world.tables))
        command = [sys.executable, "-m", "local.page_times.storage", "--tables", file]
        storage = Storage(str(processes.start("page-storage", command, cwd=ROOT)["url"]))
        account = f"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={KEY}"
        text = f"{account};TableEndpoint={storage.url}/devstoreaccount1;"
        runtime, world = PageRuntime(filled.world.clock.now), filled.world
        tables = azure_tables.AzureTables(runtime, azure_tables.connect({CONNECTION: text}))
        assert world.settings, "a world has settings"
        assert world.clients, "a world has clients"
        yield assemble(world.settings, runtime, tables, world.queue, world.clients), storage


@dataclass(frozen=True, slots=True)
class Storage:
    """The process that plays storage."""

    url: str

    @property
    def requests(self) -> int:
        """How many it was asked so far."""
        with urlopen(f"{self.url}{COUNT}") as answer:
            return int(answer.read())


def pages(at: ConnectionParts, filled: Filled) -> list[str]:
    """An address for each page, with what is there; pages that are asked apart are left out."""
    job = at.jobs.newest(1)[0].id
    run = next(each.full_sync for each in at.jobs.newest(200) if each.full_sync)
    known = {
        "jobs/{id}": [f"jobs/{job}"],
        "full-synchronization/{id}": [f"full-synchronization/{run}"],
        "mappings/{name}": ["mappings/CUSTOMER"],
        "mappings/{name}/edit": ["mappings/CUSTOMER/edit"],
        "mappings/{name}/records/{id}": [
            f"mappings/CUSTOMER/records/{each}" for each in (filled.in_step, filled.conflict)
        ],
        "mappings/{name}/records/{id}/partner": [f"mappings/CUSTOMER/records/{filled.conflict}/partner"],
        "match-reports/{id}": [],
        "problems/{name}/{code}": ["problems/CUSTOMER/too_long", "problems/CUSTOMER/conflict"],
        "couplings": ["couplings", "couplings?mapping=CUSTOMER&text=Adatum"],
        "availability": ["availability", "availability?item=1896-S"],
        "compares/{id}": [],
        "undos/{id}": [],
        "previews/{id}": [],
        "previews/{id}/writes": [],
    }  # fmt: skip
    patterns = [each.pattern for each in ROUTES if each.method == "GET" and each.pattern not in ASKED_APART]
    return [page for pattern in patterns for page in known.get(pattern, [pattern])]


def _timed(parts: Parts, storage: Storage, page: str) -> PageTime:
    site = Site(ROUTES, Doorkeeper(SignIn.LOCAL))
    path, _, query = page.partition("?")
    pairs = dict(each.split("=", 1) for each in query.split("&") if each)
    asked = Asked(
        "GET", path, f"http://{HOST}/app/{quote(path)}", pairs, {"cookie": f"{COOKIE}=administrator"}
    )
    reply = site.answer(lambda: parts, asked, "measured")
    times: list[float] = []
    before, cpu = storage.requests, time.process_time()
    for _ in range(TIMES):
        began = time.perf_counter()
        site.answer(lambda: parts, asked, "measured")
        times.append((time.perf_counter() - began) * 1000)
    cpu_ms = (time.process_time() - cpu) * 1000 / TIMES
    requests = round((storage.requests - before) / TIMES)
    name = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "{id}", page)
    return PageTime(
        name or "(overview)", min(times), statistics.median(times), cpu_ms, requests, reply.status
    )
