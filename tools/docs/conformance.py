"""`docs/conformance.md`: every scenario of the built-in integration's tests, our verdict, and its tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tools.conformance import markers, scenarios
from tools.conformance.markers import Mark
from tools.conformance.scenarios import Scenario, Verdict
from tools.docs.markdown import code, document, table

PATH = "docs/conformance.md"
INTRODUCTION = """\
The integration that is built into Business Central comes with published tests
([microsoft/BCApps](https://github.com/microsoft/BCApps), MIT licence, `src/Layers/W1/Tests/CRM integration`).
Each of their scenarios is listed here by codeunit number and procedure, with what Tandem does:

- **same**: Tandem behaves the same; the named tests prove it.
- **better**: Tandem deliberately does more for the people who use it; the named tests show how.
- **not applicable**: a page of Business Central's client, an inner part of its code, or a setting that
  Tandem does not have; the note says which.
- **not yet**: the feature is still to come; the note names it.

A scenario is “same” or “better” only with a test that would fail otherwise."""


def page(root: Path) -> str:
    """The page, from the list of scenarios and the marks of the tests."""
    listed = scenarios.read(root)
    tests: dict[str, list[Mark]] = defaultdict(list)
    for mark in markers.read(root):
        tests[mark.scenario].append(mark)
    areas = list(dict.fromkeys(each.area for each in listed))
    blocks = [INTRODUCTION, _totals(listed, areas), _missing(listed)]
    for area in areas:
        blocks += [f"## {area}", _table([each for each in listed if each.area == area], tests)]
    return document("Conformance", f"`{scenarios.PATH}` and the marker `conforms` of the tests", blocks)


def _totals(listed: Sequence[Scenario], areas: Sequence[str]) -> str:
    rows = []
    for name, chosen in [("**All**", listed), *((a, [s for s in listed if s.area == a]) for a in areas)]:
        counted = scenarios.totals(chosen)
        rows.append((name, *(str(counted[verdict] or "") for verdict in Verdict), str(len(chosen))))
    return table(("Area", *Verdict, "together"), rows)


def _missing(listed: Sequence[Scenario]) -> str:
    """What is still to come, the largest first."""
    counted: dict[str, int] = defaultdict(int)
    for each in listed:
        if each.verdict is Verdict.NOT_YET:
            counted[each.note] += 1
    rows = [(note, str(count)) for note, count in sorted(counted.items(), key=lambda each: -each[1])]
    return "## What is still to come\n\n" + table(("Feature", "Scenarios"), rows)


def _table(chosen: Sequence[Scenario], tests: dict[str, list[Mark]]) -> str:
    rows = [(code(s.name), s.verdict.value, s.note, _tests_of(tests.get(s.name, []))) for s in chosen]
    return table(("Scenario", "Verdict", "Note", "Tests"), rows)


def _tests_of(marks: Sequence[Mark]) -> str:
    links = (f"[{mark.test}](../{mark.file})" for mark in dict.fromkeys(marks))
    return ", ".join(dict.fromkeys(links))
