"""The token endpoint as a process of its own, sharing its key file with a service."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives import serialization

from local.simulators.entra.__main__ import arguments, directory_from
from local.simulators.entra.directory import FederatedCredential
from local.simulators.tokens import Identity, TokenVerifier, exchange_issuer_of, load_or_create_key, object_id
from local.simulators.wire import SystemClock
from tests.simulators.entra.conftest import APP, IDENTITY, RESOURCE, TENANT, Material

TIMEOUT_S = 10.0


def test_a_service_accepts_what_the_process_signs(tmp_path: Path) -> None:
    key_file, tls_dir = tmp_path / "key.pem", tmp_path / "tls"
    command = [
        sys.executable, "-m", "local.simulators.entra", "--tenant", TENANT, "--app", f"{APP}=se=cret",
        "--resource", RESOURCE, "--tls-dir", str(tls_dir), "--key-file", str(key_file), "--control",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        with requests.Session() as session:
            session.verify = str(tls_dir / "ca.pem")
            form = {
                "grant_type": "client_credentials", "client_id": APP, "client_secret": "se=cret",
                "scope": f"{RESOURCE}/.default",
            }  # fmt: skip
            token = session.post(f"{url}/{TENANT}/oauth2/v2.0/token", data=form, timeout=TIMEOUT_S).json()
            faults = session.get(f"{url}/_control/faults", timeout=TIMEOUT_S).json()
        verifier = TokenVerifier(load_or_create_key(key_file), SystemClock(), [RESOURCE], [TENANT])
        assert verifier.verify(f"Bearer {token['access_token']}") == Identity(TENANT, APP, None, RESOURCE)
        assert faults["waiting"] == 0
        process.terminate()
        assert process.wait(TIMEOUT_S) == 0
    finally:
        process.kill()
        process.communicate()


def test_the_command_line_describes_the_directory(tmp_path: Path, material: Material) -> None:
    certificate, public = tmp_path / "c.pem", tmp_path / "p.pem"
    certificate.write_text(material.certificate_pem())
    public.write_bytes(
        material.outside.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    args = arguments().parse_args(
        [
            "--tenant", TENANT, "--key-file", "k", "--app", f"{APP}=one", "--app", f"{APP}=two",
            "--app", "public",
            "--app-certificate", f"{APP}={certificate}", "--federate", f"{APP}={IDENTITY}",
            "--managed-identity", IDENTITY, "--federated-issuer", f"{APP}=https://ci,repo:x,{public}",
        ]
    )  # fmt: skip
    directory = directory_from(args)
    app, public_app = directory.applications
    assert (app.client_id, app.secrets) == (APP, frozenset({"one", "two"}))
    assert app.certificates == (material.certificate,)
    assert app.federated == (
        FederatedCredential(exchange_issuer_of(TENANT), object_id(TENANT, IDENTITY)),
        FederatedCredential("https://ci", "repo:x"),
    )
    assert (public_app.client_id, public_app.secrets) == ("public", frozenset())
    assert list(directory.issuer_keys) == ["https://ci"]


def test_a_federated_issuer_without_its_parts_is_refused() -> None:
    args = arguments().parse_args(["--tenant", TENANT, "--key-file", "k", "--federated-issuer", f"{APP}=x"])
    with pytest.raises(ValueError, match="ISSUER,SUBJECT,PUBLIC_KEY_FILE"):
        directory_from(args)
