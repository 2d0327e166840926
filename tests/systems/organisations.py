"""A simulated organisation of Dataverse with its client, for the tests of what the client does."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from local.simulators import dataverse as simulated
from local.simulators.faults import AimedFault, Fault, FaultPlan, FaultyService, Scope
from local.simulators.tokens import Identity
from shared_code.systems.dataverse import Dataverse
from shared_code.systems.interface import Column, Creation, Table, Written
from tests.systems.conftest import Surroundings

TENANT = "00000000-0000-0000-0000-00000000000a"
ORG = "https://contoso.crm.dynamics.com"
ACCOUNTS = Table(
    "accounts",
    "accountid",
    (
        Column("name"),
        Column("accountnumber"),
        Column("creditlimit"),
        Column("creditonhold"),
        Column("paymenttermscode"),
        Column("transactioncurrencyid", "transactioncurrencies"),
        Column("ownerid", "systemusers"),
    ),
    scan_columns=("statecode",),
)
ODD = 'O\'Brien & Söhne 🙂 #1 + "x" \\ 100%'


class AnyToken:
    """Admits everybody as one application."""

    def verify(self, authorization: str | None) -> Identity:
        return Identity(TENANT, "app", None, ORG)


class Organisation:
    """A simulated organisation with its client; faults are aimed at the service."""

    def __init__(self, surroundings: Surroundings, **options: Any) -> None:
        self.surroundings = surroundings
        self.options = simulated.Options(**{"auto_users": True, **options})
        self.service = simulated.Dataverse(surroundings.clock, AnyToken(), self.options)
        self.faulty = FaultyService(self.service, FaultPlan(), surroundings.clock)
        self.system = self.client()

    def client(self) -> Dataverse:
        return Dataverse(self.surroundings.client(self.faulty), ORG)

    def fail(self, kind: Fault, method: str | None = None, skip: int = 0) -> None:
        self.faulty.aim(AimedFault(kind, Scope(method), skip))

    def accounts(self, count: int) -> list[str]:
        results = self.system.create(ACCOUNTS, [creation(f"A {n}") for n in range(count)])
        return [row_of(result).id for result in results]

    def requests(self) -> int:
        """HTTP requests since the last time this was asked."""
        count = len(self.surroundings.kinds)
        self.surroundings.kinds.clear()
        return count

    def delete(self, key: str) -> None:
        url = f"{ORG}/api/data/v9.2/accounts({key})"
        session = self.surroundings.client(self.service)._session
        assert session.delete(url, headers={"Authorization": "Bearer x"}).status_code == 204


def creation(name: str, **values: Any) -> Creation:
    return Creation({"name": name, **values}, str(uuid.uuid4()))


def row_of(result: object) -> Any:
    assert isinstance(result, Written), result
    return result.row


@pytest.fixture
def organisation(surroundings: Surroundings) -> Organisation:
    return Organisation(surroundings)
