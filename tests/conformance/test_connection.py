"""Setting the connection up: what must be given, what is checked, and what comes with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from local.simulation import world as simulation
from local.simulators.business_central.options import Permissions
from shared_code.settings import SettingError, read_settings
from shared_code.sync import views
from shared_code.sync.full_sync import Request, start
from shared_code.sync.identity_check import is_confirmed
from tests.conformance import scenes
from tests.sync import worlds

GIVEN = {
    "TENANT_ID": "72f988bf-86f1-41af-91ab-2d7cd011db47",
    "CLIENT_ID": "11111111-2222-3333-4444-555555555555",
    "CLIENT_SECRET": "not a secret",
    "BUSINESS_CENTRAL_ENVIRONMENT": "production",
    "BUSINESS_CENTRAL_COMPANIES": "cronus=d6079f35-affb-5d00-b382-28fccf9e4a20",
    "SALES_URL": "https://contoso.crm4.dynamics.com",
}


@pytest.mark.conforms("139196.DataverseCloudDefaultsToCommercialEndpoints")
def test_without_a_choice_the_commercial_cloud_is_meant() -> None:
    settings = read_settings(GIVEN)
    assert settings.authority == "https://login.microsoftonline.com"
    assert settings.business_central_url == "https://api.businesscentral.dynamics.com"


@pytest.mark.conforms("139196.DataverseCloudOverrideReturnsPartnerEndpoints")
def test_another_cloud_is_a_matter_of_two_addresses() -> None:
    other = {"AUTHORITY": "https://login.other.example", "BUSINESS_CENTRAL_URL": "https://bc.other.example/"}
    settings = read_settings({**GIVEN, **other})
    assert (settings.authority, settings.business_central_url) == (
        "https://login.other.example",
        "https://bc.other.example",
    )


@pytest.mark.conforms(
    "139196.ServerAddressRequiredToEnableO365",
    "139160.UserNameRequiredToEnable",
    "139314.VerifyWizardEmptyCRMServerAddress",
    "139314.CRMConnectionSetupCheckConnectRequiredFields",
    "139195.IsIntegrationEnabledWhenMissing",
    "139195.IsIntegrationEnabledWhenNotConfigured",
    "139195.TestConnectionWhenMissing",
    "139195.TestConnectionWhenNotConfigured",
)
@pytest.mark.parametrize("absent", sorted(GIVEN))
@pytest.mark.parametrize("blank", [False, True])
def test_nothing_starts_without_a_setting_and_the_message_names_it(absent: str, blank: bool) -> None:
    given = {**GIVEN, absent: " "} if blank else {k: v for k, v in GIVEN.items() if k != absent}
    with pytest.raises(SettingError, match=absent):
        read_settings(given)


@pytest.mark.conforms(
    "139193.ServerAddressShouldBeHTTPS", "139194.CDSConnectionWizardCheckModifyCDSConnectionURL"
)
@pytest.mark.parametrize(
    "address", ["http://contoso.crm4.dynamics.com", "ftp://contoso", "https://", "nonsense"]
)
def test_an_address_that_is_not_https_is_refused(address: str) -> None:
    with pytest.raises(SettingError, match=r"SALES_URL is wrong: .*https"):
        read_settings({**GIVEN, "SALES_URL": address})


@pytest.mark.conforms("139160.UrlValidationIsNotCaseSensitive")
def test_capitals_in_an_address_do_not_matter() -> None:
    assert read_settings({**GIVEN, "SALES_URL": "HTTPS://Contoso.CRM4.dynamics.com"}).sales_url


@pytest.mark.conforms(
    "139194.CDSConnectionWizardAllowsAnyServerAddressNoSetup",
    "139314.CRMConnectionWizardAllowsAnyServerAddressNoSetup",
)
def test_an_organisation_may_have_any_host() -> None:
    assert read_settings({**GIVEN, "SALES_URL": "https://sales.contoso.example"}).sales_url


@pytest.mark.conforms("139196.NoCDSConnectionOnCompanyOpen", "139160.NoCRMConnectionOnCompanyOpen")
def test_composing_the_app_asks_neither_system_anything() -> None:
    world = worlds.new_world(options=False)
    assert world.requests == {"bc": [], "sales": []}
    assert world.bc.env.log.summary()["requests"] == 0


@pytest.mark.conforms(
    "139195.TestConnectionWhenEnabled",
    "139196.ActionTestConnectionWhenIntegrationEnabled",
    "139160.TestConnectionAction",
)
def test_both_systems_are_asked_who_they_are_before_anything_else_and_health_says_so() -> None:
    world = worlds.new_world()
    assert is_confirmed(world.parts, world.at)
    assert {side: set(kinds) for side, kinds in world.requests.items()} == {
        "bc": {"identity"},
        "sales": {"identity"},
    }
    assert views.health_view(world.parts)["status"] == "ok"


@pytest.mark.conforms("139160.TestConnectionAction")
def test_a_connection_that_answers_as_another_system_is_stopped_and_health_says_why() -> None:
    world = worlds.synced()
    stored = world.at.identities.get()
    known = {**stored.known, "organizationId": "00000000-0000-0000-0000-00000000dead"}
    world.at.identities.put(replace(stored, known=known))
    world.parts.confirmed.clear()
    worlds.edit_bc(world, worlds.pair(world), city="Leeds")
    worlds.cycle(world)
    view = views.health_view(world.parts)
    assert view["status"] == "degraded"
    assert "organizationId" in view["connections"]["cronus"]["stoppedBecause"]
    assert worlds.account_of(world, worlds.pair(world))["address1_city"] != "Leeds"


@pytest.mark.bulk
@pytest.mark.conforms("139160.WorkingConnectionRequiredToEnable")
@pytest.mark.parametrize("side", ["bc", "sales"])
def test_nothing_is_synchronised_while_a_system_does_not_answer(side: str) -> None:
    world = worlds.new_world()
    refusing = scenes.Refusing(world.faults[side]._service)
    world.faults[side]._service = refusing
    start(world.parts, world.at, Request())
    worlds.cycles(world, 3)
    assert worlds.accounts(world) == []
    world.faults[side]._service = refusing.service
    worlds.cycles(world, 10, 120)
    assert len(worlds.accounts(world)) == 3


@pytest.mark.bulk
@pytest.mark.conforms(
    "139196.InvokeResetConfigurationCreatesNewMappings",
    "139160.EnableConnectionCanResetIntegrationTableMappingsIfEmpty",
)
def test_a_connection_over_empty_storage_has_all_mappings_and_looks_at_them() -> None:
    world = worlds.new_world()
    assert world.at.schedules.all() == {}
    worlds.full(world)
    assert sorted(world.at.schedules.all()) == sorted(world.at.mappings)
    worlds.edit_bc(world, worlds.pair(world), city="Leeds")
    worlds.cycle(world)
    assert worlds.account_of(world, worlds.pair(world))["address1_city"] == "Leeds"


@pytest.mark.conforms("139196.DisableConnectionNotificationConnectionSetup")
def test_a_missing_right_stops_one_mapping_alone_and_health_tells_the_reason() -> None:
    world = worlds.synced()
    options = world.bc.env.options
    allowed = [
        name for name in (*world.bc.env.types, "companies", "companyInformation") if name != "contacts"
    ]
    options.users = {
        simulation.CLIENT: Permissions(read=allowed, write=allowed),
        simulation.PERSON: Permissions(),
    }
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, city="Leeds")
    worlds.cycles(world, 2)
    view: dict[str, Any] = views.health_view(world.parts)
    assert view["status"] == "degraded"
    assert list(view["connections"]["cronus"]["disabled"]) == ["CONTACT"]
    assert view["connections"]["cronus"]["disabled"]["CONTACT"]
    assert worlds.account_of(world, pair)["address1_city"] == "Leeds"


@pytest.mark.conforms("139195.CheckBaseSolutionNotInstalled", "139160.NAVSolutionIsNotInstalledDrillDown")
def test_an_organisation_without_tandems_columns_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(simulation, "COLUMNS", [])
    world = worlds.new_world()
    line = worlds.full(world)["CUSTOMER"]
    assert line["jobQueueEntryStatus"] == "Error"
    assert "tandem_companyid" in line["message"]
