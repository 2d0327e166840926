"""Runs the simulator as a process: ``python -m local.simulators.dataverse --tenant ID ...``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from local.simulators.clock_control import ClockedService
from local.simulators.dataverse.added_tables import added_tables
from local.simulators.dataverse.loading import table_of_file
from local.simulators.dataverse.options import Options
from local.simulators.dataverse.replies import gateway_refusal
from local.simulators.dataverse.service import Dataverse
from local.simulators.dataverse.webhooks import Deliver
from local.simulators.faults import FaultPlan, FaultyService
from local.simulators.latency import LatentService
from local.simulators.server import add_server_arguments, run_forever
from local.simulators.storm import StormyService
from local.simulators.tokens import TokenVerifier, load_or_create_key
from local.simulators.webhook_sender import http_deliver
from local.simulators.wire import Clock, ShiftedClock, SystemClock


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="local.simulators.dataverse", description=__doc__)
    add_server_arguments(parser)
    add = parser.add_argument
    add("--data", type=Path, help="folder of the files to load")
    add("--load", nargs="*", default=[], metavar="FILE", help="files named after entity sets")
    add("--tenant", required=True, help="tenant id")
    add("--entra-key", type=Path, required=True, help="PEM key that tokens are signed with")
    add("--org-url", default="", help="address of the organisation; by default the one served")
    add("--audience", action="append", default=[], metavar="URL", help="further audience of tokens")
    add("--user", action="append", default=[], metavar="CLIENT_ID[=NAME]", help="an application user")
    add("--tables", type=Path, help="JSON list of tables to add")
    add("--columns", type=Path, help="JSON list of columns to add")
    add("--keys", type=Path, help="JSON list of alternate keys to add")
    add("--option", action="append", default=[], metavar="NAME=JSON", help="set an option")
    add("--no-bulk", action="store_true", help="no table takes the bulk messages")
    add("--allow-remote-webhooks", action="store_true", help="call receivers on other machines too")
    add("--control", action="store_true", help="enable /_control/")
    return parser


def options_from(args: argparse.Namespace) -> Options:
    """The options that the arguments describe.  Raises ValueError, TypeError or OSError."""
    given: dict[str, Any] = {name: json.loads(text) for name, text in map(_pair, args.option)}
    if args.no_bulk:
        given["bulk"] = {}
    for name in ("columns", "keys"):
        if getattr(args, name) is not None:
            given[name] = json.loads(getattr(args, name).read_text(encoding="utf-8"))
    if args.tables is not None:
        given["tables"] = added_tables(json.loads(args.tables.read_text(encoding="utf-8")))
    scheme = "https" if args.tls_dir else "http"
    given["org_url"] = args.org_url or f"{scheme}://{args.host}:{args.port}"
    return Options(auto_users=not args.user, **given)


def service_from(args: argparse.Namespace, clock: Clock) -> Dataverse:
    """The service that the arguments describe, with its data loaded."""
    options = options_from(args)
    audiences = [options.org_url, *args.audience]
    verifier = TokenVerifier(load_or_create_key(args.entra_key), clock, audiences, [args.tenant])
    users = {client_id: {"name": name or client_id} for client_id, name in map(_pair, args.user)}
    deliver: Deliver = partial(
        _deliver, timeout_s=options.webhook_timeout_s, allow_remote=args.allow_remote_webhooks
    )
    service = Dataverse(
        clock, verifier, options, tenant_id=args.tenant, users=users, deliver=deliver, control=args.control
    )
    records: dict[str, list[Any]] = {}
    for name in args.load:
        path = (args.data or Path()) / name
        rows = json.loads(path.read_text(encoding="utf-8"))
        records.setdefault(table_of_file(service.org.schema, path).name, []).extend(rows)
    service.load(records)
    return service


def _deliver(
    url: str, headers: Mapping[str, str], body: bytes, *, timeout_s: float, allow_remote: bool
) -> int:
    return http_deliver(url, headers, body, timeout_s, allow_remote=allow_remote)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def main() -> None:
    """Serve until told to stop."""
    args = arguments().parse_args()
    if not args.org_url and args.port == 0:
        arguments().error("give --port or --org-url: links in answers need the organisation's address")
    clock = ShiftedClock(SystemClock())
    service = service_from(args, clock)
    faulty = FaultyService(service, FaultPlan(), clock, refusal=gateway_refusal, control=args.control)
    stormy = StormyService(faulty, clock, refusal=gateway_refusal, control=args.control)
    latent = LatentService(stormy, clock, control=args.control)
    run_forever(ClockedService(latent, clock, control=args.control), args, [service.pump], clock)


if __name__ == "__main__":
    main()
