"""What the HTTP functions for preparing Sales answer: a code to sign in with, and what was done by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from shared_code.core.features import Feature
from shared_code.core.records import Side
from shared_code.sync.api import Answer
from shared_code.sync.api_input import (
    BadInput,
    document_of,
    refuse_unknown,
    refuse_unknown_parameters,
    text_of,
)
from shared_code.sync.doctor.findings import Finding, worst
from shared_code.sync.parts import Parts, table_of
from shared_code.sync.setup import choosing
from shared_code.sync.setup.connector import SettingsRefused
from shared_code.sync.setup.option_values import add_options
from shared_code.sync.setup.preparing import Wanted, is_complete, prepare
from shared_code.systems.dataverse_installer import Installer
from shared_code.systems.dataverse_options import is_options
from shared_code.systems.interface import AccessDenied
from shared_code.systems.solution import packed

WAIT_S = 150.0
"""For an import: a request to a function may take 230 seconds in all."""
MAX_CODE = 4_000


def sign_in(parts: Parts, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /setup/sign-in: a code with which an administrator of Sales signs in elsewhere."""
    refuse_unknown_parameters(query)
    document = document_of(body)
    refuse_unknown(document, {"url"})
    try:
        begun = parts.connector.begin_sign_in(_url(parts, document))
    except (SettingsRefused, AccessDenied) as refused:
        raise BadInput("url", str(refused)) from None
    return Answer(200, {
        "userCode": begun.user_code, "address": begun.address, "deviceCode": begun.device_code,
        "expiresInSeconds": begun.expires_in_s, "intervalSeconds": begun.interval_s,
    })  # fmt: skip


def preparation(parts: Parts, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /setup/preparation: prepare Sales as whoever signed in by the code; nothing while nobody has."""
    refuse_unknown_parameters(query)
    document = document_of(body)
    refuse_unknown(document, {"url", "deviceCode"})
    code = text_of(document, "deviceCode")
    if not code or len(code) > MAX_CODE:
        raise BadInput("deviceCode", "name the code that sign-in answered")
    url = _url(parts, document)
    try:
        installer = parts.connector.installer(url, code)
    except SettingsRefused as refused:
        raise BadInput("url", str(refused)) from None
    except AccessDenied as denied:
        raise BadInput("deviceCode", str(denied)) from None
    if installer is None:
        return Answer(200, {"signedIn": False})
    return Answer(200, _prepared(parts, installer, url))


def _prepared(parts: Parts, installer: Installer, url: str) -> dict[str, Any]:
    solution, until_s = packed(), parts.runtime.now() + WAIT_S
    wanted = Wanted(parts.connector.client_id(), solution, _tracked(parts), until_s)
    found: list[Finding] = list(prepare(installer, wanted, parts.runtime))
    if is_complete(found):
        choosing.store(parts, {"SALES_URL": url})
        for at in parts.connections.values():
            found += add_options(installer.choices, at)
    return {
        "signedIn": True,
        "complete": is_complete(found),
        "status": str(worst(found)),
        "findings": [{name: str(value) for name, value in asdict(each).items()} for each in found],
    }


def _tracked(parts: Parts) -> set[str]:
    """The tables of Sales whose changes are asked for: of the mappings there are, else of all."""
    chosen = [each for at in parts.connections.values() for each in at.mappings.values()]
    mappings = chosen or choosing.mappings_of(parts.catalogue, frozenset(Feature))
    tables = [table_of(each, Side.SALES) for each in mappings]
    return {each.name for each in tables if each.tracked and not is_options(each)}


def _url(parts: Parts, document: Mapping[str, Any]) -> str:
    url = text_of(document, "url") or parts.connector.settings().get("SALES_URL", "")
    if not url:
        raise BadInput("url", "write the address of the organisation")
    return url.strip().rstrip("/")
