"""The setup guide: from nothing to the first full synchronisation, each step checked against the systems.

A step is a page of its own and can be left and come back to at any time: what was done is what is on file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from shared_code.core.features import Feature
from shared_code.sync import match_api
from shared_code.sync.doctor import examination
from shared_code.sync.setup import choosing
from shared_code.sync.setup.connector import SettingsRefused, SystemFault
from shared_code.sync.setup.progress import Step, progress
from shared_code.web.messages import Reply
from shared_code.web.pages.setup_frame import PLACE, step_page
from shared_code.web.people import Role
from shared_code.web.router import Route
from shared_code.web.texts import phrase
from shared_code.web.visit import Visit, body, view

FEATURES: dict[Feature, str] = {
    Feature.EXTENSION: phrase("Tandem's extension is installed in Business Central"),
    Feature.UNIT_GROUPS: phrase("Units of measure are kept per item and resource (with the extension)"),
    Feature.PRICE_LISTS: phrase("Prices are in price lists, not in price groups (with the extension)"),
    Feature.MANUAL_NUMBERS: phrase("Number series let people choose numbers"),
    Feature.VENDORS: phrase("Vendors become accounts"),
    Feature.OPPORTUNITIES: phrase("Opportunities are kept in step"),
    Feature.ORDERS: phrase("Orders of salespeople become orders in Business Central"),
    Feature.ORDERS_BOTH_WAYS: phrase("Later changes of orders go both ways (with orders and the extension)"),
    Feature.QUOTES: phrase("Quotes of salespeople become quotes in Business Central"),
    Feature.ORDER_NOTES: phrase("Notes of orders go both ways (with orders and the extension)"),
    Feature.ORDER_CHOICES: phrase(
        "Shipment method and shipping agent are chosen on the order (with orders and the extension)"
    ),
    Feature.INVOICES: phrase("Posted sales invoices show in Sales"),
    Feature.CREDIT_MEMOS: phrase("Credit memos show as invoices below zero (with invoices)"),
    Feature.ITEM_CATEGORIES: phrase("Item categories become subjects"),
    Feature.ITEM_VARIANTS: phrase("Variants become products"),
    Feature.COUNTRY_NAMES: phrase("Sales writes countries by name"),
    Feature.LONE_CONTACTS: phrase("Contacts without a company are synchronised too"),
    Feature.PARENT_ACCOUNTS: phrase("The customer who pays is the parent account (with the extension)"),
    Feature.PERSON_CUSTOMERS: phrase("Customers may be persons"),
    Feature.ITEM_PRICES: phrase("Sales has a price list with every item's own price"),
    Feature.ACCOUNT_STATISTICS: phrase("Accounts show what their customer owes (with the extension)"),
}
"""What a company has or wants, in words of the business."""

MAX_FILE = 16_000
NOT_A_MEMBER = "0x80072560"
"""Dataverse's code for a user it does not have (Microsoft docs: reference/web-service-error-codes)."""


def guide(visit: Visit) -> Reply:
    """The steps, and which comes next."""
    return step_page(visit, None, "setup.html")


def sales(visit: Visit) -> Reply:
    """The address of the organisation, and what answers there now."""
    url = progress(visit.parts, visit.found).sales_url
    return _sales(visit, url)


def _sales(visit: Visit, url: str, status: int = 200) -> Reply:
    refused, found = "", {}
    try:
        found = dict(visit.parts.connector.ask_sales(url)) if url else {}
    except (SettingsRefused, SystemFault) as fault:
        refused, status = str(fault), 400 if visit.asked.method == "POST" else 200
    return step_page(
        visit, Step.SALES, "setup_sales.html", status, url=url, identity=found, refused=refused,
        unknown=NOT_A_MEMBER in refused,
    )  # fmt: skip


