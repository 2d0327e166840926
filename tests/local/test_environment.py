"""A whole environment with the stand-in app: what people and tests can do with it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from local.environment import COMPANY, Environment, Refused
from local.environment.people import BUSINESS_CENTRAL_AUDIENCE, all_pages
from local.simulators.faults import Fault
from shared_code.core.features import Feature
from shared_code.settings import Settings, read_settings

pytestmark = [pytest.mark.host, pytest.mark.storage]

PATIENCE_S = 15.0


def await_true(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)  # between two looks at the condition


def token_of(settings: Settings, scope: str) -> str:
    """As the app gets it: with its secret, over TLS, trusting the test authority alone."""
    form = {
        "grant_type": "client_credentials", "client_id": settings.client_id,
        "client_secret": settings.client_secret, "scope": scope,
    }  # fmt: skip
    url = f"{settings.authority}/{settings.tenant_id}/oauth2/v2.0/token"
    answer = requests.post(url, data=form, verify=settings.ca_bundle, timeout=10)
    return str(answer.json()["access_token"])


def test_a_bookkeeper_reads_and_changes_business_central(environment: Environment) -> None:
    bc = environment.people.bc
    assert len(bc.list("customers")) == 66
    assert [each["city"] for each in bc.list("customers", filter="number eq '10000'")] == ["Birmingham"]
    made = bc.create("customers", {"displayName": "Łódź & Søn"})
    changed = bc.patch("customers", made["id"], {"city": "Αθήνα"}, made["@odata.etag"])
    assert bc.get("customers", made["id"])["city"] == changed["city"] == "Αθήνα"
    with pytest.raises(Refused) as stale:
        bc.patch("customers", made["id"], {"city": "Oslo"}, made["@odata.etag"])
    assert stale.value.status in (409, 412)
    bc.delete("customers", made["id"])
    assert len(bc.list("customers")) == 66


def test_a_salesperson_reads_and_changes_sales_in_her_own_name(environment: Environment) -> None:
    sales = environment.people.sales
    made = sales.create("accounts", {"name": "X & Y"})
    me = sales.list("systemusers", filter=f"domainname eq '{sales.id}'")[0]["systemuserid"]
    assert made["_modifiedby_value"] == me
    assert sales.patch("accounts", made["accountid"], {"address1_city": "Łódź"})["address1_city"] == "Łódź"
    assert sales.get("accounts", made["accountid"], ["name"])["name"] == "X & Y"
    sales.delete("accounts", made["accountid"])
    with pytest.raises(Refused) as gone:
        sales.patch("accounts", made["accountid"], {"name": "Z"})
    assert gone.value.status in (404, 412)


def test_lists_go_on_over_all_pages(environment: Environment) -> None:
    environment.sales_control.reset_requests()
    contacts = environment.bc_control.counts()[COMPANY]["contacts"]
    assert len(environment.people.bc.list("contacts")) == contacts > 500
    prefer = {"Prefer": "odata.maxpagesize=50"}
    assert len(all_pages(environment.people.sales.talk, "contacts?$select=fullname", prefer)) == 154
    assert environment.sales_control.requests()["requestsTotal"] == 4


def test_sales_is_prepared_as_an_administrator_would(environment: Environment) -> None:
    people = environment.people
    codes = {each["code"] for each in people.bc.list("paymentTerms")}
    assert len(codes) == 11
    assert codes <= people.admin.option_labels("account", "paymenttermscode").keys()
    agents = {each["code"] for each in environment.bc_control.dump(COMPANY, "tandem/shippingAgents")}
    options = people.admin.option_labels("account", "address1_shippingmethodcode")
    assert len(agents) == 4
    # FedEx is there from the start: an option that differs in capitals only is not added.
    assert Counter(each.upper() for each in options) >= Counter(agents)
    assert max(Counter(each.upper() for each in options).values()) == 1
    shipments = {each["code"] for each in people.bc.list("shipmentMethods")}
    assert shipments <= people.admin.option_labels("account", "address1_freighttermscode").keys()
    licensed = people.admin.list("systemusers", filter="islicensed eq true and isintegrationuser eq false")
    assert len(licensed) == 29 + 8
    for table in ("account", "contact", "transactioncurrency"):
        column = people.admin.talk.json(
            "GET",
            f"EntityDefinitions(LogicalName='{table}')/Attributes(LogicalName='tandem_companyid')"
            "/Microsoft.Dynamics.CRM.StringAttributeMetadata?$select=MaxLength",
        )
        assert column["MaxLength"] == 36


def test_the_product_reads_the_settings_and_they_open_both_systems(environment: Environment) -> None:
    settings = read_settings(environment.settings)
    assert [each.name for each in settings.companies] == ["cronus"]
    assert settings.companies[0].id == environment.people.companies[COMPANY]
    assert (settings.features, settings.mappings) == (frozenset(Feature), ())
    for scope, url in (
        (BUSINESS_CENTRAL_AUDIENCE, f"{settings.business_central_url}/v2.0/production/api/v2.0/companies"),
        (settings.sales_url, f"{settings.sales_url}/api/data/v9.2/WhoAmI"),
    ):
        headers = {"Authorization": f"Bearer {token_of(settings, f'{scope}/.default')}"}
        assert requests.get(url, headers=headers, timeout=10).status_code == 200


def test_the_apps_user_may_not_change_metadata(environment: Environment) -> None:
    settings = read_settings(environment.settings)
    headers = environment.people._tokens.headers_of(settings.sales_url, client_id=settings.client_id)
    words = {"LocalizedLabels": [{"Label": "NEW", "LanguageCode": 1033}]}
    body = {"EntityLogicalName": "account", "AttributeLogicalName": "paymenttermscode", "Label": words}
    refused = requests.post(
        f"{settings.sales_url}/api/data/v9.2/InsertOptionValue", json=body, headers=headers(), timeout=10
    )
    assert refused.status_code == 403


def test_control_counts_what_was_asked_and_begins_anew(environment: Environment) -> None:
    environment.bc_control.reset_requests()
    environment.sales_control.reset_requests()
    environment.people.bc.list("currencies")
    environment.people.sales.list("accounts", select="name")
    assert environment.bc_control.requests()["by_kind"] == {"GET currencies": 1}
    assert environment.sales_control.requests()["requests"] == {"GET accounts": 1}
    assert environment.bc_control.counts()[COMPANY]["customers"] == 66
    assert environment.sales_control.counts()["account"] == 66


def test_an_exchange_rate_can_be_entered_as_a_bookkeeper_does(environment: Environment) -> None:
    environment.bc_control.exchange_rate(COMPANY, "EUR", 0.87)
    rates = environment.people.bc.list("currencyExchangeRates", filter="currencyCode eq 'EUR'")
    assert 0.87 in [each["relationalExchangeRateAmount"] for each in rates]
    assert environment.bc_control.dump(COMPANY, "paymentTerms")[0]["code"]
    assert environment.sales_control.dump("territory")[0]["name"]


def test_a_user_of_business_central_can_lose_a_right(environment: Environment) -> None:
    control, bc = environment.bc_control, environment.people.bc
    control.reset_requests()
    bc.list("currencies")
    (user,) = control.requests()["by_user"]
    control.set_rights(user, read=["customers"])
    with pytest.raises(Refused) as refused:
        bc.list("currencies")
    assert refused.value.status == 403
    control.set_rights(user)
    assert bc.list("currencies")


def test_a_fault_can_be_aimed_at_the_next_request(environment: Environment) -> None:
    environment.sales_control.fail_next(Fault.STATUS_503, method="GET", path="/territories")
    with pytest.raises(Refused) as refused:
        environment.people.sales.list("territories")
    assert refused.value.status == 503
    assert len(environment.people.sales.list("territories")) == 10


def test_the_app_is_called_with_its_key(environment: Environment) -> None:
    assert environment.api.get("health")["status"] == "ok"
    assert environment.api.post("echo", {"name": "Łódź"}) == {"name": "Łódź"}
    assert requests.get(f"{environment.host.url}/api/health", timeout=10).status_code == 401
    assert "nightly" in environment.host.functions()


def test_a_timer_runs_when_asked_and_works_on_the_storage(environment: Environment) -> None:
    environment.host.run_timer("nightly")
    await_true(lambda: str(environment.host.pid) in environment.api.get("runs"))


def test_a_killed_host_is_gone_and_comes_back_at_its_address(environment: Environment) -> None:
    before = environment.host.pid
    environment.kill_host("host-1")
    assert environment.host.pid is None
    with pytest.raises(requests.ConnectionError):
        environment.host.api.get("health")
    environment.start_host("host-1")
    assert environment.api.get("health")["pid"] == environment.host.pid != before
    environment.host.restart()
    assert environment.api.get("health")["pid"] == environment.host.pid


def test_keys_and_secrets_are_not_in_the_logs(environment: Environment) -> None:
    secret = environment.settings["CLIENT_SECRET"]
    logs = [path.read_text("utf-8") for path in Path(environment.processes.logs).glob("*.log")]
    assert logs
    assert not any(secret in text for text in logs)
