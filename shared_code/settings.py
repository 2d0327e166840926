"""Settings: what an administrator decides outside the product, read once from the app's settings.

``setting_list.py`` tells every setting with its meaning; a missing or wrong one stops the start with one line
that names it and says how to set it.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared_code.core.features import Feature, Features
from shared_code.named_codes import NamedCode, accounts, listed, templates
from shared_code.pem import PemCertificate, authorities_from, certificate_from
from shared_code.setting_list import NEEDED, ONLINE, SETTINGS, Setting
from shared_code.web.people import is_in_azure


class SettingError(Exception):
    """A setting is missing or wrong; the text is one line that names it and tells what to do."""


@dataclass(frozen=True, slots=True)
class Company:
    """One BC company to synchronise; ``name`` is part of every key and never changes."""

    name: str
    id: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings, checked."""

    tenant_id: str
    client_id: str
    client_secret: str = field(repr=False)
    client_certificate: PemCertificate | None = field(repr=False)
    managed_identity_client_id: str
    environment: str
    companies: tuple[Company, ...]
    features: Features
    mappings: tuple[str, ...]
    templates: tuple[NamedCode, ...]
    order_accounts: tuple[NamedCode, ...]
    owning_teams: Mapping[str, str]
    sales_url: str
    business_central_url: str
    web_client_url: str
    authority: str
    ca_bundle: str
    webhook_url: str
    webhook_secret: str
    zone: tzinfo
    look_back_s: float
    journal_months: int
    settle_s: float
    sign_in: str
    business_central_user: str = ""
    business_central_key: str = field(default="", repr=False)
    business_central_authorities: str = ""

    @property
    def on_premises(self) -> bool:
        """Whether Business Central runs on servers of one's own."""
        return bool(self.business_central_user)


_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,38}")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in ``environment``.  Raises ``SettingError`` for the first that is missing or wrong."""
    waits = bool(environment.get("SIGN_IN", "").strip())
    values = {each.name: _present(each, environment, waits=waits) for each in SETTINGS}
    connected = not waits or all(values[name] for name in _needed(values))
    settings = Settings(
        tenant_id=_checked(values, "TENANT_ID", _guid),
        client_id=_checked(values, "CLIENT_ID", _guid),
        client_secret=values["CLIENT_SECRET"],
        client_certificate=_checked(values, "CLIENT_CERTIFICATE", certificate_from),
        managed_identity_client_id=_checked(
            values, "MANAGED_IDENTITY_CLIENT_ID", lambda text: text and _guid(text)
        ),
        environment=_environment(values) if connected else "",
        companies=_checked(values, "BUSINESS_CENTRAL_COMPANIES", _companies) if connected else (),
        features=_checked(values, "FEATURES", _features),
        mappings=listed(values["MAPPINGS"]),
        templates=_checked(values, "TEMPLATES", templates),
        order_accounts=_checked(values, "ORDER_ACCOUNTS", accounts),
        owning_teams=_checked(values, "OWNING_TEAMS", _teams),
        sales_url=_checked(values, "SALES_URL", _address) if connected else "",
        business_central_url=_checked(values, "BUSINESS_CENTRAL_URL", _server),
        web_client_url=_checked(values, "WEB_CLIENT_URL", lambda text: text and _address(text)),
        authority=_checked(values, "AUTHORITY", _address),
        ca_bundle=_checked(values, "CA_BUNDLE", _certificates),
        webhook_url=_checked(values, "WEBHOOK_URL", lambda text: text and _address(text)),
        webhook_secret=_checked(values, "WEBHOOK_SECRET", _secret),
        zone=_checked(values, "TIME_ZONE", _zone),
        look_back_s=_checked(values, "LOOK_BACK_SECONDS", _seconds),
        journal_months=_checked(values, "JOURNAL_MONTHS", _months),
        settle_s=_checked(values, "SETTLE_SECONDS", _seconds),
        sign_in=_checked(values, "SIGN_IN", _sign_in),
        business_central_user=_checked(values, "BUSINESS_CENTRAL_USER", _user),
        business_central_key=_checked(values, "BUSINESS_CENTRAL_KEY", _user),
        business_central_authorities=_checked(values, "BUSINESS_CENTRAL_AUTHORITIES", authorities_from),
    )
    _check_sign_in(settings, environment)
    proofs = (settings.client_secret, settings.client_certificate, settings.managed_identity_client_id)
    if not any(proofs):
        raise SettingError(
            "MANAGED_IDENTITY_CLIENT_ID is missing: set it (or CLIENT_CERTIFICATE or CLIENT_SECRET) in the "
            "app settings."
        )
    _check_templates(settings)
    if settings.webhook_url and not settings.webhook_secret:
        raise SettingError("WEBHOOK_SECRET is missing although WEBHOOK_URL is set: set it to a random text.")
    return settings


