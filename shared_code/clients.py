"""The clients of both systems, one pooled session each, with the permits that all instances share."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from shared_code.connecting import POOL_SIZE
from shared_code.core.telemetry import SILENT, Telemetry
from shared_code.runtime import Runtime
from shared_code.settings import Settings
from shared_code.store.permits import LeasedPermits
from shared_code.store.tables import Tables
from shared_code.systems.auth import BUSINESS_CENTRAL_SCOPE, Tokens, WebServiceKey
from shared_code.systems.http import BY_KEY, BY_TOKEN, Client
from shared_code.systems.retry import BRIEF, PATIENT, Patience
from shared_code.systems.session import new_session

BC_PERMITS, SALES_PERMITS, SALES_CEILING = 4, 8, 24
"""Requests in flight of one service user over all instances: Business Central serves five at once and one
stays free for people who wait; Dataverse's own hint raises its number up to the ceiling."""


class Clients:
    """One pooled client per system, and one of Business Central for people who wait."""

    def __init__(
        self,
        settings: Settings,
        runtime: Runtime,
        tokens: Tokens,
        tables: Tables,
        on_request: Callable[[str, str], None] = lambda side, kind: None,
        telemetry: Telemetry = SILENT,
    ) -> None:
        self.telemetry = telemetry
        self._settings, self._tokens, self._tables, self._runtime = settings, tokens, tables, runtime
        self._on_request = on_request
        self.business_central_session = new_session(
            POOL_SIZE, settings.ca_bundle or None, settings.business_central_authorities
        )
        self.sales_session = new_session(POOL_SIZE, settings.ca_bundle or None)
        permits = LeasedPermits(runtime, tables, self._user, BC_PERMITS, BC_PERMITS)
        self.business_central = self._business_central(permits)
        self.sales = Client(
            self.sales_session,
            tokens,
            f"{settings.sales_url}/.default",
            runtime,
            LeasedPermits(runtime, tables, f"sales|{settings.client_id}", SALES_PERMITS, SALES_CEILING),
            system_name="Sales",
            on_request=lambda kind: on_request("sales", kind),
            side="sales",
            telemetry=telemetry,
        )

    @cached_property
    def interactive(self) -> Client:
        """Business Central for people who wait: it has the permit that stays free for them, and no refusal
        that synchronising met closes it."""
        permits = LeasedPermits(self._runtime, self._tables, f"{self._user}|interactive", 1, 1)
        return self._business_central(permits, BRIEF)

    @property
    def _user(self) -> str:
        """Whose requests Business Central counts together."""
        return f"bc|{self._settings.business_central_user or self._settings.client_id}"

    def _business_central(self, permits: LeasedPermits, patience: Patience = PATIENT) -> Client:
        settings = self._settings
        key = WebServiceKey(settings.business_central_user, settings.business_central_key)
        return Client(
            self.business_central_session,
            key if settings.on_premises else self._tokens,
            BUSINESS_CENTRAL_SCOPE,
            self._runtime,
            permits,
            system_name="Business Central",
            on_request=lambda kind: self._on_request("bc", kind),
            patience=patience,
            sign_in=BY_KEY if settings.on_premises else BY_TOKEN,
            side="bc",
            telemetry=self.telemetry,
        )
