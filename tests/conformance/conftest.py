"""Tells at the end of a run how Tandem stands to the built-in integration."""

from __future__ import annotations

import pytest

from tools.checks.sources import ROOT
from tools.conformance import markers, scenarios


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The totals, and the claims whose tests failed in this run."""
    terminalreporter.write_line(scenarios.summary(scenarios.read(ROOT)))
    failed = {
        report.nodeid.partition("[")[0]
        for outcome in ("failed", "error")
        for report in terminalreporter.stats.get(outcome, [])
        if hasattr(report, "nodeid")
    }
    broken = sorted({each.scenario for each in markers.read(ROOT) if each.place in failed})
    if broken:
        terminalreporter.write_line(f"conformance: broken in this run: {', '.join(broken)}")
