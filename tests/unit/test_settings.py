"""Settings: each wrong or missing one is told in one line that names it and says what to do."""

from __future__ import annotations

from pathlib import Path

import certifi
import pytest

from shared_code.compose import check_settings, codes_of
from shared_code.core.features import Feature
from shared_code.setting_list import SETTINGS
from shared_code.settings import Company, SettingError, read_settings

ID = "d6079f35-affb-5d00-b382-28fccf9e4a20"
GOOD = {
    "TENANT_ID": "72f988bf-86f1-41af-91ab-2d7cd011db47",
    "CLIENT_ID": "11111111-2222-3333-4444-555555555555",
    "CLIENT_SECRET": "s3cr3t-of-the-registration",
    "BUSINESS_CENTRAL_ENVIRONMENT": "production",
    "BUSINESS_CENTRAL_COMPANIES": f"cronus={ID}",
    "SALES_URL": "https://contoso.crm4.dynamics.com",
}


def wrong(**changes: str) -> str:
    """The one line that a start with these changes ends with."""
    with pytest.raises(SettingError) as caught:
        read_settings({**GOOD, **changes})
    text = str(caught.value)
    assert text
    assert "\n" not in text
    assert "\r" not in text
    return text


def test_good_settings_are_read() -> None:
    settings = read_settings(GOOD)
    assert settings.companies == (Company("cronus", ID),)
    assert (settings.look_back_s, settings.settle_s) == (600, 1200)


@pytest.mark.parametrize("name", ["TENANT_ID", "CLIENT_ID", "BUSINESS_CENTRAL_ENVIRONMENT",
                                  "BUSINESS_CENTRAL_COMPANIES", "SALES_URL"])  # fmt: skip
@pytest.mark.parametrize("value", ["", "   "])
def test_a_missing_setting_is_named_with_its_meaning_and_an_example(name: str, value: str) -> None:
    text = wrong(**{name: value})
    setting = next(each for each in SETTINGS if each.name == name)
    assert text.startswith(f"{name} is missing")
    assert setting.meaning in text
    assert setting.example in text


