"""A simulated company of Business Central with its client, for the tests of what the client does."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulators import business_central as simulated
from local.simulators.business_central import control
from local.simulators.faults import AimedFault, Fault, FaultPlan, FaultyService, Scope
from local.simulators.tokens import Identity
from shared_code.systems.business_central import BusinessCentral, api_root
from shared_code.systems.interface import Column, Creation, Table, Written
from tests.systems.conftest import Surroundings

TENANT = "00000000-0000-0000-0000-00000000000a"
CUSTOMERS = Table(
    "customers",
    "id",
    tuple(map(Column, ("number", "displayName", "email", "creditLimit", "companyContactNumber"))),
    scan_columns=("blocked",),
)
ODD = 'O\'Brien & Söhne 🙂 #1 + "x" \\ 100%'
EARLY = "2026-01-01T00:00:00Z"


class AnyToken:
    """Admits everybody as one application."""

    def verify(self, authorization: str | None) -> Identity:
        return Identity(TENANT, "app", None, "https://api.businesscentral.dynamics.com")


class Company:
    """A simulated company with its client; faults are aimed at the service."""

    def __init__(self, surroundings: Surroundings, **options: Any) -> None:
        self.surroundings = surroundings
        self.service = simulated.BusinessCentral(
            surroundings.clock, AnyToken(), simulated.Options(tenant_id=TENANT, control=True, **options)
        )
        records: dict[str, list[dict[str, Any]]] = {
            "currencies": [currency("EUR"), currency("USD"), currency("CHF")],
            "currencyExchangeRates": [rate("EUR", "1", "0.8"), rate("USD", "2", "1", "EUR")],
        }
        self.name = "Odd & Sons"
        self.id = self.service.load_company(self.name, records, {"localCurrencyCode": "GBP"}).id
        self.faulty = FaultyService(self.service, FaultPlan(), surroundings.clock)
        root = api_root("https://api.example", TENANT, "production")
        self.system = BusinessCentral(
            surroundings.client(self.faulty), root, self.id, environment="production", look_back_s=600
        )

    def fail(self, kind: Fault, method: str | None = None, skip: int = 0) -> None:
        self.faulty.aim(AimedFault(kind, Scope(method), skip))

    def customers(self, count: int) -> list[str]:
        results = self.system.create(CUSTOMERS, [Creation({"displayName": f"C {n}"}) for n in range(count)])
        return [row_of(result).id for result in results]

    def requests(self) -> int:
        """HTTP requests since the last time this was asked."""
        count = len(self.surroundings.kinds)
        self.surroundings.kinds.clear()
        return count

    def set_rate(self, code: str, start: str, amount: float, relational: float) -> None:
        arguments = {"company": self.name, "currencyCode": code, "startingDate": start}
        amounts = {"exchangeRateAmount": amount, "relationalExchangeRateAmount": relational}
        control.set_exchange_rate(self.service.env, {**arguments, **amounts})


def currency(code: str) -> dict[str, Any]:
    return {"code": code, "displayName": code, "amountDecimalPlaces": "2:2", "lastModifiedDateTime": EARLY}


def rate(code: str, amount: str, relational: str, of: str = "") -> dict[str, Any]:
    return {
        "currencyCode": code,
        "startingDate": "2026-01-01",
        "exchangeRateAmount": float(amount),
        "relationalCurrencyCode": of,
        "relationalExchangeRateAmount": float(relational),
        "lastModifiedDateTime": EARLY,
    }


def row_of(result: object) -> Any:
    assert isinstance(result, Written), result
    return result.row


@pytest.fixture
def company(surroundings: Surroundings) -> Company:
    return Company(surroundings)
