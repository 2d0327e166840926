"""The wire between one process and one service: latency, lost answers, refusals, late requests."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from urllib.parse import unquote

from local.simulate import cutting
from local.simulate.faults import Faults
from local.simulate.hiding import Veil
from local.simulate.observing import Observer
from local.simulate.replica import Replica
from local.simulate.scheduler import Scheduler
from local.simulators.wire import ConnectionLost, Request, Response, Service

_HINT_S = (1, 4, 30)
_CODES = {"bc": {429: "Application_TooManyRequests", 503: "Internal_TenantUnavailable"},
          "sales": {429: "0x80072322", 503: "0x80072321"}}  # fmt: skip
_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please wait</body></html>"


class Late:
    """Requests whose answer was given up and that run later all the same."""

    def __init__(self, scheduler: Scheduler, observer: Observer) -> None:
        self._scheduler = scheduler
        self._observer = observer
        self._waiting: list[tuple[float, str, Service, Request]] = []

    def add(self, at_s: float, who: str, service: Service, request: Request) -> None:
        self._waiting.append((at_s, who, service, request))

    def drop(self, service: Service) -> None:
        """A service is put back to another state: what was on its way is gone."""
        self._waiting = [each for each in self._waiting if each[2] is not service]

    def run_due(self) -> None:
        """Carry out what is due.  Called at every step."""
        if not self._waiting:
            return
        now = self._scheduler.clock.now
        due = [each for each in self._waiting if each[0] <= now]
        if due:
            self._waiting = [each for each in self._waiting if each[0] > now]
        for _, who, service, request in due:
            self._observer.is_late = True
            with self._observer.acting(who):
                response = service.handle(request)
            self._observer.is_late = False
            self._scheduler.note(f"late request of {who} ran: {response.status}")


class Wire:
    """A ``Service`` before a simulated one: what the network makes of each request.

    ``lag_s`` bounds how much later a given-up write may still run.
    """

    def __init__(
        self,
        side: str,
        service: Service,
        scheduler: Scheduler,
        faults: Faults,
        observer: Observer,
        late: Late,
        rng: random.Random,
        lease_s: float,
        lag_s: float,
        veil: Veil,
    ) -> None:
        self.side = side
        self.in_flight: Counter[str] = Counter()
        self.most_in_flight: Counter[str] = Counter()
        self.most_operations = 0
        self.service = service
        self._scheduler = scheduler
        self._faults = faults
        self._observer = observer
        self._late = late
        self._rng = rng
        self._lease_s = lease_s
        self._lag_s = lag_s
        self._veil = veil
        self._replica = Replica(faults)

    def forget(self) -> None:
        """No replica remembers what was before."""
        self._replica.forget()

    def handle(self, request: Request) -> Response:
        """The answer as it arrives.  Raises ``ConnectionLost`` or ``Crash``."""
        process = self._scheduler.process
        self.in_flight[process] += 1
        self.most_in_flight[process] = max(self.most_in_flight[process], self.in_flight[process])
        try:
            return self._handle(request)
        finally:
            self.in_flight[process] -= 1

    def _handle(self, request: Request) -> Response:
        scheduler, faults = self._scheduler, self._faults
        path = request.target.partition("?")[0].rpartition("/")[2][:60]
        operations = cutting.operations(request)
        self.most_operations = max(self.most_operations, operations)
        scheduler.pause(faults.wire_latency_s())
        if scheduler.active:
            faults.maybe_crash("before request", path)
            if faults.hit("pause_past_lease"):
                scheduler.pause(self._lease_s * 1.5)
        if refusal := self._veil.refusal(self.side) or self._refusal():
            scheduler.note(f"{self.side} {request.method} {path}: refused {refusal.status}")
            return refusal
        response = self._carry_out(request, path, operations)
        scheduler.pause(faults.wire_latency_s())
        if scheduler.active:
            faults.maybe_crash("after request", path)
        return self._damaged(request, response)

    def _refusal(self) -> Response | None:
        """An answer instead of the request being carried out."""
        faults = self._faults
        if faults.hit("reset_before"):
            raise ConnectionLost
        for status in (429, 503):
            if faults.hit(f"status_{status}"):
                return self._refused(status, self._rng.choice(_HINT_S))
            if faults.hit(f"status_{status}_no_hint"):
                return self._refused(status, None)
        if faults.hit("token_refused"):
            return Response(401, {"Content-Type": "application/json"}, b'{"error":{"code":"","message":""}}')
        if faults.hit("html_instead"):
            return Response(200, {"Content-Type": "text/html; charset=utf-8"}, _PAGE)
        return None

    def _refused(self, status: int, hint_s: int | None) -> Response:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if hint_s is not None:
            headers["Retry-After"] = str(hint_s)
        body = {"error": {"code": _CODES[self.side][status], "message": "The request cannot be served now."}}
        return Response(status, headers, json.dumps(body).encode())

    def _carry_out(self, request: Request, path: str, operations: int) -> Response:
        faults, scheduler = self._faults, self._scheduler
        writing = cutting.is_write(request)
        if writing:
            scheduler.wrote(f"{request.method} {path} in {self.side}")
        who = f"tandem {scheduler.process}"
        if writing and faults.hit("answer_lost_late"):
            at_s = scheduler.clock.now + self._rng.random() * self._lag_s
            self._late.add(at_s, who, self.service, request)
            raise ConnectionLost
        cut = self._rng.randrange(1, operations) if operations > 1 and writing else 0
        if cut and faults.hit("half_applied"):
            self._run(cutting.first(request, cut), who, path)
            raise ConnectionLost
        if cut and faults.hit("throttled_mid_batch"):
            done = self._run(cutting.first(request, cut), who, path)
            return cutting.refuse_rest(request, done, cut) if done.status < 300 else done
        if not writing and self.side == "sales":
            return self._read(request, who, path)
        response = self._run(request, who, path)
        if faults.hit("creation_answer_lost" if cutting.creates(request) else "answer_lost"):
            raise ConnectionLost
        return response

    def _read(self, request: Request, who: str, path: str) -> Response:
        """A read of Sales by ids, perhaps from a replica that has not heard of the last writes."""
        response = self._run(request, who, path)
        if "PropertyValues" not in request.target or response.status != 200 or not self._replica.lags:
            return response
        return self._replica.answer(request.target.partition("&")[0], response)

    def _run(self, request: Request, who: str, path: str) -> Response:
        with self._observer.acting(who):
            response = self.service.handle(self._veil.seen(self.side, request))
        response = self._veil.over(self.side, request, response)
        if self.side == "bc" and not cutting.is_write(request):
            self._observer.look(request.target + request.body.decode("utf-8", "replace"))
        self._scheduler.note(f"{self.side} {request.method} {path}: {response.status}")
        if self._scheduler.trace.keep:
            self._remark(f"  > {_readable(request)}")
            self._remark(f"  < {response.body.decode('utf-8', 'replace')[:3000]}")
        if cutting.is_refused_creation(request, response):
            self._faults.count("batch_refused_as_a_whole")
        return response

    def _remark(self, text: str) -> None:
        self._scheduler.trace.remark(self._scheduler.clock.now, self._scheduler.who, text)

    def _damaged(self, request: Request, response: Response) -> Response:
        if not cutting.is_write(request) and self._faults.hit("truncated"):
            return replace(response, body=response.body[: len(response.body) // 2])
        return response


def _readable(request: Request) -> str:
    return f"{unquote(request.target)[-600:]} {request.body.decode('utf-8', 'replace')[:3000]}"
