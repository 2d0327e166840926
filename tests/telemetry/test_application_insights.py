"""Microsoft's exporter against an ingestion endpoint on this machine: what Application Insights is sent."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.telemetry.ingestion import Ingestion
from tools.checks.sources import ROOT

TOLD = """
import logging, os
from shared_code.compose import telemetry_of
from shared_code.core.telemetry import LAG, RECORDS
telemetry = telemetry_of(os.environ)
telemetry.count(RECORDS, 4, connection="cronus", mapping="CUSTOMER", outcome="failed")
telemetry.count(LAG, 12.5, connection="cronus", mapping="CUSTOMER", side="bc")
with telemetry.span("BatchDue", {"batch": "b"}, job="7"):
    with telemetry.span("request", {"side": "bc", "kind": "read"}) as span:
        span.note(status=200)
    logging.getLogger("tandem").warning("connection %s is stopped", "cronus", extra={"reason": "x"})
telemetry.flush(60)
"""


@pytest.fixture(scope="module")
def ingestion() -> Iterator[Ingestion]:
    """An endpoint that a process, which has come to its end by now, told everything in ``TOLD``."""
    endpoint = Ingestion()
    settings = {"APPLICATIONINSIGHTS_CONNECTION_STRING": endpoint.connection_string}
    done = subprocess.run(
        [sys.executable, "-c", TOLD], cwd=ROOT, env={**os.environ, **settings, "NO_PROXY": "127.0.0.1"},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    yield endpoint
    endpoint.server.shutdown()


def test_metrics_arrive_under_the_names_that_queries_use(ingestion: Ingestion) -> None:
    told = {each["metrics"][0]["name"]: each for each in ingestion.of("MetricData")}
    records = told["tandem.records"]
    assert records["metrics"][0]["value"] == 4
    assert records["properties"] == {"connection": "cronus", "mapping": "CUSTOMER", "outcome": "failed"}
    lag = told["tandem.lag"]["metrics"][0]
    assert (lag["value"], lag["count"]) == (12.5, 1)


def test_a_batch_and_its_request_are_one_operation(ingestion: Ingestion) -> None:
    spans = {each["name"]: each for each in ingestion.of("RemoteDependencyData")}
    tags = {each["data"]["baseData"].get("name"): each["tags"] for each in ingestion.envelopes}
    assert tags["BatchDue"]["ai.operation.id"] == tags["request"]["ai.operation.id"]
    assert tags["request"]["ai.operation.parentId"] == spans["BatchDue"]["id"]
    assert spans["BatchDue"]["properties"]["job"] == "7"


def test_the_log_arrives_with_its_operation(ingestion: Ingestion) -> None:
    [line] = ingestion.of("MessageData")
    assert (line["message"], line["properties"]["reason"]) == ("connection cronus is stopped", "x")
    [envelope] = [each for each in ingestion.envelopes if each["data"]["baseType"] == "MessageData"]
    assert envelope["tags"]["ai.operation.id"]


def test_nothing_of_the_sdk_is_imported_before_something_is_told() -> None:
    text = (
        "import sys, shared_code.compose; "
        "print([each for each in sys.modules if each.startswith(('opentelemetry', 'azure.monitor'))])"
    )
    done = subprocess.run([sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
