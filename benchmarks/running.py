"""Runs the plan: for each client fresh systems and a process, work after work, each measured and judged."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from benchmarks.child import SETTLE
from benchmarks.fields import EMAIL, PHONE
from benchmarks.judging import Edit, Verdict, judge, judge_names
from benchmarks.plan import (
    AFTER_A_LOAD,
    ALONE,
    CHANGED_1_PERCENT,
    CHANGED_BOTH_SIDES,
    CHANGED_SHARE,
    INITIAL_LOAD,
    LATENCIES,
    LOAD_TO_BC,
    UNCHANGED,
    Plan,
)
from benchmarks.stage import Stage, as_line, dumped, staged
from local.dev.places import ROOT, Places
from local.environment.options import COMPANY

SHIFT_S = 700.0
"""More than any client looks back."""
PATIENCE_S = 7_200.0
REAL_LIMIT_ROWS = 20_000
"""Up to so many rows the services' limits of five minutes are in force; more would measure only these."""
NO_LIMITS = {"request_limit": 100_000_000, "execution_limit_s": 1e9}

type Say = Callable[[str], None]


class ClientFailed(Exception):
    """A client did not do its work; the text tells why."""


@dataclass(frozen=True, slots=True)
class Run:
    """One work of one client.  ``rows`` are the records the work is about: all of them for a load and where
    nothing changed, else those that changed.  ``kinds`` counts HTTP requests by system and kind,
    ``operations`` what the services count: a part of a batch is one.  ``stopped``: why it gave up before the
    end, blank where it did not.  Of several instances, processor time and storage are the sums and
    ``peak_rss_mb`` is that of the largest."""

    client: str
    work: str
    latency: str
    rows: int
    seconds: float
    cpu_s: float
    peak_rss_mb: float
    storage_transactions: int
    requests: int
    operations: int
    kinds: Mapping[str, int]
    verdict: Verdict
    stopped: str = ""
    instances: int = 1

    @property
    def rows_per_s(self) -> float:
        """Rows that were done, by the time that it took."""
        return (max(0, self.rows - self.verdict.lost) if self.stopped else self.rows) / self.seconds


@dataclass
class Results:
    """``missed`` tells which works are not there, and why."""

    runs: list[Run] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def run(plan: Plan, python_of: Callable[[str], Path | str], say: Say) -> Results:
    """Everything.  ``python_of`` gives the Python that a client runs in, or says why there is none."""
    results = Results()
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as folder:
        for latency, client, works in plan.stages():
            python = python_of(client)
            if isinstance(python, str):
                results.missed.append(f"{client}, {latency}: {python}")
                continue
            try:
                for each in _stage(plan, latency, client, works, python, Path(folder)):
                    say(f"{latency} {client} {each.work}: {each.rows_per_s:,.0f} rows/s")
                    results.runs.append(each)
            except ClientFailed as failed:
                results.missed.append(f"{client}, {latency}, {failed}")
                say(results.missed[-1])
    return results


def _stage(
    plan: Plan, latency: str, client: str, works: Sequence[str], python: Path, scratch: Path
) -> Iterator[Run]:
    model, rows = LATENCIES[latency], plan.rows_of(client)
    limits = NO_LIMITS if rows > REAL_LIMIT_ROWS else {}
    with (
        staged(client, rows, plan.seed, scratch, model, limits, in_sales=works == (LOAD_TO_BC,)) as stage,
        _child(client, stage, python, plan.instances_of(client)) as ask,
    ):
        runner = _Runner(stage, ask, client, latency, rows, plan.instances_of(client))
        for work in works if works[0] in ALONE else _with_load(works):
            found = runner.run(work, is_measured=work in works)
            if found:
                yield found
                if found.stopped and work == INITIAL_LOAD and len(works) > 1:
                    raise ClientFailed(f"after {work}: {found.stopped}")


def _with_load(works: Sequence[str]) -> list[str]:
    """What comes after a load needs one, measured or not."""
    return [each for each in (INITIAL_LOAD, *AFTER_A_LOAD) if each in works or each == INITIAL_LOAD]


type Ask = Callable[[str], dict[str, Any]]


