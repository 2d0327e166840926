"""What an audit of the packages comes to: clean only where every package was asked about."""

from __future__ import annotations

from typing import Any

import pytest

from local.dev.audit import CLEAN, NOT_KNOWN, VULNERABLE, findings, told

GOOD: dict[str, Any] = {"name": "requests", "version": "2", "vulns": []}
BAD = {"name": "jinja2", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
UNKNOWN = {"name": "msal", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "code"),
    [([GOOD], CLEAN), ([GOOD, UNKNOWN], NOT_KNOWN), ([], NOT_KNOWN), ([GOOD, BAD, UNKNOWN], VULNERABLE)],
)
def test_an_audit_is_clean_where_all_was_asked_and_nothing_found(packages: list[Any], code: int) -> None:
    assert findings({"dependencies": packages}).code == code


def test_people_are_told_what_to_update_and_what_is_not_known() -> None:
    text = told(findings({"dependencies": [GOOD, BAD, UNKNOWN]}))
    assert "jinja2 2: PYSEC-1, fixed in 3" in text
    assert "msal" in text
    assert "nothing could be asked" not in told(findings({"dependencies": [GOOD]}))


def test_what_is_no_report_is_refused() -> None:
    with pytest.raises(KeyError):
        findings({})
