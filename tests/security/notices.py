"""Notifications as Business Central sends them."""

from __future__ import annotations

import json
from typing import Any

from local.environment import COMPANY
from tests.security.conftest import App

RECORD = "11111111-2222-3333-4444-555555555555"


def entry(app: App, table: str, secret: Any) -> dict[str, Any]:
    """One change of a record of the app's company."""
    resource = f"api/v2.0/companies({app.environment.people.companies[COMPANY]})/{table}({RECORD})"
    return {"clientState": secret, "resource": resource, "changeType": "updated", "subscriptionId": "1"}


def notification(app: App, *tables_and_secret: Any) -> bytes:
    """The changes of some tables, with the secret that is given last."""
    *tables, secret = tables_and_secret
    return json.dumps({"value": [entry(app, table, secret) for table in tables]}).encode()
