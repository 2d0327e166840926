"""The connection's settings on file: what counts, what is refused, and that no token goes elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import cast

import pytest

from local.simulation.world import StepRuntime
from local.simulators.wire import ManualClock
from shared_code.connecting import AppConnector, effective, settings_of, tokens_of
from shared_code.core.selection import Catalogue
from shared_code.settings import read_settings
from shared_code.store.connection_settings import ConnectionSettingsStore, Stored
from shared_code.store.memory import MemoryTables
from shared_code.store.table_list import TABLES
from shared_code.sync.parts import Parts
from shared_code.sync.setup import choosing
from shared_code.sync.setup.connector import SettingsRefused
from shared_code.systems.http import Client
from tests.unit.test_settings import GOOD

SECRET = GOOD["CLIENT_SECRET"]
NEEDED = ("SALES_URL", "BUSINESS_CENTRAL_ENVIRONMENT", "BUSINESS_CENTRAL_COMPANIES")
UNCONNECTED = {name: value for name, value in GOOD.items() if name not in NEEDED} | {"SIGN_IN": "app_service"}
CONNECTED = {name: GOOD[name] for name in NEEDED}


def _nobody() -> Client:
    raise AssertionError("no system is asked")


class Made:
    """A connector over storage in memory."""

    def __init__(self, environment: Mapping[str, str] = UNCONNECTED) -> None:
        self.clock = ManualClock()
        self.tables, self.runtime = MemoryTables(), StepRuntime(self.clock)
        self.tables.ensure(TABLES)
        self.on_file = ConnectionSettingsStore(self.tables)
        self.connector = self.another(environment)

    def another(self, environment: Mapping[str, str] = UNCONNECTED) -> AppConnector:
        stored = self.on_file.get()
        settings = settings_of(environment, stored)
        tokens = tokens_of(settings)
        return AppConnector(
            environment, self.on_file, stored, settings, self.runtime, self.tables, tokens, _nobody
        )


def test_an_app_with_pages_starts_without_a_connection_and_one_without_them_does_not() -> None:
    assert read_settings(UNCONNECTED).companies == ()
    with pytest.raises(Exception, match="is missing"):
        read_settings({**UNCONNECTED, "SIGN_IN": ""})


def test_half_a_connection_is_none() -> None:
    assert settings_of(UNCONNECTED, Stored({"SALES_URL": GOOD["SALES_URL"]})).companies == ()


@pytest.mark.conforms("139314.CRMConnectionWizardFinishShouldUpdateRealRecord")
def test_what_was_stored_is_in_force_for_every_process_within_a_while() -> None:
    made = Made()
    other = made.another()
    made.connector.store(CONNECTED)
    assert made.connector.is_replaced()
    assert not other.is_replaced()
    made.clock.now += 16
    assert other.is_replaced()
    assert settings_of(UNCONNECTED, made.on_file.get()).companies[0].name == "cronus"


@pytest.mark.conforms("139314.VerifyWizardWithExistedSetupCommonFieldsFalse")
def test_what_was_stored_by_the_guide_may_be_changed_by_it() -> None:
    made = Made()
    made.connector.store(CONNECTED)
    made.connector.store({"SALES_URL": "https://other.crm.dynamics.com"})
    assert made.connector.settings()["SALES_URL"] == "https://other.crm.dynamics.com"


def _parts(made: Made) -> Parts:
    """What the guide needs of an app: its connector."""
    return cast(Parts, SimpleNamespace(connector=made.connector, catalogue=Catalogue({})))


TEAM = "cronus=3c6fbd5c-8f0e-4b0c-9a53-9d5f2f1a7c10"


@pytest.mark.conforms("139196.EmptyCoupledBusinessUnitOnClearServerAddress")
def test_another_organisation_leaves_no_team_of_the_one_before_to_own_rows() -> None:
    made = Made()
    made.connector.store({**CONNECTED, "OWNING_TEAMS": TEAM})
    choosing.store(_parts(made), {"SALES_URL": "https://other.crm.dynamics.com"})
    assert made.connector.settings()["OWNING_TEAMS"] == ""


def test_a_team_that_the_app_settings_name_stays_with_any_organisation() -> None:
    made = Made()
    made.connector.store({**CONNECTED, "OWNING_TEAMS": TEAM})
    fixed = made.another({**UNCONNECTED, **CONNECTED, "SALES_URL": "", "OWNING_TEAMS": TEAM})
    parts = cast(Parts, SimpleNamespace(connector=fixed, catalogue=Catalogue({})))
    choosing.store(parts, {"SALES_URL": "https://other.crm.dynamics.com"})
    assert fixed.settings()["OWNING_TEAMS"] == TEAM


@pytest.mark.conforms("139314.VerifyWizardWithExistedSetupCommonFieldsTrue")
def test_what_the_app_settings_say_counts_and_cannot_be_changed_here() -> None:
    made = Made({**UNCONNECTED, "SALES_URL": "https://fixed.crm.dynamics.com"})
    with pytest.raises(SettingsRefused, match="fixed in the app settings"):
        made.connector.store({"SALES_URL": GOOD["SALES_URL"]})
    assert made.connector.settings()["SALES_URL"] == "https://fixed.crm.dynamics.com"
    assert effective({"SALES_URL": "a"}, {"SALES_URL": "b"})["SALES_URL"] == "a"


@pytest.mark.parametrize(
    "name",
    [
        "CLIENT_SECRET",
        "TENANT_ID",
        "SIGN_IN",
        "AzureWebJobsStorage",
        "BUSINESS_CENTRAL_URL",
        "AUTHORITY",
        "x" * 1000,
    ],
)
def test_nothing_but_the_connection_can_be_stored(name: str) -> None:
    with pytest.raises(SettingsRefused, match="no setting of a connection"):
        Made().connector.store({name: "x"})
    assert "CLIENT_SECRET" not in effective({}, {"CLIENT_SECRET": "x"})


def test_no_secret_is_told_back() -> None:
    assert SECRET not in str(Made().connector.settings())


def test_a_wrong_value_is_refused_and_nothing_is_kept() -> None:
    made = Made()
    with pytest.raises(SettingsRefused, match="BUSINESS_CENTRAL_COMPANIES"):
        made.connector.store({**CONNECTED, "BUSINESS_CENTRAL_COMPANIES": "x"})
    assert made.on_file.get() == Stored()
    made.connector.store(CONNECTED, only_check=True)
    assert made.on_file.get() == Stored()


def test_somebody_else_s_change_is_not_overwritten() -> None:
    made = Made()
    made.connector.store(CONNECTED)
    known = made.on_file.get()
    assert made.on_file.put(Stored({**known.values, "TIME_ZONE": "Europe/Paris"}, known.etag))
    assert not made.on_file.put(known)
    made.connector.store({"FEATURES": "vendors"})
    assert made.on_file.get().values["TIME_ZONE"] == "Europe/Paris"


def test_stored_settings_that_cannot_be_used_any_more_lead_back_to_the_guide() -> None:
    assert settings_of(UNCONNECTED, Stored({**CONNECTED, "FEATURES": "was_removed"})).companies == ()


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example", "http://contoso.crm4.dynamics.com", "https://dynamics.com.evil.example", "",
        "https://127.0.0.1", "http://localhost:7071", "https://169.254.169.254", "file:///etc/passwd",
        "https://contoso.crm4.dynamics.com@evil.example", "https://contoso.crm4.dynamics.com/api?x=1",
        "https://evil.example#.dynamics.com", "https://[::1", "https://evil.example\\.dynamics.com",
    ],
)  # fmt: skip
def test_a_token_is_sent_to_organisations_only(url: str) -> None:
    with pytest.raises(SettingsRefused, match="address of the organisation"):
        Made().connector.ask_sales(url)
    if url:
        with pytest.raises(SettingsRefused, match="address of the organisation"):
            Made().connector.store({**CONNECTED, "SALES_URL": url})
