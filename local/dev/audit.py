"""`python dev.py audit`: known vulnerabilities of every package that is installed here, asked of PyPI.

Needs a network that reaches PyPI itself: a mirror often knows packages but no vulnerabilities. A package that
could not be asked about is no clean one, so that is an end of its own: 0 clean, 1 vulnerable, 2 not known.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

AUDIT = ("-m", "pip_audit", "-s", "pypi", "--format", "json", "--progress-spinner", "off")
TIMEOUT_S = 600
CLEAN, VULNERABLE, NOT_KNOWN = 0, 1, 2


@dataclass(frozen=True)
class Findings:
    """How many packages were looked at, what is known of them, and those nothing could be asked about."""

    asked: int
    vulnerable: tuple[str, ...]
    skipped: tuple[str, ...]

    @property
    def code(self) -> int:
        """The exit code."""
        if self.vulnerable:
            return VULNERABLE
        return NOT_KNOWN if self.skipped or not self.asked else CLEAN


def findings(report: dict[str, Any]) -> Findings:
    """What a report of pip-audit says. Raises KeyError, TypeError for what is none."""
    packages = report["dependencies"]
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    vulnerable = [
        f"{each['name']} {each['version']}: {found['id']}, fixed in {' or '.join(found['fix_versions'])}"
        for each in packages
        for found in each.get("vulns", [])
    ]
    return Findings(len(packages) - len(skipped), tuple(vulnerable), tuple(skipped))


def told(found: Findings) -> str:
    """The findings for people."""
    lines = [f"{found.asked} packages looked at, {len(found.vulnerable)} known vulnerabilities"]
    lines += found.vulnerable
    if found.skipped or not found.asked:
        names = ", ".join(found.skipped) or "any package"
        lines.append(f"nothing could be asked about {names}: is PyPI itself reached from here?")
    return "\n".join(lines)


def main() -> int:
    """Asks and tells."""
    command = [sys.executable, *AUDIT]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=TIMEOUT_S
    )
    try:
        found = findings(json.loads(done.stdout))
    except (ValueError, KeyError, TypeError):
        print(f"pip-audit gave no report (code {done.returncode}):\n{done.stderr.strip()}", file=sys.stderr)
        return NOT_KNOWN
    print(told(found))
    return found.code


if __name__ == "__main__":
    sys.exit(main())
