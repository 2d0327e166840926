"""Deciding how it works: orders, owners, availability, notifications; each asked of the systems at once."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from shared_code.core.features import Feature
from shared_code.sync import views
from shared_code.sync.api_input import BadInput, NotFound
from shared_code.sync.availability import availability_api
from shared_code.sync.doctor.ownership import examine_ownership
from shared_code.sync.setup import choosing, working
from shared_code.sync.setup.connector import SettingsRefused, SystemFault
from shared_code.sync.setup.progress import Step
from shared_code.web.messages import Reply
from shared_code.web.pages.setup_frame import PLACE, step_page
from shared_code.web.people import Role
from shared_code.web.router import Route
from shared_code.web.texts import phrase
from shared_code.web.visit import Visit, view

ACCOUNTS = {
    "written_in": phrase("Account for lines that are written in"),
    "freight": phrase("Account for freight"),
}
NO_ITEM = phrase("There is no such item; Business Central answers all the same.")


def how(visit: Visit) -> Reply:
    """What is decided by now, and what both systems say of it."""
    return _how(visit)


def _how(visit: Visit, refused: str = "") -> Reply:
    settings = visit.parts.connector.settings()
    return step_page(
        visit, Step.HOW, "setup_how.html", 400 if refused else 200, refused=refused,
        orders=Feature.ORDERS in choosing.features_of(settings.get("FEATURES", "")),
        extension=Feature.EXTENSION in choosing.features_of(settings.get("FEATURES", "")),
        kinds=ACCOUNTS, accounts=working.accounts_of(settings.get("ORDER_ACCOUNTS", "")),
        team=visit.at.connection.owning_team, of_team=_of_team(visit), hooks=views.webhooks_view(visit.parts),
        fixed=visit.parts.connector.fixed(), by_key=visit.parts.connector.signs_in_by_key(),
        **_asked(visit), **_availability(visit),
    )  # fmt: skip


def _asked(visit: Visit) -> dict[str, Any]:
    """The teams and currencies of both systems, or why they are not known."""
    try:
        return {"teams": working.teams(visit.at), "currencies": working.currencies(visit.at), "silent": ""}
    except SystemFault as fault:
        return {"teams": {}, "currencies": (), "silent": str(fault)}


def _of_team(visit: Visit) -> list[dict[str, Any]]:
    """What is examined of the team that owns new rows; nothing where none does."""
    return [asdict(each) for each in examine_ownership(visit.parts, visit.at)]


def _availability(visit: Visit) -> dict[str, Any]:
    """What came of asking for an item, where one was asked for."""
    item = visit.asked.query.get("item", "").strip()
    if not item:
        return {"item": "", "told": {}, "not_told": ""}
    try:
        told = view(availability_api.get(visit.parts, item, visit.query()))
    except NotFound:
        return {"item": item, "told": {}, "not_told": NO_ITEM}
    except (BadInput, SystemFault) as fault:
        return {"item": item, "told": {}, "not_told": str(fault)}
    return {"item": item, "told": told, "not_told": ""}


def decide(visit: Visit) -> Reply:
    """Keep the accounts of orders, or the owner of new rows in Sales."""
    form, known = visit.form, visit.parts.connector.settings()
    if form.get("act") == "orders":
        accounts = {kind: form.get(kind) for kind in ACCOUNTS}
        changes = {"ORDER_ACCOUNTS": working.with_accounts(known.get("ORDER_ACCOUNTS", ""), accounts)}
    else:
        teams = working.with_team(known.get("OWNING_TEAMS", ""), visit.at.name, form.get("team"))
        changes = {"OWNING_TEAMS": teams}
    try:
        choosing.store(visit.parts, changes)
    except SettingsRefused as refused:
        return _how(visit, str(refused))
    return visit.back(PLACE, "how", notice="stored")


ROUTES = (
    Route("GET", f"{PLACE}/how", Role.ADMINISTRATOR, how),
    Route("POST", f"{PLACE}/how", Role.ADMINISTRATOR, decide),
)
"""The step between what is synchronised and the examination."""
