"""The arithmetic of the cost page: sums follow from prices, counts from what was measured."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator

import pytest

from tools.checks.sources import ROOT

PAGE = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
MEASURED = (ROOT / "docs" / "measurements" / "costs.md").read_text(encoding="utf-8")
OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def rows(heading: str) -> Iterator[list[str]]:
    """The cells of the table under a heading, without its head."""
    text = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    for line in [each for each in text.splitlines() if each.startswith("|")][2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


PRICES = {letter: float(example) for letter, _, example, _ in rows("Prices")}
MONTH = {what: (total, told) for what, _, total, told in rows("A month in which nothing happens")}
TOGETHER = "**together**"
SUMS = [(total, told) for total, told in MONTH.values() if total]
SUMS += [(total, told.split()[0]) for _, total, told in rows("What changes it")]


def value(node: ast.expr) -> float:
    """What a sum of numbers and prices comes to."""
    if isinstance(node, ast.BinOp):
        return OPERATIONS[type(node.op)](value(node.left), value(node.right))
    if isinstance(node, ast.Name):
        return PRICES[node.id]
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, int | float)
    return node.value


@pytest.mark.parametrize(("total", "told"), SUMS)
def test_a_sum_is_what_it_comes_to(total: str, told: str) -> None:
    plain = total.replace(",", "").replace("×", "*").replace("−", "-")
    assert f"{value(ast.parse(plain, mode='eval').body):.2f}" == told


def test_the_month_is_the_sum_of_its_lines() -> None:
    lines = [float(told) for what, (_, told) in MONTH.items() if what != TOGETHER]
    assert MONTH[TOGETHER][1] == f"**{sum(lines):.2f}**"


def test_every_price_is_used_and_has_room_for_ones_own() -> None:
    used = set(re.findall(r"\b[A-Z]\b", " ".join(total for total, _ in SUMS)))
    assert used == set(PRICES)
    assert {own for *_, own in rows("Prices")} == {""}


def test_looks_mappings_and_writes_of_a_quiet_minute_are_those_that_were_counted() -> None:
    (counted,) = re.findall(
        r"for (\d+) looks\s+\((\d+) mappings\), 0 records.*, (\d+) transactions", MEASURED
    )
    looks, mappings, writes = counted
    assert f"({mappings} mappings)" in PAGE
    assert f"{looks} looks and one timer" in PAGE
    assert f"| {int(looks) + 1} a minute |" in PAGE
    assert f"| {writes} writes a minute" in PAGE


def test_each_alert_is_counted() -> None:
    alerts = (ROOT / "infra" / "modules" / "alerts.bicep").read_text(encoding="utf-8")
    rules = alerts.count("    title: '") + alerts.count("displayName: 'Tandem: ") - 1  # one is the loop's own
    assert MONTH["alerts"][0] == f"{rules} × A"
