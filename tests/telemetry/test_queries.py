"""The queries of alerts and workbook ask for what is told: metrics, attributes, outcomes, columns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shared_code.core.outcome import Outcome
from shared_code.core.telemetry import METRICS
from tools.checks.sources import ROOT

QUERIES = sorted((ROOT / "infra" / "queries").glob("*.kql"))
COLUMNS = {
    "customMetrics": {"name", "value", "valueSum", "valueCount", "valueMax", "valueMin", "timestamp",
                      "customDimensions"},
    "traces": {"message", "severityLevel", "timestamp", "customDimensions"},
}  # fmt: skip
"""Microsoft docs: azure-monitor/app/data-model-complete.md, and the tables' reference."""
LANGUAGE = set(
    "where summarize by order asc desc and or in project extend top count sum sumif minif maxif max min bin "
    "tostring coalesce ago real".split()
)
KNOWN = {each.name: set(each.attributes) for each in METRICS}


def plain(text: str) -> str:
    return re.sub(r'"[^"]*"', '""', text)


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_uses_only_names_that_are_told(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    table = text.split()[0]
    metrics = re.findall(r'"(tandem\.[a-z]+)"', text)
    assert table in COLUMNS
    if table == "customMetrics":
        assert metrics
        assert set(metrics) <= set(KNOWN)
    told = set.intersection(*(KNOWN[each] for each in metrics)) if metrics else set()
    assert set(re.findall(r"customDimensions\.(\w+)", text)) <= told
    outcomes = re.findall(r'customDimensions\.outcome\) == "(\w+)"', text)
    assert set(outcomes) <= {str(each) for each in Outcome}
    made = set(re.findall(r"(\w+) =(?!=)", text))
    words = set(re.findall(r"(?<![\w.])[A-Za-z]\w*", plain(text)))
    assert words - LANGUAGE - COLUMNS[table] - made - {table} == set()


def test_every_query_is_shown_or_alerts() -> None:
    used = "".join(
        (ROOT / "infra" / "modules" / name).read_text() for name in ("alerts.bicep", "workbook.bicep")
    )
    assert [path.name for path in QUERIES if f"../queries/{path.name}'" not in used] == []


def titles() -> set[str]:
    """What the rules of alerts.bicep are called."""
    text = (ROOT / "infra" / "modules" / "alerts.bicep").read_text(encoding="utf-8")
    return set(re.findall(r"(?:title: '|displayName: 'Tandem: )(\w[^'$]*)'", text))


def test_the_page_tells_of_each_alert_and_of_no_other() -> None:
    text = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"## Alerts\n\n.*\n.*\n((?:\|.*\n)+)", text)
    assert {row.split("|")[1].strip() for row in table.splitlines()} == titles()


def test_failures_standing_work_given_up_work_throttling_and_silence_alert() -> None:
    text = (ROOT / "infra" / "modules" / "alerts.bicep").read_text(encoding="utf-8")
    alerting = {Path(name).stem for name in re.findall(r"loadTextContent\('(.+?)'", text)}
    wanted = {"failed", "standing", "backlog_growing", "poison", "throttling", "looks_missing", "ticks"}
    assert alerting == wanted


def test_every_metric_is_asked_for() -> None:
    asked = "".join(path.read_text(encoding="utf-8") for path in QUERIES)
    assert [name for name in KNOWN if f'"{name}"' not in asked] == []
