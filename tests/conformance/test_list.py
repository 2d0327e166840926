"""The list of scenarios, the marks of the tests, and the page made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.checks.sources import ROOT
from tools.conformance import markers, scenarios
from tools.conformance.faults import faults
from tools.conformance.scenarios import Verdict
from tools.docs import conformance

HEAD = "scenario\tverdict\tarea\tnote\n"
SAME = "139165.Same\tsame\tSynchronising\tThe same.\n"
LATER = "139165.Later\tnot yet\tPrices\tPrice lists.\n"
PROOF = 'import pytest\n\n@pytest.mark.conforms("139165.Same")\ndef test_same() -> None: ...\n'


def _checkout(root: Path, listed: str, tests: str) -> Path:
    folder = root / "tests" / "conformance"
    folder.mkdir(parents=True)
    (folder / "scenarios.tsv").write_text("# A licence.\n" + listed, encoding="utf-8")
    (folder / "test_some.py").write_text(tests, encoding="utf-8")
    return root


def _faults(root: Path) -> list[str]:
    return faults(scenarios.read(root), markers.read(root))


def test_every_claim_of_this_checkout_has_a_test_and_every_mark_a_claim() -> None:
    assert _faults(ROOT) == []


def test_the_page_of_this_checkout_is_current() -> None:
    assert (ROOT / conformance.PATH).read_text(encoding="utf-8") == conformance.page(ROOT)


def test_a_claim_with_a_test_is_fine(tmp_path: Path) -> None:
    assert _faults(_checkout(tmp_path, HEAD + SAME + LATER, PROOF)) == []


def test_a_claim_without_a_test_is_a_fault(tmp_path: Path) -> None:
    (fault,) = _faults(_checkout(tmp_path, HEAD + SAME, ""))
    assert fault.startswith("139165.Same is “same”")


@pytest.mark.parametrize(
    "mark", ["skip", 'skip("later")', 'xfail(reason="later")', 'skipif(True, reason="")']
)
def test_a_test_that_cannot_fail_proves_nothing(tmp_path: Path, mark: str) -> None:
    tests = PROOF.replace("def ", f"@pytest.mark.{mark}\ndef ")
    (fault,) = _faults(_checkout(tmp_path, HEAD + SAME, tests))
    assert "no test that runs names it" in fault


@pytest.mark.parametrize(
    ("name", "says"), [("139165.Unknown", "there is no scenario"), ("139165.Later", "not yet")]
)
def test_a_mark_of_what_is_not_claimed_is_a_fault(tmp_path: Path, name: str, says: str) -> None:
    root = _checkout(
        tmp_path, HEAD + SAME + LATER, PROOF.replace('"139165.Same"', f'"139165.Same", "{name}"')
    )
    (fault,) = _faults(root)
    assert says in fault
    assert "tests/conformance/test_some.py:3" in fault


@pytest.mark.parametrize(
    "tests",
    [
        PROOF.replace('"139165.Same"', "NAME"),
        "import pytest\n\npytestmark = pytest.mark.conforms('139165.Same')\n",
        PROOF.replace("test_same", "same"),
    ],
)
def test_a_mark_that_cannot_be_read_is_refused(tmp_path: Path, tests: str) -> None:
    with pytest.raises(ValueError, match=r"test_some\.py:3"):
        markers.read(_checkout(tmp_path, HEAD + SAME, tests))


@pytest.mark.parametrize(
    ("listed", "says"),
    [
        ("", "head"),
        (SAME, "head"),
        (HEAD + SAME + SAME, "twice: 139165.Same"),
        (HEAD + "139165.Same\tsame\tSynchronising\n", ":3: a line has 4 columns"),
        (HEAD + SAME.replace("The same.", " "), ":3: a line has 4 columns"),
        (HEAD + SAME.replace("\tsame", "\tnearly"), ":3: “nearly” is none of"),
        (HEAD + SAME.replace("139165.", ""), ":3: “Same” is not"),
    ],
)
def test_a_list_that_is_wrong_is_refused_and_the_line_named(tmp_path: Path, listed: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        scenarios.read(_checkout(tmp_path, listed, ""))


def test_the_page_has_totals_what_is_to_come_and_the_tests_of_each_claim(tmp_path: Path) -> None:
    text = conformance.page(_checkout(tmp_path, HEAD + SAME + LATER, PROOF))
    assert "| **All** | 1 |  |  | 1 | 2 |" in text
    assert "| Price lists. | 1 |" in text
    assert "| `139165.Same` | same | The same. | [test_same](../tests/conformance/test_some.py) |" in text


def test_the_summary_counts_each_verdict(tmp_path: Path) -> None:
    listed = scenarios.read(_checkout(tmp_path, HEAD + SAME + LATER, ""))
    assert scenarios.totals(listed)[Verdict.SAME] == 1
    assert scenarios.summary(listed) == "conformance: 1 same, 0 better, 0 not applicable, 1 not yet"
