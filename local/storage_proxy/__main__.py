"""Serves the proxy: ``python -m local.storage_proxy --service queue --to http://127.0.0.1:PORT --control``.

Prints one line of JSON with its URL once it is ready.  Faults are those of ``local.simulators.faults``, under
``/_control/faults``.
"""

from __future__ import annotations

import argparse

from local.simulators.faults import FaultPlan, FaultyService
from local.simulators.server import add_server_arguments, run_forever
from local.simulators.wire import SystemClock
from local.storage_proxy.answers import SERVICES, refusal
from local.storage_proxy.forwarding import Forwarding


def main() -> None:
    """Serve until told to stop."""
    args = _arguments()
    forwarding = Forwarding(args.service, args.to, args.longest_delay_s)
    clock = SystemClock()
    shape = refusal(args.service)
    run_forever(FaultyService(forwarding, FaultPlan(), clock, refusal=shape, control=args.control), args)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="local.storage_proxy", description=__doc__)
    add_server_arguments(parser)
    parser.add_argument("--service", choices=SERVICES, required=True)
    parser.add_argument("--to", required=True, metavar="URL", help="where the emulator's service listens")
    parser.add_argument(
        "--longest-delay-s", type=int, default=None, help="cut longer delays of new messages short"
    )
    parser.add_argument("--control", action="store_true", help="enable the routes under /_control/")
    return parser.parse_args()


if __name__ == "__main__":
    main()