def _environment(values: Mapping[str, str]) -> str:
    """The environment's name; servers of one's own have none and are called after their machine.

    Raises ``SettingError`` where something of either is missing.
    """
    user, key = values["BUSINESS_CENTRAL_USER"], values["BUSINESS_CENTRAL_KEY"]
    if bool(user) != bool(key):
        missing = "BUSINESS_CENTRAL_KEY" if user else "BUSINESS_CENTRAL_USER"
        raise SettingError(f"{missing} is missing: a user and the key of that user go together.")
    if not user:
        needed = next(each for each in SETTINGS if each.name == "BUSINESS_CENTRAL_ENVIRONMENT")
        return _present(replace(needed, default=None), values, waits=False)
    if values["BUSINESS_CENTRAL_URL"] == ONLINE:
        raise SettingError(
            "BUSINESS_CENTRAL_URL is missing: with BUSINESS_CENTRAL_USER it is the address of your own "
            "server up to the instance. Example: https://bc.contoso.com:7048/BC"
        )
    return values["BUSINESS_CENTRAL_ENVIRONMENT"] or urlsplit(values["BUSINESS_CENTRAL_URL"]).hostname or ""


def _server(text: str) -> str:
    """An address; what Business Central shows of its web services may end with the kind of service."""
    return re.sub(r"(?i)/(ODataV4|api/v2\.0|api)\Z", "", _address(text))


def _user(text: str) -> str:
    if ":" in text or not text.isprintable():
        raise ValueError("it must hold no colon and stand on one line.")
    return text


SIGN_INS = ("", "app_service", "local")


def _sign_in(text: str) -> str:
    if text not in SIGN_INS:
        raise ValueError("it must be app_service, or left out.")
    return text


def _check_sign_in(settings: Settings, environment: Mapping[str, str]) -> None:
    """Raises ``SettingError`` where anybody could say who they are, on a machine of Azure."""
    if settings.sign_in == "local" and is_in_azure(environment):
        raise SettingError("SIGN_IN is wrong: local is for a developer's machine. Set it to app_service.")


def _needed(values: Mapping[str, str]) -> tuple[str, ...]:
    """What a connection cannot be without: servers of one's own have no environment."""
    return NEEDED[:2] if values["BUSINESS_CENTRAL_USER"] else NEEDED


def _present(setting: Setting, environment: Mapping[str, str], *, waits: bool) -> str:
    value = environment.get(setting.name, "").strip() or setting.default
    if value is None and waits and setting.name in NEEDED:
        return ""
    if value is None:
        what_to_do = f"set it in the app settings. {setting.meaning} Example: {setting.example}"
        raise SettingError(f"{setting.name} is missing: {what_to_do}")
    return value


def _checked[T](values: Mapping[str, str], name: str, check: Callable[[str], T]) -> T:
    try:
        return check(values[name])
    except ValueError as error:
        raise SettingError(f"{name} is wrong: {error} Correct it in the app settings.") from None


def _guid(text: str) -> str:
    if not _GUID.fullmatch(text.lower()):
        raise ValueError("it must be an id of the form 11111111-2222-3333-4444-555555555555.")
    return text.lower()


def _companies(text: str) -> tuple[Company, ...]:
    companies = []
    for entry in text.split(","):
        name, equals, company_id = entry.strip().partition("=")
        if not equals or not _NAME.fullmatch(name):
            raise ValueError("each entry is name=company id, the name in small letters, digits and hyphens.")
        companies.append(Company(name, _guid(company_id.strip())))
    names = [each.name for each in companies]
    if len(set(names)) < len(names) or len({each.id for each in companies}) < len(companies):
        raise ValueError("a name or a company is there twice.")
    return tuple(companies)


