"""Sends telemetry to Application Insights, with OpenTelemetry's SDK and Microsoft's exporter.

Imported by the telemetry's own thread only, because it is slow to import.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Mapping
from typing import Any

from azure.core.credentials import TokenCredential
from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.status import Status, StatusCode

from shared_code.core.telemetry import METRICS, Attribute, Metric, MetricKind
from shared_code.telemetry import FinishedSpan, LogLine

EVERY_MS = 60_000
"""How often metrics are sent: an instance that goes away takes no more than this with it."""
CONNECTION = "APPLICATIONINSIGHTS_CONNECTION_STRING"
AUTHENTICATION = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING"
QUIET = (
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL",
    "APPLICATIONINSIGHTS_SDKSTATS_DISABLED",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED",
)
"""Switches of the exporter's own talk with Microsoft: how it is used, and what it should do differently."""
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)


class OpenTelemetryExporter:
    """``Exporter`` over OpenTelemetry's SDK."""

    def __init__(self, reader: MetricReader, spans: SpanProcessor, logs: Any) -> None:
        self._resource = _resource()
        self._meters = MeterProvider([reader], resource=self._resource)
        self._spans = spans
        self._loggers = LoggerProvider(resource=self._resource)
        self._loggers.add_log_record_processor(logs)
        self._logger = self._loggers.get_logger("tandem")
        self._instruments = {each.name: _instrument(self._meters, each) for each in METRICS}

    def metric(self, metric: Metric, amount: float, attributes: Mapping[str, Attribute]) -> None:
        self._instruments[metric.name](amount, dict(attributes))

    def span(self, span: FinishedSpan) -> None:
        parent = span.parent_id and SpanContext(span.trace_id, span.parent_id, False, _SAMPLED)
        self._spans.on_end(
            ReadableSpan(
                name=span.name,
                context=SpanContext(span.trace_id, span.span_id, False, _SAMPLED),
                parent=parent or None,
                resource=self._resource,
                attributes=span.attributes,
                kind=SpanKind.CLIENT if span.name == "request" else SpanKind.INTERNAL,
                status=Status(StatusCode.ERROR if span.failed else StatusCode.OK),
                start_time=span.begun_ns,
                end_time=span.ended_ns,
            )
        )

    def log(self, line: LogLine) -> None:
        self._logger.emit(
            LogRecord(
                timestamp=line.at_ns,
                trace_id=line.trace_id,
                span_id=line.span_id,
                trace_flags=_SAMPLED,
                severity_number=_severity(line.level),
                body=line.text,
                attributes=dict(line.attributes),
            )
        )

    def close(self) -> None:
        """Send what is left."""
        self._meters.shutdown()
        self._spans.shutdown()
        self._loggers.shutdown()


def connect(settings: Mapping[str, str]) -> OpenTelemetryExporter:
    """The exporter of a process that has these settings; what is left is sent when the process ends."""
    for name in QUIET:
        os.environ.setdefault(name, "true")
    from azure.monitor.opentelemetry.exporter import (
        AzureMonitorLogExporter,
        AzureMonitorMetricExporter,
        AzureMonitorTraceExporter,
    )

    given: dict[str, Any] = {
        "connection_string": settings[CONNECTION],
        "credential": _credential(settings),
        "disable_offline_storage": True,
    }
    trace.set_tracer_provider(TracerProvider(resource=_resource()))  # the exporter asks it who we are
    exporter = OpenTelemetryExporter(
        PeriodicExportingMetricReader(AzureMonitorMetricExporter(**given), EVERY_MS),
        BatchSpanProcessor(AzureMonitorTraceExporter(**given)),
        BatchLogRecordProcessor(AzureMonitorLogExporter(**given)),
    )
    atexit.register(exporter.close)
    return exporter


def _resource() -> Resource:
    return Resource.create({"service.name": "tandem", "service.namespace": "tandem"})


def _credential(settings: Mapping[str, str]) -> TokenCredential | None:
    """The identity that sends (``ClientId=…;Authorization=AAD``), where the settings name one."""
    parts = dict(part.partition("=")[::2] for part in settings.get(AUTHENTICATION, "").split(";"))
    if parts.get("Authorization", "").upper() != "AAD":
        return None
    from azure.identity import ManagedIdentityCredential

    return ManagedIdentityCredential(client_id=parts.get("ClientId") or None)


type _Add = Callable[[float, dict[str, Any]], None]


def _instrument(meters: MeterProvider, metric: Metric) -> _Add:
    meter = meters.get_meter("tandem")
    match metric.kind:
        case MetricKind.SUM:
            return meter.create_counter(metric.name, metric.unit, metric.meaning).add
        case MetricKind.DISTRIBUTION:
            return meter.create_histogram(metric.name, metric.unit, metric.meaning).record
        case MetricKind.LEVEL:
            return meter.create_gauge(metric.name, metric.unit, metric.meaning).set


def _severity(level: int) -> SeverityNumber:
    return SeverityNumber.INFO if level < 30 else SeverityNumber.WARN if level < 40 else SeverityNumber.ERROR
