"""Settings that people make on a page, and systems that are asked before they are connected."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from shared_code.runtime import Runtime
from shared_code.settings import LOOPBACK, SettingError, Settings, read_settings
from shared_code.store.connection_settings import ConnectionSettingsStore, Stored
from shared_code.store.permits import LeasedPermits
from shared_code.store.tables import StoreError, Tables
from shared_code.sync.setup.connector import CompanyFound, SettingsRefused
from shared_code.systems import business_central_batch as batch
from shared_code.systems import odata
from shared_code.systems.auth import (
    Certificate,
    Credential,
    EntraTokens,
    Federated,
    FixedTokens,
    Secret,
    Tokens,
    managed_identity_assertion,
)
from shared_code.systems.business_central import api_root, own_root
from shared_code.systems.dataverse import Dataverse
from shared_code.systems.dataverse_installer import Installer
from shared_code.systems.device_sign_in import Begun, DeviceSignIn
from shared_code.systems.http import Client
from shared_code.systems.interface import SettingWrong, SystemUnavailable
from shared_code.systems.retry import BRIEF, PATIENT, Patience
from shared_code.systems.session import new_session

CONNECTION = (
    "SALES_URL", "BUSINESS_CENTRAL_ENVIRONMENT", "BUSINESS_CENTRAL_COMPANIES", "FEATURES", "MAPPINGS",
    "TEMPLATES", "ORDER_ACCOUNTS", "OWNING_TEAMS", "TIME_ZONE", "LOOK_BACK_SECONDS", "JOURNAL_MONTHS",
    "SETTLE_SECONDS",
)  # fmt: skip
"""Settings that people may also make in the setup guide, where there are pages.  None of them is secret, and
none sends a token elsewhere: the address of Business Central is not among them."""

ORGANISATIONS = (".dynamics.com", ".dynamics.us", ".dynamics.cn", ".appsplatform.us")
"""How addresses of organisations end (Microsoft docs: power-platform/admin/new-datacenter-regions and the
pages on government and China): a token of Tandem's goes nowhere else."""
_ORGANISATION = re.compile(r"https://[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){2,4}", re.IGNORECASE)
_THIS_MACHINE = re.compile(r"https?://(localhost|127\.0\.0\.1):\d{1,5}")
POOL_SIZE = 32
"""Connections that a client keeps open."""
MAX_COMPANIES = 200
LOOK_EVERY_S = 15.0
"""How long a process may go on with settings that were replaced."""


def effective(environment: Mapping[str, str], stored: Mapping[str, str]) -> dict[str, str]:
    """The app's settings, and what people stored where those name nothing."""
    own = {name: value for name, value in environment.items() if value.strip()}
    return {name: value for name, value in stored.items() if name in CONNECTION} | own


def settings_of(environment: Mapping[str, str], stored: Stored) -> Settings:
    """The settings in force.  Stored ones that cannot be used (any more) count as none: people see the guide
    again instead of an app that does not start."""
    try:
        return read_settings(effective(environment, stored.values))
    except SettingError as error:
        if not stored.values:
            raise
        logging.getLogger("tandem").error("the stored connection cannot be used: %s", error)
        return read_settings(environment)


