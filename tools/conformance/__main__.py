"""`python -m tools.conformance`: writes ``docs/conformance.md``; `--check` says what is wrong (exit 1)."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tools.checks.sources import ROOT
from tools.conformance import markers, scenarios
from tools.conformance.faults import faults
from tools.docs.conformance import PATH, page


def main(arguments: Sequence[str]) -> int:
    """Writes or checks; 1 when a claim has no test, a test names no claim, or a checked page is stale."""
    listed = scenarios.read(ROOT)
    found = faults(listed, markers.read(ROOT))
    text, path = page(ROOT), ROOT / PATH
    if "--check" not in arguments:
        path.write_text(text, encoding="utf-8", newline="\n")
    elif not path.is_file() or path.read_text(encoding="utf-8") != text:
        found.append(f"{PATH} is stale: run python -m tools.conformance")
    for each in found:
        print(each)
    print(scenarios.summary(listed))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
