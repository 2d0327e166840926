"""Serves the simulator: ``python -m local.simulators.business_central --data DIR --tenant T ...``.

Prints one line of JSON with its URL once it is ready.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from local.simulators.business_central.loading import company_entry
from local.simulators.business_central.options import Options
from local.simulators.business_central.service import BusinessCentral, refusal
from local.simulators.clock_control import ClockedService
from local.simulators.faults import FaultPlan, FaultyService
from local.simulators.latency import LatentService
from local.simulators.server import add_server_arguments, run_forever
from local.simulators.storm import StormyService
from local.simulators.tokens import TokenVerifier, load_or_create_key
from local.simulators.webhook_sender import http_call
from local.simulators.wire import ShiftedClock, SystemClock

AUDIENCE = "https://api.businesscentral.dynamics.com"


def main() -> None:
    """Build the service from the command line and serve it until told to stop."""
    args = _arguments()
    clock = ShiftedClock(SystemClock())
    verifier = TokenVerifier(
        load_or_create_key(args.entra_key), clock, audiences=[AUDIENCE], tenants=[args.tenant]
    )
    options = Options(
        tenant_id=args.tenant,
        environment=args.environment,
        version=args.version,
        scheme="https" if args.tls_dir else "http",
        control=args.control,
        extension=args.extension,
        webhook_delay_s=args.webhook_delay_s,
    )
    service = BusinessCentral(clock, verifier, options, partial(http_call, allow_remote=False))
    for name in args.company or []:
        entry = company_entry(args.data, name)
        service.load_company(name, args.data / entry["dataFolder"], entry)
    faulty = FaultyService(service, FaultPlan(), clock, refusal=refusal, control=args.control)
    stormy = StormyService(faulty, clock, refusal=refusal, control=args.control)
    latent = LatentService(stormy, clock, control=args.control)
    run_forever(ClockedService(latent, clock, control=args.control), args, [service.pump], clock)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="local.simulators.business_central", description=__doc__)
    add_server_arguments(parser)
    parser.add_argument("--data", type=Path, required=True, help="folder with companies.json")
    parser.add_argument("--company", action="append", help="company to load; may be repeated")
    parser.add_argument("--tenant", required=True, help="tenant id")
    parser.add_argument("--environment", default="production")
    parser.add_argument("--version", type=int, default=26, help="major version of Business Central")
    parser.add_argument("--entra-key", type=Path, required=True, help="PEM file of the key that signs tokens")
    parser.add_argument("--webhook-delay-s", type=float, default=30.0)
    parser.add_argument("--extension", action="store_true", help="Tandem's own API is installed")
    parser.add_argument("--control", action="store_true", help="enable the routes under /_control/")
    return parser.parse_args()


if __name__ == "__main__":
    main()