class _Runner:
    """One client on its stage."""

    def __init__(self, stage: Stage, ask: Ask, client: str, latency: str, rows: int, instances: int) -> None:
        self._stage, self._ask = stage, ask
        self._client, self._latency, self._rows, self._instances = client, latency, rows, instances
        self._edits: list[Edit] = []
        self._looks = 0

    def run(self, work: str, *, is_measured: bool) -> Run | None:
        """Does a work after what it needs; its figures, None where only the load is needed."""
        if work in AFTER_A_LOAD:
            self._begin_look(work)
        self._stage.take_time(LATENCIES[self._latency if is_measured else "none"])
        self._stage.reset_requests()
        self._stage.begin_faults(work, self._rows)
        try:
            figures = self._ask(work)
        finally:
            self._stage.end_faults()
        if not is_measured and figures["stopped"]:
            raise ClientFailed(f"{work}: {figures['stopped']}")
        return self._result(work, figures) if is_measured else None

    def _begin_look(self, work: str) -> None:
        """All is at rest and no longer looked back at; then people edit."""
        self._stage.take_time(LATENCIES["none"])
        if not self._looks:
            self._ask(SETTLE)
        self._looks += 1
        self._stage.pass_look_back(self._looks * SHIFT_S)
        if work != UNCHANGED:
            self._edit_customers(work)
        if work == CHANGED_BOTH_SIDES:
            self._edit_accounts()

    def _edit_customers(self, work: str) -> None:
        self._edits = []
        for number, each in enumerate(self._chosen("customers")):
            value = f"+45 {len(work)} {number:08d}"
            self._stage.bc.edit(COMPANY, "customers", {PHONE[0]: value}, each["id"])
            self._edits.append(Edit(each["number"], PHONE, value))

    def _edit_accounts(self) -> None:
        numbers = {each.number for each in self._edits}
        for each in dumped(self._stage.sales, "account"):
            if (number := each["accountnumber"]) in numbers:
                value = f"{number.lower()}@edited.example"
                edit = {"table": "account", "id": each["accountid"], "values": {EMAIL[1]: value}}
                self._stage.sales.post("edit", edit)
                self._edits.append(Edit(number, EMAIL, value))

    def _chosen(self, table: str) -> Sequence[dict[str, Any]]:
        found = sorted(dumped(self._stage.bc, table), key=lambda each: str(each["number"]))
        return found[:: round(1 / CHANGED_SHARE)]

    def _result(self, work: str, figures: Mapping[str, Any]) -> Run:
        bc, sales = self._stage.bc.requests(), self._stage.sales.requests()
        kinds = {f"bc {kind}": number for kind, number in bc["by_kind"].items()}
        kinds |= {f"sales {kind}": number for kind, number in sales["requests"].items()}
        batches = sum(number for kind, number in bc["by_kind"].items() if kind.endswith("$batch"))
        edits = self._edits if work in (CHANGED_1_PERCENT, CHANGED_BOTH_SIDES) else []
        verdict = self._verdict(work, edits)
        return Run(
            client=self._client,
            work=work,
            latency=self._latency,
            rows=len(edits) or self._rows,
            seconds=figures["seconds"],
            cpu_s=figures["cpu_s"],
            peak_rss_mb=figures["peak_rss_mb"],
            storage_transactions=int(figures["storage_transactions"]),
            requests=bc["requests"] + sales["requestsTotal"],
            operations=bc["requests"] - batches + bc["batch_parts"] + sales["operationsTotal"],
            kinds=kinds,
            verdict=verdict,
            stopped=figures["stopped"],
            instances=self._instances,
        )

    def _verdict(self, work: str, edits: Sequence[Edit]) -> Verdict:
        if work == LOAD_TO_BC:
            return judge_names(self._stage.sales.dump("account"), self._stage.bc.dump(COMPANY, "customers"))
        return judge(dumped(self._stage.bc, "customers"), dumped(self._stage.sales, "account"), edits)


@contextmanager
def _child(client: str, stage: Stage, python: Path, instances: int) -> Iterator[Ask]:
    """The client's process, ready."""
    log = Places().logs / f"{os.getpid()}-bench-{client}.log"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **stage.settings}
    # What the wrapper's certificate authority is, for clients that take it from the environment.
    environment["REQUESTS_CA_BUNDLE"] = environment["SSL_CERT_FILE"] = stage.access.ca_bundle
    command = [str(python), "-m", "benchmarks.child"]
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=ROOT, text=True,
            env=environment,
        )  # fmt: skip
        try:
            ask = _Asking(process, log)
            ask.line({"client": client, "access": as_line(stage.access), "instances": instances})
            yield lambda work: ask.line({"work": work})
            process.stdin.close()  # type: ignore[union-attr]
            process.wait(30.0)
        except subprocess.TimeoutExpired:
            pass
        finally:
            process.kill()
            process.wait()


class _Asking:
    """Asks the child, a line at a time; one that says nothing for too long is ended."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process = process
        self._log = log
        assert process.stdin is not None
        assert process.stdout is not None
        self._in: IO[str] = process.stdin
        self._out: IO[str] = process.stdout

    def line(self, what: Mapping[str, Any]) -> dict[str, Any]:
        watch = threading.Timer(PATIENCE_S, self._process.kill)
        watch.daemon = True
        watch.start()
        try:
            self._in.write(json.dumps(what) + "\n")
            self._in.flush()
            answer = self._out.readline()
        except BrokenPipeError:
            answer = ""
        finally:
            watch.cancel()
        if not answer:
            self._process.wait(5.0)
            end = self._log.read_text("utf-8", "replace").strip().splitlines()[-1:] or ["without a word"]
            raise ClientFailed(f"{what.get('work', 'start')}: its process ended ({end[0][:300]})")
        found: dict[str, Any] = json.loads(answer)
        return found