class AppConnector:
    """The connector of an app: ``settings`` are those in force when ``stored`` was read."""

    def __init__(
        self, environment: Mapping[str, str], store: ConnectionSettingsStore, stored: Stored,
        settings: Settings, runtime: Runtime, tables: Tables, tokens: Tokens,
        business_central: Callable[[], Client],
    ) -> None:  # fmt: skip
        self._environment, self._store, self._stored = environment, store, stored
        self._settings, self._runtime, self._tables = settings, runtime, tables
        self._tokens, self._business_central = tokens, business_central
        self._looked_s = runtime.now()
        self._replaced = False

    def settings(self) -> Mapping[str, str]:
        found = effective(self._environment, self._store.get().values)
        return {name: found.get(name, "") for name in CONNECTION}

    def fixed(self) -> frozenset[str]:
        return frozenset(name for name in CONNECTION if self._environment.get(name, "").strip())

    def store(self, changes: Mapping[str, str], *, only_check: bool = False) -> None:
        for name in changes:
            if name not in CONNECTION:
                raise SettingsRefused(f"{name[:40]} is no setting of a connection.")
            if name in self.fixed() and changes[name] != self._environment[name].strip():
                raise SettingsRefused(f"{name} is fixed in the app settings; change it there.")
        if changes.get("SALES_URL", "").strip():
            self._refuse_elsewhere(changes["SALES_URL"].strip())
        known = self._store.get()
        values = {name: value.strip() for name, value in {**known.values, **changes}.items()}
        kept = {name: value for name, value in values.items() if value and name not in self.fixed()}
        try:
            read_settings(effective(self._environment, kept))
        except SettingError as error:
            raise SettingsRefused(str(error)) from None
        if only_check:
            return
        if not self._store.put(Stored(kept, known.etag)):
            raise SettingsRefused("Somebody else changed the settings at this moment. Look again.")
        self._replaced = True

    def is_replaced(self) -> bool:
        """Whether other settings are in force by now; storage is asked every while."""
        now_s = self._runtime.now()
        if not self._replaced and not 0 <= now_s - self._looked_s < LOOK_EVERY_S:
            self._looked_s = now_s
            try:
                self._replaced = self._store.get().etag != self._stored.etag
            except StoreError:
                return False  # Whoever asked for the parts will meet the same, and tell.
        return self._replaced

    def ask_sales(self, url: str) -> Mapping[str, str]:
        address = url.strip().rstrip("/")
        self._refuse_elsewhere(address)
        client = self._client(f"{address}/.default")
        try:
            return Dataverse(client, address).identity()
        except SettingWrong as wrong:
            raise SettingsRefused(str(wrong)) from None

    def _refuse_elsewhere(self, address: str) -> None:
        """A token of ours is sent to organisations only, and locally to this machine."""
        local = urlsplit(self._settings.authority).hostname in LOOPBACK and _THIS_MACHINE.fullmatch(address)
        online = _ORGANISATION.fullmatch(address) and address.lower().endswith(ORGANISATIONS)
        if not (local or online):
            raise SettingsRefused(
                "Write the address of the organisation, such as https://contoso.crm4.dynamics.com, without "
                "anything behind it."
            )

    def companies(self, environment: str) -> Sequence[CompanyFound]:
        settings = self._settings
        root = own_root(settings.business_central_url) if settings.on_premises else ""
        root = root or api_root(settings.business_central_url, settings.tenant_id, environment.strip())
        address = odata.address("companies", select="id,name,displayName")
        part = batch.Part("GET", address, batch.READ_PRIMARY)
        try:
            _, (found,) = batch.get(self._business_central(), root, "identity", [part])
        except SettingWrong as wrong:
            raise SettingsRefused(f"There is no environment of that name. {wrong}") from None
        try:
            rows = odata.mapping(found)["value"]
            entries = [odata.mapping(each) for each in rows if each] if isinstance(rows, list) else []
            return [_company(each) for each in entries[:MAX_COMPANIES]]
        except (ValueError, KeyError) as error:
            raise SystemUnavailable(f"Business Central's companies: {error}. Try again later.") from error

    def client_id(self) -> str:
        return self._settings.client_id

    def signs_in_by_key(self) -> bool:
        return self._settings.on_premises

    def begin_sign_in(self, url: str) -> Begun:
        address = url.strip().rstrip("/")
        self._refuse_elsewhere(address)
        return self._device_sign_in().begin(address)

    def installer(self, url: str, device_code: str) -> Installer | None:
        address = url.strip().rstrip("/")
        self._refuse_elsewhere(address)
        token = self._device_sign_in().redeem(device_code)
        if token is None:
            return None
        return Installer(self._client(f"{address}/.default", FixedTokens(token), PATIENT), address)

    def _device_sign_in(self) -> DeviceSignIn:
        settings = self._settings
        return DeviceSignIn(
            f"{settings.authority}/{settings.tenant_id}",
            settings.client_id,
            new_session(2, settings.ca_bundle or None),
            well_known=settings.authority.endswith(WELL_KNOWN_CLOUDS),
        )

    def _client(self, scope: str, tokens: Tokens | None = None, patience: Patience = BRIEF) -> Client:
        """A client of an organisation that is not connected, with our own tokens or another's."""
        permits = LeasedPermits(self._runtime, self._tables, f"setup|{self._settings.client_id}", 1, 1)
        session = new_session(2, self._settings.ca_bundle or None)
        own = tokens or self._tokens
        return Client(session, own, scope, self._runtime, permits, system_name="Sales", patience=patience)


def _company(row: Mapping[str, object]) -> CompanyFound:
    name = str(row.get("displayName") or "") or odata.text(row, "name")
    return CompanyFound(odata.guid(odata.text(row, "id")), name)


def tokens_of(settings: Settings) -> Tokens:
    """Tokens of Entra for the app, by its secret, certificate or identity."""
    session = new_session(POOL_SIZE, settings.ca_bundle or None)
    return EntraTokens(
        f"{settings.authority}/{settings.tenant_id}",
        settings.client_id,
        credential_of(settings),
        session,
        well_known=settings.authority.endswith(WELL_KNOWN_CLOUDS),
    )


WELL_KNOWN_CLOUDS = (".microsoftonline.com", ".microsoftonline.us", ".partner.microsoftonline.cn")


def credential_of(settings: Settings) -> Credential:
    """What the app proves with who it is: a secret, a certificate, or its managed identity."""
    if settings.client_secret:
        return Secret(settings.client_secret)
    if settings.client_certificate:
        own = settings.client_certificate
        return Certificate(own.private_key, own.public_certificate)
    session = new_session(2, settings.ca_bundle or None)
    return Federated(managed_identity_assertion(settings.managed_identity_client_id, session))
