"""I2: once edits and faults have ended, coupled records are equal or listed, and every record is coupled or
listed."""

from __future__ import annotations

from typing import Any

from local.simulate.evidence import Evidence, Linked
from local.simulate.fields import Pair, Text, text_of
from local.simulate.observing import Key
from shared_code.core.outcome import Problem

NAME = "I2 convergence"


def check(evidence: Evidence) -> list[str]:
    different = [line for link in evidence.links for line in _differences(evidence, link)]
    return different + _uncoupled(evidence)


def _differences(evidence: Evidence, link: Linked) -> list[str]:
    bc, sales = evidence.values(link.bc), evidence.values(link.sales)
    problems = evidence.problems_of(link.bc)
    if bc is None or sales is None:
        return _missing(evidence, link, bc, sales, problems)
    if not (evidence.is_inside(link.pair, link.bc) and evidence.is_inside(link.pair, link.sales)):
        return []
    if _belongs_elsewhere(evidence, link, sales):
        return []
    lines = []
    for text in link.pair.texts:
        if evidence.was_undone(link.bc.id, text):
            continue
        ours, theirs = text_of(text, "bc", bc), text_of(text, "sales", sales)
        if not same(evidence, link.pair.sales, text, ours, theirs) and not _explains(problems, text):
            lines.append(
                f"{_name(link)} differ in {text.bc}: BC “{ours}”, Sales “{theirs}”, and no problem says so "
                f"(problems: {[each.code for each in problems]})"
            )
    return lines


def _missing(
    evidence: Evidence, link: Linked, bc: object, sales: object, problems: list[Problem]
) -> list[str]:
    gone = "both sides" if bc is None and sales is None else "BC" if bc is None else "Sales"
    if bc is None and sales is None:
        return []  # Nothing is left that anybody could miss; the coupling ends when one of them is looked at.
    if any(each.code == "partner_deleted" for each in problems):
        return []
    survivor = link.sales if bc is None else link.bc
    if not evidence.is_inside(link.pair, survivor):
        return []
    if bc is None:
        return []  # Business Central tells of no deletion; I1 asks for what was written since.
    if not problems:
        return [f"{_name(link)}: the record of {gone} was deleted and no problem says so"]
    return []


def same(evidence: Evidence, sales_table: str, text: Text, bc: str, sales: str) -> bool:
    """Equal as stored, or as a synchronous plug-in of the service made it."""
    if bc == sales:
        return True
    for plugin in evidence.simulation.setting.plugins:
        if plugin["table"] == sales_table and plugin["column"] in text.sales:
            return bc.casefold().strip() == sales.casefold().strip()
    return False


def _explains(problems: list[Problem], text: Text) -> bool:
    """A conflict must name the field; anything else that is open, or set aside, concerns the whole record."""
    for each in problems:
        if each.code != "conflict" or each.set_aside:
            return True
        fields = each.details.get("fields")
        if isinstance(fields, dict) and (text.group or text.name) in fields:
            return True
    return False


def _name(link: Linked) -> str:
    return f"{link.pair.mapping} {link.bc.id} / {link.sales.id}"


def _belongs_elsewhere(evidence: Evidence, link: Linked, sales: Any) -> bool:
    mark = str(sales.get("tandem_companyid") or "").lower()
    return bool(mark) and mark != link.bc.company


def _is_expected(evidence: Evidence, pair: Pair, key: Key) -> bool:
    """Whether a record that is alone gets a partner: it is inside, on a side whose new records get one."""
    return key.side in pair.sources and evidence.is_inside(pair, key)


def _uncoupled(evidence: Evidence) -> list[str]:
    lines = []
    for key in evidence.observer.present:
        for pair in evidence.pairs.values():
            if key.table != pair.table(key.side) or not _is_expected(evidence, pair, key):
                continue
            if key in evidence.by_key or evidence.problems.get(key) or evidence.belongs_elsewhere(key):
                continue
            lines.append(f"{pair.mapping}: {key.side} {key.id} is neither coupled nor listed as a problem")
    return lines