WRONG = [
    ("TENANT_ID", "contoso.onmicrosoft.com"),
    ("TENANT_ID", GOOD["TENANT_ID"] + "0"),
    ("TENANT_ID", "{" + GOOD["TENANT_ID"] + "}"),
    ("CLIENT_ID", "my app"),
    ("BUSINESS_CENTRAL_COMPANIES", "CRONUS International Ltd."),
    ("BUSINESS_CENTRAL_COMPANIES", f"Cronus={ID}"),
    ("BUSINESS_CENTRAL_COMPANIES", f"a|b={ID}"),
    ("BUSINESS_CENTRAL_COMPANIES", f"={ID}"),
    ("BUSINESS_CENTRAL_COMPANIES", "cronus="),
    ("BUSINESS_CENTRAL_COMPANIES", f"cronus={ID},"),
    ("BUSINESS_CENTRAL_COMPANIES", f"cronus={ID},cronus={GOOD['TENANT_ID']}"),
    ("BUSINESS_CENTRAL_COMPANIES", f"one={ID},two={ID}"),
    ("BUSINESS_CENTRAL_COMPANIES", f"one={ID},two={ID.upper()}"),
    ("BUSINESS_CENTRAL_COMPANIES", f"{'x' * 40}={ID}"),
    ("BUSINESS_CENTRAL_COMPANIES", f"one\ntwo={ID}"),
    ("FEATURES", "magic"),
    ("FEATURES", "unit_groups"),
    ("FEATURES", "account_statistics"),
    ("SALES_URL", "contoso.crm4.dynamics.com"),
    ("SALES_URL", "http://contoso.crm4.dynamics.com"),
    ("SALES_URL", "ftp://contoso"),
    ("SALES_URL", "https://"),
    ("SALES_URL", "https://contoso.example?x=1"),
    ("SALES_URL", "https://contoso.example#x"),
    ("SALES_URL", "https://[broken"),
    ("BUSINESS_CENTRAL_URL", "api.businesscentral.dynamics.com"),
    ("AUTHORITY", "http://login.example"),
    ("WEBHOOK_URL", "http://tandem.example"),
    ("WEBHOOK_SECRET", "short"),
    ("WEBHOOK_SECRET", "x" * 2001),
    ("WEBHOOK_SECRET", "ein Schlüssel mit Umlaut"),
    ("WEBHOOK_SECRET", "sixteen characters\nand a line"),
    ("MANAGED_IDENTITY_CLIENT_ID", "my identity"),
    ("MANAGED_IDENTITY_CLIENT_ID", GOOD["CLIENT_ID"] + "0"),
    ("CA_BUNDLE", "/no/such/file.pem"),
    ("CA_BUNDLE", "/"),
    ("CA_BUNDLE", __file__),
    ("BUSINESS_CENTRAL_AUTHORITIES", "/etc/ssl/company.pem"),
    ("BUSINESS_CENTRAL_AUTHORITIES", "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----"),
    ("BUSINESS_CENTRAL_AUTHORITIES", "-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----"),
    ("TIME_ZONE", "Europe/Nowhere"),
    ("TIME_ZONE", "../../etc/passwd"),
    ("TIME_ZONE", "CET+1 Berlin"),
    ("TEMPLATES", "CUSTOMER"),
    ("TEMPLATES", "CUSTOMER="),
    ("TEMPLATES", "=DOMESTIC"),
    ("TEMPLATES", f"CUSTOMER={'x' * 21}"),
    ("TEMPLATES", "CUSTOMER=A,CUSTOMER=B"),
    ("TEMPLATES", "nowhere/CUSTOMER=A"),
    ("LOOK_BACK_SECONDS", "ten"),
    ("LOOK_BACK_SECONDS", "-1"),
    ("LOOK_BACK_SECONDS", "1e3"),
    ("LOOK_BACK_SECONDS", "nan"),
    ("LOOK_BACK_SECONDS", "²"),
    ("LOOK_BACK_SECONDS", "."),
    ("LOOK_BACK_SECONDS", "9" * 400),
    ("SETTLE_SECONDS", "20 minutes"),
    ("SETTLE_SECONDS", "inf"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_setting_is_named_with_a_reason_and_what_to_do(name: str, value: str) -> None:
    text = wrong(**{"FEATURES": "extension", name: value})
    assert text.startswith(f"{name} is wrong: ")
    assert text.endswith("Correct it in the app settings.")


def test_templates_are_those_of_all_companies_or_of_one() -> None:
    given = {**GOOD, "FEATURES": "extension", "TEMPLATES": "CUSTOMER=eu, cronus/VENDOR=Big Ones"}
    settings = read_settings({**given, "BUSINESS_CENTRAL_COMPANIES": f"cronus={ID}"})
    assert [(each.company, each.use, each.code) for each in settings.templates] == [
        ("", "CUSTOMER", "EU"),
        ("cronus", "VENDOR", "BIG ONES"),
    ]
    assert codes_of(settings.templates, "cronus") == {"CUSTOMER": "EU", "VENDOR": "BIG ONES"}
    assert codes_of(settings.templates, "other") == {"CUSTOMER": "EU"}


def test_accounts_of_orders_are_named_by_kind_and_company() -> None:
    settings = read_settings({**GOOD, "ORDER_ACCOUNTS": "freight=6410, written_in=6110, cronus/freight=6411"})
    assert codes_of(settings.order_accounts, "cronus") == {"freight": "6411", "written_in": "6110"}
    assert "there is no kind “postage”" in wrong(ORDER_ACCOUNTS="postage=6410")
    assert "there is no company “nosuch”" in wrong(ORDER_ACCOUNTS="nosuch/freight=6410")


def test_templates_need_the_extension() -> None:
    assert "Name extension in FEATURES too" in wrong(TEMPLATES="CUSTOMER=A")


def test_a_template_of_a_mapping_that_takes_none_stops_the_start() -> None:
    with pytest.raises(SettingError, match="“ITEM-PRODUCT” takes no template; these do: CONTACT, CUSTOMER"):
        check_settings({**GOOD, "FEATURES": "extension", "TEMPLATES": "ITEM-PRODUCT=A"})
    check_settings({**GOOD, "FEATURES": "extension", "TEMPLATES": "CUSTOMER=A"})


def test_one_of_identity_certificate_and_secret_is_needed() -> None:
    text = wrong(CLIENT_SECRET="")
    assert text.startswith("MANAGED_IDENTITY_CLIENT_ID is missing")
    assert "CLIENT_CERTIFICATE or CLIENT_SECRET" in text


KEY = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----"


@pytest.mark.parametrize(
    "text", [f"{KEY}\n{CERTIFICATE}", f"{CERTIFICATE}{KEY}", f"{KEY}{CERTIFICATE}".replace("\n", "\\n")]
)
def test_a_certificate_is_taken_as_a_key_vault_gives_it(text: str) -> None:
    found = read_settings({**GOOD, "CLIENT_SECRET": "", "CLIENT_CERTIFICATE": text})
    assert found.client_certificate is not None
    assert (found.client_certificate.private_key, found.client_certificate.public_certificate) == (
        KEY,
        CERTIFICATE,
    )
    assert "MIIE" not in repr(found)


@pytest.mark.parametrize(
    "text", [KEY, CERTIFICATE, "hidden", KEY.replace("-----END", "----END") + CERTIFICATE]
)
def test_a_certificate_without_its_key_is_told_and_not_shown(text: str) -> None:
    told = wrong(CLIENT_CERTIFICATE=text)
    assert told.startswith("CLIENT_CERTIFICATE is wrong")
    assert not any(hidden in told for hidden in ("MIIE", "MIID", "hidden"))
    identity = {"CLIENT_SECRET": "", "MANAGED_IDENTITY_CLIENT_ID": GOOD["CLIENT_ID"]}
    assert read_settings({**GOOD, **identity}).client_secret == ""


def test_a_webhook_address_needs_a_secret() -> None:
    assert "WEBHOOK_SECRET is missing" in wrong(WEBHOOK_URL="https://tandem.example")


def test_no_error_repeats_a_secret() -> None:
    assert "s3cr3t" not in wrong(SALES_URL="x")
    assert "hunter2" not in wrong(WEBHOOK_SECRET="hunter2")


def test_a_file_of_certificates_that_can_be_read_is_taken() -> None:
    assert read_settings({**GOOD, "CA_BUNDLE": certifi.where()}).ca_bundle == certifi.where()


def test_authorities_are_taken_as_text_whose_lines_may_end_with_signs() -> None:
    text = Path(certifi.where()).read_text(encoding="utf-8")
    for given in (text, text.replace("\n", "\\n")):
        taken = read_settings({**GOOD, "BUSINESS_CENTRAL_AUTHORITIES": given}).business_central_authorities
        assert taken.count("-----BEGIN CERTIFICATE-----") == text.count("-----BEGIN CERTIFICATE-----")


@pytest.mark.parametrize("length", [16, 2000])
def test_a_secret_that_both_systems_can_keep_is_taken(length: int) -> None:
    assert read_settings({**GOOD, "WEBHOOK_SECRET": "x" * length}).webhook_secret == "x" * length


def test_blanks_around_values_and_a_final_slash_do_not_matter() -> None:
    settings = read_settings({k: f"  {v} " for k, v in GOOD.items()} | {"SALES_URL": "https://a.example/"})
    assert settings.sales_url == "https://a.example"
    assert settings.companies[0].id == ID


def test_features_and_mappings_are_lists_of_names() -> None:
    lists = {"FEATURES": "extension, unit_groups", "MAPPINGS": " CUSTOMER, PAYMENT TERMS ,CUSTOMER"}
    settings = read_settings({**GOOD, **lists})
    assert settings.features == {Feature.EXTENSION, Feature.UNIT_GROUPS}
    assert settings.mappings == ("CUSTOMER", "PAYMENT TERMS")
    assert (read_settings(GOOD).features, read_settings(GOOD).mappings) == (frozenset(), ())


def test_credit_memos_are_not_wanted_without_invoices() -> None:
    assert "name invoices, too" in wrong(FEATURES="credit_memos")
    both = read_settings({**GOOD, "FEATURES": "credit_memos,invoices"}).features
    assert both == {Feature.CREDIT_MEMOS, Feature.INVOICES}


@pytest.mark.parametrize("lacking", ["orders", "extension"])
def test_orders_both_ways_are_not_wanted_without_orders_and_the_extension(lacking: str) -> None:
    names = [each for each in ("orders", "extension", "orders_both_ways") if each != lacking]
    assert "cannot reopen a released order" in wrong(FEATURES=",".join(names))
    names.append(lacking)
    chosen = read_settings({**GOOD, "FEATURES": ",".join(names)}).features
    assert chosen == {Feature.ORDERS, Feature.EXTENSION, Feature.ORDERS_BOTH_WAYS}


def test_ids_are_read_in_small_letters() -> None:
    assert read_settings({**GOOD, "TENANT_ID": GOOD["TENANT_ID"].upper()}).tenant_id == GOOD["TENANT_ID"]


def test_a_service_on_this_machine_may_speak_http() -> None:
    for host in ("127.0.0.1:7071", "localhost:8", "[::1]:9"):
        assert read_settings({**GOOD, "SALES_URL": f"http://{host}"}).sales_url == f"http://{host}"


def test_several_companies_are_read_in_their_order() -> None:
    text = f"one={ID}, two={GOOD['TENANT_ID']}"
    names = [each.name for each in read_settings({**GOOD, "BUSINESS_CENTRAL_COMPANIES": text}).companies]
    assert names == ["one", "two"]


@pytest.mark.parametrize("text", ["0", "121", "x", "-1", "1.5", "1300", "²"])
def test_a_time_of_the_journal_that_is_no_number_of_months_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="JOURNAL_MONTHS is wrong"):
        read_settings({**GOOD, "JOURNAL_MONTHS": text})


def test_the_journal_keeps_thirteen_months_unless_it_is_told_otherwise() -> None:
    assert read_settings(GOOD).journal_months == 13
    assert read_settings({**GOOD, "JOURNAL_MONTHS": "120"}).journal_months == 120


OWN_SERVER = {
    "BUSINESS_CENTRAL_URL": "https://bc.contoso.com:7048/BC", "BUSINESS_CENTRAL_USER": "TANDEM",
    "BUSINESS_CENTRAL_KEY": "d3b0/7N+kXo=", "BUSINESS_CENTRAL_ENVIRONMENT": "",
}  # fmt: skip


@pytest.mark.parametrize("end", ["", "/", "/ODataV4", "/odatav4/", "/api/v2.0", "/api"])
def test_a_server_of_ones_own_is_named_by_its_address_up_to_the_instance(end: str) -> None:
    address = OWN_SERVER["BUSINESS_CENTRAL_URL"]
    settings = read_settings({**GOOD, **OWN_SERVER, "BUSINESS_CENTRAL_URL": address + end})
    assert (settings.on_premises, settings.business_central_url) == (True, address)
    assert settings.environment == "bc.contoso.com"
    assert "d3b0" not in repr(settings)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"BUSINESS_CENTRAL_KEY": ""}, "BUSINESS_CENTRAL_KEY is missing"),
        ({"BUSINESS_CENTRAL_USER": ""}, "BUSINESS_CENTRAL_USER is missing"),
        ({"BUSINESS_CENTRAL_URL": ""}, "BUSINESS_CENTRAL_URL is missing"),
        ({"BUSINESS_CENTRAL_URL": "http://bc.contoso.com:7048/BC"}, "BUSINESS_CENTRAL_URL is wrong"),
        ({"BUSINESS_CENTRAL_USER": "a:b"}, "BUSINESS_CENTRAL_USER is wrong"),
    ],
)
def test_what_a_server_of_ones_own_lacks_is_named(changes: dict[str, str], named: str) -> None:
    assert wrong(**{**OWN_SERVER, **changes}).startswith(named)