def _teams(text: str) -> dict[str, str]:
    entries = [[part.strip() for part in entry.partition("=")] for entry in listed(text)]
    teams = {name: _guid(team_id) for name, _, team_id in entries}
    if len(teams) < len(entries):
        raise ValueError("a company has two teams.")
    return teams


def _check_templates(settings: Settings) -> None:
    """Raises ``SettingError`` for templates that could never be used."""
    if settings.templates and Feature.EXTENSION not in settings.features:
        raise SettingError("TEMPLATES is wrong: API v2.0 takes no template. Name extension in FEATURES too.")
    names = {each.name for each in settings.companies}
    named = [("TEMPLATES", each.company) for each in settings.templates]
    named += [("ORDER_ACCOUNTS", each.company) for each in settings.order_accounts]
    named += [("OWNING_TEAMS", company) for company in settings.owning_teams]
    for setting, company in named:
        if company and company not in names:
            raise SettingError(
                f"{setting} is wrong: there is no company “{company}”; there are "
                f"{', '.join(sorted(names))}. Correct it in the app settings."
            )


def _features(text: str) -> Features:
    known = {each.value: each for each in Feature}
    names = listed(text)
    if unknown := [each for each in names if each not in known]:
        raise ValueError(f"there is no feature “{unknown[0]}”; there are {', '.join(known)}.")
    chosen = frozenset(known[each] for each in names)
    through_extension = (
        Feature.UNIT_GROUPS,
        Feature.PRICE_LISTS,
        Feature.PARENT_ACCOUNTS,
        Feature.ACCOUNT_STATISTICS,
    )
    if chosen & set(through_extension) and Feature.EXTENSION not in chosen:
        named = ", ".join(each.value for each in through_extension)
        raise ValueError(f"{named} are read through the extension: name it too.")
    if Feature.ORDERS_BOTH_WAYS in chosen and not {Feature.ORDERS, Feature.EXTENSION} <= chosen:
        raise ValueError(
            "orders_both_ways needs orders and extension: API v2.0 writes lines one by one, which can stop "
            "in the middle, and cannot reopen a released order. Name both, too."
        )
    if Feature.CREDIT_MEMOS in chosen and Feature.INVOICES not in chosen:
        raise ValueError("credit_memos are rows among the invoices: name invoices, too.")
    return chosen


def _address(text: str) -> str:
    parts = urlsplit(text)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not secure or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("it must be an address that begins with https://.")
    return text.rstrip("/")


def _certificates(text: str) -> str:
    """A file that TLS can read; else nothing could be asked and each request would say so on its own."""
    if text and not Path(text).is_file():
        raise ValueError("there is no such file. Give the whole path of a PEM file, or leave it out.")
    try:
        if text:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(text)
    except OSError:
        raise ValueError("the file holds no certificates that can be read. It must be PEM.") from None
    return text


LONGEST_SECRET = 2000
"""What Dataverse keeps as the key of a service endpoint (Microsoft docs: serviceendpoint, authvalue);
Business Central's clientState holds a little more."""


def _secret(text: str) -> str:
    if text and len(text) < 16:
        raise ValueError("it is shorter than 16 characters.")
    if len(text) > LONGEST_SECRET:
        raise ValueError(f"it is longer than {LONGEST_SECRET} characters, more than Sales keeps.")
    if not (text.isascii() and text.isprintable()):
        raise ValueError("it must consist of letters without accents, digits and signs.")
    return text


def _zone(text: str) -> tzinfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("it must be the name of a time zone such as Europe/Copenhagen.") from None


def _seconds(text: str) -> float:
    if not (text.isascii() and text.replace(".", "", 1).isdigit()) or float(text) > LONGEST_S:
        raise ValueError("it must be a number of seconds, at most a week.")
    return float(text)


LONGEST_S = 7 * 86_400.0


def _months(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= MOST_MONTHS and len(text) <= 3):
        raise ValueError(f"it must be a number of months from 1 to {MOST_MONTHS}.")
    return int(text)


MOST_MONTHS = 120
"""Each month is asked for when a record's journal is read: more would be slow, not wrong."""