def connect_sales(visit: Visit) -> Reply:
    """Ask the organisation who it is; keep the address if it answers."""
    url = visit.form.get("url").strip().rstrip("/")
    try:
        visit.parts.connector.ask_sales(url)
        is_another = choosing.loses_teams(visit.parts.connector.settings(), {"SALES_URL": url})
        choosing.store(visit.parts, {"SALES_URL": url})
    except (SettingsRefused, SystemFault):
        return _sales(visit, url, 400)
    return visit.back(PLACE, "sales", notice="other_teams" if is_another else "stored")


def business_central(visit: Visit) -> Reply:
    """The environment, and the companies that it offers now."""
    known = progress(visit.parts, visit.found).environment
    return _business_central(visit, visit.asked.query.get("environment", "").strip() or known)


def _business_central(visit: Visit, environment: str, refused: str = "") -> Reply:
    companies: Sequence[object] = ()
    try:
        companies = visit.parts.connector.companies(environment) if environment else ()
    except (SettingsRefused, SystemFault) as fault:
        refused = refused or str(fault)
    chosen = visit.parts.connector.settings().get("BUSINESS_CENTRAL_COMPANIES", "")
    status = 400 if refused and visit.asked.method == "POST" else 200
    return step_page(
        visit, Step.BUSINESS_CENTRAL, "setup_bc.html", status, environment=environment, companies=companies,
        chosen=chosen, refused=refused,
    )  # fmt: skip


def connect_business_central(visit: Visit) -> Reply:
    """Keep the environment and the companies that were ticked."""
    form, connector = visit.form, visit.parts.connector
    environment = form.get("environment").strip()
    try:
        offered = connector.companies(environment)
        known = connector.settings().get("BUSINESS_CENTRAL_COMPANIES", "")
        names = choosing.named(known, offered, form.all("company"))
        if not names:
            return _business_central(visit, environment, "Tick at least one company.")
        changes = {"BUSINESS_CENTRAL_ENVIRONMENT": environment, "BUSINESS_CENTRAL_COMPANIES": names}
        choosing.store(visit.parts, changes)
    except (SettingsRefused, SystemFault) as fault:
        return _business_central(visit, environment, str(fault))
    return visit.back(PLACE, "business-central", notice="stored")


def what(visit: Visit) -> Reply:
    """What the company has and wants, and the mappings that this offers."""
    return _what(visit)


def _what(visit: Visit, refused: str = "") -> Reply:
    settings = visit.parts.connector.settings()
    features = choosing.features_of(settings.get("FEATURES", ""))
    offered = choosing.mappings_of(visit.parts.catalogue, features)
    names = choosing.listed(settings.get("MAPPINGS", ""))
    chosen = names or [each.name for each in offered]
    return step_page(
        visit, Step.WHAT, "setup_what.html", 400 if refused else 200, features=FEATURES, has=features,
        offered=offered, chosen=chosen, zone=settings.get("TIME_ZONE", ""), refused=refused,
    )  # fmt: skip


def choose(visit: Visit) -> Reply:
    """Keep the features, or the mappings with all that they depend on."""
    form = visit.form
    try:
        if form.get("act") == "features":
            has = {"FEATURES": ",".join(form.all("feature")), "TIME_ZONE": form.get("zone")}
            changes = {**has, "MAPPINGS": ""}
        else:
            changes = {"MAPPINGS": _wanted(visit, form.all("mapping"))}
        choosing.store(visit.parts, changes)
    except SettingsRefused as refused:
        return _what(visit, str(refused))
    return visit.back(PLACE, "what", notice="stored")


def _wanted(visit: Visit, names: Sequence[str]) -> str:
    features = choosing.features_of(visit.parts.connector.settings().get("FEATURES", ""))
    if not names:
        raise SettingsRefused("Tick at least one mapping.")
    offered = choosing.mappings_of(visit.parts.catalogue, features)
    return ",".join(choosing.with_what_they_need(offered, names))


def check(visit: Visit) -> Reply:
    """What is examined, and what there is to do by hand; the examination itself is asked for apart."""
    return step_page(visit, Step.CHECK, "setup_check.html", examined=None, at=visit.at)


