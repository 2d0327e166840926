"""An exporter that keeps what it is given, and OpenTelemetry's own in-memory ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared_code.core.telemetry import Attribute, Metric
from shared_code.telemetry import FinishedSpan, LogLine
from shared_code.telemetry_azure import OpenTelemetryExporter


@dataclass
class Kept:
    """``Exporter`` that keeps."""

    metrics: list[tuple[str, float, Mapping[str, Attribute]]] = field(default_factory=list)
    spans: list[FinishedSpan] = field(default_factory=list)
    logs: list[LogLine] = field(default_factory=list)

    def metric(self, metric: Metric, amount: float, attributes: Mapping[str, Attribute]) -> None:
        self.metrics.append((metric.name, amount, attributes))

    def span(self, span: FinishedSpan) -> None:
        self.spans.append(span)

    def log(self, line: LogLine) -> None:
        self.logs.append(line)

    def sum(self, name: str, **attributes: Attribute) -> float:
        """All that was counted under a name with these attributes."""
        return sum(
            amount for each, amount, given in self.metrics
            if each == name and attributes.items() <= dict(given).items()
        )  # fmt: skip

    def values(self) -> list[object]:
        """Every attribute's value of everything."""
        told = [given for _, _, given in self.metrics] + [each.attributes for each in self.spans]
        return [value for each in told for value in each.values()] + [
            value for line in self.logs for value in (line.text, *line.attributes.values())
        ]


class InMemory:
    """The real exporter over OpenTelemetry's SDK, with everything kept in memory."""

    def __init__(self) -> None:
        self.reader, self.spans, self.logs = (
            InMemoryMetricReader(), InMemorySpanExporter(), InMemoryLogRecordExporter(),
        )  # fmt: skip
        self.exporter = OpenTelemetryExporter(
            self.reader, SimpleSpanProcessor(self.spans), SimpleLogRecordProcessor(self.logs)
        )

    def points(self) -> dict[str, list[Any]]:
        """The data points of each metric."""
        data = self.reader.get_metrics_data()
        if data is None:
            return {}
        return {
            metric.name: list(metric.data.data_points)
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }
