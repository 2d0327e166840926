"""Storage that holds what a file says, takes its time and counts: a process of its own, as the real one is.

``python -m local.page_times.storage --tables FILE``: a file that ``measuring`` has pickled just before.
"""

from __future__ import annotations

import argparse
import pickle
from pathlib import Path

from local.simulators.latency import Latency, LatentService
from local.simulators.server import add_server_arguments, run_forever
from local.simulators.table_storage import TableStorage
from local.simulators.wire import Request, Response, Service, SystemClock

STORAGE_MS = 10.0
"""Of one request to Table storage: a model, not a measurement."""
COUNT = "/_count"


class Counted:
    """A service whose requests are counted; ``COUNT`` tells how many there were."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._requests = 0

    def handle(self, request: Request) -> Response:
        if request.target == COUNT:
            return Response(200, {"Content-Type": "text/plain"}, str(self._requests).encode())
        self._requests += 1
        return self._service.handle(request)


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="local.page_times.storage", description=__doc__)
    add_server_arguments(parser)
    parser.add_argument("--tables", type=Path, required=True)
    args = parser.parse_args()
    tables = pickle.loads(args.tables.read_bytes())
    latent = LatentService(TableStorage(tables), SystemClock(), control=False)
    latent.set(Latency(request_ms=STORAGE_MS))
    run_forever(Counted(latent), args)


if __name__ == "__main__":
    main()