def examine(visit: Visit) -> Reply:
    """The same with what was found."""
    found = view(examination.get(visit.parts, visit.query()))
    return step_page(visit, Step.CHECK, "setup_check.html", examined=found, at=visit.at)


def couple(visit: Visit) -> Reply:
    """Matching reports: who would be coupled with whom, and accepting it."""
    reports = view(match_api.list_reports(visit.parts, visit.query()))["reports"]
    moves = any(each["status"] == "In Process" for each in reports)
    mappings = {name: each for name, each in visit.at.mappings.items() if each.match}
    return step_page(
        visit, Step.COUPLE, "setup_couple.html", reports=reports, moves=moves, mappings=mappings, at=visit.at
    )


def match(visit: Visit) -> Reply:
    """Begin the report of a mapping, or accept the pairs of one."""
    form = visit.form
    if form.get("act") == "report":
        asked = body(mapping=form.get("mapping"))
        view(match_api.begin(visit.parts, asked, visit.query()))
        return visit.back(PLACE, "couple", notice="queued")
    asked = body(result="exact", then=form.get("then") or "nothing")
    done = view(match_api.accept(visit.parts, form.get("report"), asked, visit.query()))
    return visit.back(PLACE, "couple", notice="queued", job=done["job"])


def settings(visit: Visit) -> Reply:
    """The connection's settings as a file without secrets, to be kept or brought to another app."""
    return _settings(visit)


def _settings(visit: Visit, text: str = "", refused: str = "") -> Reply:
    found = {name: value for name, value in visit.parts.connector.settings().items() if value}
    file = json.dumps(found, indent=2, ensure_ascii=False)
    fixed = sorted(visit.parts.connector.fixed())
    status = 400 if refused else 200
    return step_page(
        visit, None, "setup_settings.html", status, file=text or file, fixed=fixed, refused=refused
    )


def import_settings(visit: Visit) -> Reply:
    """Take the settings of a file, all of them or none."""
    text = visit.form.get("file")
    try:
        choosing.store(visit.parts, _read(text), only_check=visit.form.get("act") == "check")
    except SettingsRefused as refused:
        return _settings(visit, text, str(refused))
    return visit.back(PLACE, "settings", notice="done" if visit.form.get("act") == "check" else "stored")


def _read(text: str) -> dict[str, str]:
    """The settings of a file.  Raises ``SettingsRefused``."""
    try:
        found = json.loads(text[:MAX_FILE])
    except (ValueError, RecursionError):
        raise SettingsRefused("The file is no JSON.") from None
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise SettingsRefused("The file must be an object of names and texts, as it is exported.")
    return found


ROUTES = (
    Route("GET", PLACE, Role.READER, guide),
    Route("GET", f"{PLACE}/sales", Role.ADMINISTRATOR, sales),
    Route("POST", f"{PLACE}/sales", Role.ADMINISTRATOR, connect_sales),
    Route("GET", f"{PLACE}/business-central", Role.ADMINISTRATOR, business_central),
    Route("POST", f"{PLACE}/business-central", Role.ADMINISTRATOR, connect_business_central),
    Route("GET", f"{PLACE}/what", Role.ADMINISTRATOR, what),
    Route("POST", f"{PLACE}/what", Role.ADMINISTRATOR, choose),
    Route("GET", f"{PLACE}/check", Role.ADMINISTRATOR, check),
    Route("GET", f"{PLACE}/check/examination", Role.ADMINISTRATOR, examine),
    Route("GET", f"{PLACE}/couple", Role.ADMINISTRATOR, couple),
    Route("POST", f"{PLACE}/couple", Role.ADMINISTRATOR, match),
    Route("GET", f"{PLACE}/settings", Role.ADMINISTRATOR, settings),
    Route("POST", f"{PLACE}/settings", Role.ADMINISTRATOR, import_settings),
)
