"""Runs the token endpoint as a process: ``python -m local.simulators.entra --tenant ID ...``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from local.simulators.entra.directory import (
    Application,
    Directory,
    FederatedCredential,
    read_certificate,
    read_public_key,
)
from local.simulators.entra.service import EntraSimulator
from local.simulators.faults import FaultPlan, FaultyService
from local.simulators.server import add_server_arguments, run_forever
from local.simulators.tokens import exchange_issuer_of, load_or_create_key, object_id
from local.simulators.wire import SystemClock


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="local.simulators.entra", description=__doc__)
    add_server_arguments(parser)
    add = parser.add_argument
    add("--tenant", required=True, help="tenant id")
    add("--app", action="append", default=[], metavar="CLIENT_ID[=SECRET]", help="an app registration")
    add("--app-certificate", action="append", default=[], metavar="CLIENT_ID=PEM_FILE")
    add("--public", action="append", default=[], metavar="CLIENT_ID", help="a public client, too")
    add("--resource", action="append", default=[], metavar="URL", help="what tokens can be asked for")
    add("--managed-identity", action="append", default=[], metavar="CLIENT_ID")
    add("--identity-header", metavar="VALUE", help="what managed identity callers must send")
    add("--federate", action="append", default=[], metavar="CLIENT_ID=MANAGED_IDENTITY_CLIENT_ID")
    add("--federated-issuer", action="append", default=[], metavar="CLIENT_ID=ISSUER,SUBJECT,PUBLIC_KEY_FILE")
    add(
        "--key-file",
        type=Path,
        required=True,
        help="PEM signing key, shared with the services; made if absent",
    )
    add("--expires-in", type=int, default=3599, metavar="SECONDS")
    add("--control", action="store_true", help="enable /_control/, which mints any token")
    return parser


def directory_from(args: argparse.Namespace) -> Directory:
    """The directory that the arguments describe.  Raises ValueError or OSError."""
    outside = [_outside(value) for value in args.federated_issuer]
    named = [_pair(value)[0] for value in args.app + args.app_certificate + args.federate]
    named += [client_id for client_id, _, _ in outside]
    return Directory(
        tenant_id=args.tenant,
        applications=tuple(_application(client_id, args, outside) for client_id in dict.fromkeys(named)),
        resources=tuple(args.resource),
        issuer_keys={credential.issuer: read_public_key(file) for _, credential, file in outside},
        managed_identities=tuple(args.managed_identity),
        identity_header=args.identity_header,
    )


def _application(
    client_id: str, args: argparse.Namespace, outside: Sequence[tuple[str, FederatedCredential, Path]]
) -> Application:
    own = [
        FederatedCredential(exchange_issuer_of(args.tenant), object_id(args.tenant, identity))
        for identity in _values(args.federate, client_id)
    ]
    return Application(
        client_id=client_id,
        secrets=frozenset(secret for secret in _values(args.app, client_id) if secret),
        certificates=tuple(read_certificate(Path(file)) for file in _values(args.app_certificate, client_id)),
        public=client_id in args.public,
        federated=(*own, *(credential for name, credential, _ in outside if name == client_id)),
    )


def _values(pairs: Sequence[str], client_id: str) -> list[str]:
    return [value for name, value in map(_pair, pairs) if name == client_id]


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _outside(text: str) -> tuple[str, FederatedCredential, Path]:
    client_id, value = _pair(text)
    parts = value.split(",")
    if len(parts) != 3:
        raise ValueError("--federated-issuer takes CLIENT_ID=ISSUER,SUBJECT,PUBLIC_KEY_FILE")
    return client_id, FederatedCredential(parts[0], parts[1]), Path(parts[2])


def main() -> None:
    """Serve until told to stop."""
    args = arguments().parse_args()
    clock = SystemClock()
    simulator = EntraSimulator(
        directory_from(args), load_or_create_key(args.key_file), clock, lifetime_s=args.expires_in,
        control=args.control, scheme="https" if args.tls_dir else "http",
    )  # fmt: skip
    run_forever(FaultyService(simulator, FaultPlan(), clock, control=args.control), args)


if __name__ == "__main__":
    main()
