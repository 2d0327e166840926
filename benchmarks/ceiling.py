"""What the simulators can do at most: how fast they answer prepared requests, without socket or client."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.fields import SELECT_CUSTOMER, account_id, account_of
from benchmarks.services import ACCOUNT, WRITE_CHUNK
from local.environment.options import COMPANY
from local.environment.records import company_entries
from local.generate.records import Wanted, generate
from local.generate.writing import templates
from local.simulators import business_central, dataverse
from local.simulators.business_central.options import Options as BusinessCentralOptions
from local.simulators.dataverse.options import Options as SalesOptions
from local.simulators.tokens import Identity, StaticVerifier
from local.simulators.wire import Request, SystemClock

ROWS = 2_000
TENANT, CLIENT = "00000000-0000-0000-0000-0000000000aa", "00000000-0000-0000-0000-0000000000bb"
HEADERS = {"authorization": "Bearer x", "accept": "application/json", "content-type": "application/json"}


def ceilings() -> dict[str, int]:
    """Rows a second of processor time: Sales creating, Business Central giving whole pages."""
    customers = [each.customer for each in generate(Wanted(ROWS, 0), templates())]
    return {"Sales creates": _creating(customers), "Business Central reads": _reading(customers)}


def _verifier() -> StaticVerifier:
    return StaticVerifier({"Bearer x": Identity(TENANT, CLIENT, None, "")})


def _creating(customers: Sequence[dict[str, Any]]) -> int:
    options = SalesOptions(auto_users=True, execution_limit_s=1e9)
    sales = dataverse.Dataverse(SystemClock(), _verifier(), options, tenant_id=TENANT)
    made = [
        {"@odata.type": ACCOUNT, "accountid": account_id(each["id"]), **account_of(each)}
        for each in customers
    ]
    path = "/api/data/v9.2/accounts/Microsoft.Dynamics.CRM.CreateMultiple"
    chunks = [made[start : start + WRITE_CHUNK] for start in range(0, ROWS, WRITE_CHUNK)]
    return _rate(
        sales.handle,
        [Request("POST", path, HEADERS, json.dumps({"Targets": some}).encode()) for some in chunks],
    )


def _reading(customers: Sequence[dict[str, Any]]) -> int:
    service = business_central.BusinessCentral(SystemClock(), _verifier(), BusinessCentralOptions(TENANT))
    (entry,) = company_entries([COMPANY])
    service.load_company(COMPANY, {"customers": list(customers)}, entry)
    path = f"/v2.0/{TENANT}/production/api/v2.0/companies({entry['id']})/customers?$select={SELECT_CUSTOMER}"
    return _rate(service.handle, [Request("GET", path, HEADERS)])


def _rate(handle: Callable[[Request], Any], requests: Sequence[Request]) -> int:
    began_s = time.process_time()
    for each in requests:
        answer = handle(each)
        if answer.status >= 400:
            raise RuntimeError(f"the simulator refused: {answer.body[:300]!r}")
    return round(ROWS / (time.process_time() - began_s))
