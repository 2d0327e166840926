"""A fresh simulator per test."""

from __future__ import annotations

import pytest

from tests.simulators.business_central.client import Client


@pytest.fixture
def bc() -> Client:
    return Client()
