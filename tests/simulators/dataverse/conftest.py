"""Fixtures: a fresh simulator and a client of it for each test."""

from __future__ import annotations

import pytest

from local.simulators.dataverse import Dataverse
from local.simulators.wire import ManualClock
from tests.simulators.dataverse.sales import Catalogue
from tests.simulators.dataverse.support import Client, make


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def service(clock: ManualClock) -> Dataverse:
    return make(clock=clock)


@pytest.fixture
def client(service: Dataverse) -> Client:
    return Client(service)


@pytest.fixture
def catalogue(client: Client) -> Catalogue:
    return Catalogue(client)
